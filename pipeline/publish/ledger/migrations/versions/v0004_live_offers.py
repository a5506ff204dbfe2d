"""What a task asks a post to say of its offer, so that a person's yes to it is known for what it was."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column."""
    op.add_column("tasks", sa.Column("subject", sa.Text, nullable=False, server_default=""))
