"""Redaction of platforms' answers before they are stored: no token, and no address beyond host and path.

The rule errs on the side of withholding. A word that is lost here is still in the platform's answer; a token that is kept here is in
every backup of the ledger.
"""

import re
from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from pydantic import JsonValue

from pipeline.documents.message import Message, Value

WITHHELD = "[withheld]"
LONGEST_TEXT = 500
"""Characters kept of one string: enough for an error message, not for an error page."""
LONGEST_LIST = 50
DEEPEST = 6

_SECRET_NAME = re.compile(
    r"token|secret|passw|pwd|credential|cookie|authori[sz]ation|signature|session|upload_?id|api_?key|access_?key|app_?key|private_?key"
    r"|(?:^|[_.\-])(?:key|auth|sign|sig|sid|ticket|nonce|jwt|bearer)(?:$|[_.\-])",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.\-]*://[^\s\"'<>\\^`{|}]+", re.IGNORECASE)
_QUERY = re.compile(r"\?[^\s\"'<>=&?]+=[^\s\"'<>]*")
_PAIR = re.compile(r"(?P<name>[\w.\-]+)(?P<between>[\"']?\s*[=:]\s*[\"']?)(?P<value>[^\s\"'&;,，；}]+)")
_SCHEME = re.compile(r"\b(Bearer|Basic|Digest|OAuth)\s+[^\s,;]+", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9_+/=~.%\-]{20,}")
_UNSPACED = re.compile(r"[A-Za-z0-9_+/=~.%\-]+")


def redacted_response(answer: Mapping[str, JsonValue], secrets: Collection[str] = ()) -> dict[str, JsonValue]:
    """Return the answer as it may be stored. secrets: strings that are known to be secret, withheld wherever they occur."""
    redacted = _redact_value(dict(answer), _spellings(secrets), 0)
    assert isinstance(redacted, dict)
    return redacted


def redacted_text(text: str, secrets: Collection[str] = ()) -> str:
    """Return one string as it may be stored."""
    return _redact_text(text, _spellings(secrets))


def redacted_id(name: str, secrets: Collection[str] = ()) -> str:
    """Return a request's or a post's id as it may be stored. Ids look like secrets, so only known secrets and addresses are removed."""
    for secret in _spellings(secrets):
        name = name.replace(secret, WITHHELD)
    return _ADDRESS.sub(_host_and_path, name)[:200]


def redacted_message(message: Message, secrets: Collection[str] = ()) -> Message:
    """Return a message whose values may be stored. Its text is a literal of the program and stays."""
    forms = _spellings(secrets)

    def value(original: Value) -> Value:
        if isinstance(original, tuple):
            return tuple(redacted_message(part, secrets) for part in original)
        if isinstance(original, Message):
            return redacted_message(original, secrets)
        return _redact_text(original, forms) if isinstance(original, str) else original

    return Message(text=message.text, values={name: value(original) for name, original in message.values.items()})


def public_link(link: str) -> str:
    """Return a post's public address without account and anchor, and without whatever in its query is named or looks like a secret.

    Some addresses name the post in the query (watch?v=…), so it cannot go as a whole. Raises ValueError when it is not a web address.
    """
    parts = urlsplit(link.strip())
    if parts.scheme not in ("http", "https", "file") or (parts.scheme != "file" and not parts.hostname):
        raise ValueError("not a web address")
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query)
        if not _SECRET_NAME.search(name) and not _looks_secret(value) and len(value) <= 64
    ]
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, urlencode(query), ""))


def _spellings(secrets: Collection[str]) -> tuple[str, ...]:
    """Return every spelling of the known secrets; of a session address, the values in its query as well. Longest first."""
    spellings: set[str] = set()
    for secret in secrets:
        parts = urlsplit(secret) if "://" in secret else None
        values = [value for _, value in parse_qsl(parts.query)] if parts else []
        for word in (secret, *(value for value in values if len(value) >= 8)):
            spellings |= {word, quote(word, safe=""), unquote(word)}
    return tuple(sorted((word for word in spellings if len(word) >= 4), key=len, reverse=True))


def _redact_value(value: JsonValue, secrets: tuple[str, ...], depth: int) -> JsonValue:
    if isinstance(value, str):
        return _redact_text(value, secrets)
    if depth >= DEEPEST and isinstance(value, dict | list):
        return "…"
    if isinstance(value, list):
        return [_redact_value(part, secrets, depth + 1) for part in value[:LONGEST_LIST]]
    if isinstance(value, dict):
        return {
            _redact_text(name, secrets): WITHHELD
            if _SECRET_NAME.search(name) and _is_revealing(part)
            else _redact_value(part, secrets, depth + 1)
            for name, part in list(value.items())[:LONGEST_LIST]
        }
    return value


def _is_revealing(value: JsonValue) -> bool:
    """Whether a value under a secret's name could be a secret: booleans, null and small codes are none."""
    if isinstance(value, str | list | dict):
        return bool(value)
    return not (value is None or isinstance(value, bool)) and abs(value) >= 1_000_000


def _redact_text(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        text = text.replace(secret, WITHHELD)
    text = _ADDRESS.sub(_host_and_path, text)
    text = _QUERY.sub("", text)
    text = _SCHEME.sub(rf"\1 {WITHHELD}", text)
    text = _PAIR.sub(_pair, text)
    text = _WORD.sub(lambda match: WITHHELD if _looks_secret(match[0]) else match[0], text)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _host_and_path(match: re.Match[str]) -> str:
    try:
        parts = urlsplit(match[0])
        path = "/".join("…" if _looks_secret(part) else part for part in parts.path.split("/"))
        return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{path}"
    except ValueError:
        return WITHHELD


def _pair(match: re.Match[str]) -> str:
    value = match["value"]
    harmless = (value.isdigit() and len(value) < 7) or value.lower() in ("true", "false", "null", "none", WITHHELD)
    return match[0] if harmless or not _SECRET_NAME.search(match["name"]) else f"{match['name']}{match['between']}{WITHHELD}"


def _looks_secret(word: str) -> bool:
    """A long run of letters and figures without a space, or a very long one of letters alone. Whole numbers name posts."""
    if len(word) < 20 or not _UNSPACED.fullmatch(word):
        return False
    letters, figures = any(c.isalpha() for c in word), any(c.isdigit() for c in word)
    return letters and (figures or len(word) >= 40)
