"""A month's sheet becomes a campaign; a corrected one changes what was corrected and doubles nothing."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font

from pipeline.actions.calendar import calendar_posts
from pipeline.actions.draft_campaign import DraftRequest, draft_campaign
from pipeline.actions.load_campaign import Removed, campaign_name, load_campaign
from pipeline.actions.plan_rules import is_quiet
from pipeline.actions.planned_posts import cancel_post, find_post, move_post
from pipeline.actions.progress import SilentProgress
from pipeline.actions.publish_report import PublishReport
from pipeline.catalog.plan_sheet import read_plan
from pipeline.errors import UserMistake
from pipeline.publish.ledger import Actor, RecordedPost, Who, open_ledger
from pipeline.settings import using_zone

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=ZONE)
BY = Actor(who=Who.PERSON, name="小周")
HEAD = "日期,时间,故事,平台,账号,风格,尺寸\n"
STORIES = ("橙子", "茶叶", "核桃", "小米")
LONG = "后山的老核桃树"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Path]:
    for story in (*STORIES, LONG):
        (tmp_path / "workspace" / "inbox" / story).mkdir(parents=True)
    with using_zone("Asia/Shanghai"):
        yield tmp_path / "workspace"


def load(workspace: Path, text: str, *, file: str = "十二月.csv", removed: Removed = "ask") -> PublishReport:
    (workspace / file).write_text(text, encoding="utf-8")
    return load_campaign(workspace, workspace / file, "", removed, BY, NOW, "zh")


def on_record(workspace: Path) -> list[RecordedPost]:
    with open_ledger(workspace / "ledger.db") as ledger:
        return ledger.posts.of()


def lines_with(report: PublishReport, word: str) -> list[str]:
    return [line for line in report.lines if word in line]


def test_the_posts_of_a_sheet_are_planned(workspace: Path) -> None:
    report = load(workspace, HEAD + "2026年12月5日,19:30,橙子,抖音、人工：视频号,,,\n12月6日,早上8点,茶叶,shelf,,凉山,方形\n")
    assert not report.person_needed, report.lines
    posts = [record.post for record in on_record(workspace)]
    assert {(post.story, post.channel, post.at.isoformat()) for post in posts[:2]} == {
        ("橙子", "handoff:douyin", "2026-12-05T19:30:00+08:00"),
        ("橙子", "handoff:wechat_channels", "2026-12-05T19:30:00+08:00"),
    }
    assert (posts[2].story, posts[2].template, posts[2].width, posts[2].height) == ("茶叶", "liangshan", 1080, 1080)
    assert {post.kind for post in calendar_posts(workspace, NOW, NOW + timedelta(days=31))} == {"planned"}


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("3/4/2027,19:30,橙子,抖音,,,", "2027-03-04"),
        ("2026-11-30,19:30,橙子,抖音,,,", "已经过了"),
        ("2026-12-05,7点半,橙子,抖音,,,", "早上还是晚上"),
        ("2026-12-05,19:30,后山老核桃树,抖音,,,", LONG),
        ("2026-12-05,19:30,橙子,抖乐,,,", "抖乐"),
        ("2026-12-05,19:30,橙子,快手,,,", "账号"),
        ("2026-12-05,19:30,,抖音,,,", "没写故事"),
        ("2026-12-05,19:30,橙子,抖音,,赛博,", "赛博"),
        ("2026-12-05,19:30,橙子,抖音,,,圆的", "圆的"),
    ],
)
def test_a_bad_line_is_named_with_its_number_and_the_others_are_planned(workspace: Path, row: str, what: str) -> None:
    report = load(workspace, f"{HEAD}{row}\n2026-12-07,19:30,核桃,抖音,,,\n")
    assert report.person_needed
    [problem] = lines_with(report, "✗")
    assert "十二月.csv 第 2 行" in problem
    assert what in problem
    assert [record.post.story for record in on_record(workspace)] == ["核桃"]


def test_loaded_again_after_one_correction_one_post_is_changed_and_none_doubled(workspace: Path) -> None:
    rows = ["2026-12-05,19:30,橙子,抖音,,,", "2026-12-06,19:30,茶叶,抖音,,,", "2026-12-07,19:30,核桃,抖音,,,"]
    load(workspace, HEAD + "\n".join(rows))
    before = {record.post.story: record.id for record in on_record(workspace)}
    for number, corrected in enumerate(("2026-12-06,20:00,茶叶,抖音,,,", "2026-12-09,20:00,茶叶,抖音,,,", "2026-12-09,20:00,小米,抖音,,,")):
        rows[1] = corrected
        report = load(workspace, HEAD + "\n".join(rows), file=f"十二月({number + 1}).csv")
        assert not report.person_needed, report.lines
        assert len(lines_with(report, "改了")) == 1
        assert "新排 0 条，2 条不变" in report.lines[0]
        after = on_record(workspace)
        assert {record.id for record in after} == set(before.values())
    assert {record.post.story for record in after} == {"橙子", "核桃", "小米"}


def test_loading_the_same_sheet_changes_nothing(workspace: Path) -> None:
    text = HEAD + "2026-12-05,19:30,橙子,抖音,,,\n2026-12-05,19:30,橙子,视频号,,,\n2026-12-08,07:30,茶叶,抖音,,,\n"
    load(workspace, text)
    before = on_record(workspace)
    report = load(workspace, text)
    assert "新排 0 条" in report.lines[0]
    assert on_record(workspace) == before


def test_a_line_that_is_gone_is_asked_about_and_a_bad_line_is_not_taken_for_gone(workspace: Path) -> None:
    rows = ["2026-12-05,19:30,橙子,抖音,,,", "2026-12-06,19:30,茶叶,视频号,,,"]
    load(workspace, HEAD + "\n".join(rows))
    asked = load(workspace, HEAD + rows[0])
    assert asked.person_needed
    assert lines_with(asked, "--removed cancel")
    assert len(on_record(workspace)) == 2
    kept = load(workspace, HEAD + rows[0], removed="keep")
    assert not kept.person_needed
    spoilt = load(workspace, HEAD + rows[0] + "\n2026-12-06,25:00,茶叶,视频号,,,", removed="cancel")
    assert not lines_with(spoilt, "已取消")
    load(workspace, HEAD + rows[0], removed="cancel")
    assert {record.post.story: record.state for record in on_record(workspace)} == {"橙子": "planned", "茶叶": "cancelled"}
    back = load(workspace, HEAD + "\n".join(rows))
    assert lines_with(back, "仍然不发")
    assert len(on_record(workspace)) == 2


def test_the_rules_of_a_workspace_hold_for_a_plan(workspace: Path) -> None:
    (workspace / "fieldcut.toml").write_text('[campaign]\nquiet_hours = ["22:00-07:00"]\nper_day = 1\n', encoding="utf-8")
    rows = [
        "2026-12-05,19:30,橙子,抖音,,,",
        "2026-12-05,20:30,茶叶,抖音,,,",  # a second one on that day
        "2026-12-05,20:30,茶叶,视频号,,,",
        "2026-12-06,06:30,核桃,抖音,,,",  # too early
        "2026-12-09,19:30,橙子,抖音,,,",  # the same story there
    ]
    report = load(workspace, HEAD + "\n".join(rows))
    told = lines_with(report, "✗")
    assert [line.split("第 ")[1].split(" 行")[0] for line in told] == ["3", "5", "6"]
    assert len(on_record(workspace)) == 2
    again = HEAD.replace("尺寸", "尺寸,重发理由") + "2026-12-09,19:30,橙子,抖音,,,,补货了\n"
    assert not load(workspace, again, file="补货.csv").person_needed


def test_quiet_hours_go_over_midnight() -> None:
    with using_zone("Asia/Shanghai"):
        quiet = [hour for hour in range(24) if is_quiet(datetime(2026, 12, 5, hour, 0, tzinfo=ZONE), "22:00-07:00")]
        assert quiet == [*range(7), 22, 23]
        assert is_quiet(datetime(2026, 12, 5, 13, 59, tzinfo=ZONE), "12:00-14:00")


def test_a_workbook_with_a_tab_for_each_week_struck_lines_and_hours_abroad(tmp_path: Path) -> None:
    book = Workbook()
    first, second = book.active, book.create_sheet("第二周")
    assert first is not None
    first.append(["十二月排期"])
    first.append(["日期", "时间", "时区", "故事", "发布平台"])
    first.append([datetime(2026, 12, 5), 0.8125, "", "橙子", "抖音"])
    first.append([datetime(2026, 12, 6), "19:30", "America/New_York", "茶叶", "抖音"])
    first.append([datetime(2026, 12, 7), "19:30", "", "核桃", "抖音"])
    for cell in first[5]:
        cell.font = Font(strike=True)
    second.append(["时间", "故事", "平台"])
    second.append([datetime(2026, 12, 12, 20, 0), "小米", "抖音"])
    book.save(tmp_path / "plan.xlsx")
    with using_zone("Asia/Shanghai"):
        plan = read_plan(tmp_path / "plan.xlsx", NOW)
    assert not plan.problems, [str(problem) for problem in plan.problems]
    assert [(row.story, row.at.isoformat()) for row in plan.rows] == [
        ("橙子", "2026-12-05T19:30:00+08:00"),
        ("茶叶", "2026-12-06T19:30:00-05:00"),
        ("小米", "2026-12-12T20:00:00+08:00"),
    ]


def test_a_sheet_without_its_headings_says_which_it_needs(workspace: Path) -> None:
    with pytest.raises(UserMistake, match="日期, 时间, 故事"):
        load(workspace, "品名,价格\n土豆,9.9\n")


def test_a_planned_post_is_moved_and_taken_back(workspace: Path) -> None:
    load(workspace, HEAD + "2026-12-05,19:30,橙子,抖音,,,\n2026-12-06,19:30,茶叶,抖音,,,\n")
    first, second = on_record(workspace)
    at = datetime(2026, 12, 8, 12, 0, tzinfo=ZONE)
    move_post(workspace, first.id[:8], at, BY, NOW, SilentProgress(), "zh")
    cancel_post(workspace, second.id[:8], BY, NOW, "zh")
    assert {(record.post.story, record.state, record.post.at) for record in on_record(workspace)} == {
        ("橙子", "planned", at),
        ("茶叶", "cancelled", second.post.at),
    }
    with open_ledger(workspace / "ledger.db") as ledger, pytest.raises(UserMistake, match="0 posts"):
        find_post(ledger, "zzzz")


@pytest.mark.parametrize(
    ("name", "campaign"),
    [("十二月(1).csv", "十二月"), ("十二月 - 副本.xlsx", "十二月"), ("2026-12.csv", "2026-12"), ("冬天_v2.csv", "冬天")],
)
def test_a_file_that_was_saved_once_more_is_the_same_campaign(name: str, campaign: str) -> None:
    assert campaign_name(Path(name)) == campaign


def drafted(workspace: Path, file: str, seed: int, **more: Sequence[str]) -> PublishReport:
    given = {"stories": STORIES, "platforms": ("抖音", "视频号"), "hours": ("12:00", "19:30"), "styles": ("plain", "liangshan"), **more}
    request = DraftRequest(begin=NOW, days=14, seed=seed, **given)  # type: ignore[arg-type]
    return draft_campaign(workspace, request, workspace / file, NOW, "zh")


def test_a_draft_keeps_the_rules_and_loads_without_a_question(workspace: Path) -> None:
    (workspace / "fieldcut.toml").write_text("[campaign]\nper_day = 1\n", encoding="utf-8")
    assert not drafted(workspace, "a.csv", 1).person_needed
    report = load_campaign(workspace, workspace / "a.csv", "", "ask", BY, NOW, "zh")
    assert not report.person_needed, report.lines
    posts = [record.post for record in on_record(workspace)]
    assert len(posts) == len({(post.story, post.channel) for post in posts}) == 8
    assert len({(post.channel, post.at.date()) for post in posts}) == 8
    days = sorted(post.at.date() for post in posts if post.destination == "douyin")
    assert all((after - before).days >= 2 for before, after in pairwise(days)), days


def test_a_draft_is_the_same_for_the_same_seed_and_another_for_another(workspace: Path) -> None:
    for file, seed in (("a.csv", 1), ("b.csv", 1), ("c.csv", 2)):
        drafted(workspace, file, seed)
    first, second, other = ((workspace / name).read_bytes() for name in ("a.csv", "b.csv", "c.csv"))
    assert first == second != other
    with pytest.raises(UserMistake):
        drafted(workspace, "a.csv", 1)


def test_a_draft_by_cron_keeps_the_hours_of_another_country(workspace: Path) -> None:
    cron = DraftRequest(("橙子", "茶叶"), ("抖音",), ("30 19 * * 1,3",), NOW, 14, timezone="America/New_York")
    draft_campaign(workspace, cron, workspace / "abroad.xlsx", NOW, "zh")
    rows = read_plan(workspace / "abroad.xlsx", NOW).rows
    assert {(row.at.weekday() in (0, 2), f"{row.at:%H:%M}", str(row.at.tzinfo)) for row in rows} == {(True, "19:30", "America/New_York")}
    assert len(rows) == 2
    with pytest.raises(UserMistake, match="cron"):
        draft_campaign(workspace, DraftRequest(("橙子",), ("抖音",), ("每天",), NOW, 7), workspace / "x.csv", NOW, "zh")
