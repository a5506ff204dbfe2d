"""Consents to show a face, and the screenshot a person confirms with."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add them."""
    moment = sa.DateTime(timezone=True)
    op.add_column("releases", sa.Column("evidence", sa.Text, nullable=False, server_default=""))
    op.create_table(
        "consents",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("story", sa.Text, nullable=False),
        sa.Column("clip_sha256", sa.Text, nullable=False, server_default=""),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("given_by", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False, server_default=""),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("withdrawn_at", moment),
    )
    op.create_index("ix_consents_story", "consents", ["story"])
