"""Whether people were told of a task, and a task for every post that failed and that nobody has decided on."""

from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from pipeline.documents.release import Release
from pipeline.publish.ledger.tasks import DECIDE, task_message

revision = "0003"
down_revision = "0002"

_LATER = """
SELECT failed.id, failed.document FROM releases AS failed
WHERE failed.state = 'failed' AND NOT EXISTS (
    SELECT 1 FROM releases AS other
    WHERE other.story = failed.story AND other.platform = failed.platform AND other.account = failed.account AND other.id != failed.id
    AND (other.created_at > failed.created_at OR other.state IN ('live', 'live_without_cart', 'confirmed'))
)
"""


def upgrade() -> None:
    """Add the column, and the tasks; nobody is told of posts that failed long ago."""
    moment = sa.DateTime(timezone=True)
    op.add_column("tasks", sa.Column("told_at", moment))
    now, connection = datetime.now(UTC), op.get_bind()
    words, times = ("id", "kind", "message", "release_id"), ("opened_at", "told_at")
    tasks = sa.table("tasks", *(sa.column(name) for name in words), *(sa.column(name, moment) for name in times))
    for row in connection.execute(sa.text(_LATER)).all():
        message = task_message(DECIDE, Release.from_json(row.document)).model_dump_json()
        values = {"id": uuid4().hex, "kind": DECIDE, "message": message, "release_id": row.id}
        connection.execute(tasks.insert().values(values | dict.fromkeys(times, now)))
