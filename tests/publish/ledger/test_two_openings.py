"""A ledger that one process has open more than once, as the page for approvals does, loses nothing to another process."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.documents.release import Release
from pipeline.publish.ledger import open_ledger

LOOK = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); print(c.execute(sys.argv[2]).fetchone()[0]); c.close()"


def asked_elsewhere(path: Path, question: str) -> str:
    """What another process reads, which opens the ledger and closes it again."""
    done = subprocess.run([sys.executable, "-c", LOOK, str(path), question], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


def test_what_is_written_stays_though_another_process_looked_and_left(
    path: Path, release: Callable[..., Release], facts: dict[str, Any]
) -> None:
    count = "SELECT count(*) FROM releases"
    with open_ledger(path) as first, open_ledger(path) as second:
        for number, ledger in enumerate((first, second, first), 1):
            assert asked_elsewhere(path, count) == str(number - 1)
            ledger.prepare(release(number), by=facts["person"], at=facts["now"])
    assert asked_elsewhere(path, count) == "3"


def test_threads_that_make_a_ledger_at_once_make_one_and_only_its_owner_reads_it(
    path: Path, release: Callable[..., Release], facts: dict[str, Any]
) -> None:
    def enter(number: int) -> None:
        with open_ledger(path) as ledger:
            ledger.prepare(release(number), by=facts["person"], at=facts["now"])

    threads = [threading.Thread(target=enter, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM releases").fetchone() == (6,)
    connection.close()
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o777 == 0o600
