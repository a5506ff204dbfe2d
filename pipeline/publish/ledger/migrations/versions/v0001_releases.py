"""Releases, their moves, and what is kept beside them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "releases",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("story", sa.Text, nullable=False),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("video_sha256", sa.String(64), nullable=False),
        sa.Column("captions_sha256", sa.String(64), nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("who", sa.String(16), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("run", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("post_id", sa.Text, nullable=False, server_default=""),
        sa.Column("link", sa.Text, nullable=False, server_default=""),
        sa.Column("claimed_by", sa.Text, nullable=False, server_default=""),
        sa.Column("next_at", moment),
        sa.Column("created_at", moment, nullable=False),
        sa.UniqueConstraint("video_sha256", "captions_sha256", "platform", "account", "edition", name="uq_releases_same"),
    )
    op.create_index("ix_releases_story", "releases", ["story"])
    op.create_index("ix_releases_state", "releases", ["state"])
    op.create_table(
        "transitions",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("release_id", sa.String(64), sa.ForeignKey("releases.id"), nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("before", sa.String(32)),
        sa.Column("after", sa.String(32), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("who", sa.String(16), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("run", sa.String(32), nullable=False),
        sa.Column("request_id", sa.Text, nullable=False, server_default=""),
        sa.Column("essence", sa.JSON, nullable=False),
        sa.Column("reason", sa.Text),
        sa.UniqueConstraint("release_id", "step", name="uq_transitions_step"),
    )
    op.create_table(
        "progress",
        sa.Column("release_id", sa.String(64), sa.ForeignKey("releases.id"), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.create_table(
        "approvals",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("story", sa.Text, nullable=False),
        sa.Column("picture_sha256", sa.Text, nullable=False),
        sa.Column("sound_sha256", sa.Text, nullable=False),
        sa.Column("captions_sha256", sa.Text, nullable=False),
        sa.Column("offer_sha256", sa.Text, nullable=False),
        sa.Column("who", sa.String(16), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("revoked_at", moment),
    )
    op.create_index("ix_approvals_story", "approvals", ["story"])
    op.create_table(
        "overrides",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("story", sa.Text, nullable=False),
        sa.Column("release_id", sa.String(64), sa.ForeignKey("releases.id")),
        sa.Column("subject", sa.Text, nullable=False, server_default=""),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.create_index("ix_overrides_story", "overrides", ["story"])
    op.create_table(
        "quota",
        sa.Column("platform", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("starts_at", moment, primary_key=True),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("used", sa.Integer, nullable=False),
    )
    op.create_table(
        "holds",
        sa.Column("platform", sa.Text, primary_key=True),
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("until", moment, nullable=False),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("release_id", sa.String(64), sa.ForeignKey("releases.id")),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("closed_at", moment),
        sa.Column("closed_by", sa.Text, nullable=False, server_default=""),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
    )
    op.create_index(
        "uq_tasks_open",
        "tasks",
        ["release_id", "kind"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "leases",
        sa.Column("release_id", sa.String(64), primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("since", moment, nullable=False),
    )
