"""Platforms without an interface for posting: a person posts there, from a hand-off pack.

Which they are is data: their folders hold a `form.yaml`.

Nothing here opens a connection. Whether something is live there, only a person can say.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.network.errors import ActionRequired
from pipeline.publish.destinations import load_destination
from pipeline.publish.handoff.form import HandoffForm, form_names, load_form
from pipeline.publish.handoff.text_lengths import too_long
from pipeline.publish.platforms.base import Capabilities, Limits, LookupResult, PlatformSession, PublishResult, UploadProgress


class ByPerson:
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
        return tuple(too_long(release.captions, load_destination(self.name)))

    def upload(self, release: Release, line: PlatformSession, memory: UploadProgress) -> None:
        """Never by us. Raises PersonMustAct."""
        del line, memory
        raise self._by_hand(release)

    def publish(self, release: Release, line: PlatformSession, memory: UploadProgress) -> PublishResult:
        """Never by us. Raises PersonMustAct."""
        del line, memory
        raise self._by_hand(release)

    def look_up(self, release: Release, line: PlatformSession, memory: UploadProgress, *, since: datetime, post_id: str) -> LookupResult:
        """There is nobody to ask."""
        del release, line, memory, since
        return LookupResult(state="unknown", post_id=post_id)

    def _by_hand(self, release: Release) -> ActionRequired:
        return ActionRequired(
            M("{story} is posted to {platform} by a person, from its hand-off pack.", story=release.story, platform=self.name)
        )


BY_PERSON: Mapping[str, ByPerson] = {name: ByPerson(load_form(name)) for name in form_names()}
"""By the name that releases have."""
