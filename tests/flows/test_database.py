"""The database of the runs: its address is read, its password stays where it is, and what is wrong with it is one line."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from flows import bundled_postgres
from flows.bundled_postgres import BundledPostgres, wait_until_ready
from flows.database import RunDatabase, check_database, read_database
from flows.supervisor import KeptProcess, Supervisor
from pipeline import system
from pipeline.errors import Fault, UserMistake
from tests.fakes.postgres_server import new_database, running_postgres
from tests.fakes.running_up import within
from tests.flows.conftest import Run

URL = "PREFECT_SERVER_DATABASE_CONNECTION_URL"


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("postgresql://ann@db.coop/runs", "postgresql+asyncpg://ann@db.coop:5432/runs"),
        ("postgres://ann:s%40lt@db.coop:6543/runs?sslmode=require", "postgresql+asyncpg://ann:s%40lt@db.coop:6543/runs?ssl=require"),
        ("postgresql+psycopg://ann@/runs?host=/run/pg", "postgresql+asyncpg://ann@/runs?host=%2Frun%2Fpg"),
        ("postgresql://[::1]/runs", "postgresql+asyncpg://postgres@[::1]:5432/runs"),
    ],
)
def test_an_address_becomes_the_servers(address: str, url: str) -> None:
    assert read_database(address).environment == {URL: url}


@pytest.mark.parametrize(
    "address", ["", "prefect", "mysql://ann@db/runs", "postgresql://ann@db", "postgresql://ann@db:port/runs", "sqlite:///a"]
)
def test_what_is_no_address_is_said_to_be_none(address: str) -> None:
    with pytest.raises(UserMistake, match="cannot be read"):
        read_database(address)


def test_a_password_in_a_command_is_refused_and_not_repeated(run_here: Run, tmp_path: Path) -> None:
    answer = run_here("up", "--workspace", tmp_path / "w", "--database", "postgresql://ann:open-sesame@db.coop/runs")
    assert answer.code == 2
    assert "PGPASSWORD" in answer.err
    assert "sesame" not in answer.err + answer.out
    assert not (tmp_path / "w" / "prefect").exists(), "nothing was begun"


def test_a_database_is_named_without_its_password() -> None:
    assert read_database("postgresql://ann:open-sesame@db.coop/runs").where == "ann@db.coop:5432/runs"


def test_the_server_alone_gets_the_databases_address(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, "zh", lambda _: None)
    supervisor._database = read_database("postgresql://ann:open-sesame@db.coop/runs")
    assert "sesame" in supervisor._server_environment()[URL]
    supervisor._database = None
    assert URL not in supervisor._server_environment(), "a file in the workspace, as ever"


def test_nobody_there_is_one_line() -> None:
    with pytest.raises(Fault, match=r"ann@127\.0\.0\.1:9/runs cannot be reached"):
        check_database(RunDatabase("127.0.0.1", 9, "ann", "runs", "open-sesame"))


def test_without_programs_the_command_that_installs_them_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bundled_postgres, "_candidates", lambda: iter([tmp_path]))
    with pytest.raises(UserMistake, match="extra bundled"):
        BundledPostgres(tmp_path / "pg")


@pytest.fixture
def has_postgres() -> None:
    """Skip where the extra has no wheel and no PostgreSQL is installed, unless everything is asked for."""
    try:
        bundled_postgres._programs()
    except UserMistake:
        if os.environ.get("FIELDCUT_REQUIRE_ALL") == "1":
            raise
        pytest.skip("no PostgreSQL here: neither the extra `bundled` nor an installed one")


@pytest.mark.usefixtures("has_postgres")
def test_files_of_another_postgresql_are_left_alone(tmp_path: Path) -> None:
    postgres = BundledPostgres(tmp_path / "pg")
    postgres.data.mkdir(parents=True)
    (postgres.data / "PG_VERSION").write_text("9\n", encoding="ascii")
    with pytest.raises(UserMistake, match="PostgreSQL 9"):
        postgres.prepare()
    assert (postgres.data / "PG_VERSION").is_file()


@pytest.mark.system
def test_what_a_server_refuses_is_said_in_one_line() -> None:
    with running_postgres() as host:
        good = read_database(new_database(host))
        with psycopg.connect(host=host, user="fieldcut", dbname="postgres", autocommit=True) as connection:
            connection.execute("CREATE ROLE visitor LOGIN")
            has_trigrams = connection.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'").fetchone() == (1,)
        with pytest.raises(UserMistake, match="There is no database"):
            check_database(RunDatabase(host, 5432, "fieldcut", "nowhere"))
        with pytest.raises(UserMistake, match="refuses this user"):
            check_database(RunDatabase(host, 5432, "nobody-here", good.name))
        if has_trigrams:
            check_database(good)
            with pytest.raises(UserMistake, match="may make no tables"):
                check_database(RunDatabase(host, 5432, "visitor", good.name))
        else:
            with pytest.raises(UserMistake, match="pg_trgm"):
                check_database(good)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder that the user as whom PostgreSQL runs in a container can reach."""
    for parent in (tmp_path, *tmp_path.parents[:3]):
        if system.is_owned_by_user(parent):
            parent.chmod(parent.stat().st_mode | 0o055)
    return tmp_path / "村里 资料"


@contextmanager
def running(home: Path) -> Iterator[tuple[BundledPostgres, KeptProcess]]:
    """PostgreSQL of FieldCut's own, as `up` keeps it."""
    server = BundledPostgres(home)
    server.prepare()
    kept = KeptProcess("database", server.command, {}, home / "log")
    kept.start()
    try:
        assert kept.process is not None
        wait_until_ready(server, kept.process, home / "log")
        yield server, kept
    finally:
        kept.end(10)


def answers(database: RunDatabase) -> bool:
    try:
        check_database(database)
    except Fault:
        return False
    return True


@pytest.mark.system
@pytest.mark.usefixtures("has_postgres")
def test_a_postgresql_of_its_own_lives_through_a_kill_and_lets_nobody_in_without_the_password(home: Path) -> None:
    with running(home) as (server, kept):
        check_database(server.database)
        with pytest.raises(UserMistake, match="refuses this user"):
            check_database(replace(server.database, password="guessed"))
        assert kept.process is not None
        assert server.database.password not in " ".join(kept.command)
        kept.process.kill()
        assert within(10, kept.look), "its end is seen"
        assert within(30, lambda: not kept.look() and answers(server.database)), "it is started again"
    assert server.database.password not in (home / "log").read_text(encoding="utf-8")
    assert (home / "password").stat().st_mode & 0o077 == 0
    with running(home) as (again, _):
        assert again.database.password == server.database.password
        check_database(again.database)
