"""Bilibili's calls: each is signed (signature v2), and the `code` of every answer tells success or error, as `answers.yaml` lists it.

No official source lists the single codes of signature errors, so the whole range is treated alike, by comparing clocks. A call that
reached the platform twice gets such a code the second time, since a nonce works once.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal
from uuid import uuid4

from pipeline.documents.message import M, Message
from pipeline.network.errors import (
    ActionRequired,
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    Rejected,
    RetryableError,
    TokenRejected,
    UploadExpired,
)
from pipeline.network.http import Fields, Files, HttpAnswer, check_status, send
from pipeline.publish.platforms.answer_table import load_answers
from pipeline.publish.platforms.base import PlatformSession
from pipeline.settings import in_coop_time

CLOCK_S = 60.0
"""This machine's clock is the likelier reason for a refused signature when it is off by more."""
RATE_S, QUOTA_S = 60.0, 6 * 3600.0
"""Where the platform says that it is called too often, and not for how long; the quota is a day's."""


class BadParameter(Rejected):
    """A parameter is wrong; for a part of an upload that may only mean that the part has arrived already."""


class NoPost(Rejected):
    """There is no such post, or it is not visible yet."""


def call(
    session: PlatformSession,
    method: Literal["GET", "POST"],
    path: str,
    *,
    query: Fields | None = None,
    body: Mapping[str, Any] | None = None,
    files: Files | None = None,
) -> tuple[Any, HttpAnswer]:
    """Make one signed call; return `data` of a successful answer, and the answer. Raises the error that any other answer means."""
    content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    headers = _signature_headers(session, content) | ({"Content-Type": "application/json"} if content is not None else {})
    address = str(session.settings["hosts"]["api"]).rstrip("/") + "/arcopen/fn" + path
    answer = send(session.http, method, address, params=query, headers=headers, content=content, files=files)
    return data_of(answer, session), answer


def send_part(session: PlatformSession, upload: str, number: int, content: bytes) -> None:
    """Send one part of an upload, numbered from 1. The upload host accepts the upload's token in place of a signature."""
    query: Fields = {"upload_token": upload, "part_number": number}
    address = str(session.settings["hosts"]["upload"]).rstrip("/") + "/video/v2/part/upload"
    data_of(
        send(session.http, "POST", address, params=query, headers={"Content-Type": "application/octet-stream"}, content=content), session
    )


def data_of(answer: HttpAnswer, session: PlatformSession) -> Any:
    """Return `data` of a successful answer. Raises the error that any other answer means."""
    answer_json = check_status(answer).json()
    code = answer_json.get("code")
    if isinstance(code, bool) or not isinstance(code, int):
        raise OutcomeUnknown(M("Bilibili's answer lacks {name}.", name="code"))
    row = load_answers("bilibili").row(code)
    if row is not None and row.means == "done":
        return answer_json.get("data")
    raise _error_for(code, answer_json, answer, session)


def request_id(answer: HttpAnswer) -> str:
    """Return the request's id, which the platform's support asks for."""
    return str(answer.json().get("request_id") or "")[:100]


def _signature_headers(session: PlatformSession, content: bytes | None) -> dict[str, str]:
    """Return the six signed headers, their signature, and the token. A form with files is signed as if it were empty."""
    empty = not content and session.settings["empty_md5"] == "empty"
    signed = {
        "x-bili-accesskeyid": str(session.settings["app_id"]),
        "x-bili-content-md5": "" if empty else hashlib.md5(content or b"", usedforsecurity=False).hexdigest(),
        "x-bili-signature-method": "HMAC-SHA256",
        "x-bili-signature-nonce": str(uuid4()),
        "x-bili-signature-version": "2.0",
        "x-bili-timestamp": str(int(session.now().timestamp())),
    }
    text = "\n".join(f"{name}:{signed[name]}" for name in sorted(signed))
    return {**signed, "Authorization": session.sign(text.encode()), "Access-Token": session.token(60)}


def _error_for(code: int, answer_json: Mapping[str, Any], answer: HttpAnswer, session: PlatformSession) -> PlatformError:
    """The error that an answer means, of those in `answers.yaml`; OutcomeUnknown for one that is not there."""
    words = str(answer_json.get("message") or "")[:200]
    said = M("Bilibili says no: {words} ({code}).", words=words, code=code)
    more: dict[str, Any] = {"request_id": request_id(answer), "response": {"code": code, "message": words}}
    row = load_answers("bilibili").row(code)
    error: PlatformError
    match row.means if row else "":
        case "signature":
            error = ActionRequired(_signature_message(answer, session, said), **more)
        case "token":
            error = TokenRejected(said, **more)
        case "permission":
            error = ActionRequired(M("The login lacks a permission. Log in again and leave none out: {said}", said=said), **more)
        case "setup":
            error = ActionRequired(M("The platform does not accept the app. Compare app_id with its console: {said}", said=said), **more)
        case "person":
            error = ActionRequired(M("Look into Bilibili's creator centre before trying again: {said}", said=said), **more)
        case "wait":
            error = RateLimited(said, RATE_S, **more)
        case "day_spent":
            error = RetryableError(M("What Bilibili takes of this account in a day is used up: {said}", said=said), QUOTA_S, **more)
        case "busy":
            error = RetryableError(said, 0.0, **more)
        case "upload_gone":
            error = UploadExpired(said, **more)
        case "no_post":
            error = NoPost(said, **more)
        case "bad_parameter":
            error = BadParameter(said, **more)
        case "refused":
            error = Rejected(said, **more)
        case _:
            error = OutcomeUnknown(said, **more)
    error.had_no_effect = row is not None and row.publishing_proves == "nothing_happened"
    return error


def _signature_message(answer: HttpAnswer, session: PlatformSession, said: Message) -> Message:
    here = session.now()
    if answer.at is not None and abs((answer.at - here).total_seconds()) > CLOCK_S:
        return M(
            "Bilibili does not take the signature: this machine's clock says {here}, Bilibili's {there}. Set the clock right.",
            here=in_coop_time(here).strftime("%Y-%m-%d %H:%M:%S"),
            there=in_coop_time(answer.at).strftime("%Y-%m-%d %H:%M:%S"),
        )
    return M(
        "Bilibili does not take the signature. Compare app_id with its console, and enter the app secret again with "
        "fieldcut login ACCOUNT --new-secret: {said}",
        said=said,
    )
