"""What a hand-off pack holds, and what never happens to it."""

import hashlib
import os
import re
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from PIL import Image

from pipeline.commerce.qr import qr_modules
from pipeline.documents.release import Captions, CoverFile, Declarations, Release
from pipeline.errors import Fault, UserMistake
from pipeline.media import FFMPEG, run_media
from pipeline.publish import load_destination
from pipeline.publish.captions import text_length
from pipeline.publish.handoff import Pack, form_names, load_form, make_pack
from pipeline.store import file_sha256
from tests.publish.handoff.conftest import PLATFORMS, Make

MakePack = Callable[..., Pack]


def snapshot(pack: Pack) -> dict[str, tuple[int, str]]:
    files = [pack.zip, *pack.folder.iterdir()]
    return {path.name: (path.stat().st_mtime_ns, file_sha256(path)) for path in files}


def whole(pack: Pack) -> None:
    """Folder and zip hold the same files, and nothing lies beside them."""
    with zipfile.ZipFile(pack.zip) as archive:
        assert archive.testzip() is None
        inside = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    assert inside == {f"{pack.folder.name}/{path.name}": file_sha256(path) for path in pack.folder.iterdir()}
    assert {path.name for path in pack.folder.parent.iterdir()} - {".lock"} == {pack.folder.name, pack.zip.name}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_pack_holds_the_video_covers_words_and_a_checklist(platform: str, pack: MakePack, release_of: Make, tmp_path: Path) -> None:
    release, destination, made = release_of(platform), load_destination(platform), pack(platform)
    assert made.folder.parent == tmp_path / "out" / "handoff" / platform
    assert made.zip == made.folder.with_name(made.folder.name + ".zip")
    whole(made)
    assert file_sha256(made.folder / "video.mp4") == release.video.sha256
    for shape in destination.cover_shapes:
        wide, high = map(int, shape.split(":"))
        with Image.open(made.folder / f"cover-{wide}x{high}.jpg") as cover:
            assert cover.width * high == cover.height * wide
    for field, name in (("title", "title.txt"), ("short_title", "short-title.txt"), ("text", "caption.txt")):
        text = getattr(release.captions, field)
        assert ((made.folder / name).read_text("utf-8") if text else "") == text
    assert (made.folder / "topics.txt").read_text("utf-8").split() == [f"#{topic}" for topic in release.captions.topics]
    checklist = (made.folder / "checklist.txt").read_text("utf-8")
    assert "2026-12-01 19:30" in checklist
    assert release.id in checklist
    product = (made.folder / "product.txt").read_text("utf-8")
    assert "¥29.9/10斤" in product
    assert release.cart.value in product


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_checklist_goes_through_the_form_in_its_order(platform: str, pack: MakePack) -> None:
    checklist = (pack(platform).folder / "checklist.txt").read_text("utf-8")
    chinese, _, english = checklist.partition("To post by hand")
    for half in (chinese, english):
        numbers = [int(number) for number in re.findall(r"^\[ \] (\d+)\. ", half, flags=re.M)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= 9
    steps = [step.zh for step in load_form(platform).steps]
    shown = re.findall(r"^\[ \] \d+\. (.+)$", chinese, flags=re.M)
    places = [next(at for at, step in enumerate(steps) if line.startswith(step.split("{")[0][:12])) for line in shown]
    assert places == sorted(places)


def test_a_step_without_its_thing_is_left_out(pack: MakePack) -> None:
    bare = pack("douyin", planned_at=None, covers=(), offer=None, cart={"kind": "none"})
    text = (bare.folder / "checklist.txt").read_text("utf-8")
    assert "购物车" not in text
    assert "选择封面" not in text
    assert "定时发布" not in text
    assert not (bare.folder / "product.txt").exists()


@pytest.mark.parametrize(
    ("declared", "ticked", "also"),
    [
        ({"ai_generated": True, "commercial": True}, "内容由AI生成", "内容含营销推广信息"),
        ({"ai_generated": False, "commercial": True}, "内容含营销推广信息", ""),
        ({"ai_generated": False, "commercial": False}, "无需添加自主声明", ""),
    ],
)
def test_generated_footage_is_declared_before_anything_else(pack: MakePack, declared: dict[str, bool], ticked: str, also: str) -> None:
    made = pack("douyin", declarations=Declarations(**declared))
    assert f"选：{ticked}\n" in (made.folder / "checklist.txt").read_text("utf-8")
    text = (made.folder / "declarations.txt").read_text("utf-8")
    assert ("☑ " + ticked in text) == any(declared.values())
    assert also in text
    assert ("☑ 内容由AI生成" in text) == declared["ai_generated"]


def test_the_same_content_again_changes_no_byte(pack: MakePack) -> None:
    first = pack("douyin")
    before = snapshot(first)
    again = pack("douyin")
    assert (first.changed, again.changed) == (True, False)
    assert snapshot(again) == before


def test_two_machines_make_the_same_zip(release_of: Make, tmp_path: Path) -> None:
    release = release_of("xiaohongshu")
    zips = [make_pack(release, tmp_path / name, draw_qr=qr_modules).zip for name in ("a", "b b")]
    assert zips[0].read_bytes() == zips[1].read_bytes()


def test_a_changed_word_changes_folder_and_zip(pack: MakePack, release_of: Make) -> None:
    pack("douyin")
    words = release_of("douyin").captions.model_copy(update={"title": "换了标题"})
    made = pack("douyin", captions=words)
    assert made.changed
    assert (made.folder / "title.txt").read_text("utf-8") == "换了标题"
    whole(made)


def test_what_somebody_did_to_a_pack_is_put_right(pack: MakePack) -> None:
    made = pack("douyin")
    (made.folder / "title.txt").write_text("最便宜")
    (made.folder / "index.html").unlink()
    made.zip.write_bytes(made.zip.read_bytes()[:-10])
    assert pack("douyin").changed
    assert (made.folder / "title.txt").read_text("utf-8") != "最便宜"
    whole(made)


@pytest.mark.system
def test_a_run_that_dies_leaves_a_whole_pack_or_none(release_of: Make, tmp_path: Path) -> None:
    """It dies at every rename, opening and removal in turn; what is there under its name is whole, the old one or the new one."""
    old, new = release_of("xiaohongshu"), release_of("xiaohongshu", planned_at=datetime(2026, 12, 2, tzinfo=UTC))
    outbox = tmp_path / "out"
    texts = {}
    for release in (new, old):
        made = make_pack(release, outbox, draw_qr=qr_modules)
        texts[(made.folder / "checklist.txt").read_text("utf-8")] = made.zip.read_bytes()
    died = 0
    for step in range(0, 400, 3):
        if _child_dies_at(step, lambda: make_pack(new, outbox, draw_qr=qr_modules), tmp_path / "out") == 0:
            break
        died += 1
        if made.folder.exists():
            there = (made.folder / "checklist.txt").read_text("utf-8")
            assert there in texts
            assert len(list(made.folder.iterdir())) == len(zipfile.ZipFile(_at(tmp_path, texts[there])).namelist())
            if made.zip.exists():
                assert made.zip.read_bytes() == texts[there]
        elif made.zip.exists():
            assert made.zip.read_bytes() in texts.values()
        make_pack(old, outbox, draw_qr=qr_modules)
    assert died > 10
    assert (made.folder / "checklist.txt").read_text("utf-8") != "", "the last one went through"


def _at(folder: Path, content: bytes) -> Path:
    path = folder / "as-it-was.zip"
    path.write_bytes(content)
    return path


def _child_dies_at(step: int, work: Callable[[], Any], under: Path) -> int:
    """A process of its own that ends, without any farewell, at its n-th act on files below a folder; its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    seen = 0

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if event in ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir") and str(under) in str(arguments[0]):
            seen += 1
            if seen > step:
                os._exit(9)

    try:
        sys.addaudithook(watch)
        work()
        os._exit(0)
    except BaseException:
        os._exit(3)


def test_a_video_that_tells_its_place_is_not_packed(pack: MakePack, release_of: Make, tmp_path: Path) -> None:
    video = release_of("douyin").video
    told = tmp_path / "told.mp4"
    place = ["-metadata", "location=+28.5500+102.1700/", "-movflags", "use_metadata_tags", "-c", "copy"]
    run_media([FFMPEG, "-nostdin", "-loglevel", "error", "-i", f"file:{video.path}", *place, f"file:{told}"], name=told.name)
    with pytest.raises(Fault, match=r"told\.mp4.*location"):
        pack("douyin", video=video.model_copy(update={"path": str(told)}))
    assert not list((tmp_path / "out").rglob("*.mp4"))


def test_a_cover_that_tells_its_phone_is_not_packed(pack: MakePack, tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x0110] = "Phone of a villager"
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (300, 400), "peru").save(path, exif=exif)
    cover = CoverFile(path=str(path), sha256=file_sha256(path), size_bytes=path.stat().st_size, width=300, height=400)
    with pytest.raises(Fault, match=r"photo\.jpg"):
        pack("douyin", covers=(cover,))


def test_nothing_of_this_machine_is_in_any_file(pack: MakePack, release_of: Make) -> None:
    for platform in PLATFORMS:
        made = pack(platform)
        machine = str(Path(release_of(platform).video.path).parent).encode()
        assert not [path for path in (made.zip, *made.folder.iterdir()) if machine in path.read_bytes()]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_words_that_do_not_fit_the_form_are_named(platform: str, pack: MakePack) -> None:
    limits = load_destination(platform).caption_limits
    long = Captions(title="长" * 40, text="长" * (limits["caption"] + 1), topics=tuple(f"题{n}" for n in range(limits["topics"] + 1)))
    with pytest.raises(UserMistake, match=str(limits["caption"])) as refused:
        pack(platform, captions=long)
    assert str(limits["topics"]) in str(refused.value)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_words_in_the_files_keep_the_platforms_limits(platform: str, pack: MakePack) -> None:
    destination, folder = load_destination(platform), pack(platform).folder
    for field, name in (("title", "title.txt"), ("short_title", "short-title.txt"), ("caption", "caption.txt")):
        if field in destination.caption_limits:
            text = (folder / name).read_text("utf-8")
            assert 0 < text_length(text, destination.caption_counting.get(field, "characters")) <= destination.caption_limits[field]


@pytest.mark.parametrize("name", ["../../../etc", "a/b", "con", "村里 [1]'s", "好" * 200])
def test_hostile_names_stay_in_the_outbox(name: str, pack: MakePack, tmp_path: Path) -> None:
    made = pack("douyin", story=name, account=name)
    assert made.folder.parent == tmp_path / "out" / "handoff" / "douyin"
    assert len(made.zip.name.encode()) <= 255
    whole(made)


def test_two_releases_of_one_story_have_packs_of_their_own(pack: MakePack) -> None:
    folders = {pack("douyin", id=name, account=account).folder for name, account in (("r1", ""), ("r2", ""), ("r3", "coop"))}
    assert len(folders) == 3


def test_a_platform_with_an_interface_has_no_pack(release_of: Make, tmp_path: Path) -> None:
    release: Release = release_of("douyin").model_copy(update={"platform": "kuaishou"})
    with pytest.raises(UserMistake, match="douyin, wechat_channels, xiaohongshu"):
        make_pack(release, tmp_path, draw_qr=qr_modules)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_page_points_at_nothing_but_the_pack_and_the_form(platform: str, pack: MakePack) -> None:
    folder, site = pack(platform).folder, load_form(platform).site
    found: list[tuple[str, str]] = []

    class Addresses(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend((tag, value) for name, value in attrs if name in ("src", "href", "poster", "srcset", "data") and value)

    text = (folder / "index.html").read_text("utf-8")
    Addresses(convert_charrefs=True).feed(text)
    for tag, address in found:
        if address.startswith("data:") or (tag == "a" and address == site):
            continue
        assert (folder / unquote(address)).is_file(), address
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|<b>&</b>", text)


def test_every_form_is_complete() -> None:
    for name in form_names():
        form, destination = load_form(name), load_destination(name)
        copied = {field for step in form.steps for field in step.copies}
        assert {"caption", "topics"} <= copied
        assert {"title", "short_title"} & set(destination.caption_limits) <= copied
        assert {"video", "covers", "site"} <= {step.shows for step in form.steps}
        assert "steps" in form.unverified, "nobody has clicked through it yet"
        for step in form.steps:
            assert ("{declaration}" in step.zh) == ("{declaration}" in step.en) == bool({"declaration", "no_declaration"} & set(step.needs))
            assert ("{time}" in step.zh) == ("{time}" in step.en) == ("planned" in step.needs)
