"""The ledger's tables, as the newest migration leaves them. A change here needs a migration; a test compares the two."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)


class Instant(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC; SQLite keeps no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be kept")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


METADATA = MetaData()

releases = Table(
    "releases",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("story", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("video_sha256", String(64), nullable=False),
    Column("captions_sha256", String(64), nullable=False),
    Column("edition", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Column("state", String(32), nullable=False),
    Column("step", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("since", Instant, nullable=False),
    Column("who", String(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("run", String(32), nullable=False),
    Column("reason", Text),
    Column("post_id", Text, nullable=False, server_default=""),
    Column("link", Text, nullable=False, server_default=""),
    Column("evidence", Text, nullable=False, server_default=""),
    Column("claimed_by", Text, nullable=False, server_default=""),
    Column("next_at", Instant),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("video_sha256", "captions_sha256", "platform", "account", "edition", name="uq_releases_same"),
    Index("ix_releases_story", "story"),
    Index("ix_releases_state", "state"),
)

transitions = Table(
    "transitions",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("release_id", String(64), ForeignKey("releases.id"), nullable=False),
    Column("step", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("before", String(32)),
    Column("after", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("who", String(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("run", String(32), nullable=False),
    Column("request_id", Text, nullable=False, server_default=""),
    Column("essence", JSON, nullable=False),
    Column("reason", Text),
    # The second guard after the compare-and-set: no step of a release can be written twice.
    UniqueConstraint("release_id", "step", name="uq_transitions_step"),
)

progress = Table(
    "progress",
    METADATA,
    Column("release_id", String(64), ForeignKey("releases.id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
)

approvals = Table(
    "approvals",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("story", Text, nullable=False),
    Column("picture_sha256", Text, nullable=False),
    Column("sound_sha256", Text, nullable=False),
    Column("captions_sha256", Text, nullable=False),
    Column("offer_sha256", Text, nullable=False),
    Column("who", String(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("files_sha256", Text),
    Column("place", Text),
    Column("planned", Text),
    Column("question", Text),
    Column("release_id", Text, nullable=False, server_default=""),
    Column("way", String(16), nullable=False, server_default="command"),
    Column("answer", String(8), nullable=False, server_default="yes"),
    Column("reason", Text, nullable=False, server_default=""),
    Index("ix_approvals_story", "story"),
    # A question is answered once, whoever answers and by whichever way.
    Index("uq_approvals_question", "question", unique=True),
)

overrides = Table(
    "overrides",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("story", Text, nullable=False),
    Column("release_id", String(64), ForeignKey("releases.id")),
    Column("subject", Text, nullable=False, server_default=""),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_overrides_story", "story"),
)

quota = Table(
    "quota",
    METADATA,
    Column("platform", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("starts_at", Instant, primary_key=True),
    Column("ends_at", Instant, nullable=False),
    Column("used", Integer, nullable=False),
)

holds = Table(
    "holds",
    METADATA,
    Column("platform", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("until", Instant, nullable=False),
)

tasks = Table(
    "tasks",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("subject", Text, nullable=False, server_default=""),
    Column("release_id", String(64), ForeignKey("releases.id")),
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("closed_by", Text, nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Column("told_at", Instant),
    Index(
        "uq_tasks_open",
        "release_id",
        "kind",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
)

leases = Table(
    "leases",
    METADATA,
    Column("release_id", String(64), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("since", Instant, nullable=False),
)

consents = Table(
    "consents",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("story", Text, nullable=False),
    Column("clip_sha256", Text, nullable=False, server_default=""),
    Column("shown", Text, nullable=False),
    Column("given_by", Text, nullable=False),
    Column("evidence", Text, nullable=False, server_default=""),
    Column("actor", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Index("ix_consents_story", "story"),
)

planned_posts = Table(
    "planned_posts",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("campaign", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("step", Integer, nullable=False),
    Column("release_id", String(64), ForeignKey("releases.id")),
    Column("note", Text),
    Column("actor", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index("ix_planned_posts_state_at", "state", "at"),
)
