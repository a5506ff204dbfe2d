"""YouTube's calls, and its errors by `errors[0].reason` and HTTP status, as `answers.yaml` lists them."""

import json
from collections.abc import Mapping
from typing import Any, Literal
from uuid import uuid4

from pipeline.documents.message import M, Message
from pipeline.network.errors import ActionRequired, OutcomeUnknown, PlatformError, RateLimited, Rejected, RetryableError, TokenRejected
from pipeline.network.http import HttpAnswer, send
from pipeline.publish.platforms.answer_table import Meaning, load_answers
from pipeline.publish.platforms.base import PlatformSession

DAY_S = 86_400.0
MIDNIGHT_S = 28_800.0
"""Midnight Pacific time, when the quotas are filled up: seconds after midnight UTC, by winter time. In summer that is an hour late."""
RATE_S = 60.0
"""Where it asks to be called less often and does not say for how long."""


class NotFound(Rejected):
    """There is no such session or video, or the video is not visible yet."""


def call(
    session: PlatformSession,
    method: Literal["GET", "POST", "PUT", "DELETE"],
    path: str,
    params: Mapping[str, str | int],
    *,
    headers: Mapping[str, str] | None = None,
    **content: Any,
) -> HttpAnswer:
    """Make one call of the API with the access token. Raises the error that its answer means."""
    address = str(session.settings["hosts"]["api"]).rstrip("/") + path
    given = {"Authorization": f"Bearer {session.token(60)}", **(headers or {})}
    return check_answer(send(session.http, method, address, params=params, headers=given, **content))


def items(answer: HttpAnswer) -> list[dict[str, Any]]:
    """Return the items of a list. Raises OutcomeUnknown for an answer that is no list."""
    found = answer.json().get("items", [])
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise OutcomeUnknown(M("YouTube's answer lacks {name}.", name="items"))
    return found


def multipart_related(about: Mapping[str, Any], content: bytes) -> tuple[str, bytes]:
    """Return media type and body of a multipart/related request (RFC 2387): metadata as JSON, and a file."""
    mark = uuid4().hex
    head = f"--{mark}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{json.dumps(about)}\r\n"
    head += f"--{mark}\r\nContent-Type: application/octet-stream\r\n\r\n"
    return f"multipart/related; boundary={mark}", head.encode() + content + f"\r\n--{mark}--\r\n".encode()


def check_answer(answer: HttpAnswer) -> HttpAnswer:
    """Return a successful answer: 200, 201, 204, or 308 of a session. Raises the error that any other answer means."""
    reason, words = _reason_and_words(answer) if 400 <= answer.status < 500 else ("", "")
    row = load_answers("youtube").row(reason, answer.status)
    if row is not None and row.means == "done":
        return answer
    error = _error_for(answer, row.means if row else "", reason, words)
    error.had_no_effect = row is not None and row.publishing_proves == "nothing_happened"
    raise error


def refusal(reason: str) -> Message:
    """Return why YouTube refuses a video, for a person. reason: its rejectionReason or failureReason."""
    return _REFUSALS.get(reason, M("YouTube refuses the video ({reason}).", reason=reason or "–"))


def _error_for(answer: HttpAnswer, means: Meaning | Literal[""], reason: str, words: str) -> PlatformError:
    """The error that an answer means; OutcomeUnknown for one that the contract does not list."""
    status, response = answer.status, {"status": answer.status, "reason": reason, "message": words}
    said = M("YouTube says no: {words} ({reason}).", words=words or "–", reason=reason or status)
    match means:
        case "wait":
            return RateLimited(said, answer.retry_after_s or RATE_S * (status != 429), response=response)
        case "busy":
            trouble = M("YouTube answers with an error (HTTP {status}).", status=status)
            return RetryableError(trouble, answer.retry_after_s or 0.0, response=response)
        case "token":
            return TokenRejected(said, response=response)
        case "no_post":
            return NotFound(said, response=response)
        case "day_spent":
            spent = M("The app's quota of today is used up at YouTube: {said}", said=said)
            return RetryableError(spent, _until_midnight_s(answer), response=response)
        case "channel_spent":
            full = M("The channel has uploaded as much as YouTube takes in a day: {said}", said=said)
            return RetryableError(full, DAY_S, response=response)
        case "permission":
            return ActionRequired(M("The login lacks a permission. Log in again and leave none out: {said}", said=said), response=response)
        case "person":
            return ActionRequired(M("The channel must be put right in YouTube Studio first: {said}", said=said), response=response)
        case "refused":
            return Rejected(said, response=response)
    return OutcomeUnknown(said if reason else M("YouTube answers with an error (HTTP {status}).", status=status), response=response)


def _reason_and_words(answer: HttpAnswer) -> tuple[str, str]:
    """Reason and message of an error; both empty where something other than YouTube answered."""
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
