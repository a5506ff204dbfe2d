"""The shelf: pages of the seller's own, in the workspace's folder, or in a bucket or folder that an account names.

A page is one file that names its media by their content, and putting it there is the one call that publishes. The same page put there
twice is the same page, so that here, and only here, that call is repeated when its answer is lost. The overview follows from the pages;
a run that dies before it was written leaves that to the next look-up.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.network.errors import ActionRequired, OutcomeUnknown, PlatformError, RateLimited, RetryableError, UploadExpired
from pipeline.network.http import send
from pipeline.publish.platforms.base import Capabilities, Limits, LookupResult, PlatformSession, PublishResult, UploadProgress
from pipeline.publish.platforms.covers import nearest_cover
from pipeline.publish.platforms.shelf.entry import PAGE, ShelfEntry, folder_name
from pipeline.publish.platforms.shelf.folder_storage import Folder
from pipeline.publish.platforms.shelf.open_storage import open_place, wrong_with
from pipeline.publish.platforms.shelf.overview import lists, refresh
from pipeline.publish.platforms.shelf.page_bundle import OURS, laid_out, video_of
from pipeline.publish.platforms.shelf.page_check import cart_on, other_than
from pipeline.publish.platforms.shelf.pages import entry_in, story_page
from pipeline.publish.platforms.shelf.storage import ShelfStorage

TRIES = 3
"""Of putting a page there, before the engine is told that nobody knows."""
LISTED_WITHIN_S = 300.0
"""A page that was sent and is not there may still be on its way for as long as a line can hold it back."""


class Shelf:
    """home: the folder of the shelf without an account, `shelf/` in the workspace."""

    name = "shelf"
    capabilities = Capabilities(resumes=True, schedules=False, cart="url", reads_cart=True, own_page=True, met=True)

    def __init__(self, home: Path = Path("shelf")) -> None:
        self._home = home

    def limits(self, settings: Mapping[str, Any]) -> Limits:
        """What browsers play; nothing else is limited."""
        del settings
        return Limits(first_look_s=0.0, listed_within_s=LISTED_WITHIN_S)

    def problems(self, release: Release, settings: Mapping[str, Any]) -> tuple[Message, ...]:
        """See Platform."""
        return tuple(_problems(release, settings))

    def upload(self, release: Release, line: PlatformSession, memory: UploadProgress) -> None:
        """The media, which no page shows yet."""
        place = self._place(release, line)
        for name, medium in laid_out(release, line.now()).media.items():
            if not place.has(name, medium):
                place.send(name, medium, memory, line.still_ours)

    def publish(self, release: Release, line: PlatformSession, memory: UploadProgress) -> PublishResult:
        """Put the page there."""
        del memory
        place, laid = self._place(release, line), laid_out(release, line.now())
        if not all(place.has(name, medium) for name, medium in laid.media.items()):
            raise UploadExpired(M("A file that the page shows is no longer at {place}.", place=place.name))
        before = _entry_at(place, laid.entry.folder)
        _put_page(place, laid.entry, line)
        try:
            refresh(place)
            _sweep(place, laid.entry, before)
        except PlatformError:
            # It is public, and that is what was asked; the first look-up brings the overview up to date before it says so.
            pass
        return PublishResult(post_id=release.id, essence={"page": f"{laid.entry.folder}/{PAGE}"})

    def look_up(self, release: Release, line: PlatformSession, memory: UploadProgress, *, since: datetime, post_id: str) -> LookupResult:
        """Read the page back, from the store and as the public does. The overview is brought up to date when it is behind the pages."""
        del memory, since
        place, folder = self._place(release, line), folder_name(release.story)
        page = place.read(f"{folder}/{PAGE}") or ""
        entry = _entry(page)
        if not lists(place, folder, entry.release if entry else None):
            refresh(place)
        if entry is None or entry.release != release.id:
            return _not_there(entry, post_id)
        wrong = other_than(release, page)
        if wrong is not None:
            return LookupResult(
                state="absent", post_id=release.id, reason=M("{place} was changed by somebody: {what}.", place=folder, what=wrong)
            )
        if not place.has(f"{folder}/{entry.video}", video_of(release)):
            return LookupResult(
                state="absent", post_id=release.id, reason=M("The video of the page is gone from {place}.", place=place.name)
            )
        address = self._address(place, line, folder)
        if not address.startswith("file:"):
            waiting = _not_public_yet(line, address, release, entry)
            if waiting is not None:
                return LookupResult(state="processing", post_id=release.id, reason=waiting)
        return LookupResult(state="live", post_id=release.id, address=address, cart=cart_on(release, page), essence={"video": entry.video})

    def _place(self, release: Release, line: PlatformSession) -> ShelfStorage:
        if not release.account:
            return Folder(self._home)
        return open_place(line.settings, f"{self.name}:{release.account}", line.token(0.0))

    def _address(self, place: ShelfStorage, line: PlatformSession, folder: str) -> str:
        public = str(line.settings.get("public_url") or "")
        if not public and isinstance(place, Folder):
            return (place.folder / folder / PAGE).resolve().as_uri()
        return f"{public.rstrip('/')}/{quote(folder)}/{PAGE}"


PLATFORM = Shelf()


def _problems(release: Release, settings: Mapping[str, Any]) -> Iterator[Message]:
    if nearest_cover(release) is None:
        yield M("a cover is missing")
    if release.account:
        yield from wrong_with(settings)


def _put_page(place: ShelfStorage, entry: ShelfEntry, line: PlatformSession) -> None:
    """Raises TooMany when the store has refused every try, Unclear when one of them may have come through."""
    last: RetryableError | None = None
    unclear = False
    for turn in range(TRIES):
        if turn:
            line.wait(float(turn))
        try:
            place.put(f"{entry.folder}/{PAGE}", story_page(entry))
            return
        except RetryableError as ending:
            last, unclear = ending, unclear or not isinstance(ending, RateLimited)
        except ActionRequired as ending:
            if unclear:
                raise OutcomeUnknown(ending.message, essence=ending.essence) from None
            raise
    assert last is not None
    raise last if not unclear else OutcomeUnknown(last.message, essence=last.essence)


def _sweep(place: ShelfStorage, entry: ShelfEntry, before: ShelfEntry | None) -> None:
    """Drop the media of pages before the last one. Those of the last one stay: somebody may be looking at it."""
    shown = entry.files | (before.files if before else frozenset())
    place.drop([f"{entry.folder}/{name}" for name in place.files(entry.folder) if OURS.fullmatch(name) and name not in shown])


def _entry_at(place: ShelfStorage, folder: str) -> ShelfEntry | None:
    return _entry(place.read(f"{folder}/{PAGE}") or "")


def _entry(page: str) -> ShelfEntry | None:
    try:
        return entry_in(page)
    except ValueError:
        return None


def _not_there(entry: ShelfEntry | None, post_id: str) -> LookupResult:
    if entry is None or not post_id:
        return LookupResult(state="absent", post_id=post_id)
    return LookupResult(state="refused", post_id=post_id, reason=M("Another video or other words have taken its place on the shelf."))


def _not_public_yet(line: PlatformSession, address: str, release: Release, entry: ShelfEntry) -> Message | None:
    """Why the public does not see the page, which is in the store; None when it does. Raises PersonMustAct when it never will."""
    answer = send(line.http, "GET", address)
    if answer.status in (401, 403, 404) or 300 <= answer.status < 400:
        raise ActionRequired(
            M(
                "The page is in the store, but {address} answers HTTP {status}. Let everybody read the bucket, or correct public_url.",
                address=address,
                status=answer.status,
            )
        )
    if answer.status != 200:
        raise RetryableError(M("{address} answers HTTP {status}.", address=address, status=answer.status), answer.retry_after_s or 0.0)
    page = answer.content.decode("utf-8", "replace")
    shown = _entry(page)
    if shown is None or shown.release != release.id or other_than(release, page) is not None:
        return M("{address} still shows an older page.", address=address)
    video = send(line.http, "HEAD", f"{address.removesuffix(PAGE)}{quote(entry.video)}")
    if video.status != 200 or video.headers.get("content-length") != str(release.video.size_bytes):
        raise RetryableError(M("{address} does not give the page's video (HTTP {status}).", address=address, status=video.status), 0.0)
    return None
