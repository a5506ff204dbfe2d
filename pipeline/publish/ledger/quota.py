"""Quotas of platforms, counted over all processes."""

from datetime import datetime

from sqlalchemy import func, select, update

from pipeline.network.quota import QuotaSpent, QuotaWindow
from pipeline.publish.ledger.database import Database
from pipeline.publish.ledger.tables import holds, quota


class QuotaBook:
    """Counters by platform, account and window; an empty account counts for the whole platform."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def spend(self, platform: str, account: str, window: QuotaWindow, *, at: datetime, cost: int = 1) -> int:
        """Count a call before it is made, and return what is left of the window.

        A call that fails later stays counted, as platforms count it too. Raises QuotaSpent, with the time at which calls are allowed
        again, when the window is used up or the platform has asked to wait; nothing is counted then.
        """
        key = {"platform": platform, "account": account, "name": window.name, "starts_at": window.starts_at}
        mine = [quota.c[name] == value for name, value in key.items()]
        with self._database.write(unsent=True) as connection:
            until = connection.execute(
                select(func.max(holds.c.until)).where(holds.c.platform == platform, holds.c.account.in_(("", account)), holds.c.until > at)
            ).scalar()
            if until is not None:
                raise QuotaSpent(platform, account, until)
            added = self._database.insert(quota).values(**key, ends_at=window.ends_at, used=0)
            connection.execute(added.on_conflict_do_nothing())
            counted = connection.execute(
                update(quota).where(*mine, quota.c.used + cost <= window.limit).values(used=quota.c.used + cost).returning(quota.c.used)
            ).scalar()
            if counted is None:
                raise QuotaSpent(platform, account, window.ends_at)
            return window.limit - int(counted)

    def hold_off(self, platform: str, account: str, until: datetime) -> None:
        """Record that the platform asks to wait: no process spends before `until`. A later time wins."""
        key = {"platform": platform, "account": account}
        with self._database.write() as connection:
            connection.execute(self._database.insert(holds).values(**key, until=until).on_conflict_do_nothing())
            connection.execute(
                update(holds).where(holds.c.platform == platform, holds.c.account == account, holds.c.until < until).values(until=until)
            )

    def used(self, platform: str, account: str, window: QuotaWindow) -> int:
        """Return how many calls were counted in the window."""
        query = select(quota.c.used).where(
            quota.c.platform == platform, quota.c.account == account, quota.c.name == window.name, quota.c.starts_at == window.starts_at
        )
        with self._database.read() as connection:
            return int(connection.execute(query).scalar() or 0)
