"""What of an answer may be written down: never a token, never an address beyond host and path.

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
"""Characters kept of one string: an error page is not an essence."""
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
    """The answer as it may be kept. secrets: strings that are known to be secret, withheld wherever they stand."""
    kept = _kept(dict(answer), _forms(secrets), 0)
    assert isinstance(kept, dict)
    return kept


def redacted_text(text: str, secrets: Collection[str] = ()) -> str:
    """One string as it may be kept."""
    return _text(text, _forms(secrets))


def redacted_id(name: str, secrets: Collection[str] = ()) -> str:
    """A request's or a post's name: long runs of letters and figures are what they are made of, so only known secrets and addresses go."""
    for secret in _forms(secrets):
        name = name.replace(secret, WITHHELD)
    return _ADDRESS.sub(_host_and_path, name)[:200]


def redacted_message(message: Message, secrets: Collection[str] = ()) -> Message:
    """A sentence whose values may be kept. Its own words are a literal of the program."""
    forms = _forms(secrets)

    def value(given: Value) -> Value:
        if isinstance(given, tuple):
            return tuple(redacted_message(part, secrets) for part in given)
        if isinstance(given, Message):
            return redacted_message(given, secrets)
        return _text(given, forms) if isinstance(given, str) else given

    return Message(text=message.text, values={name: value(given) for name, given in message.values.items()})


def public_link(link: str) -> str:
    """A post's public address without account, anchor, and whatever in its query names or looks like a secret.

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


def _forms(secrets: Collection[str]) -> tuple[str, ...]:
    """Every way a known secret may be spelt; a session address gives away its parts as well. Longest first."""
    found: set[str] = set()
    for secret in secrets:
        parts = urlsplit(secret) if "://" in secret else None
        values = [value for _, value in parse_qsl(parts.query)] if parts else []
        for word in (secret, *(value for value in values if len(value) >= 8)):
            found |= {word, quote(word, safe=""), unquote(word)}
    return tuple(sorted((word for word in found if len(word) >= 4), key=len, reverse=True))


def _kept(value: JsonValue, secrets: tuple[str, ...], depth: int) -> JsonValue:
    if isinstance(value, str):
        return _text(value, secrets)
    if depth >= DEEPEST and isinstance(value, dict | list):
        return "…"
    if isinstance(value, list):
        return [_kept(part, secrets, depth + 1) for part in value[:LONGEST_LIST]]
    if isinstance(value, dict):
        return {
            _text(name, secrets): WITHHELD if _SECRET_NAME.search(name) and _tells(part) else _kept(part, secrets, depth + 1)
            for name, part in list(value.items())[:LONGEST_LIST]
        }
    return value


def _tells(value: JsonValue) -> bool:
    """Whether a value under a secret's name could be one: yes and no, nothing, and small codes are none."""
    if isinstance(value, str | list | dict):
        return bool(value)
    return not (value is None or isinstance(value, bool)) and abs(value) >= 1_000_000


def _text(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        text = text.replace(secret, WITHHELD)
    text = _ADDRESS.sub(_host_and_path, text)
    text = _QUERY.sub("", text)
    text = _SCHEME.sub(rf"\1 {WITHHELD}", text)
    text = _PAIR.sub(_pair, text)
    text = _WORD.sub(lambda found: WITHHELD if _looks_secret(found[0]) else found[0], text)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _host_and_path(found: re.Match[str]) -> str:
    try:
        parts = urlsplit(found[0])
        path = "/".join("…" if _looks_secret(part) else part for part in parts.path.split("/"))
        return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{path}"
    except ValueError:
        return WITHHELD


def _pair(found: re.Match[str]) -> str:
    value = found["value"]
    harmless = (value.isdigit() and len(value) < 7) or value.lower() in ("true", "false", "null", "none", WITHHELD)
    return found[0] if harmless or not _SECRET_NAME.search(found["name"]) else f"{found['name']}{found['between']}{WITHHELD}"


def _looks_secret(word: str) -> bool:
    """A long run of letters and figures without a space, or a very long one of letters alone. Whole numbers name posts."""
    if len(word) < 20 or not _UNSPACED.fullmatch(word):
        return False
    letters, figures = any(c.isalpha() for c in word), any(c.isdigit() for c in word)
    return letters and (figures or len(word) >= 40)
