"""A string that is shown nowhere: not in repr, str, format, a dump, a log, a traceback with its locals, a pickle."""

import json
import weakref
from datetime import datetime
from typing import Any, NoReturn, Self
from urllib.parse import quote, quote_plus

from pydantic import BaseModel, SecretStr

_known: "weakref.WeakValueDictionary[int, Secret]" = weakref.WeakValueDictionary()
SHORTEST = 6
"""Characters; a shorter one would be found in the middle of innocent words."""


class Secret(SecretStr):
    """A token, an app's secret, a code. `get_secret_value()` gives it away, in the expression that needs it and in no variable.

    While it lives, what is logged about the network is searched for it. It is not pickled: it would lie in the clear.
    """

    def __init__(self, value: str) -> None:
        super().__init__(value)
        _known[id(self)] = self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any], /) -> Self:
        return self


def known_secrets() -> tuple[str, ...]:
    """Every secret that this process holds, in each spelling that it may have in an address; the longest first."""
    values = {secret.get_secret_value() for secret in list(_known.values())}
    spelt = {form for value in values for form in (value, quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1])}
    return tuple(sorted((form for form in spelt if len(form) >= SHORTEST), key=len, reverse=True))


def unsealed(document: BaseModel) -> bytes:
    """A document as JSON with its secrets in the clear: to be encrypted in the same expression."""
    return json.dumps(document.model_dump(), default=_plain, ensure_ascii=False).encode()


def _plain(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not kept")
