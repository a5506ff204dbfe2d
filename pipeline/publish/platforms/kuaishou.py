"""Kuaishou's open platform: the file in fragments by an upload token, then one call that publishes it with the shop's product.

Written from the contract of mp.kuaishou.com/platformDocs (publishing a video, 2024-09-26) and its clients; it has not met the real
service. What no official source confirms is a setting of the account. There is no schedule, no privacy and no AI declaration in it.

`publish` has no key of its own that would make it safe to repeat: a lost answer is settled by `photo/list`, by words and time.
"""

import hashlib
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from pipeline.documents.message import M, Message
from pipeline.documents.release import CoverFile, Release
from pipeline.publish.captions.measure import measure
from pipeline.publish.engine.http import Answer, is_host_of, send
from pipeline.publish.platforms.base import (
    Capabilities,
    Ending,
    Limits,
    Line,
    Memory,
    PersonMustAct,
    Posted,
    Quota,
    Refused,
    Seen,
    StartAgain,
    TokenRefused,
    TooMany,
    TryLater,
    Unclear,
)

MIB = 1024 * 1024
PIECE_MOST = 10_000_000
"""Of one fragment, by the stricter reading of 10 MB."""
COVER_MOST = 10_000_000
PAGE, PAGES = 100, 10
"""Of `photo/list`; 200 is the most the platform gives at once."""
ROUNDS = 3
"""Of asking what is there, sending what is missing, and finishing, in vain one after the other, before the upload begins anew."""
SLACK = timedelta(seconds=2)
"""Between the clocks of two of the platform's machines: a post so much older than ours can be is neither taken for it nor ruled out."""
MILLISECONDS_ABOVE = 10**11
"""A create_time above is in milliseconds: the contract leaves the unit open."""
_SAYS_AI = re.compile(r"(?<![A-Za-z])AI(?![A-Za-z])|人工智能", re.IGNORECASE)
PUBLIC_PAGE = "https://www.kuaishou.com/short-video/"

OK, PUBLISH_FAILED, NOT_UPLOADED = 1, 120003, 120002
NO_POST = frozenset({100120001, 120001})
BAD_PARAMETER = frozenset({100400, 10000200})
BAD_TOKEN = frozenset({100200102, 100200108})
LOGIN = frozenset({100200105, 100200107, 100200109, 100200110, 100200111, 100200113})
SETUP = frozenset({100200100, 100200101, 100200103, 100200104})
SCOPE, LIMIT, SERVER = 100200106, 100100402, 100200500


class _BadParameter(Refused):
    """A parameter is wrong: in an upload that may only mean that the token is no longer known, or that a fragment is there already."""


class _NoPost(Refused):
    """There is no such post, or not yet."""


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

    def upload(self, release: Release, line: Line, memory: Memory) -> None:
        """Fragments from 0; what the platform lists is not sent again. Token and host are kept before the first byte leaves."""
        kept = memory.recall()
        fresh = not (kept.get("session") and kept.get("host") and kept.get("piece"))
        if fresh:
            self._start(release, line, memory)
        if not memory.recall().get("complete"):
            self._send_all(release, line, memory, ask_first=not fresh)
        elif not _ask_what_is_there(line, memory).get("existed"):
            raise StartAgain(M("Kuaishou no longer holds the upload."))
        if "before" not in memory.recall():
            _remember_the_others(release, line, memory)

    def publish(self, release: Release, line: Line, memory: Memory) -> Posted:
        """The one call; the answer to it names the post."""
        kept = memory.recall()
        if not kept.get("session"):
            raise StartAgain(M("Kuaishou no longer holds the upload."))
        cover = _cover(release)
        picture = Path(cover.path).read_bytes() if cover else b""
        if cover is None or hashlib.sha256(picture).hexdigest() != cover.sha256:
            raise Refused(M("{path} was changed after the post was prepared. Nothing was sent; prepare it anew.", path=_path(cover)))
        again, query, form = bool(kept.get("tried")), {"upload_token": str(kept["session"])}, {"caption": release.captions.text}
        if release.cart.kind == "product_id":
            (query if line.settings["product_field"] == "query" else form)["merchant_product_id"] = release.cart.value
        line.spend("calls")
        memory.keep(tried=True)
        begun, files = line.now(), {"cover": _picture_file(picture)}
        address, params = _api(line, "/openapi/photo/publish"), {**_signed_in(line, 60), **query}
        answer = send(line.http, "POST", address, params=params, data=form, files=files)
        try:
            info = _result(answer, publishing=True).get("video_info")
        except _BadParameter as bad:
            # A token that was used already is answered so by one reading of the contract: there would be a post then.
            if again or not _surely_none(release, line, memory, begun):
                raise Unclear(bad.message, essence=bad.essence) from None
            raise
        post_id = str(info.get("photo_id") or "") if isinstance(info, dict) else ""
        if not post_id:
            raise Unclear(M("Kuaishou says yes and does not name the post."))
        return Posted(post_id=post_id, essence={"result": OK, "photo_id": post_id})

    def look_up(self, release: Release, line: Line, memory: Memory, *, since: datetime, post_id: str) -> Seen:
        """By its number where that is known, else by its words and time among the posts since then."""
        if not post_id:
            return _found(release, line, memory, since)
        try:
            info = _get(line, "/openapi/photo/info", photo_id=post_id).get("video_info")
        except _NoPost as none:
            return Seen(state="absent", post_id=post_id, essence=none.essence)
        except Refused as no:
            if no.essence.get("result") != PUBLISH_FAILED:
                raise
            return Seen(state="refused", post_id=post_id, reason=no.message, essence=no.essence)
        if not isinstance(info, dict) or not isinstance(info.get("pending"), bool):
            return Seen(state="unknown", post_id=post_id, reason=M("Kuaishou does not say how far it is with the post."))
        essence = {name: info.get(name) for name in ("pending", "create_time", "merchant_product_id") if name in info}
        if info["pending"] or ("play_url" in info and not info["play_url"]):
            return Seen(state="processing", post_id=post_id, essence=essence)
        return Seen(state="live", post_id=post_id, address=PUBLIC_PAGE + post_id, cart=_cart(release, info), essence=essence)

    def _start(self, release: Release, line: Line, memory: Memory) -> None:
        line.spend("calls")
        answer = _result(send(line.http, "POST", _api(line, "/openapi/photo/start_upload"), params=_signed_in(line, 600)))
        token, host = str(answer.get("upload_token") or ""), str(answer.get("endpoint") or "")
        if not token:
            raise Unclear(M("Kuaishou's answer lacks {name}.", name="upload_token"))
        _upload_base(line, host)
        piece = min(PIECE_MOST, max(1, int(float(line.settings["fragment_mb"]) * MIB)), release.video.size_bytes)
        memory.keep(session=token, host=host, piece=piece, begun=-1)

    def _send_all(self, release: Release, line: Line, memory: Memory, *, ask_first: bool) -> None:
        size, piece = release.video.size_bytes, int(memory.recall()["piece"])
        count = math.ceil(size / piece)
        in_vain, begun = 0, -1
        while in_vain < ROUNDS:
            there = _ask_what_is_there(line, memory) if ask_first else {}
            ask_first = True
            try:
                if not there.get("existed"):
                    _send_missing(release, line, memory, there, count)
                _result(_to_upload_host(line, memory, "POST", "/api/upload/complete", fragment_count=count))
            except _BadParameter:
                if not there.get("existed"):
                    # One that is refused may be there already; a round that came further than the last was not in vain.
                    in_vain, begun = (0 if memory.recall()["begun"] > begun else in_vain + 1), memory.recall()["begun"]
                    continue
            memory.keep(complete=True)
            return
        raise StartAgain(M("Kuaishou does not take the upload as it was sent."))


PLATFORM = Kuaishou()


def _problems(release: Release, settings: Mapping[str, Any]) -> Iterator[Message]:
    cover, words = _cover(release), release.captions.text
    if cover is None:
        yield M("a cover is missing: a JPEG or PNG picture below 10 MB")
    elif cover.size_bytes >= COVER_MOST or Path(cover.path).suffix.lower() not in (".jpg", ".jpeg", ".png"):
        yield M("the cover {path} is not a JPEG or PNG picture below 10 MB", path=cover.path)
    if not words.strip():
        yield M("the caption is empty")
    most = int(settings["caption_most"])
    if measure(words, "characters") > most:
        yield M("the caption has {length} characters, and {most} are allowed", length=int(measure(words, "characters")), most=most)
    if release.cart.kind == "product_id" and not (release.cart.value.isascii() and release.cart.value.isdecimal()):
        yield M("{value} is not the number of a product in a Kuaishou shop", value=release.cart.value)
    if release.declarations.ai_generated and not _SAYS_AI.search(words):
        yield M("Kuaishou takes no AI declaration from a program: say it in the caption, or have a person post it")


def _cover(release: Release) -> CoverFile | None:
    """The one that is nearest to the video's own shape."""
    video = release.video
    return min(release.covers, key=lambda cover: abs(math.log(cover.width / cover.height * video.height / video.width)), default=None)


def _picture_file(picture: bytes) -> tuple[str, bytes, str]:
    return ("cover.png", picture, "image/png") if picture.startswith(b"\x89PNG") else ("cover.jpg", picture, "image/jpeg")


def _path(cover: CoverFile | None) -> str:
    return cover.path if cover else "–"


# Upload


def _ask_what_is_there(line: Line, memory: Memory) -> dict[str, Any]:
    try:
        return _result(_to_upload_host(line, memory, "GET", "/api/upload/resume"))
    except (_BadParameter, _NoPost):
        raise StartAgain(M("Kuaishou no longer holds the upload.")) from None


def _send_missing(release: Release, line: Line, memory: Memory, there: Mapping[str, Any], count: int) -> None:
    """A fragment that is listed but was never begun here is not believed: the list has been seen to be wrong."""
    kept, size = memory.recall(), release.video.size_bytes
    piece, begun = int(kept["piece"]), int(kept["begun"])
    listed = {part.get("id"): part.get("size") for part in there.get("fragment_list") or () if isinstance(part, dict)}
    with Path(release.video.path).open("rb") as file:
        for number in range(count):
            length = min(piece, size - number * piece)
            if number <= begun and listed.get(number) == length:
                continue
            line.still_ours()
            memory.keep(begun=max(begun, number))
            begun = max(begun, number)
            file.seek(number * piece)
            content = file.read(length)
            if len(content) != length:
                raise Refused(
                    M("{path} was changed after the post was prepared. Nothing was sent; prepare it anew.", path=release.video.path)
                )
            answer = _result(_to_upload_host(line, memory, "POST", "/api/upload/fragment", content, fragment_id=number))
            if isinstance(answer.get("size"), int) and answer["size"] != length:
                raise Unclear(M("Kuaishou has {there} bytes of a fragment of {sent}.", there=answer["size"], sent=length))


def _to_upload_host(
    line: Line, memory: Memory, method: Literal["GET", "POST"], path: str, content: bytes | None = None, **query: int
) -> Answer:
    kept = memory.recall()
    base = _upload_base(line, str(kept["host"]))
    return send(
        line.http,
        method,
        base + path,
        params={"upload_token": str(kept["session"]), **query},
        headers={"Content-Type": "video/mp4"} if content is not None else None,
        content=content,
        plain_http=True,
    )


def _upload_base(line: Line, host: str) -> str:
    """Where the bytes go: the host that the platform named, if it may name it."""
    set_by_hand = str(line.settings["hosts"].get("upload") or "")
    if set_by_hand:
        return set_by_hand.rstrip("/")
    if not is_host_of(host, line.settings["upload_hosts"]):
        raise PersonMustAct(
            M("Kuaishou names an upload host that is not on the list of upload_hosts in fieldcut.toml: {host}", host=host[:80])
        )
    return f"{line.settings['upload_scheme']}://{host}"


# Posts


def _remember_the_others(release: Release, line: Line, memory: Memory) -> None:
    """What is there already under these words, and how far the platform's clock is from ours: what was before must not be taken for it."""
    posts, ahead_s = _page(line, "")
    memory.keep(for_good={"before": [_of(post) for post in posts if _same_words(post, release)], "ahead_s": ahead_s})


def _surely_none(release: Release, line: Line, memory: Memory, since: datetime) -> bool:
    try:
        return _found(release, line, memory, since).state == "absent"
    except Ending:
        return False


def _found(release: Release, line: Line, memory: Memory, since: datetime) -> Seen:
    """The post of these words since then. Of two that fit, neither can be told to be it."""
    kept = memory.recall()
    before, ahead_s = set(kept.get("before") or ()), float(kept.get("ahead_s") or 0.0)
    since += timedelta(seconds=ahead_s)
    posts, whole = _posts_since(line, since - SLACK)
    alike = [post for post in posts if _same_words(post, release) and _of(post) not in before]
    if len(alike) == 1 and _of(alike[0]) and not _is_older(alike[0], since):
        essence = {name: alike[0].get(name) for name in ("photo_id", "create_time", "pending")}
        # How it is doing, its own page says; here is only which one it is.
        return Seen(state="processing", post_id=_of(alike[0]), essence=essence)
    if alike:
        return Seen(
            state="unknown", reason=M("Kuaishou shows {count} posts with these words; which is this one cannot be told.", count=len(alike))
        )
    if not whole:
        return Seen(state="unknown", reason=M("Kuaishou has more posts since then than can be looked through."))
    return Seen(state="absent", essence={"looked_through": len(posts)})


def _posts_since(line: Line, earliest: datetime) -> tuple[list[dict[str, Any]], bool]:
    """The account's posts since then, by the platform's clock, the newest first, and whether these are all. One without a time may be."""
    found: list[dict[str, Any]] = []
    cursor = ""
    for _ in range(PAGES):
        page, _ahead_s = _page(line, cursor)
        times = [_created(post) for post in page]
        found += [post for post, at in zip(page, times, strict=True) if at is None or at >= earliest]
        # The last and not just any: an old post may be pinned to the top.
        if not page or _of(page[-1]) in ("", cursor) or (times[-1] or earliest) < earliest:
            return found, True
        cursor = _of(page[-1])
    return found, False


def _page(line: Line, cursor: str) -> tuple[list[dict[str, Any]], float]:
    """One page of the account's posts, and how many seconds the platform's clock is ahead of ours."""
    line.spend("calls")
    query: dict[str, str | int] = {"count": PAGE, **({"cursor": cursor} if cursor else {})}
    answer = send(line.http, "GET", _api(line, "/openapi/photo/list"), params={**_signed_in(line, 60), **query})
    data = _result(answer).get("video_list")
    if not isinstance(data, list):
        raise Unclear(M("Kuaishou's answer lacks {name}.", name="video_list"))
    return [post for post in data if isinstance(post, dict)], (answer.at - line.now()).total_seconds() if answer.at else 0.0


def _of(post: Mapping[str, Any]) -> str:
    return str(post.get("photo_id") or "")


def _created(post: Mapping[str, Any]) -> datetime | None:
    value = post.get("create_time")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 10**14:
        return None
    return datetime.fromtimestamp(value / 1000 if value > MILLISECONDS_ABOVE else value, UTC)


def _is_older(post: Mapping[str, Any], moment: datetime) -> bool:
    """Than `moment`, by the platform's clock. The Date by which clocks are compared has its fraction cut off: ours never looks too old."""
    at = _created(post)
    if at is None or float(post["create_time"]) > MILLISECONDS_ABOVE:
        return at is None or at < moment
    return at < moment.replace(microsecond=0)


def _same_words(post: Mapping[str, Any], release: Release) -> bool:
    return _plain(str(post.get("caption") or "")) == _plain(release.captions.text)


def _plain(words: str) -> str:
    """Blanks and forms of a character may come back otherwise than they were sent."""
    return "".join(unicodedata.normalize("NFKC", words).split())


def _cart(release: Release, info: Mapping[str, Any]) -> Literal["there", "missing", "unknown"]:
    """No document lists the field: where it does not come back, nothing is known."""
    if release.cart.kind != "product_id" or "merchant_product_id" not in info:
        return "unknown"
    return "there" if str(info["merchant_product_id"] or "") == release.cart.value else "missing"


# Calls


def _api(line: Line, path: str) -> str:
    return str(line.settings["hosts"]["api"]).rstrip("/") + path


def _signed_in(line: Line, at_least_s: float) -> dict[str, str]:
    return {"app_id": str(line.settings["app_id"]), "access_token": line.token(at_least_s)}


def _get(line: Line, path: str, **query: str) -> dict[str, Any]:
    line.spend("calls")
    return _result(send(line.http, "GET", _api(line, path), params={**_signed_in(line, 60), **query}))


def _result(answer: Answer, *, publishing: bool = False) -> dict[str, Any]:
    """The answer's object, when it is a yes: HTTP 200 and `result` 1. Every other one is raised as what it means."""
    status = {"status": answer.status}
    if answer.status == 429:
        raise TooMany(M("Kuaishou asks to wait (HTTP {status}).", status=429), answer.retry_after_s or 0.0, essence=status)
    if answer.status != 200:
        trouble = M("Kuaishou answers with an error (HTTP {status}).", status=answer.status)
        if publishing:
            raise Unclear(trouble, essence=status)
        raise TryLater(trouble, answer.retry_after_s or 0.0, essence=status)
    data = answer.json()
    try:
        code = int(data.get("result") or 0)
    except (TypeError, ValueError):
        code = 0
    if code == OK:
        return data
    raise _no(code, data)


def _no(code: int, data: Mapping[str, Any]) -> Exception:
    words = str(data.get("error_msg") or data.get("error") or "")[:200]
    said, essence = M("Kuaishou says no: {words} ({code}).", words=words, code=code), {"result": code, "error": words}
    if "ACCESS_DENIED" in str(data.get("error") or "") or code == SCOPE:
        return PersonMustAct(M("The login lacks a permission. Log in again and leave none out: {said}", said=said), essence=essence)
    if code in BAD_TOKEN:
        return TokenRefused(said, essence=essence)
    if code in LOGIN:
        return PersonMustAct(M("The permission has ended. Log in again: {said}", said=said), essence=essence)
    if code in SETUP:
        return PersonMustAct(M("The platform does not accept the app. Compare app_id with its console: {said}", said=said), essence=essence)
    if code == LIMIT:
        return PersonMustAct(
            M("The calls of the day are used up, or the account is banned. Look there before trying again: {said}", said=said),
            essence=essence,
        )
    if code == SERVER:
        return TryLater(said, 0.0, essence=essence)
    if code == NOT_UPLOADED:
        return StartAgain(said, essence=essence)
    if code in NO_POST:
        return _NoPost(said, essence=essence)
    if code in BAD_PARAMETER:
        return _BadParameter(said, essence=essence)
    return Refused(said, essence=essence) if code else Unclear(said, essence=essence)
