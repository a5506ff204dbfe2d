"""Single fields of a platform's answer, read strictly: what is not of the kind that the contract names was garbled on its way."""

import re
from typing import Any

_ID = re.compile(r"[A-Za-z0-9_.:=+/@~\-]+")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")


def id_of(value: Any, *, most: int = 200) -> str:
    """Return the id of something, which is a text without blanks or a number; empty when the value is neither. most: its characters."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return text if isinstance(text, str) and len(text) <= most and _ID.fullmatch(text) else ""


def bare_host(value: Any) -> str:
    """Return a host with or without its port; empty when the value is none. Whether it may be spoken to is another question."""
    return value if isinstance(value, str) and len(value) <= 260 and _HOST.fullmatch(value) else ""


def whole_number(value: Any) -> int | None:
    """Return a whole number, which some platforms write as text; None when the value is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value):
        return int(value)
    return None
