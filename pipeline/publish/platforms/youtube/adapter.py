"""YouTube's Data API v3: the file over a resumable session makes a private video, and one `videos.update` makes that video public.

Written from Google's discovery document (rev. 20261104) and its clients; it has not met the real service. What no official source
confirms is a setting of the account.

The last byte creates the video, so it is created private, and nothing is public when `upload` returns. The session, kept before the
first byte, answers with the finished video as often as it is asked: a lost answer never leads to a second one. The call that publishes
changes the status of that one video; a lost answer to it is settled by reading the status back. Whether an app that was not audited is
locked to private, the sources do not agree: what was read back decides.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pipeline.chinese.text_length import has_words, text_length
from pipeline.documents.message import M, Message
from pipeline.documents.release import Release, SubtitleFile
from pipeline.language import say
from pipeline.network.errors import ActionRequired, OutcomeUnknown, PlatformError, Rejected, RetryableError, UploadExpired
from pipeline.network.http import HttpAnswer, is_host_of, send
from pipeline.network.quota import Quota
from pipeline.publish.platforms.base import Capabilities, Limits, LookupResult, PlatformSession, PublishResult, UploadProgress
from pipeline.publish.platforms.covers import cover_file, nearest_cover
from pipeline.publish.platforms.post_listing import Listed, Page, found
from pipeline.publish.platforms.youtube.calls import MIDNIGHT_S, Gone, call, checked, items, refusal, related
from pipeline.publish.platforms.youtube.extras import add_extras
from pipeline.publish.platforms.youtube.resumable_upload import bring_over

MOST_BYTES = 274_877_906_944
TITLE_MOST, DESCRIPTION_MOST, TAGS_MOST = 100, 5000, 500
"""UTF-16 units, bytes, and characters as YouTube counts tags: the strictest reading of each."""
UPDATE, THUMBNAIL, TRACK, READ = 50, 50, 400, 1
"""Units of the day's quota."""
PAGE = 50
"""Of the channel's uploads."""
LATE = timedelta(minutes=15)
"""After its hour a video that is still private is a person's."""
PUBLIC_PAGE = "https://www.youtube.com/watch?v="


class YouTube:
    """YouTube, through its Data API."""

    name = "youtube"
    capabilities = Capabilities(resumes=True, schedules=True, cart="url", reads_cart=True)

    def limits(self, settings: Mapping[str, Any]) -> Limits:
        """See Platform. A channel that is not verified takes 15 minutes. The quotas belong to the app, and end at midnight Pacific time."""
        return Limits(
            max_bytes=MOST_BYTES,
            max_seconds=60.0 * settings["max_minutes"],
            quotas=tuple(
                Quota(name=name, calls=int(settings[f"{name}_per_day"]), per_s=86_400, of="app", begins_s=MIDNIGHT_S)
                for name in ("inserts", "units")
            ),
            listed_within_s=float(settings["listed_within_s"]),
        )

    def problems(self, release: Release, settings: Mapping[str, Any]) -> tuple[Message, ...]:
        """See Platform."""
        return tuple(_problems(release, settings))

    def upload(self, release: Release, line: PlatformSession, memory: UploadProgress) -> None:
        """The file into a private video, then its thumbnail and subtitle tracks, without which it is published all the same."""
        if memory.recall().get("video"):
            # Whether it is locked, a new attempt finds out anew.
            memory.keep(locked=False)
            _must_be_there(line, memory)
        else:
            _make_video(release, line, memory)
        add_extras(_extras(release, line, str(memory.recall()["video"])), memory, line.still_ours)

    def publish(self, release: Release, line: PlatformSession, memory: UploadProgress) -> PublishResult:
        """The one call. Its answer is the video's status, so that a lock to private shows at once."""
        video = str(memory.recall().get("video") or "")
        if not video:
            raise UploadExpired(M("YouTube no longer holds the upload."))
        status = _status(release, line.settings)
        if release.planned_at and line.now() < release.planned_at:
            status["publishAt"] = release.planned_at.isoformat()
        else:
            status["privacyStatus"] = _wanted(release, line.settings)
        line.spend("units", UPDATE)
        body = {"id": video, "status": status}
        try:
            answer = call(line, "PUT", "/youtube/v3/videos", {"part": "status"}, body=body, publishing=True)
        except Gone as gone:
            # A video may be missing for a moment after it was made; whether it is gone, the next `upload` asks.
            raise RetryableError(gone.message, 60.0, essence=gone.essence) from None
        became = answer.json().get("status")
        essence = _essence({"status": became}) | {"extras": dict(memory.recall().get("extras") or {})}
        shown = became.get("privacyStatus") if isinstance(became, dict) else None
        if isinstance(became, dict) and shown == status["privacyStatus"] and ("publishAt" in status) == bool(became.get("publishAt")):
            return PublishResult(post_id=video, essence=essence)
        if shown == "private":
            memory.keep(locked=True)
            raise OutcomeUnknown(_locked(), essence=essence)
        raise OutcomeUnknown(M("YouTube says yes and does not say what became of the video."), essence=essence)

    def look_up(self, release: Release, line: PlatformSession, memory: UploadProgress, *, since: datetime, post_id: str) -> LookupResult:
        """By its id, which is known before the first call that publishes. Every video that was made of this release is asked for."""
        del since
        kept = memory.recall()
        videos = [post_id] if post_id else list(kept.get("made") or ())
        if not videos:
            return LookupResult(state="absent", reason=M("No video was made of it."))
        there = {str(item.get("id")): item for item in _videos(line, videos, "snippet,status,processingDetails")}
        seen = [_seen(release, line, bool(kept.get("locked")), name, there.get(name)) for name in videos]
        for state in ("live", "processing", "unknown", "refused"):
            for one in reversed(seen):
                if one.state == state:
                    return one
        return seen[-1]


PLATFORM = YouTube()


def _problems(release: Release, settings: Mapping[str, Any]) -> Iterator[Message]:
    words, cover = release.captions, nearest_cover(release)
    text = _description(release)
    if not has_words(words.title):
        yield M("the title is empty")
    title, description, topics = int(text_length(words.title, "utf16")), int(text_length(text, "bytes")), _tags_length(words.topics)
    if title > TITLE_MOST:
        yield M("the title has {length} characters, and {most} are allowed", length=title, most=TITLE_MOST)
    if description > DESCRIPTION_MOST:
        yield M("the description has {length} bytes, and {most} are allowed", length=description, most=DESCRIPTION_MOST)
    if topics > TAGS_MOST:
        yield M("the topics have {length} characters, and {most} are allowed", length=topics, most=TAGS_MOST)
    if {"<", ">"} & set(words.title + text + "".join(words.topics)):
        yield M("YouTube takes no < and no > in title, description and topics")
    most_mb = float(settings["thumbnail_mb"])
    if cover and (cover.size_bytes > most_mb * 1024 * 1024 or Path(cover.path).suffix.lower() not in (".jpg", ".jpeg", ".png")):
        yield M("the cover {path} is not a JPEG or PNG picture of at most {most} MB", path=cover.path, most=f"{most_mb:g}")
    if release.planned_at and settings["privacy"] != "public":
        yield M("YouTube makes a video public at its hour, so it cannot stay unlisted: leave out the hour, or set privacy to public")


def _tags_length(tags: tuple[str, ...]) -> int:
    """As YouTube counts: commas between them, quotation marks round those with a blank."""
    return sum(len(tag) + 2 * (" " in tag) for tag in tags) + max(0, len(tags) - 1)


def _description(release: Release) -> str:
    """With the link to buy. Under a Short nobody can tap it, so the caption leaves it out; to be copied it is still there."""
    text = release.captions.text.strip()
    if release.cart.kind != "url" or release.cart.value in text:
        return text
    language = "zh" if release.captions.language.startswith("zh") else "en"
    return f"{text}\n{say(M('Link to buy: {link}', link=release.cart.value), language)}"


def _wanted(release: Release, settings: Mapping[str, Any]) -> str:
    return "public" if release.planned_at else str(settings["privacy"])


def _status(release: Release, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Private, with what must be declared; an update replaces all of it, so both calls send the same. Goods of one's own are no paid
    placement, so nothing is declared about that."""
    return {
        "privacyStatus": "private",
        "selfDeclaredMadeForKids": release.declarations.made_for_kids or bool(settings["made_for_kids"]),
        "containsSyntheticMedia": release.declarations.ai_generated,
    }


def _locked() -> Message:
    return M(
        "YouTube keeps the video private although it was to be published: the app may need Google's audit first. Make the video public in "
        "YouTube Studio; where that cannot be done, delete it there and post it by hand."
    )


# The file


def _make_video(release: Release, line: PlatformSession, memory: UploadProgress) -> None:
    fresh = not memory.recall().get("session")
    if fresh:
        _start(release, line, memory)

    def put(content: bytes, span: str) -> HttpAnswer:
        headers = {"Authorization": f"Bearer {line.token(60)}", "Content-Range": span, "Content-Type": "video/mp4"}
        return checked(send(line.http, "PUT", str(memory.recall()["session"]), headers=headers, content=content))

    chunk = int(float(line.settings["chunk_mb"]) * 1024 * 1024)
    try:
        made = bring_over(release.video, put, memory, chunk_bytes=chunk, fresh=fresh, still_ours=line.still_ours)
    except Gone:
        raise _session_gone(release, line, memory) from None
    video = str(made.json().get("id") or "")
    if not video:
        raise OutcomeUnknown(M("YouTube has the file and does not name the video."))
    memory.keep(for_good={"made": [*(memory.recall().get("made") or ()), video]}, video=video, made_at=line.now().isoformat())


def _start(release: Release, line: PlatformSession, memory: UploadProgress) -> None:
    words, settings = release.captions, line.settings
    snippet: dict[str, Any] = {"title": words.title, "description": _description(release), "tags": list(words.topics)}
    snippet |= {"categoryId": str(settings["category_id"]), "defaultLanguage": words.language}
    line.spend("inserts")
    answer = call(
        line,
        "POST",
        "/upload/youtube/v3/videos",
        {"uploadType": "resumable", "part": "snippet,status", "notifySubscribers": str(settings["notify_subscribers"]).lower()},
        headers={"X-Upload-Content-Length": str(release.video.size_bytes), "X-Upload-Content-Type": "video/mp4"},
        body={"snippet": snippet, "status": _status(release, settings)},
    )
    session = answer.headers.get("location", "")
    _must_be_theirs(session, settings)
    memory.keep(session=session, begun=0, began_at=(answer.at or line.now()).isoformat())


def _must_be_theirs(session: str, settings: Mapping[str, Any]) -> None:
    """The access token goes there with every chunk. Raises PersonMustAct."""
    try:
        host, ours = urlsplit(session).netloc, urlsplit(str(settings["hosts"]["api"])).netloc
    except ValueError:
        host, ours = "", ""
    if not host or (host != ours and not is_host_of(host, settings["upload_hosts"])):
        raise ActionRequired(
            M("YouTube names an upload host that is not on the list of upload_hosts in fieldcut.toml: {host}", host=host[:80] or "–")
        )


def _session_gone(release: Release, line: PlatformSession, memory: UploadProgress) -> PlatformError:
    """It begins anew, unless the last chunk may have made a video whose name never came."""
    kept = memory.recall()
    since, words = datetime.fromisoformat(kept["began_at"]), (release.captions.title, _description(release))
    may_be_whole = int(kept.get("begun") or 0) >= release.video.size_bytes
    if may_be_whole and found(_uploads(line, kept.get("made") or ()), words, memory, since).state != "absent":
        return ActionRequired(
            M(
                "A video with these words has come into the channel, and YouTube no longer says whether it is this one. Delete it in "
                "YouTube Studio, then publish again. Nothing is public."
            )
        )
    return UploadExpired(M("YouTube no longer holds the upload."))


def _uploads(line: PlatformSession, known: Sequence[str]) -> Iterator[Page]:
    """What came into the channel, the newest first, without the videos that are `known`."""
    line.spend("units", READ)
    channels = items(call(line, "GET", "/youtube/v3/channels", {"part": "contentDetails", "mine": "true"}))
    lists = [channel.get("contentDetails", {}).get("relatedPlaylists", {}).get("uploads") for channel in channels]
    query: dict[str, str | int] = {"part": "snippet", "playlistId": str(next(filter(None, lists), "")), "maxResults": PAGE}
    while True:
        line.spend("units", READ)
        answer = call(line, "GET", "/youtube/v3/playlistItems", query)
        yield Page(tuple(post for item in items(answer) if (post := _listed(item.get("snippet") or {})).post_id not in known))
        more = answer.json().get("nextPageToken")
        if not more:
            return
        query["pageToken"] = str(more)


def _listed(snippet: Mapping[str, Any]) -> Listed:
    try:
        at = datetime.fromisoformat(str(snippet.get("publishedAt")))
    except ValueError:
        at = None
    video = str((snippet.get("resourceId") or {}).get("videoId") or "")
    return Listed(video, (str(snippet.get("title") or ""), str(snippet.get("description") or "")), at, whole_s=True)


def _must_be_there(line: PlatformSession, memory: UploadProgress) -> None:
    """Raises Refused when YouTube refuses the video, StartAgain when it was deleted; a new one may be missing for a while."""
    kept = memory.recall()
    video = str(kept["video"])
    there = [item for item in _videos(line, [video], "status") if item.get("id") == video]
    if there:
        if why := _refused(there[0].get("status") or {}):
            raise Rejected(why, essence=_essence(there[0]))
    elif line.now() - datetime.fromisoformat(kept["made_at"]) > timedelta(seconds=float(line.settings["listed_within_s"])):
        raise UploadExpired(M("YouTube no longer holds the upload."))


# What hangs on it


def _extras(release: Release, line: PlatformSession, video: str) -> dict[str, Callable[[], object]]:
    tracks = {track.language: track for track in release.subtitles}
    calls: dict[str, Callable[[], object]] = {}
    if release.covers:
        calls["thumbnail"] = partial(_set_thumbnail, release, line, video)
    return calls | {f"captions {language}": partial(_add_track, track, line, video) for language, track in tracks.items()}


def _set_thumbnail(release: Release, line: PlatformSession, video: str) -> None:
    line.spend("units", THUMBNAIL)
    _, picture, kind = cover_file(release)
    query = {"uploadType": "media", "videoId": video}
    call(line, "POST", "/upload/youtube/v3/thumbnails/set", query, headers={"Content-Type": kind}, content=picture)


def _add_track(track: SubtitleFile, line: PlatformSession, video: str) -> None:
    line.spend("units", TRACK)
    kind, content = related({"snippet": {"videoId": video, "language": track.language, "name": ""}}, Path(track.path).read_bytes())
    query = {"uploadType": "multipart", "part": "snippet"}
    try:
        call(line, "POST", "/upload/youtube/v3/captions", query, headers={"Content-Type": kind}, content=content)
    except Rejected as no:
        # An earlier call whose answer was lost.
        if no.essence.get("reason") != "captionExists":
            raise


# Looking


def _videos(line: PlatformSession, videos: list[str], parts: str) -> list[dict[str, Any]]:
    line.spend("units", READ)
    return items(call(line, "GET", "/youtube/v3/videos", {"part": parts, "id": ",".join(videos)}))


def _seen(release: Release, line: PlatformSession, locked: bool, video: str, item: Mapping[str, Any] | None) -> LookupResult:
    status = (item or {}).get("status") or {}
    state, shown, essence = status.get("uploadStatus"), status.get("privacyStatus"), _essence(item or {})
    if item is None or state == "deleted":
        return LookupResult(state="absent", post_id=video, reason=M("YouTube shows no such video."), essence=essence)
    if no := _refused(status):
        return LookupResult(state="refused", post_id=video, reason=no, essence=essence)
    if shown == _wanted(release, line.settings):
        if state == "processed":
            return LookupResult(state="live", post_id=video, address=PUBLIC_PAGE + video, cart=_cart(release, item), essence=essence)
        return LookupResult(state="processing" if state == "uploaded" else "unknown", post_id=video, essence=essence)
    if shown != "private":
        return LookupResult(
            state="unknown", post_id=video, reason=M("YouTube shows the video as {privacy}.", privacy=str(shown)), essence=essence
        )
    hour = release.planned_at if status.get("publishAt") else None
    if locked or (hour and line.now() > hour + LATE):
        raise ActionRequired(_locked(), essence=essence)
    if hour:
        return LookupResult(state="processing", post_id=video, essence=essence)
    return LookupResult(
        state="absent", post_id=video, reason=M("YouTube shows the video as private: it was not published."), essence=essence
    )


def _refused(status: Mapping[str, Any]) -> Message | None:
    if status.get("uploadStatus") not in ("rejected", "failed"):
        return None
    return refusal(str(status.get("rejectionReason") or status.get("failureReason") or ""))


def _cart(release: Release, item: Mapping[str, Any]) -> Literal["there", "missing", "unknown"]:
    words = (item.get("snippet") or {}).get("description")
    if release.cart.kind != "url" or not isinstance(words, str):
        return "unknown"
    return "there" if release.cart.value in words else "missing"


def _essence(resource: Mapping[str, Any]) -> dict[str, Any]:
    status, processing = resource.get("status"), resource.get("processingDetails")
    parts = (
        (status, ("uploadStatus", "privacyStatus", "publishAt", "failureReason", "rejectionReason", "containsSyntheticMedia")),
        (processing, ("processingStatus", "processingFailureReason")),
    )
    return {name: part[name] for part, names in parts if isinstance(part, dict) for name in names if name in part}
