"""The log of all runs: one JSON object a line, with the run, the story and the clip that a line is about, and without any secret."""

import json
import logging
from collections.abc import MutableMapping
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from flows.supervisor_files import HOME
from pipeline.network.log_redaction import redact_line

RUN_LOG = Path(HOME) / "logs" / "runs.jsonl"
"""In the workspace."""
MOST_BYTES = 5_000_000
FIELDS = ("flow", "run", "story", "stage", "clip", "release", "seconds")
"""What a line may be about."""


class RunLogger(logging.LoggerAdapter[logging.Logger]):
    """Logs lines about a run; `extra` of a line adds to what all of them are about."""

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        """See LoggerAdapter, whose own forgets what the line says."""
        return msg, {**kwargs, "extra": {**(self.extra or {}), **kwargs.get("extra", {})}}


class _AsJson(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        about = {name: getattr(record, name) for name in FIELDS if getattr(record, name, None)}
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), **about, "message": redact_line(record.getMessage())}
        return redact_line(json.dumps(line, ensure_ascii=False))


def open_run_log(workspace: Path, **about: str) -> RunLogger:
    """Open the workspace's log. about: of every line, by the names in `FIELDS`. A log that cannot be written ends no run."""
    path = (workspace / RUN_LOG).resolve()
    logger = logging.getLogger(f"fieldcut.runs.{path}")
    if not logger.handlers:
        logger.setLevel(logging.INFO)
        logger.propagate = False
        logger.addHandler(_handler(path))
    return RunLogger(logger, about)


def _handler(path: Path) -> logging.Handler:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(path, maxBytes=MOST_BYTES, backupCount=1, encoding="utf-8", delay=True)
    except OSError:
        return logging.NullHandler()
    handler.setFormatter(_AsJson())
    return handler
