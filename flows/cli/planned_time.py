"""A planned time as it is typed."""

from datetime import datetime

from flows.cli.errors import refuse
from pipeline.documents.message import M


def planned_time(text: str, now: datetime, lang: str = "zh", as_json: bool = False, option: str = "") -> datetime:
    """Read a planned time: on the co-op's clock, as `now` is, unless it names another zone.

    option: that it was given with. Ends the command when it is no time, or has passed.
    """
    given = f"{option} {text}".strip()
    try:
        planned_at = datetime.fromisoformat(text)
    except ValueError:
        refuse(M("{given} is no time. Write it as 2026-12-01 19:30.", given=given), lang, as_json)
    planned_at = planned_at if planned_at.tzinfo else planned_at.replace(tzinfo=now.tzinfo)
    if planned_at <= now:
        refuse(M("{given} has passed.", given=given), lang, as_json)
    return planned_at
