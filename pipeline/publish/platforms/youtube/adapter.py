"""The adapter for YouTube's Data API v3: a resumable upload creates a private video, and one `videos.update` makes it public.

Written from Google's discovery document (rev. 20261104) and its clients; it has not met the real service. What no official source
confirms is a setting of the account.

The last byte creates the video, so it is created private, and nothing is public when `upload` returns. The session, kept before the
first byte, answers with the finished video as often as it is asked: a lost answer never leads to a second one. The call that publishes
changes the status of that one video; a lost answer to it is settled by reading the status back. Whether an app that was not audited is
locked to private, the sources do not agree: what was read back decides.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pipeline.chinese.text_length import has_words, text_length
from pipeline.documents.message import M, Message
from pipeline.documents.release import Release, SubtitleFile
from pipeline.language import say
from pipeline.network.errors import ActionRequired, OutcomeUnknown, PlatformError, Rejected, RetryableError, UploadExpired, before_the_call
from pipeline.network.http import HttpAnswer, is_host_of, send
from pipeline.network.quota import Quota
from pipeline.publish.platforms.answer_fields import id_of
from pipeline.publish.platforms.base import Capabilities, Limits, LookupResult, PlatformSession, PublishResult, UploadProgress
from pipeline.publish.platforms.covers import cover_file, nearest_cover
from pipeline.publish.platforms.post_listing import find_post
from pipeline.publish.platforms.youtube.calls import MIDNIGHT_S, NotFound, call, check_answer, multipart_related, refusal
from pipeline.publish.platforms.youtube.extras import add_extras
from pipeline.publish.platforms.youtube.resumable_upload import send_file
from pipeline.publish.platforms.youtube.videos import channel_uploads, part_of, videos_named

MOST_BYTES = 274_877_906_944
TITLE_MOST, DESCRIPTION_MOST, TAGS_MOST = 100, 5000, 500
"""UTF-16 units, bytes, and characters as YouTube counts tags: the strictest reading of each."""
UPDATE, THUMBNAIL, TRACK = 50, 50, 400
"""Units of the day's quota."""
LATE = timedelta(minutes=15)
"""After its hour a video that is still private is a person's."""
PUBLIC_PAGE = "https://www.youtube.com/watch?v="


class YouTube:
    """YouTube, through its Data API."""

    name = "youtube"
    capabilities = Capabilities(resumes=True, schedules=True, cart="url", reads_cart=True, repeats_harmlessly=True)

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

    def upload(self, release: Release, session: PlatformSession, progress: UploadProgress) -> None:
        """The file into a private video, then its thumbnail and subtitle tracks, without which it is published all the same."""
        if progress.recall().get("video"):
            # Whether it is locked, a new attempt finds out anew.
            progress.keep(locked=False)
            _check_video_exists(session, progress)
        else:
            _make_video(release, session, progress)
        add_extras(_extras(release, session, str(progress.recall()["video"])), progress, session.check_lease)

    def publish(self, release: Release, session: PlatformSession, progress: UploadProgress) -> PublishResult:
        """The one call. Its answer is the video's status, so that a lock to private shows at once."""
        with before_the_call():
            video = str(progress.recall().get("video") or "")
            if not video:
                raise UploadExpired(M("YouTube no longer holds the upload."))
            status = _status(release, session.settings)
            if release.planned_at and session.now() < release.planned_at:
                status["publishAt"] = release.planned_at.isoformat()
            else:
                status["privacyStatus"] = _privacy_when_published(release, session.settings)
            session.spend("units", UPDATE)
        answer = call(session, "PUT", "/youtube/v3/videos", {"part": "status"}, body={"id": video, "status": status})
        became = answer.json().get("status")
        response = _response_facts({"status": became}) | {"extras": dict(progress.recall().get("extras") or {})}
        shown = became.get("privacyStatus") if isinstance(became, dict) else None
        if isinstance(became, dict) and shown == status["privacyStatus"] and ("publishAt" in status) == bool(became.get("publishAt")):
            return PublishResult(post_id=video, response=response)
        if shown == "private":
            progress.keep(locked=True)
            raise OutcomeUnknown(_locked(), response=response)
        raise OutcomeUnknown(M("YouTube says yes and does not say what became of the video."), response=response)

    def look_up(
        self, release: Release, session: PlatformSession, progress: UploadProgress, *, since: datetime, post_id: str
    ) -> LookupResult:
        """By its id, which is known before the first call that publishes. Every video that was made of this release is asked for."""
        del since
        known = progress.recall()
        videos = [post_id] if post_id else list(known.get("made") or ())
        if not videos:
            return LookupResult(state="absent", reason=M("No video was made of it."))
        listed = {str(item.get("id")): item for item in videos_named(session, videos, "snippet,status,processingDetails")}
        results = [_result_of(release, session, bool(known.get("locked")), name, listed.get(name)) for name in videos]
        for state in ("live", "processing", "unknown", "refused"):
            for result in reversed(results):
                if result.state == state:
                    return result
        return results[-1]

    def hidden_posts(self, session: PlatformSession, progress: UploadProgress) -> tuple[str, ...]:
        """The private videos that were made of a release and have no hour at which they become public."""
        made = list(progress.recall().get("made") or ())
        listed = videos_named(session, made, "status") if made else []
        return tuple(name for item in listed if (name := id_of(item.get("id"))) in made and _is_hidden(item))

    def remove_hidden(self, session: PlatformSession, post_id: str) -> None:
        """See LeavesHiddenPosts. Its status is read right before."""
        listed = [item for item in videos_named(session, [post_id], "status") if item.get("id") == post_id]
        if not listed:
            return
        if not _is_hidden(listed[0]):
            raise Rejected(M("The video {post} is not private any more, so it is left alone.", post=post_id))
        session.spend("units", UPDATE)
        call(session, "DELETE", "/youtube/v3/videos", {"id": post_id})


PLATFORM = YouTube()


def _is_hidden(item: Mapping[str, Any]) -> bool:
    status = part_of(item, "status")
    return status.get("privacyStatus") == "private" and not status.get("publishAt")


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
    """Length of the tags as YouTube counts it: with commas between them and quotation marks round those with a blank."""
    return sum(len(tag) + 2 * (" " in tag) for tag in tags) + max(0, len(tags) - 1)


def _description(release: Release) -> str:
    """Description with the link to buy. The caption leaves it out under a Short, where it cannot be tapped; here it can be copied."""
    text = release.captions.text.strip()
    if release.cart.kind != "url" or release.cart.value in text:
        return text
    language = "zh" if release.captions.language.startswith("zh") else "en"
    return f"{text}\n{say(M('Link to buy: {link}', link=release.cart.value), language)}"


def _privacy_when_published(release: Release, settings: Mapping[str, Any]) -> str:
    return "public" if release.planned_at else str(settings["privacy"])


def _status(release: Release, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Status part of the resource: private, with the declarations. An update replaces all of it, so both calls send the same. Selling
    one's own goods is no paid placement, so none is declared."""
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


def _make_video(release: Release, session: PlatformSession, progress: UploadProgress) -> None:
    fresh = not progress.recall().get("session")
    if fresh:
        _start(release, session, progress)

    def put(content: bytes, span: str) -> HttpAnswer:
        headers = {"Authorization": f"Bearer {session.token(60)}", "Content-Range": span, "Content-Type": "video/mp4"}
        return check_answer(send(session.http, "PUT", str(progress.recall()["session"]), headers=headers, content=content))

    chunk = int(float(session.settings["chunk_mb"]) * 1024 * 1024)
    try:
        made = send_file(release.video, put, progress, chunk_bytes=chunk, fresh=fresh, check_lease=session.check_lease)
    except NotFound:
        raise _session_gone(release, session, progress) from None
    video = id_of(made.json().get("id"))
    if not video:
        raise OutcomeUnknown(M("YouTube has the file and does not name the video."))
    progress.keep(for_good={"made": [*(progress.recall().get("made") or ()), video]}, video=video, made_at=session.now().isoformat())


def _start(release: Release, session: PlatformSession, progress: UploadProgress) -> None:
    upload_url, began_at = _new_session(release, session)
    try:
        _check_upload_host(upload_url, session.settings)
    except ActionRequired as strange:
        # The first answer may have been garbled: a host is a person's only when it is named twice.
        before = upload_url
        upload_url, began_at = _new_session(release, session)
        if _host_of(upload_url) == _host_of(before):
            raise
        try:
            _check_upload_host(upload_url, session.settings)
        except ActionRequired:
            raise OutcomeUnknown(M("YouTube's answer lacks {name}.", name="Location"), response=strange.response) from None
    progress.keep(session=upload_url, begun=0, began_at=began_at.isoformat())


def _new_session(release: Release, session: PlatformSession) -> tuple[str, datetime]:
    """Begin an upload, which makes no video yet; return its address, and when it began by YouTube's clock."""
    words, settings = release.captions, session.settings
    snippet: dict[str, Any] = {"title": words.title, "description": _description(release), "tags": list(words.topics)}
    snippet |= {"categoryId": str(settings["category_id"]), "defaultLanguage": words.language}
    session.spend("inserts")
    answer = call(
        session,
        "POST",
        "/upload/youtube/v3/videos",
        {"uploadType": "resumable", "part": "snippet,status", "notifySubscribers": str(settings["notify_subscribers"]).lower()},
        headers={"X-Upload-Content-Length": str(release.video.size_bytes), "X-Upload-Content-Type": "video/mp4"},
        body={"snippet": snippet, "status": _status(release, settings)},
    )
    upload_url = answer.headers.get("location", "")
    if not _host_of(upload_url):
        raise OutcomeUnknown(M("YouTube's answer lacks {name}.", name="Location"))
    return upload_url, answer.at or session.now()


def _host_of(upload_url: str) -> str:
    """Return host and port of an address; empty when it is none."""
    try:
        parts = urlsplit(upload_url)
        return parts.netloc if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _check_upload_host(upload_url: str, settings: Mapping[str, Any]) -> None:
    """Check that the session's host is YouTube's: the access token is sent there with every chunk. Raises ActionRequired."""
    host, ours = _host_of(upload_url), _host_of(str(settings["hosts"]["api"]))
    if not host or (host != ours and not is_host_of(host, settings["upload_hosts"])):
        raise ActionRequired(
            M("YouTube names an upload host that is not on the list of upload_hosts in fieldcut.toml: {host}", host=host[:80] or "–")
        )


def _session_gone(release: Release, session: PlatformSession, progress: UploadProgress) -> PlatformError:
    """Return the error for a session that is gone: start again, unless the last chunk may have created a video whose id never came. The
    channel's list may be late: only when it would have to show such a video does its absence prove something."""
    known = progress.recall()
    since, words = datetime.fromisoformat(known["began_at"]), (release.captions.title, _description(release))
    if int(known.get("begun") or 0) < release.video.size_bytes:
        return UploadExpired(M("YouTube no longer holds the upload."))
    if find_post(channel_uploads(session, known.get("made") or ()), words, progress, since).state != "absent":
        return ActionRequired(
            M(
                "A video with these words has come into the channel, and YouTube no longer says whether it is this one. Delete it in "
                "YouTube Studio, then publish again. Nothing is public."
            )
        )
    gone_at = datetime.fromisoformat(str(known.get("gone_at") or session.now().isoformat()))
    progress.keep(gone_at=gone_at.isoformat())
    wait_s = float(session.settings["listed_within_s"]) - (session.now() - gone_at).total_seconds()
    if wait_s > 0:
        return RetryableError(M("YouTube no longer holds the upload, and its list may not show yet what was made of it."), wait_s)
    return UploadExpired(M("YouTube no longer holds the upload."))


def _check_video_exists(session: PlatformSession, progress: UploadProgress) -> None:
    """Raise Rejected when YouTube refuses the video, UploadExpired when it was deleted; a new one may be missing for a while."""
    known = progress.recall()
    video = str(known["video"])
    listed = [item for item in videos_named(session, [video], "status") if item.get("id") == video]
    if listed:
        if why := _refusal_reason(part_of(listed[0], "status")):
            raise Rejected(why, response=_response_facts(listed[0]))
    elif session.now() - datetime.fromisoformat(known["made_at"]) > timedelta(seconds=float(session.settings["listed_within_s"])):
        raise UploadExpired(M("YouTube no longer holds the upload."))


# What hangs on it


def _extras(release: Release, session: PlatformSession, video: str) -> dict[str, Callable[[], object]]:
    tracks = {track.language: track for track in release.subtitles}
    calls: dict[str, Callable[[], object]] = {}
    if release.covers:
        calls["thumbnail"] = partial(_set_thumbnail, release, session, video)
    return calls | {f"captions {language}": partial(_add_track, track, session, video) for language, track in tracks.items()}


def _set_thumbnail(release: Release, session: PlatformSession, video: str) -> None:
    session.spend("units", THUMBNAIL)
    _, picture, kind = cover_file(release)
    query = {"uploadType": "media", "videoId": video}
    call(session, "POST", "/upload/youtube/v3/thumbnails/set", query, headers={"Content-Type": kind}, content=picture)


def _add_track(track: SubtitleFile, session: PlatformSession, video: str) -> None:
    session.spend("units", TRACK)
    kind, content = multipart_related(
        {"snippet": {"videoId": video, "language": track.language, "name": ""}}, Path(track.path).read_bytes()
    )
    query = {"uploadType": "multipart", "part": "snippet"}
    try:
        call(session, "POST", "/upload/youtube/v3/captions", query, headers={"Content-Type": kind}, content=content)
    except Rejected as no:
        # An earlier call whose answer was lost.
        if no.response.get("reason") != "captionExists":
            raise


# Looking


def _result_of(release: Release, session: PlatformSession, locked: bool, video: str, item: Mapping[str, Any] | None) -> LookupResult:
    status = part_of(item or {}, "status")
    state, shown, response = status.get("uploadStatus"), status.get("privacyStatus"), _response_facts(item or {})
    if item is None or state == "deleted":
        return LookupResult(state="absent", post_id=video, reason=M("YouTube shows no such video."), response=response)
    if no := _refusal_reason(status):
        return LookupResult(state="refused", post_id=video, reason=no, response=response)
    if shown == _privacy_when_published(release, session.settings):
        if state == "processed":
            return LookupResult(state="live", post_id=video, address=PUBLIC_PAGE + video, cart=_cart(release, item), response=response)
        return LookupResult(state="processing" if state == "uploaded" else "unknown", post_id=video, response=response)
    if shown != "private":
        return LookupResult(
            state="unknown", post_id=video, reason=M("YouTube shows the video as {privacy}.", privacy=str(shown)), response=response
        )
    hour = release.planned_at if status.get("publishAt") else None
    if locked or (hour and session.now() > hour + LATE):
        raise ActionRequired(_locked(), response=response)
    if hour:
        return LookupResult(state="processing", post_id=video, response=response)
    return LookupResult(
        state="absent", post_id=video, reason=M("YouTube shows the video as private: it was not published."), response=response
    )


def _refusal_reason(status: Mapping[str, Any]) -> Message | None:
    if status.get("uploadStatus") not in ("rejected", "failed"):
        return None
    return refusal(str(status.get("rejectionReason") or status.get("failureReason") or ""))


def _cart(release: Release, item: Mapping[str, Any]) -> Literal["there", "missing", "unknown"]:
    words = part_of(item, "snippet").get("description")
    if release.cart.kind != "url" or not isinstance(words, str):
        return "unknown"
    return "there" if release.cart.value in words else "missing"


def _response_facts(resource: Mapping[str, Any]) -> dict[str, Any]:
    status, processing = resource.get("status"), resource.get("processingDetails")
    parts = (
        (status, ("uploadStatus", "privacyStatus", "publishAt", "failureReason", "rejectionReason", "containsSyntheticMedia")),
        (processing, ("processingStatus", "processingFailureReason")),
    )
    return {name: part[name] for part, names in parts if isinstance(part, dict) for name in names if name in part}
