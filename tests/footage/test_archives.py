"""Archives and pictures that were dropped among the clips are told by what they are, and never unpacked."""

import zipfile
from pathlib import Path

import pytest
from PIL import Image

from pipeline.footage.ingest import probe_file
from pipeline.footage.probe import UnusableFile

MEGABYTE = bytes(1 << 20)


def packed(path: Path, members: dict[str, int]) -> Path:
    """An archive of members of so many megabytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, megabytes in members.items():
            with archive.open(name, "w") as member:
                for _ in range(megabytes):
                    member.write(MEGABYTE)
    return path


def reason(path: Path) -> str:
    with pytest.raises(UnusableFile) as unusable:
        probe_file(path, path.name)
    assert path.name in str(unusable.value.reason)
    return str(unusable.value.reason)


@pytest.mark.parametrize("name", ["a.livp", "a.zip", "a.mp4"])
def test_an_archive_that_would_fill_the_disk_says_how_large_it_is(tmp_path: Path, name: str):
    assert "0.6 GB" in reason(packed(tmp_path / name, {"IMG_7.MOV": 600}))


def test_a_live_photo_says_how_its_film_is_had(tmp_path: Path):
    assert "Live Photo" in reason(packed(tmp_path / "IMG_0044.livp", {"IMG_0044.HEIC": 1, "IMG_0044.MOV": 2}))
    assert "Live Photo" in reason(packed(tmp_path / "IMG_0045.zip", {"IMG_0045.heic.jpeg": 1, "IMG_0045.mov": 2}))


def test_other_archives_are_to_be_unpacked(tmp_path: Path):
    assert "Unpack it" in reason(packed(tmp_path / "周末.zip", {"1.mp4": 1, "2.mp4": 1, "3.mp4": 1}))
    for name, signature in (("周末.rar", b"Rar!\x1a\x07\x01\x00"), ("周末.7z", b"7z\xbc\xaf\x27\x1c"), ("broken.zip", b"PK\x03\x04")):
        (tmp_path / name).write_bytes(signature + bytes(100))
        assert "Unpack it" in reason(tmp_path / name)


def test_a_document_of_an_office_program_is_no_archive(tmp_path: Path):
    assert "not a video" in reason(packed(tmp_path / "汇报.pptx", {"[Content_Types].xml": 1, "ppt/slides/slide1.xml": 1}))


def test_a_picture_that_unpacks_to_a_giant_under_a_clips_name_is_a_photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    Image.new("1", (14_000, 14_000)).save(tmp_path / "VID_1.mp4", "PNG")
    monkeypatch.setattr("pipeline.footage.probe.av.open", lambda *_args, **_more: pytest.fail("it was decoded"))
    assert "photo" in reason(tmp_path / "VID_1.mp4")
