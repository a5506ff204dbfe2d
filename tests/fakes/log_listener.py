"""A handler that hears every log line of the process, for tests that look for secrets in them."""

import logging
from collections.abc import Iterator

import pytest


class LogListener(logging.Handler):
    """Keeps every line that any logger hands on, formatted as handlers do it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {self.format(record)} {record.args!r}")


@pytest.fixture
def log() -> Iterator[LogListener]:
    listener, root = LogListener(), logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "httpx", "httpcore")}
    root.addHandler(listener)
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield listener
    root.removeHandler(listener)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
