"""Platforms without an upload API: a person posts there, from a hand-off pack.

Which they are is data: their folders hold a `form.yaml`. Nothing here opens a connection; only a person can say whether a post is live.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.network.errors import ActionRequired
from pipeline.publish.destinations import load_destination
from pipeline.publish.handoff.form import HandoffForm, form_names, load_form
from pipeline.publish.handoff.text_lengths import length_problems
from pipeline.publish.platforms.base import Capabilities, Limits, LookupResult, PlatformSession, PublishResult, UploadProgress


class ManualPlatform:
    """One platform that a person posts to."""

    def __init__(self, form: HandoffForm) -> None:
        self.name = form.name
        # The person sets the hour in the form, so a pack need not wait for it.
        self.capabilities = Capabilities(resumes=False, schedules=True, cart=form.cart, looks_up=False, by_person=True)
        self._form = form

    def limits(self, settings: Mapping[str, Any]) -> Limits:
        """What the form takes; no account has settings of its own."""
        del settings
        most_s = load_destination(self.name).max_seconds
        return Limits(max_bytes=self._form.max_bytes, max_seconds=most_s, min_seconds=self._form.min_seconds)

    def problems(self, release: Release, settings: Mapping[str, Any]) -> tuple[Message, ...]:
        """Words that do not fit their fields."""
        del settings
        return tuple(length_problems(release.captions, load_destination(self.name)))

    def upload(self, release: Release, session: PlatformSession, progress: UploadProgress) -> None:
        """Raise ActionRequired: a person posts."""
        del session, progress
        raise self._by_hand(release)

    def publish(self, release: Release, session: PlatformSession, progress: UploadProgress) -> PublishResult:
        """Raise ActionRequired: a person posts."""
        del session, progress
        raise self._by_hand(release)

    def look_up(
        self, release: Release, session: PlatformSession, progress: UploadProgress, *, since: datetime, post_id: str
    ) -> LookupResult:
        """Return `unknown`: there is no API to ask."""
        del release, session, progress, since
        return LookupResult(state="unknown", post_id=post_id)

    def _by_hand(self, release: Release) -> ActionRequired:
        return ActionRequired(
            M("{story} is posted to {platform} by a person, from its hand-off pack.", story=release.story, platform=self.name)
        )


MANUAL_PLATFORMS: Mapping[str, ManualPlatform] = {name: ManualPlatform(load_form(name)) for name in form_names()}
"""By the name that releases have."""
