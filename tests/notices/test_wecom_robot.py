"""What a group reads: short enough, in its language, and mentioning nobody by accident."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.notices import Notice, WeComRobot
from pipeline.notices.wecom_robot import MAX_MARKDOWN_BYTES, MAX_TEXT_BYTES, robot_address
from pipeline.publish.destinations import platform_label
from pipeline.secrets.secret import Secret
from tests.notices.conftest import NOW, notice
from tests.tiers import sample

PLAIN = WeComRobot(
    "wecom:village", Secret("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0d5d3a5e-4f0e"), platform_label=platform_label
)


def said(robot: WeComRobot, notices: Sequence[Notice]) -> tuple[dict[str, Any], int]:
    post = robot.compose(notices, NOW)
    return json.loads(post.body), post.notice_count


def robot(**changes: Any) -> WeComRobot:
    return WeComRobot(**{"name": PLAIN.name, "address": PLAIN.address, "platform_label": platform_label, **changes})


@pytest.mark.parametrize(
    ("language", "words"), [("zh", ("已完成", "抖音", "第3条", "打开")), ("en", ("Finished", "Douyin", "is missing", "Open"))]
)
def test_one_notice_says_what_where_and_links(language: str, words: tuple[str, ...]) -> None:
    message, notice_count = said(robot(language=language), [notice(3)])
    text = message["markdown"]["content"]
    assert (message["msgtype"], notice_count) == ("markdown", 1)
    for word in (*words, "土豆3", "r3"):
        assert word in text
    assert "](https://coop.example.org/r?id=1&x=2)" in text


@pytest.mark.parametrize("count", [1, 2, 7, 60])
@pytest.mark.parametrize("length", sample([1, 300, 5000], 1, 300))
def test_a_message_is_never_longer_than_the_robot_takes(count: int, length: int) -> None:
    long = M("{path} is missing.", path="字" * length)
    for mention, most in (((), MAX_MARKDOWN_BYTES), (("lihua", "wang"), MAX_MARKDOWN_BYTES), (("@all",), MAX_TEXT_BYTES)):
        notices = [notice(number, text=long, kind="needs_person") for number in range(count)]
        while notices:
            message, notice_count = said(robot(mention=mention), notices)
            content = message[message["msgtype"]]["content"]
            assert 0 < len(content.encode()) <= most
            assert 1 <= notice_count <= len(notices)
            assert all(f"土豆{number}" in content for number in range(count - len(notices), count - len(notices) + notice_count))
            notices = notices[notice_count:]


def test_many_short_ones_stand_in_one_message() -> None:
    message, notice_count = said(PLAIN, [notice(number) for number in range(12)])
    assert notice_count == 12
    text = message["markdown"]["content"]
    assert all(f"土豆{number} · 抖音" in text for number in range(12))
    assert "12" in text.splitlines()[0]


@pytest.mark.parametrize(
    "evil",
    ["<@lihua>", "<@all>", "[点我](https://evil.example.org)", "**x**", "`x`", '<font color="warning">', "# 标题", "一\n<@lihua>\n二"],
)
def test_a_story_can_neither_mention_anybody_nor_hide_a_link(evil: str) -> None:
    for notices in ([notice(story=evil, text=M("{path} is missing.", path=evil), reference=evil, platform=evil)], [notice(story=evil)] * 2):
        text = said(PLAIN, notices)[0]["markdown"]["content"]
        assert "<@" not in text
        assert "](https://evil" not in text
        assert not any(line.startswith("#") for line in text.splitlines())
        assert "`" not in text


@pytest.mark.parametrize(
    "link", ["file:///home/x/report.html", "/home/x/report.html", "javascript:alert(1)", "https://a b", "https://x/)](y"]
)
def test_a_link_that_is_no_web_address_stays_here(link: str) -> None:
    text = said(PLAIN, [notice(link=link)])[0]["markdown"]["content"]
    assert "/home/x" not in text
    assert "javascript" not in text
    assert ")](" not in text


def test_nobody_is_mentioned_unless_that_was_asked_for() -> None:
    for kind in ("finished", "needs_person", "live", "failed"):
        assert "<@" not in json.dumps(said(PLAIN, [notice(kind=kind)])[0])
    asked = robot(mention=("lihua",))
    assert "<@lihua>" in said(asked, [notice(kind="failed")])[0]["markdown"]["content"]
    assert "<@" not in said(asked, [notice(kind="live")])[0]["markdown"]["content"], "nobody has anything to do"


def test_everybody_and_numbers_are_mentioned_the_only_way_they_can_be() -> None:
    message, _ = said(robot(mention=("@all", "13800138000", "lihua")), [notice(kind="needs_person")])
    assert message["msgtype"] == "text"
    assert message["text"]["mentioned_list"] == ["@all", "lihua"]
    assert message["text"]["mentioned_mobile_list"] == ["13800138000"]
    assert "<font" not in message["text"]["content"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
        "https://x/hook?key=geheim",
    ],
)
def test_what_is_no_robots_address_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(UserMistake) as refused:
        robot_address(address)
    assert "geheim" not in str(refused.value)
