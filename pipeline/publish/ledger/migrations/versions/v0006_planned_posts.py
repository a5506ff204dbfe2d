"""Posts that are planned ahead, before there is a video for them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "planned_posts",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("campaign", sa.Text, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("release_id", sa.String(64), sa.ForeignKey("releases.id")),
        sa.Column("note", sa.Text),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
    )
    op.create_index("ix_planned_posts_state_at", "planned_posts", ["state", "at"])
