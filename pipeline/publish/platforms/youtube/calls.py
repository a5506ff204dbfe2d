"""YouTube's calls, and how it says yes and no: every answer is told by its status and by `errors[0].reason`."""

import json
from collections.abc import Mapping
from typing import Any, Literal
from uuid import uuid4

from pipeline.documents.message import M, Message
from pipeline.network.errors import ActionRequired, OutcomeUnknown, PlatformError, RateLimited, Rejected, RetryableError, TokenRejected
from pipeline.network.http import HttpAnswer, send
from pipeline.publish.platforms.base import PlatformSession

DAY_S = 86_400.0
MIDNIGHT_S = 28_800.0
"""Midnight Pacific time, when the quotas are filled up: seconds after midnight UTC, by winter time. In summer that is an hour late."""
RATE_S = 60.0
"""Where it asks to be called less often and does not say for how long."""

QUOTA = frozenset({"quotaExceeded", "dailyLimitExceeded"})
RATE = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
SERVER = frozenset({"backendError", "internalError"})
PERMISSION = frozenset({"insufficientPermissions", "forbidden", "accessNotConfigured"})
PERSON = frozenset(
    {
        "youtubeSignupRequired",
        "forbiddenPrivacySetting",
        "forbiddenLicenseSetting",
        "authenticatedUserAccountClosed",
        "authenticatedUserAccountSuspended",
    }
)


class Gone(Rejected):
    """There is no such session, or no such video, or not yet."""


def call(
    line: PlatformSession,
    method: Literal["GET", "POST", "PUT"],
    path: str,
    params: Mapping[str, str | int],
    *,
    headers: Mapping[str, str] | None = None,
    publishing: bool = False,
    **content: Any,
) -> HttpAnswer:
    """One call of the API, with the access token. Raises what its answer means."""
    address = str(line.settings["hosts"]["api"]).rstrip("/") + path
    given = {"Authorization": f"Bearer {line.token(60)}", **(headers or {})}
    return checked(send(line.http, method, address, params=params, headers=given, **content), publishing=publishing)


def items(answer: HttpAnswer) -> list[dict[str, Any]]:
    """What a list holds. Raises Unclear for an answer that is no list."""
    found = answer.json().get("items", [])
    if not isinstance(found, list):
        raise OutcomeUnknown(M("YouTube's answer lacks {name}.", name="items"))
    return [item for item in found if isinstance(item, dict)]


def related(about: Mapping[str, Any], content: bytes) -> tuple[str, bytes]:
    """A file with what there is to say about it, as multipart/related (RFC 2387): the media type and the body."""
    mark = uuid4().hex
    head = f"--{mark}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{json.dumps(about)}\r\n"
    head += f"--{mark}\r\nContent-Type: application/octet-stream\r\n\r\n"
    return f"multipart/related; boundary={mark}", head.encode() + content + f"\r\n--{mark}--\r\n".encode()


def checked(answer: HttpAnswer, *, publishing: bool = False) -> HttpAnswer:
    """The answer, when it is a yes: 200, 201, or 308 of a session. Every other one is raised as what it means.

    publishing: a server's trouble then says nothing of whether the call had its effect.
    """
    if answer.status in (200, 201, 308):
        return answer
    reason, words = _why(answer) if answer.status < 500 else ("", "")
    raise _no(answer, reason, words, publishing=publishing)


def refusal(reason: str) -> Message:
    """Why it does not publish a video, in plain words. reason: its rejectionReason or failureReason."""
    return _REFUSALS.get(reason, M("YouTube refuses the video ({reason}).", reason=reason or "–"))


def _no(answer: HttpAnswer, reason: str, words: str, *, publishing: bool) -> PlatformError:
    status, essence = answer.status, {"status": answer.status, "reason": reason, "message": words}
    said = M("YouTube says no: {words} ({reason}).", words=words or "–", reason=reason or status)
    if status == 429 or reason in RATE:
        return RateLimited(said, answer.retry_after_s or RATE_S * (status != 429), essence=essence)
    if status >= 500 or reason in SERVER:
        trouble = M("YouTube answers with an error (HTTP {status}).", status=status)
        return (
            OutcomeUnknown(trouble, essence=essence)
            if publishing
            else RetryableError(trouble, answer.retry_after_s or 0.0, essence=essence)
        )
    if status == 401:
        return TokenRejected(said, essence=essence)
    if status in (404, 410):
        return Gone(said, essence=essence)
    if reason in QUOTA:
        return RetryableError(
            M("The app's quota of today is used up at YouTube: {said}", said=said), _until_midnight_s(answer), essence=essence
        )
    if reason == "uploadLimitExceeded":
        return RetryableError(M("The channel has uploaded as much as YouTube takes in a day: {said}", said=said), DAY_S, essence=essence)
    if reason in PERMISSION:
        return ActionRequired(M("The login lacks a permission. Log in again and leave none out: {said}", said=said), essence=essence)
    if reason in PERSON:
        return ActionRequired(M("The channel must be put right in YouTube Studio first: {said}", said=said), essence=essence)
    if not reason:
        return OutcomeUnknown(M("YouTube answers with an error (HTTP {status}).", status=status), essence=essence)
    return Rejected(said, essence=essence)


def _why(answer: HttpAnswer) -> tuple[str, str]:
    """Reason and words of an error; empty where something else than YouTube answered."""
    try:
        error: Any = answer.json().get("error")
    except OutcomeUnknown:
        return "", ""
    if not isinstance(error, dict):
        return "", ""
    errors = error.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    return str(first.get("reason") or error.get("status") or ""), str(error.get("message") or "")[:200]


def _until_midnight_s(answer: HttpAnswer) -> float:
    return DAY_S / 2 if answer.at is None else DAY_S - (answer.at.timestamp() - MIDNIGHT_S) % DAY_S


_REFUSALS = {
    "copyright": M("YouTube refuses the video: somebody else's work is in it (copyright)."),
    "claim": M("YouTube refuses the video: somebody else claims a part of it."),
    "trademark": M("YouTube refuses the video: it shows somebody else's trademark."),
    "duplicate": M("YouTube refuses the video: the channel has the same one already."),
    "length": M("YouTube refuses the video: it is too long for this channel."),
    "inappropriate": M("YouTube refuses the video: it holds it to be inappropriate."),
    "termsOfUse": M("YouTube refuses the video: it breaks the terms of use."),
    "legal": M("YouTube refuses the video for a legal reason."),
    "uploaderAccountSuspended": M("YouTube refuses the video: the channel is suspended."),
    "uploaderAccountClosed": M("YouTube refuses the video: the channel was closed."),
    "codec": M("YouTube cannot read the video: it does not know its codec."),
    "conversion": M("YouTube cannot convert the video."),
    "emptyFile": M("YouTube cannot read the video: the file is empty."),
    "invalidFile": M("YouTube cannot read the video: the file is damaged."),
    "tooSmall": M("YouTube cannot read the video: the file is too small."),
    "uploadAborted": M("YouTube says that the upload was broken off."),
}
