"""What the destination profiles promise."""

import re
from pathlib import Path

import pytest

from pipeline.errors import UserMistake
from pipeline.publish import destination_names, load_destination
from pipeline.publish.platform_folders import PLATFORM_FOLDERS
from pipeline.publish.platforms.manual import MANUAL_PLATFORMS
from pipeline.publish.platforms.registry import PLATFORMS
from tests.fakes.publishing_setup import ADAPTERS

PIPELINE = Path(__file__).resolve().parents[2] / "pipeline"


@pytest.mark.parametrize("name", destination_names())
def test_every_profile_is_complete(name: str) -> None:
    profile = load_destination(name)
    assert {"zh", "en"} <= profile.label.keys()
    assert {"zh", "en"} <= profile.cart_wording.keys()
    assert {"9:16", "1:1", "16:9"} <= profile.safe_areas.keys()
    assert profile.ai_label in ("none", "picture", "declaration")
    assert profile.sources
    for area in profile.safe_areas.values():
        assert area.source
        assert 0 <= area.left + area.right < 0.5
        assert 0 <= area.top + area.bottom < 0.6


@pytest.mark.parametrize("name", destination_names())
def test_what_is_listed_as_unverified_is_a_field_and_matches_the_safe_areas(name: str) -> None:
    profile = load_destination(name)
    assert set(profile.unverified) <= set(type(profile).model_fields)
    assert ("safe_areas" in profile.unverified) == (not all(area.verified for area in profile.safe_areas.values()))


@pytest.mark.parametrize("name", ["douyin", "kuaishou", "xiaohongshu", "wechat_channels", "tiktok"])
def test_feeds_get_no_code_no_contact_and_no_foreign_mark(name: str) -> None:
    profile = load_destination(name)
    assert (profile.qr, profile.contact, profile.watermark, profile.pickup) == (False, False, False, False)


def test_the_shelf_may_show_everything_and_group_buying_its_pick_up() -> None:
    shelf, group = load_destination("shelf"), load_destination("group_buy")
    assert shelf.qr
    assert shelf.contact
    assert shelf.watermark
    assert group.qr
    assert group.contact
    assert group.pickup


@pytest.mark.parametrize("name", ["nowhere", "../shelf", "", "shelf.yaml"])
def test_an_unknown_destination_lists_the_known_ones(name: str) -> None:
    with pytest.raises(UserMistake, match=r"douyin.*shelf"):
        load_destination(name)


def test_a_platform_is_named_nowhere_but_in_its_folder_and_the_list() -> None:
    names = set(destination_names()) - {"shelf", "group_buy", "big_screen"}
    names |= {label for name in names for label in load_destination(name).label.values()}
    word = re.compile("|".join(re.escape(name) for name in sorted(names)), re.I)
    for file in PIPELINE.rglob("*.py"):
        if PLATFORM_FOLDERS in file.parent.parents or file == PLATFORM_FOLDERS / "registry.py":
            continue
        code = re.sub(r'"""(?:.|\n)*?"""|#.*', "", file.read_text("utf-8"))
        assert not word.findall(code), file


def test_a_platform_with_an_adapter_is_in_the_list_and_has_a_fault_server() -> None:
    with_adapter = {file.parent.name for file in PLATFORM_FOLDERS.glob("*/adapter.py")}
    assert with_adapter == set(PLATFORMS) - set(MANUAL_PLATFORMS)
    assert with_adapter == {adapter.name for adapter in ADAPTERS}


def test_a_platform_that_a_person_posts_to_is_its_folder_alone() -> None:
    assert set(MANUAL_PLATFORMS) == {file.parent.name for file in PLATFORM_FOLDERS.glob("*/form.yaml")}


def test_our_own_players_have_one_safe_area_so_that_their_videos_share_all_they_show() -> None:
    areas = [
        {shape: (area.top, area.bottom, area.left, area.right) for shape, area in load_destination(name).safe_areas.items()}
        for name in ("shelf", "group_buy", "wechat_chat", "big_screen")
    ]
    assert all(other == areas[0] for other in areas)
