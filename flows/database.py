"""The PostgreSQL database that keeps the runs instead of a file in the workspace: its address read and tried, for the server alone.

The password never stands in a command line, a log or a page: it comes from PGPASSWORD, PostgreSQL's own password file, or fieldcut.toml,
and goes to the server's process in its environment.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.documents.message import M
from pipeline.errors import Fault, FieldCutError, UserMistake

BUNDLED = "bundled"
"""Stands for a PostgreSQL that FieldCut runs itself."""
ANSWER_S = 10.0
LEAST_VERSION = 13
"""Prefect's statements need it."""
EXTENSION = "pg_trgm"
"""Prefect's tables need it; it comes with PostgreSQL's own additions (Debian: in the server's package)."""


@dataclass(frozen=True)
class RunDatabase:
    """A database on a PostgreSQL server. password: empty where PGPASSWORD or the password file has it. options: of the address's query."""

    host: str
    port: int
    user: str
    name: str
    password: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """Its name for messages, without the password."""
        return f"{self.user}@{self.host or 'localhost'}:{self.port}/{self.name}"

    @property
    def environment(self) -> dict[str, str]:
        """The variable by which Prefect's server finds it; for that process alone."""
        from sqlalchemy import URL

        url = URL.create(
            "postgresql+asyncpg",
            username=self.user,
            password=self.password or None,
            host=None if self.host.startswith("/") else self.host,
            port=None if self.host.startswith("/") else self.port,
            database=self.name,
            query={**self.options, **({"host": self.host} if self.host.startswith("/") else {})},
        )
        return {"PREFECT_SERVER_DATABASE_CONNECTION_URL": url.render_as_string(hide_password=False)}


def read_database(address: str, *, from_command_line: bool = False) -> RunDatabase:
    """Read an address: postgresql://user@host:port/name, with ?host=/folder for a socket and ?sslmode=… as PostgreSQL writes it.

    Raises UserMistake for what is no such address, and for a password where other people of the machine can read it.
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise UserMistake(_UNREADABLE) from None
    if url.get_backend_name() not in ("postgresql", "postgres") or not url.database:
        raise UserMistake(_UNREADABLE)
    if url.password and from_command_line:
        raise UserMistake(
            M(
                "A password in a command can be read by everybody on this machine. Leave it out of the address, and put it into "
                "PGPASSWORD, into the file .pgpass, or with the address into [server] database of fieldcut.toml."
            )
        )
    query = {name: value if isinstance(value, str) else value[0] for name, value in url.query.items()}
    host = query.pop("host", "") or url.host or "localhost"
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return RunDatabase(
        host=host,
        port=url.port or 5432,
        user=url.username or "postgres",
        name=url.database,
        password=str(url.password or ""),
        options=query,
    )


_UNREADABLE = M("The database's address cannot be read. Write postgresql://USER@HOST/NAME, or bundled.")


def check_database(database: RunDatabase) -> None:
    """Connect, and see that Prefect's server can keep its tables there.

    Raises UserMistake for a database that is not there, refuses the user, or lacks what the server needs, Fault for one that cannot be
    reached.
    """
    asyncio.run(_check(database))


async def connect(database: RunDatabase, name: str = "") -> Any:
    """Open a connection of asyncpg, which Prefect brings. name: of another database on the same server. Raises FieldCutError."""
    import asyncpg

    try:
        return await asyncpg.connect(
            host=database.host,
            port=database.port,
            user=database.user,
            password=database.password or None,
            database=name or database.name,
            timeout=ANSWER_S,
            **({"ssl": database.options["ssl"]} if "ssl" in database.options else {}),
        )
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
        raise _refusal(error, database) from None


async def _check(database: RunDatabase) -> None:
    connection = await connect(database)
    try:
        version = connection.get_server_version().major
        if version < LEAST_VERSION:
            raise UserMistake(
                M(
                    "{place} is PostgreSQL {version}; it must be {least} or newer.",
                    place=database.where,
                    version=version,
                    least=LEAST_VERSION,
                )
            )
        if not await connection.fetchval("SELECT count(*) FROM pg_available_extensions WHERE name = $1", EXTENSION):
            raise UserMistake(
                M(
                    "PostgreSQL at {place} has no {extension}, which comes with its own additions (postgresql-contrib). "
                    "Install them there.",
                    place=database.where,
                    extension=EXTENSION,
                )
            )
        if not await connection.fetchval("SELECT has_database_privilege(current_database(), 'CREATE')"):
            raise UserMistake(
                M("The user {user} may make no tables in {place}. Make the user its owner.", user=database.user, place=database.where)
            )
    finally:
        await connection.close()


def _refusal(error: Exception, database: RunDatabase) -> FieldCutError:
    """The error for a person. PostgreSQL's own text is not repeated: it may hold values."""
    import asyncpg

    if isinstance(error, asyncpg.InvalidCatalogNameError):
        command = f"createdb -h {database.host} -p {database.port} -U {database.user} {database.name}"
        return UserMistake(M("There is no database {place}. Make it: {command}", place=database.where, command=command))
    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError):  # the wrong password is one
        return UserMistake(
            M(
                "The database {place} refuses this user. Look at the user, and at the password in PGPASSWORD or .pgpass.",
                place=database.where,
            )
        )
    return Fault(M("The database {place} cannot be reached. Look whether it runs, and at host and port.", place=database.where))
