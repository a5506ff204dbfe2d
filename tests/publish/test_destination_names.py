"""Destinations by the names that people use."""

import pytest

from pipeline.errors import UserMistake
from pipeline.publish import destination_named, destination_names
from pipeline.stages.release import Target, targets


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("抖音", "douyin"),
        ("视频号", "wechat_channels"),
        ("B站", "bilibili"),
        ("b站", "bilibili"),
        ("小红书", "xiaohongshu"),
        ("朋友圈", "wechat_chat"),
        ("YouTube", "youtube"),
        ("wechat-channels", "wechat_channels"),
        ("货架", "shelf"),
        ("Ｄｏｕｙｉｎ", "douyin"),
    ],
)
def test_a_destination_is_known_by_what_people_call_it(given: str, name: str) -> None:
    assert destination_named(given) == name


@pytest.mark.parametrize("given", ["微信", "", "淘宝"])
def test_a_name_that_can_be_two_or_none_is_asked_with_all_that_there_are(given: str) -> None:
    with pytest.raises(UserMistake) as asked:
        destination_named(given)
    assert all(name in str(asked.value) for name in destination_names())


def test_where_to_publish_is_said_in_chinese_too() -> None:
    assert targets("货架，人工：抖音,快手：合作社") == (
        Target(destination="shelf"),
        Target(destination="douyin", by_hand=True),
        Target(destination="kuaishou", account="合作社"),
    )
