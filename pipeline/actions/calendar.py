"""`fieldcut calendar`: what goes where and when, what went, and what is held, in the co-op's time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Literal

from pipeline.actions.workspace_ledger import has_ledger, open_workspace_ledger
from pipeline.documents.message import M, Message
from pipeline.language import say
from pipeline.publish.destinations import place_label
from pipeline.publish.ledger import IN_FLIGHT, PUBLIC, RESUMABLE, Entry, PlanState, RecordedPost, State, state_name
from pipeline.settings import day_text, in_coop_time, zone_name

PostKind = Literal["planned", "went", "held"]
MARKS: dict[PostKind, str] = {"planned": "○", "went": "●", "held": "!"}
PLAN_STATES: Mapping[PlanState, Message] = {"planned": M("planned, not prepared yet"), "held": M("held: a person decides")}
"""Of posts that are no releases yet; those that became one, or were taken back, are not shown."""
WEEKDAYS = (M("Monday"), M("Tuesday"), M("Wednesday"), M("Thursday"), M("Friday"), M("Saturday"), M("Sunday"))
DURATION = timedelta(minutes=5)
"""How long a post is in a calendar: an entry without a length is not shown by some."""


@dataclass(frozen=True)
class CalendarPost:
    """One post in the calendar.

    id: of its release, or of the plan while there is none. at: aware; its hour, or when it went. state: of the release, planned or held
    before. waits_for: what a person has to do about one that is held, and why one is not ready yet.
    """

    id: str
    story: str
    destination: str
    account: str
    at: datetime
    kind: PostKind
    state: str
    status: Message
    link: str = ""
    waits_for: Message | None = None

    def where(self, language: str) -> str:
        """Destination and account as people read them."""
        return place_label(self.destination, self.account, language)


def calendar_posts(workspace: Path, begin: datetime, end: datetime) -> tuple[CalendarPost, ...]:
    """The posts between two moments (aware), the earliest first; what is held stands there whenever it was to go.

    Raises as `open_workspace_ledger` does.
    """
    if not has_ledger(workspace):
        return ()
    with open_workspace_ledger(workspace) as ledger:
        tasks = {task.release_id: task.message for task in ledger.tasks.all()}
        posts = [post for entry in ledger.releases() if (post := _post(entry, tasks.get(entry.id))) is not None]
        posts += [_planned(record) for record in ledger.posts.of() if record.state in PLAN_STATES]
    return tuple(sorted((post for post in posts if post.kind == "held" or begin <= post.at < end), key=lambda post: (post.at, post.story)))


def _post(entry: Entry, task: Message | None) -> CalendarPost | None:
    """The calendar's entry for a release; None for one that came to its end without going out."""
    release = entry.release
    if task is not None or entry.state is State.UNCERTAIN:
        kind: PostKind = "held"
    elif entry.state in PUBLIC:
        kind = "went"
    elif entry.state in RESUMABLE | IN_FLIGHT or entry.state is State.HANDED_OVER:
        kind = "planned"
    else:
        return None
    at = entry.since if kind == "went" else release.planned_at or entry.created_at  # when it is looked at next is no hour of its own
    where = (release.story, release.platform, release.account)
    return CalendarPost(entry.id, *where, at, kind, entry.state.value, state_name(entry.state), entry.link, task)


def _planned(record: RecordedPost) -> CalendarPost:
    """The calendar's entry for a post that is no release yet."""
    post, held = record.post, record.state == "held"
    where = (post.story, post.destination, post.account)
    kind: PostKind = "held" if held else "planned"
    return CalendarPost(record.id, *where, post.at, kind, record.state, PLAN_STATES[record.state], waits_for=record.note)


def calendar_text(posts: Sequence[CalendarPost], language: str) -> str:
    """The calendar as lines, a heading for each day."""
    lines = [say(M("All hours: {zone}", zone=zone_name()), language)]
    for day, of_day in groupby(posts, key=lambda post: day_text(post.at)):
        posts_of_day = list(of_day)
        lines += ["", f"{day} {say(WEEKDAYS[in_coop_time(posts_of_day[0].at).weekday()], language)}"]
        for post in posts_of_day:
            parts = [
                f"{in_coop_time(post.at):%H:%M}",
                MARKS[post.kind],
                post.story,
                post.where(language),
                say(post.status, language),
            ]
            lines.append("  " + "  ".join([*parts, post.id[:8]]))
            lines += [f"         → {say(post.waits_for, language)}"] if post.waits_for is not None else []
    if not posts:
        lines.append(say(M("Nothing is planned, and nothing went."), language))
    return "\n".join(lines)


def calendar_facts(posts: Sequence[CalendarPost], language: str) -> list[dict[str, str]]:
    """The calendar for scripts."""
    return [
        {
            "id": post.id,
            "story": post.story,
            "destination": post.destination,
            "account": post.account,
            "at": in_coop_time(post.at).isoformat(),
            "kind": post.kind,
            "state": post.state,
            "link": post.link,
            "waits_for": say(post.waits_for, language) if post.waits_for is not None else "",
        }
        for post in posts
    ]


def calendar_file(posts: Sequence[CalendarPost], language: str) -> bytes:
    """The calendar as an iCalendar file (RFC 5545), for a phone or an office program. The same posts keep their ids from file to file."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//FieldCut//calendar//")
    calendar.add("version", "2.0")
    for post in posts:
        event = Event()
        event.add("uid", f"{post.id}@fieldcut")
        event.add("dtstamp", post.at)
        event.add("dtstart", post.at)
        event.add("dtend", post.at + DURATION)
        event.add("summary", f"{post.story} · {post.where(language)} · {say(post.status, language)}")
        if post.waits_for is not None:
            event.add("description", say(post.waits_for, language))
        if post.link:
            event.add("url", post.link)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
