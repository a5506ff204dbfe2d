"""A plain webhook: one JSON object for each notice, to any address of one's own.

    {"version": 1, "id": "…", "kind": "live", "story": "…", "platform": "…", "title": "…", "text": "…", "link": "…",
     "reference": "…", "at": "2026-12-01T11:30:00+00:00", "language": "zh"}

The same `id` again is the same notice again. With a signing secret, `X-FieldCut-Signature: t=<seconds since 1970>,v1=<hex>` holds the
HMAC-SHA256 of "<t>.<body>": a receiver computes it anew, and takes nothing that is older than a few minutes.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.network.client import is_safe_address
from pipeline.network.http import HttpAnswer
from pipeline.network.quota import Quota
from pipeline.notices.notice import DeliveryResult, Kind, Notice, OutgoingMessage
from pipeline.secrets.secret import Secret
from pipeline.settings import NOTICE_KINDS

SIGNATURE = "X-FieldCut-Signature"
WAIT_S = 60.0
GIVEN_UP = frozenset({400, 401, 403, 404, 405, 410, 413, 415, 422})
"""Statuses after which the message is given up: a repeat would get the same answer."""


@dataclass(frozen=True)
class Webhook:
    """One receiver. signing: the secret that signs messages; None for no signature."""

    name: str
    address: Secret
    language: str = "zh"
    kinds: frozenset[Kind] = frozenset(NOTICE_KINDS)
    signing: Secret | None = None
    quota: Quota = field(default=Quota(name="notices", calls=60, per_s=60.0))

    def compose(self, notices: Sequence[Notice], at: datetime) -> OutgoingMessage:
        """See Channel. One notice per message."""
        notice = notices[0]
        content = {
            "version": 1,
            "id": notice.id,
            "kind": notice.kind,
            "story": notice.story,
            "platform": notice.platform,
            "title": say(notice.title, self.language),
            "text": say(notice.text, self.language),
            "link": notice.web_link,
            "reference": notice.reference,
            "at": notice.at.isoformat(),
            "language": self.language,
        }
        body = json.dumps(content, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if self.signing is not None:
            headers[SIGNATURE] = signature(body, self.signing, at)
        return OutgoingMessage(body, 1, headers)

    def read_answer(self, answer: HttpAnswer) -> DeliveryResult:
        """See Channel. Any 2xx status accepts the message."""
        if 200 <= answer.status < 300:
            return DeliveryResult(done=True)
        if answer.status in GIVEN_UP or 300 <= answer.status < 400:
            return DeliveryResult(why=M("it refuses the message (code {code})", code=str(answer.status)))
        return DeliveryResult(after_s=answer.retry_after_s or WAIT_S, why=M("it is busy (HTTP {status})", status=answer.status))


def signature(body: bytes, signing: Secret, at: datetime) -> str:
    """Return the value of the signature's header: the time, and the HMAC-SHA256 over time and body."""
    seconds = int(at.timestamp())
    made = hmac.new(signing.get_secret_value().encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={made}"


def webhook_address(text: str) -> Secret:
    """Check the address of a webhook. Raises UserMistake, without repeating the address, when it is not one."""
    if not is_safe_address(text.strip()):
        raise UserMistake(M("The address of a webhook begins with https://"))
    return Secret(text.strip())
