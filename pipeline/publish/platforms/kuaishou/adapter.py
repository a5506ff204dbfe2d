"""The adapter for Kuaishou's open platform: the file in fragments under an upload token, then one call that publishes it with a product.

Written from the contract of mp.kuaishou.com/platformDocs (publishing a video, 2024-09-26) and its clients; it has not met the real
service. What no official source confirms is a setting of the account. There is no schedule, no privacy and no AI declaration in it.

`publish` has no idempotency key, and no refusal proves that it did nothing: what became of it is settled by `photo/list`, by caption and
time. What each answer means stands in `answers.yaml`.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pipeline.chinese.text_length import text_length
from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.network.errors import (
    ActionRequired,
    OutcomeUnknown,
    PlatformError,
    Rejected,
    RetryableError,
    TokenRejected,
    UploadExpired,
    before_the_call,
)
from pipeline.network.http import HttpAnswer, check_status, is_host_of, send
from pipeline.network.quota import Quota
from pipeline.publish.platforms.ai_declaration import missing_ai_declaration
from pipeline.publish.platforms.answer_fields import bare_host, id_of, whole_number
from pipeline.publish.platforms.answer_table import load_answers
from pipeline.publish.platforms.base import Capabilities, Limits, LookupResult, PlatformSession, PublishResult, UploadProgress
from pipeline.publish.platforms.covers import cover_file, cover_problems
from pipeline.publish.platforms.post_listing import (
    ListedPost,
    PostPage,
    find_post,
    has_remembered_posts,
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


class _BadParameter(Rejected):
    """A parameter is wrong; in an upload that may only mean an expired token, or a fragment that has arrived already."""


class _NoPost(Rejected):
    """There is no such post, or it is not visible yet."""


class _PostRefused(Rejected):
    """The platform refuses the video for good."""


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
        with before_the_call():
            known = progress.recall()
            if not known.get("session"):
                raise UploadExpired(M("Kuaishou no longer holds the upload."))
            files = {"cover": cover_file(release)}
            query, form = {"upload_token": str(known["session"])}, {"caption": release.captions.text}
            if release.cart.kind == "product_id":
                (query if session.settings["product_field"] == "query" else form)["merchant_product_id"] = release.cart.value
            session.spend("calls")
            address, params = _api(session, "/openapi/photo/publish"), {**_credentials(session, 60), **query}
        answer = send(session.http, "POST", address, params=params, data=form, files=files)
        info = _result(answer).get("video_info")
        post_id = id_of(info.get("photo_id")) if isinstance(info, dict) else ""
        if not post_id:
            raise OutcomeUnknown(M("Kuaishou says yes and does not name the post."))
        return PublishResult(post_id=post_id, response={"result": 1, "photo_id": post_id})

    def look_up(
        self, release: Release, session: PlatformSession, progress: UploadProgress, *, since: datetime, post_id: str
    ) -> LookupResult:
        """By its number where that is known; else, and where nothing has that number, by words and time among the posts since then."""
        if not post_id:
            return find_post(_pages(session), _words(release), progress, since)
        try:
            info = _get(session, "/openapi/photo/info", photo_id=post_id).get("video_info")
        except _NoPost as none:
            # The number may have come from an answer that was broken; and what the list shows is there.
            found = find_post(_pages(session), _words(release), progress, since)
            absent = LookupResult(state="absent", post_id=post_id, response=none.response)
            return absent if found.state == "absent" else found
        except _PostRefused as no:
            return LookupResult(state="refused", post_id=post_id, reason=no.message, response=no.response)
        if not isinstance(info, dict) or not isinstance(info.get("pending"), bool) or info.get("photo_id", post_id) != post_id:
            return LookupResult(state="unknown", post_id=post_id, reason=M("Kuaishou does not say how far it is with the post."))
        response = {name: info.get(name) for name in ("pending", "create_time", "merchant_product_id") if name in info}
        if info["pending"] or not info.get("play_url"):
            return LookupResult(state="processing", post_id=post_id, response=response)
        return LookupResult(state="live", post_id=post_id, address=PUBLIC_PAGE + post_id, cart=_cart(release, info), response=response)

    def _start(self, release: Release, session: PlatformSession, progress: UploadProgress) -> None:
        token, host = _new_upload(session)
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


def _new_upload(session: PlatformSession) -> tuple[str, str]:
    """Begin an upload; return its token and host. A host that is not on the list is a person's only when it is named twice: the first
    answer may have been garbled. Raises ActionRequired, OutcomeUnknown."""
    token, host = _upload_named(session)
    try:
        _upload_base(session, host)
    except ActionRequired as strange:
        token, again = _upload_named(session)
        if again == host:
            raise
        try:
            _upload_base(session, again)
        except ActionRequired:
            raise OutcomeUnknown(M("Kuaishou's answer lacks {name}.", name="endpoint"), response=strange.response) from None
        host = again
    return token, host


def _upload_named(session: PlatformSession) -> tuple[str, str]:
    session.spend("calls")
    answer = _result(send(session.http, "POST", _api(session, "/openapi/photo/start_upload"), params=_credentials(session, 600)))
    token, host = id_of(answer.get("upload_token"), most=2000), bare_host(answer.get("endpoint"))
    for name, value in (("upload_token", token), ("endpoint", host or session.settings["hosts"].get("upload"))):
        if not value:
            raise OutcomeUnknown(M("Kuaishou's answer lacks {name}.", name=name))
    return token, host


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
    shown = upload_state.get("fragment_list")
    parts = [part for part in shown if isinstance(part, dict)] if isinstance(shown, list) else []
    listed = {whole_number(part.get("id")): part.get("size") for part in parts}
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
    posts = tuple(_listed(post) for post in data)
    return PostPage(posts, (answer.at - session.now()).total_seconds() if answer.at else 0.0)


def _listed(post: Any) -> ListedPost:
    """Read a post of the list. Raises OutcomeUnknown for one that cannot be read: it may be the one that is looked for."""
    if not isinstance(post, dict) or not id_of(post.get("photo_id")) or not isinstance(post.get("caption"), str):
        raise OutcomeUnknown(M("Kuaishou's answer lacks {name}.", name="video_list.photo_id"))
    created = post.get("create_time")
    at, in_ms = None, False
    if isinstance(created, int | float) and not isinstance(created, bool) and 0 < created < 10**14:
        in_ms = created > MILLISECONDS_ABOVE
        at = datetime.fromtimestamp(created / 1000 if in_ms else created, UTC)
    response = {name: post.get(name) for name in ("photo_id", "create_time", "pending")}
    return ListedPost(id_of(post["photo_id"]), (post["caption"],), at, whole_s=not in_ms, response=response)


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


def _result(answer: HttpAnswer) -> dict[str, Any]:
    """Return the object of a successful answer: HTTP 200 and `result` 1. Raises the error that any other answer means."""
    data = check_status(answer).json()
    code = whole_number(data.get("result"))
    row = load_answers("kuaishou").row("" if code is None else code)
    if row is not None and row.means == "done":
        return data
    raise _error_for(code, data)


def _error_for(code: int | None, data: Mapping[str, Any]) -> PlatformError:
    """The error that an answer means, of those in `answers.yaml`; OutcomeUnknown for one that is not there."""
    error_name, words = str(data.get("error") or ""), str(data.get("error_msg") or data.get("error") or "")[:200]
    said, response = M("Kuaishou says no: {words} ({code}).", words=words or "–", code=code or "–"), {"result": code, "error": words}
    row = load_answers("kuaishou").row("ACCESS_DENIED" if "ACCESS_DENIED" in error_name else "", "" if code is None else code)
    error: PlatformError
    match row.means if row else "":
        case "permission":
            message = M("The login lacks a permission. Log in again and leave none out: {said}", said=said)
            error = ActionRequired(message, response=response)
        case "token":
            error = TokenRejected(said, response=response)
        case "login":
            error = ActionRequired(M("The permission has ended. Log in again: {said}", said=said), response=response)
        case "setup":
            message = M("The platform does not accept the app. Compare app_id with its console: {said}", said=said)
            error = ActionRequired(message, response=response)
        case "person":
            message = M("The calls of the day are used up, or the account is banned. Look there before trying again: {said}", said=said)
            error = ActionRequired(message, response=response)
        case "busy":
            error = RetryableError(said, 0.0, response=response)
        case "upload_gone":
            error = UploadExpired(said, response=response)
        case "no_post":
            error = _NoPost(said, response=response)
        case "bad_parameter":
            error = _BadParameter(said, response=response)
        case "refused":
            error = _PostRefused(said, response=response)
        case _:
            error = OutcomeUnknown(said, response=response)
    error.had_no_effect = row is not None and row.publishing_proves == "nothing_happened"
    return error
