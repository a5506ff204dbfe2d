"""The calendar: planned, gone and held, in the co-op's hours, as text, for scripts and for a phone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from pipeline.actions.calendar import calendar_facts, calendar_file, calendar_posts, calendar_text
from pipeline.actions.due_releases import work_on_release
from pipeline.publish.engine.retry_policy import RetryPolicy
from pipeline.settings import using_zone
from tests.fakes.logged_in_workspace import Desk, desk

NOW = datetime.now(UTC).replace(microsecond=0)
EVENING = NOW + timedelta(days=2)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as made, using_zone("Asia/Shanghai"):
        yield made


def whole(here: Desk) -> tuple[str, ...]:
    """One that waits for its hour, one that went, one that missed its hour; returns their ids."""
    planned, went, held = here.enter(
        here.release("后天的", planned_at=EVENING), here.release("今天的"), here.release("昨天的", planned_at=NOW - timedelta(hours=20))
    )
    for entry in (went, held):
        work_on_release(here.workspace, entry.id, "zh", RetryPolicy(stay_s=30.0, first_look_s=0.1))
    return planned.id, went.id, held.id


def test_the_calendar_shows_what_goes_what_went_and_what_is_held(here: Desk) -> None:
    planned, went, held = whole(here)
    posts = calendar_posts(here.workspace, NOW - timedelta(days=7), NOW + timedelta(days=31))
    assert {post.id: post.kind for post in posts} == {planned: "planned", went: "went", held: "held"}
    assert [post.at for post in posts] == sorted(post.at for post in posts)
    text = calendar_text(posts, "zh")
    assert "北京时间" in text
    local = EVENING + timedelta(hours=8)
    assert f"{local:%Y-%m-%d} 周{'一二三四五六日'[local.weekday()]}" in text
    line = next(line for line in text.splitlines() if planned[:8] in line)
    assert f"{local:%H:%M}" in line
    assert "快手" in line
    assert "→" in text


def test_a_window_leaves_out_what_is_further_away_but_nothing_that_is_held(here: Desk) -> None:
    planned, _, held = whole(here)
    found = {post.id for post in calendar_posts(here.workspace, NOW + timedelta(hours=1), NOW + timedelta(days=1))}
    assert held in found
    assert planned not in found


def test_scripts_and_phones_get_the_same(here: Desk) -> None:
    planned, went, held = whole(here)
    posts = calendar_posts(here.workspace, NOW - timedelta(days=7), NOW + timedelta(days=31))
    facts = {fact["id"]: fact for fact in calendar_facts(posts, "zh")}
    assert datetime.fromisoformat(facts[planned]["at"]) == EVENING
    assert facts[planned]["at"].endswith("+08:00")
    assert facts[went]["link"].startswith("http")
    assert facts[held]["waits_for"]
    events = {str(event["uid"]): event for event in Calendar.from_ical(calendar_file(posts, "zh")).walk("VEVENT")}
    assert set(events) == {f"{release}@fieldcut" for release in (planned, went, held)}
    assert events[f"{planned}@fieldcut"]["dtstart"].dt == EVENING
    assert "土豆" in str(events[f"{planned}@fieldcut"]["summary"])


def test_an_empty_workspace_says_so(tmp_path: Path) -> None:
    with using_zone("Asia/Shanghai"):
        assert "没有要发的" in calendar_text(calendar_posts(tmp_path, NOW, NOW + timedelta(days=1)), "zh")
    assert list(tmp_path.iterdir()) == []


def test_what_has_no_hour_stands_where_it_was_prepared_and_not_where_it_is_looked_at_next(here: Desk) -> None:
    now = datetime.now(UTC)
    [entry] = here.enter(here.release("晒谷场"), next_at=now + timedelta(hours=1))
    [post] = calendar_posts(here.workspace, now - timedelta(minutes=5), now + timedelta(days=1))
    assert (post.id, post.at) == (entry.id, entry.created_at)
