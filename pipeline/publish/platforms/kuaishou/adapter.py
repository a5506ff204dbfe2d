"""The adapter for Kuaishou's open platform: the file in fragments under an upload token, then one call that publishes it with a product.

Written from the contract of mp.kuaishou.com/platformDocs (publishing a video, 2024-09-26) and its clients; it has not met the real
service. What no official source confirms is a setting of the account. There is no schedule, no privacy and no AI declaration in it.

`publish` has no idempotency key: a lost answer is settled by `photo/list`, by caption and time.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pipeline.chinese.text_length import text_length
from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.network.errors import ActionRequired, OutcomeUnknown, Rejected, RetryableError, TokenRejected, UploadExpired
from pipeline.network.http import HttpAnswer, check_status, is_host_of, send
from pipeline.network.quota import Quota
from pipeline.publish.platforms.ai_declaration import missing_ai_declaration
from pipeline.publish.platforms.base import Capabilities, Limits, LookupResult, PlatformSession, PublishResult, UploadProgress
from pipeline.publish.platforms.covers import cover_file, cover_problems
from pipeline.publish.platforms.post_listing import (
    ListedPost,
    PostPage,
    find_post,
    has_remembered_posts,
    is_surely_absent,
    remember_existing_posts,
)

MIB = 1024 * 1024
PIECE_MOST = 10_000_000
"""Largest fragment, by the stricter reading of 10 MB."""
COVER_MOST = 10_000_000
PAGE = 100
"""Of `photo/list`; 200 is the most the platform gives at once."""
ROUNDS = 3
"""Rounds in a row (ask for the state, send what is missing, complete) without success before the upload starts again."""
MILLISECONDS_ABOVE = 10**11
"""A create_time above is in milliseconds: the contract leaves the unit open."""
PUBLIC_PAGE = "https://www.kuaishou.com/short-video/"

OK, PUBLISH_FAILED, NOT_UPLOADED = 1, 120003, 120002
NO_POST = frozenset({100120001, 120001})
BAD_PARAMETER = frozenset({100400, 10000200})
BAD_TOKEN = frozenset({100200102, 100200108})
LOGIN = frozenset({100200105, 100200107, 100200109, 100200110, 100200111, 100200113})
SETUP = frozenset({100200100, 100200101, 100200103, 100200104})
SCOPE, LIMIT, SERVER = 100200106, 100100402, 100200500


class _BadParameter(Rejected):
    """A parameter is wrong; in an upload that may only mean an expired token, or a fragment that has arrived already."""


class _NoPost(Rejected):
    """There is no such post, or it is not visible yet."""


class Kuaishou:
    """Kuaishou, through its open platform."""

    name = "kuaishou"
    capabilities = Capabilities(resumes=True, schedules=False, cart="product_id", reads_cart=True)

    def limits(self, settings: Mapping[str, Any]) -> Limits:
        """Neither size nor length are documented. The calls of a day are by a connector's notes."""
        calls = Quota(name="calls", calls=int(settings["calls_per_day"]), per_s=86_400, begins_s=57_600)
        return Limits(quotas=(calls,), listed_within_s=float(settings["listed_within_s"]))

    def problems(self, release: Release, settings: Mapping[str, Any]) -> tuple[Message, ...]:
        """See Platform."""
        return tuple(_problems(release, settings))

    def upload(self, release: Release, session: PlatformSession, progress: UploadProgress) -> None:
        """Fragments from 0; what the platform lists is not sent again. Token and host are kept before the first byte leaves."""
        known = progress.recall()
        fresh = not (known.get("session") and known.get("host") and known.get("piece"))
        if fresh:
            self._start(release, session, progress)
        if not progress.recall().get("complete"):
            self._send_all(release, session, progress, ask_first=not fresh)
        elif not _upload_state(session, progress).get("existed"):
            raise UploadExpired(M("Kuaishou no longer holds the upload."))
        if not has_remembered_posts(progress):
            remember_existing_posts(_page(session), _words(release), progress)

    def publish(self, release: Release, session: PlatformSession, progress: UploadProgress) -> PublishResult:
        """The one call; the answer to it names the post."""
        known = progress.recall()
        if not known.get("session"):
            raise UploadExpired(M("Kuaishou no longer holds the upload."))
        files = {"cover": cover_file(release)}
        again, query, form = bool(known.get("tried")), {"upload_token": str(known["session"])}, {"caption": release.captions.text}
        if release.cart.kind == "product_id":
            (query if session.settings["product_field"] == "query" else form)["merchant_product_id"] = release.cart.value
        session.spend("calls")
        progress.keep(tried=True)
        begun = session.now()
        address, params = _api(session, "/openapi/photo/publish"), {**_credentials(session, 60), **query}
        answer = send(session.http, "POST", address, params=params, data=form, files=files)
        try:
            info = _result(answer, publishing=True).get("video_info")
        except _BadParameter as bad:
            # A token that was used already is answered so by one reading of the contract: there would be a post then.
            if again or not is_surely_absent(_pages(session), _words(release), progress, begun):
                raise OutcomeUnknown(bad.message, response=bad.response) from None
            raise
        post_id = str(info.get("photo_id") or "") if isinstance(info, dict) else ""
        if not post_id:
            raise OutcomeUnknown(M("Kuaishou says yes and does not name the post."))
        return PublishResult(post_id=post_id, response={"result": OK, "photo_id": post_id})

    def look_up(
        self, release: Release, session: PlatformSession, progress: UploadProgress, *, since: datetime, post_id: str
    ) -> LookupResult:
        """By its number where that is known, else by its words and time among the posts since then."""
        if not post_id:
            return find_post(_pages(session), _words(release), progress, since)
        try:
            info = _get(session, "/openapi/photo/info", photo_id=post_id).get("video_info")
        except _NoPost as none:
            return LookupResult(state="absent", post_id=post_id, response=none.response)
        except Rejected as no:
            if no.response.get("result") != PUBLISH_FAILED:
                raise
            return LookupResult(state="refused", post_id=post_id, reason=no.message, response=no.response)
        if not isinstance(info, dict) or not isinstance(info.get("pending"), bool):
            return LookupResult(state="unknown", post_id=post_id, reason=M("Kuaishou does not say how far it is with the post."))
        response = {name: info.get(name) for name in ("pending", "create_time", "merchant_product_id") if name in info}
        if info["pending"] or ("play_url" in info and not info["play_url"]):
            return LookupResult(state="processing", post_id=post_id, response=response)
        return LookupResult(state="live", post_id=post_id, address=PUBLIC_PAGE + post_id, cart=_cart(release, info), response=response)

    def _start(self, release: Release, session: PlatformSession, progress: UploadProgress) -> None:
        session.spend("calls")
        answer = _result(send(session.http, "POST", _api(session, "/openapi/photo/start_upload"), params=_credentials(session, 600)))
        token, host = str(answer.get("upload_token") or ""), str(answer.get("endpoint") or "")
        if not token:
            raise OutcomeUnknown(M("Kuaishou's answer lacks {name}.", name="upload_token"))
        _upload_base(session, host)
        piece = min(PIECE_MOST, max(1, int(float(session.settings["fragment_mb"]) * MIB)), release.video.size_bytes)
        progress.keep(session=token, host=host, piece=piece, begun=-1)

    def _send_all(self, release: Release, session: PlatformSession, progress: UploadProgress, *, ask_first: bool) -> None:
        size, piece = release.video.size_bytes, int(progress.recall()["piece"])
        count = math.ceil(size / piece)
        in_vain, begun = 0, -1
        while in_vain < ROUNDS:
            upload_state = _upload_state(session, progress) if ask_first else {}
            ask_first = True
            try:
                if not upload_state.get("existed"):
                    _send_missing(release, session, progress, upload_state, count)
                _result(_to_upload_host(session, progress, "POST", "/api/upload/complete", fragment_count=count))
            except _BadParameter:
                if not upload_state.get("existed"):
                    # One that is refused may be there already; a round that came further than the last was not in vain.
                    in_vain, begun = (0 if progress.recall()["begun"] > begun else in_vain + 1), progress.recall()["begun"]
                    continue
            progress.keep(complete=True)
            return
        raise UploadExpired(M("Kuaishou does not take the upload as it was sent."))


PLATFORM = Kuaishou()


def _problems(release: Release, settings: Mapping[str, Any]) -> Iterator[Message]:
    words = release.captions.text
    yield from cover_problems(release, COVER_MOST)
    if not words.strip():
        yield M("the caption is empty")
    most = int(settings["caption_most"])
    if text_length(words, "characters") > most:
        yield M("the caption has {length} characters, and {most} are allowed", length=int(text_length(words, "characters")), most=most)
    if release.cart.kind == "product_id" and not (release.cart.value.isascii() and release.cart.value.isdecimal()):
        yield M("{value} is not the number of a product in a Kuaishou shop", value=release.cart.value)
    yield from missing_ai_declaration(release, words, M("Kuaishou"))


# Upload


def _upload_state(session: PlatformSession, progress: UploadProgress) -> dict[str, Any]:
    try:
        return _result(_to_upload_host(session, progress, "GET", "/api/upload/resume"))
    except (_BadParameter, _NoPost):
        raise UploadExpired(M("Kuaishou no longer holds the upload.")) from None


def _send_missing(
    release: Release, session: PlatformSession, progress: UploadProgress, upload_state: Mapping[str, Any], count: int
) -> None:
    """Send the fragments that are missing. A listed fragment that was never begun here is sent as well: the list may be wrong."""
    known, size = progress.recall(), release.video.size_bytes
    piece, begun = int(known["piece"]), int(known["begun"])
    listed = {part.get("id"): part.get("size") for part in upload_state.get("fragment_list") or () if isinstance(part, dict)}
    with Path(release.video.path).open("rb") as file:
        for number in range(count):
            length = min(piece, size - number * piece)
            if number <= begun and listed.get(number) == length:
                continue
            session.check_lease()
            progress.keep(begun=max(begun, number))
            begun = max(begun, number)
            file.seek(number * piece)
            content = file.read(length)
            if len(content) != length:
                raise Rejected(
                    M("{path} was changed after the post was prepared. Nothing was sent; prepare it anew.", path=release.video.path)
                )
            answer = _result(_to_upload_host(session, progress, "POST", "/api/upload/fragment", content, fragment_id=number))
            if isinstance(answer.get("size"), int) and answer["size"] != length:
                raise OutcomeUnknown(M("Kuaishou has {there} bytes of a fragment of {sent}.", there=answer["size"], sent=length))


def _to_upload_host(
    session: PlatformSession,
    progress: UploadProgress,
    method: Literal["GET", "POST"],
    path: str,
    content: bytes | None = None,
    **query: int,
) -> HttpAnswer:
    known = progress.recall()
    base = _upload_base(session, str(known["host"]))
    return send(
        session.http,
        method,
        base + path,
        params={"upload_token": str(known["session"]), **query},
        headers={"Content-Type": "video/mp4"} if content is not None else None,
        content=content,
        plain_http=True,
    )


def _upload_base(session: PlatformSession, host: str) -> str:
    """Return the upload address: the host that the platform named, if it is on the account's list, or the one in the settings."""
    set_by_hand = str(session.settings["hosts"].get("upload") or "")
    if set_by_hand:
        return set_by_hand.rstrip("/")
    if not is_host_of(host, session.settings["upload_hosts"]):
        raise ActionRequired(
            M("Kuaishou names an upload host that is not on the list of upload_hosts in fieldcut.toml: {host}", host=host[:80])
        )
    return f"{session.settings['upload_scheme']}://{host}"


# Posts


def _pages(session: PlatformSession) -> Iterator[PostPage]:
    """The account's posts, the newest first."""
    cursor = ""
    while True:
        page = _page(session, cursor)
        yield page
        last = page.posts[-1].post_id if page.posts else ""
        if last in ("", cursor):
            return
        cursor = last


def _page(session: PlatformSession, cursor: str = "") -> PostPage:
    session.spend("calls")
    query: dict[str, str | int] = {"count": PAGE, **({"cursor": cursor} if cursor else {})}
    answer = send(session.http, "GET", _api(session, "/openapi/photo/list"), params={**_credentials(session, 60), **query})
    data = _result(answer).get("video_list")
    if not isinstance(data, list):
        raise OutcomeUnknown(M("Kuaishou's answer lacks {name}.", name="video_list"))
    posts = tuple(_listed(post) for post in data if isinstance(post, dict))
    return PostPage(posts, (answer.at - session.now()).total_seconds() if answer.at else 0.0)


def _listed(post: Mapping[str, Any]) -> ListedPost:
    created = post.get("create_time")
    at, in_ms = None, False
    if isinstance(created, int | float) and not isinstance(created, bool) and 0 < created < 10**14:
        in_ms = created > MILLISECONDS_ABOVE
        at = datetime.fromtimestamp(created / 1000 if in_ms else created, UTC)
    response = {name: post.get(name) for name in ("photo_id", "create_time", "pending")}
    return ListedPost(str(post.get("photo_id") or ""), (str(post.get("caption") or ""),), at, whole_s=not in_ms, response=response)


def _words(release: Release) -> tuple[str, ...]:
    return (release.captions.text,)


def _cart(release: Release, info: Mapping[str, Any]) -> Literal["there", "missing", "unknown"]:
    """Whether the product is on the post; unknown where the answer lacks the field, which is not documented."""
    if release.cart.kind != "product_id" or "merchant_product_id" not in info:
        return "unknown"
    return "there" if str(info["merchant_product_id"] or "") == release.cart.value else "missing"


# Calls


def _api(session: PlatformSession, path: str) -> str:
    return str(session.settings["hosts"]["api"]).rstrip("/") + path


def _credentials(session: PlatformSession, at_least_s: float) -> dict[str, str]:
    return {"app_id": str(session.settings["app_id"]), "access_token": session.token(at_least_s)}


def _get(session: PlatformSession, path: str, **query: str) -> dict[str, Any]:
    session.spend("calls")
    return _result(send(session.http, "GET", _api(session, path), params={**_credentials(session, 60), **query}))


def _result(answer: HttpAnswer, *, publishing: bool = False) -> dict[str, Any]:
    """Return the object of a successful answer: HTTP 200 and `result` 1. Raises the error that any other answer means."""
    data = check_status(answer, publishing=publishing).json()
    try:
        code = int(data.get("result") or 0)
    except (TypeError, ValueError):
        code = 0
    if code == OK:
        return data
    raise _error_for(code, data)


def _error_for(code: int, data: Mapping[str, Any]) -> Exception:
    words = str(data.get("error_msg") or data.get("error") or "")[:200]
    said, response = M("Kuaishou says no: {words} ({code}).", words=words, code=code), {"result": code, "error": words}
    if "ACCESS_DENIED" in str(data.get("error") or "") or code == SCOPE:
        return ActionRequired(M("The login lacks a permission. Log in again and leave none out: {said}", said=said), response=response)
    if code in BAD_TOKEN:
        return TokenRejected(said, response=response)
    if code in LOGIN:
        return ActionRequired(M("The permission has ended. Log in again: {said}", said=said), response=response)
    if code in SETUP:
        return ActionRequired(
            M("The platform does not accept the app. Compare app_id with its console: {said}", said=said), response=response
        )
    if code == LIMIT:
        return ActionRequired(
            M("The calls of the day are used up, or the account is banned. Look there before trying again: {said}", said=said),
            response=response,
        )
    if code == SERVER:
        return RetryableError(said, 0.0, response=response)
    if code == NOT_UPLOADED:
        return UploadExpired(said, response=response)
    if code in NO_POST:
        return _NoPost(said, response=response)
    if code in BAD_PARAMETER:
        return _BadParameter(said, response=response)
    return Rejected(said, response=response) if code else OutcomeUnknown(said, response=response)
