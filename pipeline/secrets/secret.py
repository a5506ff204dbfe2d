"""A string that is never shown: not in repr, str, format, a dump, a log, a traceback with its locals, a pickle."""

import json
import weakref
from datetime import datetime
from typing import Any, NoReturn, Self
from urllib.parse import quote, quote_plus

from pydantic import BaseModel, SecretStr

_living: "weakref.WeakValueDictionary[int, Secret]" = weakref.WeakValueDictionary()
SHORTEST = 6
"""Characters; a shorter one would be found in the middle of innocent words."""


class Secret(SecretStr):
    """A token, an app's secret, or a code. Call `get_secret_value()` inside the expression that needs the value; keep it in no variable.

    While the object lives, the network's logs are searched for its value. It cannot be pickled, since a pickle is plain text.
    """

    def __init__(self, value: str) -> None:
        super().__init__(value)
        _living[id(self)] = self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any], /) -> Self:
        return self


def known_secrets() -> tuple[str, ...]:
    """Return every secret that this process holds, in each spelling that it may have in an address or in JSON; the longest first."""
    values = {secret.get_secret_value() for secret in list(_living.values())}
    spellings = {form for value in values for form in (value, quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1])}
    return tuple(sorted((form for form in spellings if len(form) >= SHORTEST), key=len, reverse=True))


def plaintext_json(document: BaseModel) -> bytes:
    """Return a document as JSON with its secrets in plain text: encrypt it in the same expression."""
    return json.dumps(document.model_dump(), default=_plain, ensure_ascii=False).encode()


def _plain(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not kept")
