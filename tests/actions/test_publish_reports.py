"""What the commands about releases say: true sentences for people, fields for scripts."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.actions.publish_report import PublishReport, release_facts
from pipeline.actions.release_list import list_releases
from pipeline.actions.releases import settle_open_releases
from pipeline.actions.workspace_ledger import open_workspace_ledger
from pipeline.errors import UserMistake
from pipeline.publish.ledger import Actor, ApprovalDecision, Approved, Who
from pipeline.settings import using_zone
from tests.fakes.logged_in_workspace import Desk, desk

EVENING = datetime(2036, 12, 1, 11, 30, tzinfo=UTC)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as made, using_zone("Asia/Shanghai"):
        yield made


def test_a_story_that_there_is_not_is_said_and_one_without_posts_is_not_a_mistake(here: Desk) -> None:
    with pytest.raises(UserMistake, match="no story 没有这个故事"):
        list_releases(here.workspace, "没有这个故事", open_only=False, language="zh")
    (here.workspace / "stories" / "新的").mkdir(parents=True)
    assert list_releases(here.workspace, "新的", open_only=False, language="zh").lines[0] == "还没有给任何平台发过。"


def test_scripts_get_fields_and_people_the_platforms_name_and_the_hour(here: Desk) -> None:
    [entry] = here.enter(here.release("土豆", planned_at=EVENING), next_at=EVENING - timedelta(hours=1))
    report = list_releases(here.workspace, "", open_only=True, language="zh")
    assert "快手 coop" in report.lines[0]
    assert "2036-12-01 19:30（北京时间）发出" in report.lines[0]
    [facts] = [release_facts(one) for one in report.entries]
    assert facts["release"] == entry.id
    assert (facts["platform"], facts["account"], facts["state"]) == ("kuaishou", "coop", "prepared")
    assert datetime.fromisoformat(facts["planned_at"]) == EVENING


def test_where_nothing_is_due_settle_says_so(tmp_path: Path) -> None:
    report = settle_open_releases(tmp_path, "zh")
    assert report.lines == ["现在没有要办的，已公开的也和商品表一致。"]
    assert isinstance(report, PublishReport)
    assert report.exit_code == 0


def test_after_a_persons_no_nothing_has_failed_and_nothing_is_asked_and_after_a_yes_it_says_when_it_goes(here: Desk) -> None:
    no, later, now = here.enter(here.release("萝卜"), here.release("土豆", planned_at=EVENING), here.release("山药"))
    person, at = Actor(who=Who.PERSON, name="Wang"), datetime.now(UTC)
    with open_workspace_ledger(here.workspace) as ledger:
        for entry, answer in ((no, "no"), (later, "yes"), (now, "yes")):
            asked = Approved(picture_sha256="p", captions_sha256=entry.id)
            given = ApprovalDecision.model_validate(
                {"answer": answer, "approved": asked, "question": asked.question(entry.id, 1), "way": "command", "reason": "秤要再核"}
            )
            ledger.decide(entry, given, by=person, at=at, next_at=None)
    text = "\n".join(list_releases(here.workspace, "", open_only=False, language="zh").lines)
    assert "不同意，没有发（Wang：秤要再核）" in text
    assert text.count("秤要再核") == 1
    assert not any(word in text for word in ("失败", "再发一次", "放弃"))
    assert "已同意（Wang），2036-12-01 19:30（北京时间）发" in text
    assert "已同意（Wang），田剪开着时马上发；没开就运行 fieldcut settle" in text
    assert no.id[:8] not in "\n".join(list_releases(here.workspace, "", open_only=True, language="zh").lines)
