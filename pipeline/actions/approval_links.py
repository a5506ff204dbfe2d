"""Signed links to the page on which a person says yes or no to one release: bound to the release, to what is asked, and to a time.

A link is an address and a token, RELEASE.EXPIRES.QUESTION.SIGNATURE. The signature (HMAC-SHA256) has a key of the workspace, which lies in
its vault; nothing of a link is stored. The same link is made again within its period, so that every page and notice has the same one.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.publish.ledger import Entry
from pipeline.secrets.secret import Secret
from pipeline.secrets.vault import Vault

LINK_SECRET = "desk:approval-links"
"""Name of the key in the vault. Who forgets it there makes every link void that was sent."""
LEAST_LIFE = timedelta(days=1)
"""A link that would live shorter lives for another period: whoever gets it today may open it tomorrow."""
QUESTION_CHARACTERS = 32
"""128 bits of the question's hash are enough in a token whose signature has 256."""
_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,64})\.([0-9a-f]{1,12})\.([0-9a-f]{32})\.([A-Za-z0-9_-]{43})", re.ASCII)


@dataclass(frozen=True)
class ApprovalToken:
    """What a token says: the release's id, what was asked (the beginning of its hash), and until when it may be answered (aware)."""

    release: str
    question: str
    expires_at: datetime


def link_key(vault: Vault) -> Secret:
    """Return the workspace's key for links. Raises as `Vault.own_secret` does."""
    return vault.own_secret(LINK_SECRET)


def sign_token(token: ApprovalToken, key: Secret) -> str:
    """Return the token as it stands in an address."""
    told = f"{token.release}.{int(token.expires_at.timestamp()):x}.{token.question[:QUESTION_CHARACTERS]}"
    return f"{told}.{_signature(told, key)}"


def read_token(text: str, key: Secret) -> ApprovalToken | None:
    """Return what a token says; None for one that was not signed with this key. Whether it has expired is not looked at."""
    parts = _TOKEN.fullmatch(text)
    if parts is None or not hmac.compare_digest(_signature(text.rpartition(".")[0], key), parts[4]):
        return None
    return ApprovalToken(parts[1], parts[3], datetime.fromtimestamp(int(parts[2], 16), UTC))


def token_for(entry: Entry, question: str, now: datetime, days: int, key: Secret) -> str:
    """Return the token of a release's present question. now: aware. days: length of a period, counted from when the release was made."""
    period = timedelta(days=days)
    expires_at = entry.since + period * ((now - entry.since) // period + 1)
    if expires_at - now < LEAST_LIFE:
        expires_at += period
    return sign_token(ApprovalToken(entry.id, question, expires_at), key)


def approval_address(desk: str, token: str) -> str:
    """The link. desk: the address of the desk's pages, http://HOST:PORT."""
    return f"{desk}/a/{token}"


def _signature(told: str, key: Secret) -> str:
    digest = hmac.new(key.get_secret_value().encode(), f"fieldcut approval link\n{told}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
