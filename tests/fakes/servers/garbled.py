"""Answers that arrive whole and cannot be right: what proxies, half-written caches and tired servers make of a good one."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

from tests.fakes.servers.http_wire import Answer


def _text(answer: Answer) -> bytes:
    return answer.body if answer.data is None else json.dumps(answer.data, ensure_ascii=False).encode()


def _other_kind(value: Any) -> Any:
    """A value of another kind than the given one."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int | float):
        return [value]
    return {"text": value} if isinstance(value, str) else 7


def _changed(data: Any, random: Random, change: Callable[[dict[str, Any], str], None]) -> Any:
    """A copy with one field changed, somewhere in it."""
    copy = json.loads(json.dumps(data))
    places: list[tuple[dict[str, Any], str]] = []

    def collect(part: Any) -> None:
        for name in part if isinstance(part, dict) else ():
            places.append((part, name))
        for below in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            collect(below)

    collect(copy)
    if places:
        change(*random.choice(places))
    return copy


def _missing(part: dict[str, Any], name: str) -> None:
    del part[name]


def _of_another_kind(part: dict[str, Any], name: str) -> None:
    part[name] = _other_kind(part[name])


GARBLINGS: tuple[Callable[[Answer, Random], Answer], ...] = (
    lambda answer, _: Answer(answer.status, body=b"", headers=answer.headers, code="garbled"),
    lambda answer, _: Answer(answer.status, body=b"<html><body>login to the hotel</body></html>", headers=answer.headers, code="garbled"),
    lambda answer, random: Answer(answer.status, body=_text(answer)[: random.randrange(1, 40)], headers=answer.headers, code="garbled"),
    lambda answer, _: Answer(answer.status, body=b"[]", headers=answer.headers, code="garbled"),
    lambda answer, _: Answer(answer.status, body=b"{}", headers=answer.headers, code="garbled"),
    lambda answer, _: Answer(answer.status, body=b"null", headers=answer.headers, code="garbled"),
    lambda answer, _: Answer(answer.status, body=b"\xd5\xe2\xca\xc7" + _text(answer)[4:], headers=answer.headers, code="garbled"),
    lambda answer, random: Answer(answer.status, _changed(answer.data, random, _missing), answer.body, answer.headers, "garbled"),
    lambda answer, random: Answer(answer.status, _changed(answer.data, random, _of_another_kind), answer.body, answer.headers, "garbled"),
    lambda answer, _: Answer(answer.status, answer.data, answer.body, dict.fromkeys(answer.headers, "?"), "garbled"),
)
"""Nothing, somebody else's page, a broken-off text, other JSON, other letters, a field that is missing or of another kind, headers."""


def garbled(answer: Answer, amount: int) -> Answer:
    """One of GARBLINGS, always the same for the same amount."""
    return GARBLINGS[amount % len(GARBLINGS)](answer, Random(amount))
