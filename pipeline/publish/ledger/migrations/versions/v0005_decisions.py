"""What a person decided on one release: a yes or a no, by which way, and exactly what was shown, its covers, place and hour included."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the columns. What older approvals did not look at stays empty: they hold as they were given."""
    for name in ("files_sha256", "place", "planned", "question"):
        op.add_column("approvals", sa.Column(name, sa.Text))
    op.add_column("approvals", sa.Column("release_id", sa.Text, nullable=False, server_default=""))
    op.add_column("approvals", sa.Column("way", sa.String(16), nullable=False, server_default="command"))
    op.add_column("approvals", sa.Column("answer", sa.String(8), nullable=False, server_default="yes"))
    op.add_column("approvals", sa.Column("reason", sa.Text, nullable=False, server_default=""))
    op.create_index("uq_approvals_question", "approvals", ["question"], unique=True)
