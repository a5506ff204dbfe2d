"""What stands in the title: the product, the note, the folder's name where a person gave it, and else nothing."""

import pytest

from pipeline.documents.offer import Brief
from pipeline.stages.headline import headline, is_placeholder

MACHINES = (
    "新建文件夹 (2)",
    "新建文件夹",
    "New folder (3)",
    "DCIM",
    "100APPLE",
    "Camera",
    "IMG_2031",
    "VID_20261018_0812",
    "20261018",
    "clips",
    "手机视频 2",
    "素材",
    "mmexport1761",
    "微信",
    "WeChat 2026-10",
    "下载",
    "未命名",
    "test1",
    "a",
    "第一条",
    "12-01",
    "New Folder - Copy",
    "无标题文件夹 3",
    "微信图片_20261018093000",
    "WeChat Files",
    "Camera Roll",
    "101_PANA",
    "VID-20261018-WA0003",
    "2026年10月18日",
    "华为手机相册",
    "iCloud Photos",
    "百度网盘下载",
    "剪映草稿",
    "最近项目",
    "我的视频素材",
)
PEOPLE = [
    "后山橙子",
    "土豆",
    "potatoes",
    "12月橙子",
    "新米上市",
    "视频里的李婶",
    "果园 远景",
    "新疆大枣",
    "照片里的村庄",
    "微信群团购",
    "第三村的梨",
    "下河村",
    "红薯 10月18日",
    "Newfield farm",
    "test kitchen noodles",
]


@pytest.mark.parametrize("name", MACHINES)
def test_a_name_that_a_machine_gave_is_no_title(name: str) -> None:
    assert headline(Brief(), None, name) == ("", "")


@pytest.mark.parametrize("name", PEOPLE)
def test_a_name_that_a_person_gave_is_one(name: str) -> None:
    assert not is_placeholder(name)
    assert headline(Brief(), None, name)[0]


def test_what_is_said_is_the_title_where_nobody_gave_one() -> None:
    assert headline(Brief(), None, "微信图片", "后山的杨梅又大又甜") == ("后山的杨梅又大又甜", "")
    assert headline(Brief(), None, "杨梅季", "后山的杨梅又大又甜") == ("杨梅季", "")
    assert headline(Brief(headline="云岭村"), None, "微信图片", "后山的杨梅又大又甜") == ("云岭村", "")


def test_the_note_goes_before_the_folders_name() -> None:
    assert headline(Brief(headline="云岭村 摘苹果"), None, "DCIM") == ("云岭村", "摘苹果")
