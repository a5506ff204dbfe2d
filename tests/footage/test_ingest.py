"""What is made of a dropped folder as a whole."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import UserMistake
from pipeline.footage import ingest_folder
from pipeline.footage import probe as probe_module


def test_nothing_is_written_into_the_dropped_folder(dropped, listed):
    assert listed(dropped.folder) == dropped.before


def test_every_dropped_file_is_a_clip_or_set_aside_and_none_twice(dropped):
    named = [item.name for item in (*dropped.document.clips, *dropped.document.set_aside)]
    assert sorted(named) == sorted(set(dropped.before) - {".DS_Store"})


def test_a_duplicate_is_set_aside_once_with_the_name_of_the_one_that_is_used(dropped):
    copies = [item for item in dropped.document.set_aside if item.kind == "duplicate"]
    assert sorted(item.name for item in copies) == ["plain(1).mp4", "发来的/plain.mp4"]
    assert {item.duplicate_of for item in copies} == {"plain.mp4"}
    assert all("plain.mp4" in str(item.reason) for item in copies)


def test_clips_come_in_the_order_they_were_filmed_and_undated_ones_last(dropped):
    dates = [clip.captured_at for clip in dropped.document.clips]
    known = [date for date in dates if date is not None]
    assert len(known) == 3
    assert dates[: len(known)] == sorted(known)
    assert dropped.document.clips[1].captured_at == datetime(2026, 10, 12, 1, 0, tzinfo=UTC)  # named 09:00 in China
    assert dropped.clip("dated.mp4").captured_at == datetime(2026, 10, 12, 1, 2, 3, tzinfo=UTC)


def test_every_reason_names_its_file(dropped):
    assert all(item.name in str(item.reason) for item in dropped.document.set_aside)


@pytest.mark.parametrize("content", [(), ("words.mp4", "nothing.mp4")])
def test_a_folder_without_a_usable_clip_is_a_mistake_that_says_what_is_wrong(tmp_path: Path, content: tuple[str, ...]):
    for name in content:
        (tmp_path / name).write_text("x" if name == "words.mp4" else "")
    with pytest.raises(UserMistake) as mistake:
        ingest_folder(tmp_path)
    assert str(tmp_path) in str(mistake.value)
    assert all(name in str(mistake.value) for name in content)


def test_a_folder_that_is_not_there_is_a_mistake(tmp_path: Path):
    with pytest.raises(UserMistake, match="is not a folder"):
        ingest_folder(tmp_path / "gone")


def test_the_demo_story_is_taken_in_as_its_makers_say(demo: Path):
    found = ingest_folder(demo)
    assert [item.kind for item in found.set_aside].count("duplicate") == 1
    assert {item.kind for item in found.set_aside} == {"duplicate", "truncated", "note"}
    assert next(clip for clip in found.clips if clip.name == "IMG_2031.MOV").portrait


@pytest.mark.system
def test_real_phone_clips_are_all_clips(footage: Path):
    found = ingest_folder(footage / "clips")
    assert not found.set_aside
    by_name = {clip.name: clip for clip in found.clips}
    assert by_name["rooftops_hdr10_pq_hevc10.mp4"].transfer == "pq"
    assert by_name["rooftops_hlg_hevc10_portrait.mp4"].transfer == "hlg"
    assert by_name["dog_fireside_rot180_vfr.mp4"].rotation == 180
    assert by_name["thermal_portrait_vfr7.mp4"].variable_rate
    assert by_name["pub_review_woman_AI_portrait.mp4"].generated == "Veo"
    assert [clip.name for clip in found.clips if clip.generated] == ["pub_review_woman_AI_portrait.mp4"]


def test_the_potato_story_is_taken_in_as_it_was_dropped(footage: Path):
    aside = {item.name: item.kind for item in ingest_folder(footage / "stories" / "potatoes").set_aside}
    assert aside == {
        "说明.txt": "note",
        "VID_20261012_080000.mp4": "truncated",
        "VID_20261012_073012(1).mp4": "duplicate",
    }


def test_a_link_that_leads_out_of_the_folder_is_no_clip_and_is_named(tmp_path: Path, demo: Path):
    folder = tmp_path / "dropped"
    folder.mkdir()
    (folder / "own.mp4").write_bytes((demo / "果园 远景.mp4").read_bytes())
    (folder / "DCIM").symlink_to(demo, target_is_directory=True)
    (folder / "other.mp4").symlink_to(demo / "VID_20261018_081200.mp4")
    found = ingest_folder(folder)
    assert [clip.name for clip in found.clips] == ["own.mp4"]
    assert [(item.name, item.kind) for item in found.set_aside] == [("DCIM", "link"), ("other.mp4", "link")]
    assert all(item.name in str(item.reason) for item in found.set_aside)


def test_a_folder_of_nothing_but_links_is_a_mistake_that_names_them(tmp_path: Path, demo: Path):
    (tmp_path / "clips").symlink_to(demo, target_is_directory=True)
    with pytest.raises(UserMistake, match="clips is a link"):
        ingest_folder(tmp_path)


@pytest.mark.parametrize("name", ["DCIM.lnk", "视频 - 快捷方式.lnk", "网盘.url", "照片.desktop"])
def test_a_desktops_shortcut_is_told_as_one(tmp_path: Path, demo: Path, name: str):
    shutil.copy(demo / "果园 远景.mp4", tmp_path / "good.mp4")
    (tmp_path / name).write_bytes(b"L\0\0\0\x01\x14\x02\0" + bytes(200))
    (aside,) = ingest_folder(tmp_path).set_aside
    assert (aside.name, aside.kind) == (name, "link")
    assert "shortcut" in str(aside.reason)


def test_a_stream_whose_clock_is_set_anew_is_set_aside(tmp_path: Path, run_ffmpeg, demo: Path):
    """Two pieces of a live stream, the second's clock five hours on, or back at its beginning."""
    shutil.copy(demo / "果园 远景.mp4", tmp_path / "good.mp4")
    source = ("-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=4", "-f", "lavfi", "-i", "sine=d=4", "-c:v", "mpeg2video", "-c:a", "mp2")
    pieces = {at: run_ffmpeg(*source, "-output_ts_offset", at, out=tmp_path / f"{at}.piece.ts").read_bytes() for at in (0, 4, 18000)}
    for path in tmp_path.glob("*.piece.ts"):
        path.unlink()
    (tmp_path / "later.ts").write_bytes(pieces[0] + pieces[18000])
    (tmp_path / "again.ts").write_bytes(pieces[0] + pieces[0])
    (tmp_path / "on.ts").write_bytes(pieces[0] + pieces[4])
    found = ingest_folder(tmp_path)
    assert {clip.name for clip in found.clips} == {"good.mp4", "on.ts"}
    assert {item.name for item in found.set_aside} == {"later.ts", "again.ts"}
    assert all("clock" in str(item.reason) for item in found.set_aside)


def test_whatever_a_library_raises_over_one_file_ends_no_story(tmp_path: Path, demo: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("果园 远景.mp4", "VID_20261018_081200.mp4"):
        shutil.copy(demo / name, tmp_path / name)
    facts = probe_module._clip_facts

    def broken(container, path, name, sha256):
        if name.startswith("VID"):
            raise AttributeError("'VideoStream' object has no attribute 'width'")
        return facts(container, path, name, sha256)

    monkeypatch.setattr(probe_module, "_clip_facts", broken)
    found = ingest_folder(tmp_path)
    assert [clip.name for clip in found.clips] == ["果园 远景.mp4"]
    assert "VID_20261018_081200.mp4" in str(found.set_aside[0].reason)
