"""A process that is started again when it dies, with growing pauses."""

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flows.server import end_politely
from pipeline import system

LONGEST_PAUSE_S = 60.0
"""Between two starts of what dies again and again; it is 1 s after the first death, and twice as long after each further one."""
WELL_AFTER_S = 120.0
"""What has lived so long is well again: its next death is a first one."""
MOST_LOG_BYTES = 5_000_000


@dataclass
class KeptProcess:
    """One process that is started again when it dies."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    deaths: int = 0
    log_begins: int = 0
    """Where in the log the last start begins, in bytes."""
    _started_s: float = 0.0
    _again_s: float = 0.0

    def start(self) -> None:
        """Start it now. Raises OSError when it does not start."""
        with self._opened_log() as out:
            self.process = system.start_child(self.command, stdout=out, stderr=subprocess.STDOUT, env=self.environment, session=True)
        self._started_s = time.monotonic()

    def look(self) -> bool:
        """Start it again when it died and its pause is over. Returns whether it just died."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            system.end_child(self.process)
            self.process = None
            self.deaths = 1 if now - self._started_s > WELL_AFTER_S else self.deaths + 1
            self._again_s = now + min(2.0 ** (self.deaths - 1), LONGEST_PAUSE_S)
            return True
        if self.process is None and now >= self._again_s:
            self.start()
        return False

    def end(self, patience_s: float) -> None:
        """Ask it to end, and end it when it does not."""
        if self.process is not None:
            end_politely(self.process, patience_s)
            self.process = None

    def _opened_log(self) -> IO[bytes]:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        full = self.log.is_file() and self.log.stat().st_size > MOST_LOG_BYTES
        self.log_begins = self.log.stat().st_size if self.log.is_file() and not full else 0
        return self.log.open("wb" if full else "ab")
