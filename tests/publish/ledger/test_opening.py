"""An older ledger opens, a newer one is left alone, and one that cannot be used says why in one line."""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event

from pipeline.documents.release import Captions, Release
from pipeline.errors import DiskFault, Fault, UserMistake
from pipeline.publish.ledger import Ledger, State, open_ledger
from pipeline.publish.ledger import migrate as migrations
from pipeline.publish.ledger.database import WRITING, connect
from pipeline.publish.ledger.tables import METADATA
from tests.fakes.postgres_server import STANDSTILL_S

NOBODY = 65534
NOW = datetime(2026, 12, 1, tzinfo=UTC)
OLD_ROW = """INSERT INTO releases (id, story, platform, account, video_sha256, captions_sha256, edition, document, state, step,
    attempt, since, who, actor, run, post_id, link, claimed_by, created_at)
    VALUES (:id, :story, 'kuaishou', 'coop-main', :video, :captions, 0, :document, 'live', 7, 1, '2026-11-01 10:00:00+00:00',
    'lookup', 'worker-1', 'r1', '3x7q', '', '', '2026-11-01 09:00:00+00:00')"""


def make_old(address: str, *releases: Release) -> None:
    """A ledger as the first version left it, with live releases."""
    database = connect(address)
    with database.engine.execution_options(**WRITING).begin() as connection:
        migrations._upgrade(connection, "0001")
        text = OLD_ROW if database.path is None else OLD_ROW.replace("+00:00'", ".000000'")
        for release in releases:
            row = {"id": release.id, "story": release.story, "video": release.video.sha256, "captions": release.captions_sha256}
            connection.execute(sa.text(text), {**row, "document": release.model_dump_json()})
    database.close()


@contextmanager
def looked_into(address: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_the_tables_are_what_the_migrations_make(address: str) -> None:
    open_ledger(address).close()
    with looked_into(address) as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA) == []


def test_the_newest_migration_is_the_one_the_program_knows() -> None:
    script = ScriptDirectory(str(migrations.FOLDER))
    assert script.get_heads() == [migrations.HEAD]
    assert len(list(script.walk_revisions())) == int(migrations.HEAD)


def test_an_older_ledger_opens_with_all_it_holds(address: str, release: Callable[..., Release]) -> None:
    given = release()
    make_old(address, given)
    with open_ledger(address) as ledger:
        entry = ledger.get(given.id)
        assert (entry.release, entry.state, entry.post_id, entry.evidence) == (given, State.LIVE, "3x7q", "")
        assert not ledger.consents.of("土豆")


def test_failed_posts_of_an_older_ledger_become_tasks_unless_somebody_has_decided(address: str, release: Callable[..., Release]) -> None:
    given = {
        "nobody's": release(story="南瓜", id="pumpkin"),
        "posted since": release(story="玉米", id="maize-1", captions=Captions(text="玉米")),
        "posted with other words": release(story="玉米", id="maize-2", captions=Captions(text="新玉米")),
    }
    make_old(address, *given.values())
    with looked_into(address) as connection:
        connection.execute(sa.text("UPDATE releases SET state = 'failed' WHERE id != 'maize-2'"))
    with open_ledger(address) as ledger:
        [task] = ledger.tasks.all()
        assert (task.kind, task.release_id, "南瓜 is not public" in str(task.message)) == ("decide", "pumpkin", True)
        # Nobody is told now of what failed long ago.
        assert task.told_at is not None


def test_opening_again_changes_nothing(address: str, release: Callable[..., Release], facts: dict[str, Any]) -> None:
    with open_ledger(address) as first:
        entry = first.prepare(release(), by=facts["person"], at=facts["now"])
    with open_ledger(address) as second:
        assert second.releases() == [entry]


def test_a_newer_ledger_is_left_alone(address: str) -> None:
    open_ledger(address).close()
    with looked_into(address) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UserMistake, match="newer FieldCut"):
        open_ledger(address)


def test_a_commit_is_on_the_disk_when_it_returns(address: str) -> None:
    with open_ledger(address) as ledger, ledger._database.read() as connection:
        if address.startswith("sqlite"):
            asked = ("journal_mode", "synchronous", "foreign_keys")
            assert [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked] == ["wal", 2, 1]
        else:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"


def test_many_may_open_a_new_ledger_at_once(address: str, at_once: Callable[..., list[Any]]) -> None:
    def open_and_read() -> int:
        with open_ledger(address, patience_s=STANDSTILL_S) as ledger:
            return len(ledger.releases())

    assert at_once([open_and_read] * 6) == [0] * 6


def test_a_crash_in_a_migration_leaves_the_ledger_as_it_was(
    address: str, release: Callable[..., Release], copied: Any, child: Any, killer: Any
) -> None:
    given = release()
    make_old(address, given)
    died = set()
    for number in range(1, 200):
        with copied(address) as ours:

            def lift(number: int = number, ours: str = ours) -> None:
                killer(number)
                open_ledger(ours).close()

            code, _ = child(lift).end()
            with looked_into(ours) as connection:
                version = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
                assert sa.inspect(connection).has_table("consents") == (version == migrations.HEAD)
            died.add((code, version))
            with open_ledger(ours) as ledger:
                assert ledger.get(given.id).release == given
        if code == 0:
            break
    assert died >= {(-9, "0001"), (0, migrations.HEAD)}


def test_a_ledger_that_another_program_holds_says_so(address: str, release: Callable[..., Release], facts: dict[str, Any]) -> None:
    with open_ledger(address, patience_s=0.2) as ledger, looked_into(address) as other:
        other.execute(sa.text("DELETE FROM leases" if address.startswith("sqlite") else "LOCK TABLE releases IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(Fault, match=r"is busy.*Nothing was sent") as refused:
            ledger.prepare(release(), by=facts["person"], at=facts["now"])
    assert refused.value.exit_code == 1


def test_a_file_that_is_no_ledger_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_text("dear diary " * 1000)
    with pytest.raises(Fault, match="not a ledger, or it is damaged"):
        open_ledger(path)
    assert path.read_text() == "dear diary " * 1000


def test_a_ledger_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DiskFault, match="could not be written"):
        open_ledger(tmp_path / "file" / "ledger.db")


@pytest.mark.parametrize("there", [False, True], ids=["no ledger yet", "a ledger"])
def test_a_folder_nobody_may_write_says_so(there: bool, child: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        if there:
            open_ledger(path).close()
        for each in Path(folder).iterdir():
            each.chmod(0o444)
        Path(folder).chmod(0o555)

        def attempt() -> tuple[type, str]:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            try:
                with open_ledger(path) as ledger:
                    ledger.quota.hold_off("kuaishou", "", ledger.latest() or NOW)
            except Exception as error:
                return type(error), str(error)
            return type(None), ""

        code, (kind, told) = child(attempt).end()
        Path(folder).chmod(0o755)
    assert code == 0
    assert kind is DiskFault
    assert str(path.parent) in told


def test_a_full_disk_says_so_and_keeps_what_was_written(tmp_path: Path, release: Callable[..., Release], facts: dict[str, Any]) -> None:
    path = tmp_path / "ledger.db"
    open_ledger(path).close()

    def small(connection: sqlite3.Connection, _: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 4}")

    event.listen(Engine, "connect", small)
    try:
        with open_ledger(path) as ledger:
            kept = []

            def fill() -> None:
                while True:
                    kept.append(ledger.prepare(release(len(kept)), by=facts["person"], at=facts["now"]))

            with pytest.raises(DiskFault, match=r"disk is full.*Nothing was sent") as refused:
                fill()
            assert refused.value.exit_code == 3
            assert kept
            assert len(ledger.releases()) == len(kept)
    finally:
        event.remove(Engine, "connect", small)


@pytest.mark.parametrize("given", ["sqlite://", "sqlite:///:memory:", "mysql://a/b", "://", "postgresql://host:port/x"])
def test_an_address_that_cannot_be_is_refused(given: str) -> None:
    with pytest.raises(UserMistake, match="address cannot be read"):
        open_ledger(given)


def test_a_server_that_is_not_there_says_so() -> None:
    with pytest.raises(Fault, match=r"cannot be reached.*Nothing was sent"):
        open_ledger("postgresql://fieldcut@127.0.0.1:1/ledger", patience_s=2)


def test_a_missing_package_for_postgresql_is_one_line_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.publish.ledger.database.find_spec", lambda _name: None)
    with pytest.raises(UserMistake) as refused:
        connect("postgresql://coop@127.0.0.1/fieldcut")
    assert str(refused.value) == "A ledger on PostgreSQL needs the package psycopg. Install it: uv sync --extra postgres"


def test_a_database_that_is_not_there_says_so(postgres: str) -> None:
    with pytest.raises(Fault, match=r"cannot be reached|refuses"):
        open_ledger(f"postgresql://fieldcut@/no_such?host={postgres}")


def test_a_chinese_folder_with_spaces_and_signs_is_a_fine_place(tmp_path: Path) -> None:
    path = tmp_path / "村里 100% [1]'s" / "ledger.db"
    with open_ledger(path):
        pass
    with open_ledger(f"sqlite:///{path}") as ledger:
        assert isinstance(ledger, Ledger)
    assert path.is_file()
