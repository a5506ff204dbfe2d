"""The adapter for Bilibili's open platform: the file in parts under an upload token, a cover, then one call that submits the video.

Written from the contract of openhome.bilibili.com (submitting a video from a server) and its clients; it has not met the real service.
What no official source confirms is a setting of the account. A review makes a video public. The API has no schedule, no privacy, no AI
declaration and no cart.

The platform cannot be asked which parts have arrived: acknowledged ones are kept in the progress, and the one under way is sent again.
`add` has no idempotency key, and no refusal proves that it did nothing: what became of it is settled by the account's list of posts, by
title, description and time. What each answer means stands in `answers.yaml`.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.chinese.text_length import has_words, text_length
from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.network.errors import OutcomeUnknown, Rejected, UploadExpired, before_the_call
from pipeline.network.quota import Quota
from pipeline.publish.platforms.ai_declaration import missing_ai_declaration
from pipeline.publish.platforms.answer_fields import id_of
from pipeline.publish.platforms.base import Capabilities, Limits, LookupResult, PlatformSession, PublishResult, UploadProgress
from pipeline.publish.platforms.bilibili.calls import BadParameter, NoPost, call, request_id, send_part
from pipeline.publish.platforms.covers import cover_file, cover_problems
from pipeline.publish.platforms.post_listing import (
    ListedPost,
    PostPage,
    find_post,
    has_remembered_posts,
    remember_existing_posts,
)

MIB = 1024 * 1024
FILE_MOST = 4_000_000_000
"""By the stricter reading of 4 GB."""
SECONDS_MOST = 5 * 3600.0
PART_MOST = 100_000_000
COVER_MOST = 5_000_000
TITLE_MOST, TAGS_MOST = 80, 200
SIDE_MOST, FPS_MOST = 4096, 120
PAGE = 50
"""Of `viewlist`."""
ORIGINAL, REPOST = 1, 2
PEKING_MIDNIGHT_S = 57_600
PUBLIC_PAGE = "https://www.bilibili.com/video/"

OPEN = 0
PENDING = frozenset({-1, -30})
TAKEN_AWAY = frozenset({-2, -3, -4, -100})
"""Returned, locked, deleted. Any other state below 0 is a refusal only when it comes with a reason: some are steps of the review."""


class Bilibili:
    """Bilibili, through its open platform."""

    name = "bilibili"
    capabilities = Capabilities(resumes=True, schedules=False, cart="none")

    def limits(self, settings: Mapping[str, Any]) -> Limits:
        """By the official page of 2022; the posts of a day are those of accounts that are no full members."""
        posts = Quota(name="posts", calls=int(settings["posts_per_day"]), per_s=86_400, begins_s=PEKING_MIDNIGHT_S)
        return Limits(
            max_bytes=FILE_MOST, max_seconds=SECONDS_MOST, quotas=(posts,), listed_within_s=float(settings["listed_within_s"])
        )  # fmt: skip

    def problems(self, release: Release, settings: Mapping[str, Any]) -> tuple[Message, ...]:
        """See Platform."""
        return tuple(_problems(release, settings))

    def upload(self, release: Release, session: PlatformSession, progress: UploadProgress) -> None:
        """Parts from 1, then the cover. The token is kept before the first byte leaves, each part as it is acknowledged."""
        known = progress.recall()
        fresh = not (known.get("session") and known.get("piece"))
        if fresh:
            _start_upload(release, session, progress)
        if not progress.recall().get("complete"):
            _send_parts(release, session, progress, fresh=fresh)
            _complete(session, progress)
        if not progress.recall().get("cover"):
            progress.keep(cover=_put_cover(release, session))
        if not has_remembered_posts(progress):
            remember_existing_posts(_page(session, 1), _words(release), progress)

    def publish(self, release: Release, session: PlatformSession, progress: UploadProgress) -> PublishResult:
        """The one call; the answer to it names the post."""
        with before_the_call():
            known = progress.recall()
            if not (known.get("session") and known.get("complete") and known.get("cover")):
                raise UploadExpired(M("Bilibili no longer holds the upload."))
            _spend_a_post(session, progress)
            query, body = {"upload_token": str(known["session"])}, _body(release, session.settings, str(known["cover"]))
        data, answer = call(session, "POST", "/archive/add-by-utoken", query=query, body=body)
        post_id = id_of(data.get("resource_id")) if isinstance(data, dict) else ""
        if not post_id:
            raise OutcomeUnknown(M("Bilibili says yes and does not name the post."), request_id=request_id(answer))
        return PublishResult(post_id=post_id, request_id=request_id(answer), response={"code": 0, "resource_id": post_id})

    def look_up(
        self, release: Release, session: PlatformSession, progress: UploadProgress, *, since: datetime, post_id: str
    ) -> LookupResult:
        """By its number where that is known; else, and where nothing has that number, by words and time among the posts since then."""
        if not post_id:
            return find_post(_pages(session), _words(release), progress, since)
        try:
            data, answer = call(session, "GET", "/archive/view", query={"resource_id": post_id})
        except NoPost as none:
            # The number may have come from an answer that was broken; and what the list shows is there.
            found = find_post(_pages(session), _words(release), progress, since)
            absent = LookupResult(state="absent", post_id=post_id, request_id=none.request_id, response=none.response)
            return absent if found.state == "absent" else found
        named = data.get("resource_id", post_id) if isinstance(data, dict) else ""
        info = data.get("addit_info") if isinstance(data, dict) and named == post_id else None
        return _result_of(info if isinstance(info, dict) else {}, post_id, request_id(answer))


PLATFORM = Bilibili()


def _problems(release: Release, settings: Mapping[str, Any]) -> Iterator[Message]:
    words, video = release.captions, release.video
    if not has_words(words.title):
        yield M("the title is empty")
    length, most = int(text_length(words.title, "characters")), TITLE_MOST
    if length > most:
        yield M("the title has {length} characters, and {most} are allowed", length=length, most=most)
    length, most = int(text_length(words.text, "characters")), int(settings["description_most"])
    if length > most:
        yield M("the description has {length} characters, and {most} are allowed", length=length, most=most)
    if not words.topics:
        yield M("Bilibili asks for at least one topic")
    for topic in words.topics:
        if not topic.strip() or set(topic) & {",", "，", "\n"}:
            yield M("“{topic}” is no topic: commas part the topics of a Bilibili post", topic=topic)
    length, most = int(text_length(",".join(words.topics), "characters")), TAGS_MOST
    if length > most:
        yield M("the topics have {length} characters, and {most} are allowed", length=length, most=most)
    yield from cover_problems(release, COVER_MOST)
    if max(video.width, video.height) > SIDE_MOST:
        yield M("the picture is {shape}, and {most} pixels a side are allowed", shape=f"{video.width}×{video.height}", most=SIDE_MOST)
    if video.fps > FPS_MOST:
        yield M("the video has {fps} frames a second, and {most} are allowed", fps=f"{video.fps:g}", most=FPS_MOST)
    yield from missing_ai_declaration(release, f"{words.title}\n{words.text}", M("Bilibili"))
    if not release.declarations.original and not str(settings["repost_source"]).strip():
        yield M("the video was filmed by somebody else: say by whom, as repost_source in fieldcut.toml")


def _body(release: Release, settings: Mapping[str, Any], cover: str) -> dict[str, Any]:
    words, original = release.captions, release.declarations.original
    body = {"title": words.title, "desc": words.text, "tag": ",".join(words.topics), "tid": int(settings["category"]), "cover": cover}
    body |= {"copyright": ORIGINAL, "no_reprint": int(settings["no_reprint"])} if original else {"copyright": REPOST, "no_reprint": 0}
    body |= {} if original else {"source": str(settings["repost_source"]).strip()}
    return body | ({"topic_id": int(settings["topic_id"])} if settings["topic_id"] else {})


def _spend_a_post(session: PlatformSession, progress: UploadProgress) -> None:
    """Count one post of the day's quota, once a day for a release that is submitted again."""
    day = int((session.now().timestamp() - PEKING_MIDNIGHT_S) // 86_400)
    if progress.recall().get("spent") != day:
        session.spend("posts")
        progress.keep(for_good={"spent": day})


# Upload


def _start_upload(release: Release, session: PlatformSession, progress: UploadProgress) -> None:
    _check_category(session)
    # One way for every size: only parts can go on after a break.
    data, _ = call(session, "POST", "/archive/video/init", body={"name": "video.mp4", "utype": "0"})
    token = id_of(data.get("upload_token"), most=2000) if isinstance(data, dict) else ""
    if not token:
        raise OutcomeUnknown(M("Bilibili's answer lacks {name}.", name="upload_token"))
    piece = min(PART_MOST, max(1, int(float(session.settings["part_mb"]) * MIB)), release.video.size_bytes)
    progress.keep(session=token, piece=piece, sent=0)


def _check_category(session: PlatformSession) -> None:
    """Check the category against today's list. Raises Rejected for one that is missing in it twice: the first list may have been garbled,
    and one that cannot be read proves nothing."""
    category = int(session.settings["category"])
    for _ in range(2):
        data, _answer = call(session, "GET", "/archive/type/list")
        names = dict(_categories(data))
        if not names or category in names:
            return
    known = ", ".join(f"{number} {name}".strip() for number, name in names.items())
    raise Rejected(M("Bilibili has no category {number}. Set category in fieldcut.toml to one of: {known}", number=category, known=known))


def _categories(data: Any) -> Iterator[tuple[int, str]]:
    for entry in data if isinstance(data, list) else ():
        if isinstance(entry, dict):
            if isinstance(entry.get("id"), int):
                yield entry["id"], str(entry.get("name") or "")
            yield from _categories(entry.get("children"))


def _send_parts(release: Release, session: PlatformSession, progress: UploadProgress, *, fresh: bool) -> None:
    known, size = progress.recall(), release.video.size_bytes
    token, piece, sent = str(known["session"]), int(known["piece"]), int(known["sent"])
    with Path(release.video.path).open("rb") as file:
        file.seek(sent * piece)
        for number in range(sent + 1, math.ceil(size / piece) + 1):
            session.check_lease()
            content = file.read(piece)
            if len(content) != min(piece, size - (number - 1) * piece):
                raise Rejected(
                    M("{path} was changed after the post was prepared. Nothing was sent; prepare it anew.", path=release.video.path)
                )
            try:
                send_part(session, token, number, content)
            except BadParameter as bad:
                # One whose answer was lost may be there, by one reading of the contract; whether all are, `complete` finds out.
                if fresh or number > sent + 1:
                    raise _upload_expired(bad) from None
            progress.keep(sent=number)


def _complete(session: PlatformSession, progress: UploadProgress) -> None:
    try:
        call(session, "POST", "/archive/video/complete", query={"upload_token": str(progress.recall()["session"])})
    except BadParameter as bad:
        raise _upload_expired(bad) from None
    progress.keep(complete=True)


def _upload_expired(bad: BadParameter) -> UploadExpired:
    message = M("Bilibili does not take the upload as it was sent: {said}", said=bad.message)
    return UploadExpired(message, request_id=bad.request_id, response=bad.response)


def _put_cover(release: Release, session: PlatformSession) -> str:
    data, _ = call(session, "POST", "/archive/cover/upload", files={"file": cover_file(release)})
    address = id_of(data.get("url"), most=2000) if isinstance(data, dict) else ""
    if not address:
        raise OutcomeUnknown(M("Bilibili's answer lacks {name}.", name="url"))
    return address


# Posts


def _result_of(info: Mapping[str, Any], post_id: str, request: str) -> LookupResult:
    state, why = info.get("state"), str(info.get("reject_reason") or info.get("state_desc") or "")[:500]
    response = {name: info[name] for name in ("state", "state_desc", "reject_reason") if name in info}
    seen = LookupResult(state="unknown", post_id=post_id, request_id=request, response=response)
    if isinstance(state, bool) or not isinstance(state, int):
        return seen.model_copy(update={"reason": M("Bilibili does not say how far it is with the post.")})
    if state == OPEN:
        return seen.model_copy(update={"state": "live", "address": PUBLIC_PAGE + post_id})
    if state in PENDING:
        return seen.model_copy(update={"state": "processing"})
    reason = M("Bilibili's review: {why} ({state}).", why=why or "–", state=state)
    refused = state in TAKEN_AWAY or (state < 0 and bool(info.get("reject_reason")))
    return seen.model_copy(update={"state": "refused" if refused else "unknown", "reason": reason})


def _pages(session: PlatformSession) -> Iterator[PostPage]:
    """The account's posts."""
    number = 1
    while True:
        page = _page(session, number)
        yield page
        if len(page.posts) < PAGE:
            return
        number += 1


def _page(session: PlatformSession, number: int) -> PostPage:
    data, answer = call(session, "GET", "/archive/viewlist", query={"ps": PAGE, "pn": number})
    posts = (data["list"] or []) if isinstance(data, dict) and "list" in data else None
    if not isinstance(posts, list):
        raise OutcomeUnknown(M("Bilibili's answer lacks {name}.", name="list"))
    ahead_s = (answer.at - session.now()).total_seconds() if answer.at else 0.0
    return PostPage(tuple(_listed(post) for post in posts), ahead_s)


def _listed(post: Any) -> ListedPost:
    """Read a post of the list. Raises OutcomeUnknown for one that cannot be read: it may be the one that is looked for."""
    if not isinstance(post, dict) or not id_of(post.get("resource_id")) or not isinstance(post.get("title"), str):
        raise OutcomeUnknown(M("Bilibili's answer lacks {name}.", name="list.resource_id"))
    created, at = post.get("ctime"), None
    if isinstance(created, int) and not isinstance(created, bool) and 0 < created < 10**11:
        at = datetime.fromtimestamp(created, UTC)
    words = (str(post.get("title") or ""), str(post.get("desc") or ""))
    response = {name: post.get(name) for name in ("resource_id", "ctime")}
    return ListedPost(id_of(post["resource_id"]), words, at, whole_s=True, response=response)


def _words(release: Release) -> tuple[str, ...]:
    return release.captions.title, release.captions.text
