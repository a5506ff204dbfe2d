"""The adapter for the shelf: the seller's own pages, in the workspace's folder, or in a bucket or folder that an account names.

A page is one file that names its media by their hash, and writing it is the one call that publishes. Writing the same page twice changes
nothing, so here, and only here, that call is repeated when its answer is lost. The overview is derived from the pages; when a run dies
before writing it, the next look-up does.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.network.errors import ActionRequired, PlatformError, RetryableError, UploadExpired, before_the_call
from pipeline.network.http import send
from pipeline.publish.platforms.base import Capabilities, Limits, LookupResult, PlatformSession, PublishResult, UploadProgress
from pipeline.publish.platforms.covers import nearest_cover
from pipeline.publish.platforms.shelf.entry import PAGE, ShelfEntry, folder_name
from pipeline.publish.platforms.shelf.folder_storage import FolderStorage
from pipeline.publish.platforms.shelf.open_storage import open_storage, storage_problems
from pipeline.publish.platforms.shelf.overview import overview_has, refresh
from pipeline.publish.platforms.shelf.page_bundle import MEDIA_NAME, make_page_bundle, video_file
from pipeline.publish.platforms.shelf.page_check import cart_state, page_difference
from pipeline.publish.platforms.shelf.pages import entry_in, story_page
from pipeline.publish.platforms.shelf.storage import ShelfStorage

TRIES = 5
"""Tries of writing a page before the outcome counts as unknown: writing it again changes nothing."""
LISTED_WITHIN_S = 300.0
"""Seconds for which a page that was sent but is not found may still be on its way."""


class Shelf:
    """home: the folder of the shelf without an account, `shelf/` in the workspace."""

    name = "shelf"
    capabilities = Capabilities(resumes=True, schedules=False, cart="url", reads_cart=True, own_page=True)

    def __init__(self, home: Path = Path("shelf")) -> None:
        self._home = home

    def limits(self, settings: Mapping[str, Any]) -> Limits:
        """See Platform. Only the codec is limited, to what browsers play."""
        del settings
        return Limits(first_look_s=0.0, listed_within_s=LISTED_WITHIN_S)

    def problems(self, release: Release, settings: Mapping[str, Any]) -> tuple[Message, ...]:
        """See Platform."""
        return tuple(_problems(release, settings))

    def upload(self, release: Release, session: PlatformSession, progress: UploadProgress) -> None:
        """Upload the media files, which no page shows yet."""
        storage = self._storage(release, session)
        for name, file in make_page_bundle(release, session.now()).media.items():
            if not storage.has(name, file):
                storage.send(name, file, progress, session.check_lease)

    def publish(self, release: Release, session: PlatformSession, progress: UploadProgress) -> PublishResult:
        """Write the page."""
        del progress
        with before_the_call():
            storage, laid = self._storage(release, session), make_page_bundle(release, session.now())
            if not all(storage.has(name, file) for name, file in laid.media.items()):
                raise UploadExpired(M("A file that the page shows is no longer at {place}.", place=storage.name))
            before = _entry_at(storage, laid.entry.folder)
        _put_page(storage, laid.entry, session)
        try:
            refresh(storage)
            _sweep(storage, laid.entry, before)
        except PlatformError:
            # The page is public; the first look-up updates the overview before it reports the post as live.
            pass
        return PublishResult(post_id=release.id, response={"page": f"{laid.entry.folder}/{PAGE}"})

    def look_up(
        self, release: Release, session: PlatformSession, progress: UploadProgress, *, since: datetime, post_id: str
    ) -> LookupResult:
        """Read the page back, from the store and as the public does. The overview is brought up to date when it is behind the pages."""
        del progress, since
        storage, folder = self._storage(release, session), folder_name(release.story)
        page = storage.read(f"{folder}/{PAGE}") or ""
        entry = _entry(page)
        if not overview_has(storage, folder, entry.release if entry else None):
            refresh(storage)
        if entry is None or entry.release != release.id:
            return _not_there(entry, post_id)
        wrong = page_difference(release, page)
        if wrong is not None:
            return LookupResult(
                state="absent", post_id=release.id, reason=M("{place} was changed by somebody: {what}.", place=folder, what=wrong)
            )
        if not storage.has(f"{folder}/{entry.video}", video_file(release)):
            return LookupResult(
                state="absent", post_id=release.id, reason=M("The video of the page is gone from {place}.", place=storage.name)
            )
        address = self._address(storage, session, folder)
        if not address.startswith("file:"):
            waiting = _not_public_yet(session, address, release, entry)
            if waiting is not None:
                return LookupResult(state="processing", post_id=release.id, reason=waiting)
        return LookupResult(
            state="live", post_id=release.id, address=address, cart=cart_state(release, page), response={"video": entry.video}
        )

    def take_down(self, release: Release, session: PlatformSession) -> bool:
        """See TakesDown. The page goes first, so that nothing ever shows what is not there; then its tile, then its media."""
        storage, folder = self._storage(release, session), folder_name(release.story)
        entry = _entry_at(storage, folder)
        if entry is not None and entry.release != release.id:
            return False
        storage.remove(f"{folder}/{PAGE}")
        refresh(storage)
        storage.drop([f"{folder}/{name}" for name in storage.files(folder) if MEDIA_NAME.fullmatch(name)])
        return True

    def _storage(self, release: Release, session: PlatformSession) -> ShelfStorage:
        if not release.account:
            return FolderStorage(self._home)
        return open_storage(session.settings, f"{self.name}:{release.account}", session.token(0.0))

    def _address(self, storage: ShelfStorage, session: PlatformSession, folder: str) -> str:
        public = str(session.settings.get("public_url") or "")
        if not public and isinstance(storage, FolderStorage):
            return (storage.folder / folder / PAGE).resolve().as_uri()
        return f"{public.rstrip('/')}/{quote(folder)}/{PAGE}"


PLATFORM = Shelf()


def _problems(release: Release, settings: Mapping[str, Any]) -> Iterator[Message]:
    if nearest_cover(release) is None:
        yield M("a cover is missing")
    if release.account:
        yield from storage_problems(settings)


def _put_page(storage: ShelfStorage, entry: ShelfEntry, session: PlatformSession) -> None:
    """Write a page. Raises the last error when no try was answered with yes; each of them may have succeeded all the same."""
    for turn in range(TRIES):
        try:
            storage.put(f"{entry.folder}/{PAGE}", story_page(entry))
            return
        except RetryableError:
            if turn + 1 == TRIES:
                raise
            session.wait(float(2**turn))


def _sweep(storage: ShelfStorage, entry: ShelfEntry, before: ShelfEntry | None) -> None:
    """Delete media of pages before the last one. Those of the last one stay, since somebody may be watching it."""
    shown = entry.files | (before.files if before else frozenset())
    storage.drop([f"{entry.folder}/{name}" for name in storage.files(entry.folder) if MEDIA_NAME.fullmatch(name) and name not in shown])


def _entry_at(storage: ShelfStorage, folder: str) -> ShelfEntry | None:
    return _entry(storage.read(f"{folder}/{PAGE}") or "")


def _entry(page: str) -> ShelfEntry | None:
    try:
        return entry_in(page)
    except ValueError:
        return None


def _not_there(entry: ShelfEntry | None, post_id: str) -> LookupResult:
    if entry is None or not post_id:
        return LookupResult(state="absent", post_id=post_id)
    return LookupResult(state="refused", post_id=post_id, reason=M("Another video or other words have taken its place on the shelf."))


def _not_public_yet(session: PlatformSession, address: str, release: Release, entry: ShelfEntry) -> Message | None:
    """Why the public does not see a page that is in the store; None when it does. Raises ActionRequired when it never will."""
    answer = send(session.http, "GET", address)
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
    if shown is None or shown.release != release.id or page_difference(release, page) is not None:
        return M("{address} still shows an older page.", address=address)
    video = send(session.http, "HEAD", f"{address.removesuffix(PAGE)}{quote(entry.video)}")
    if video.status != 200 or video.headers.get("content-length") != str(release.video.size_bytes):
        raise RetryableError(M("{address} does not give the page's video (HTTP {status}).", address=address, status=video.status), 0.0)
    return None
