"""Photos among the clips are shots: HEIC too, a Live Photo once, of a burst one, and of hundreds a dozen."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pillow_heif import register_heif_opener

from pipeline.documents.aside_lines import aside_lines
from pipeline.documents.clip import Clips
from pipeline.errors import UserMistake
from pipeline.footage import PhotoFilms, ingest_folder, photo_choice
from pipeline.footage import photos as photos_module
from pipeline.media.decode import small_frames

UPRIGHT = {"width": 270, "height": 480}


@pytest.fixture(autouse=True)
def short_films(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos_module, "FILM_S", 1.0)
    monkeypatch.setattr(photos_module, "LEAST_ALONE", 1)


def painted(seed: int, size: tuple[int, int] = (800, 600)) -> Image.Image:
    """A picture of blocks in colours that follow from the seed."""
    blocks = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(blocks).resize(size, Image.Resampling.NEAREST)


def taken(folder: Path, made: Path) -> Clips:
    """What is made of a folder, of which one photo is enough for a video."""
    return ingest_folder(folder, photos=PhotoFilms(made, **UPRIGHT))


def film(run_ffmpeg, out: Path, seconds: float = 1.2) -> Path:
    return run_ffmpeg("-f", "lavfi", "-i", f"testsrc2=s=160x96:r=10:d={seconds}", "-c:v", "libx264", "-preset", "ultrafast", out=out)


def middle(clip) -> np.ndarray:
    _, picture = next(small_frames(clip, short_side=96, rate=1))
    return picture[picture.shape[0] // 2, picture.shape[1] // 2, ::-1].astype(int)


@pytest.mark.parametrize("name", ["IMG_1.jpg", "IMG_1.HEIC", "微信图片_20261012093000.png", "a.webp"])
def test_a_photo_becomes_a_clip_that_shows_it_upright(tmp_path, name):
    register_heif_opener()
    (tmp_path / "in").mkdir()
    stored = Image.new("RGB", (800, 600), (200, 40, 40))
    stored.paste((30, 160, 60), (0, 0, 400, 600))
    exif = Image.Exif()
    exif[0x0112] = 6  # held upright: the stored left is shown on top
    turned = name.endswith(("jpg", "webp"))
    stored.save(tmp_path / "in" / name, quality=95, **({"exif": exif} if turned else {}))
    (clip,) = taken(tmp_path / "in", tmp_path / "made").clips
    assert clip.name == name
    assert (clip.width > clip.height) == (not turned)
    _, picture = next(small_frames(clip, short_side=96, rate=1))
    first, last = (picture[5, 40], picture[-5, 40]) if turned else (picture[40, 5], picture[40, -5])
    assert first[1] > 130 > first[2]
    assert last[2] > 150 > last[1]
    with Image.open(clip.photo) as still:
        assert still.size == (clip.width, clip.height)


def test_a_live_photo_is_used_once_as_film_or_as_photo_where_the_film_is_broken(tmp_path, run_ffmpeg):
    folder = tmp_path / "in"
    folder.mkdir()
    film(run_ffmpeg, folder / "IMG_0007.MOV")
    painted(1).save(folder / "IMG_0007.JPG")
    (folder / "IMG_0008.MOV").write_bytes((folder / "IMG_0007.MOV").read_bytes()[:200])
    painted(2).save(folder / "IMG_0008.JPG")
    film(run_ffmpeg, folder / "讲解.mp4", 8)
    painted(3).save(folder / "讲解.jpg")
    document = taken(folder, tmp_path / "made")
    assert {clip.name for clip in document.clips} == {"IMG_0007.MOV", "IMG_0008.JPG", "讲解.mp4", "讲解.jpg"}
    (still,) = [item for item in document.set_aside if item.kind == "duplicate"]
    assert (still.name, still.duplicate_of) == ("IMG_0007.JPG", "IMG_0007.MOV")


def test_a_packed_live_photo_is_its_film_or_its_still_and_the_dropped_folder_stays_as_it_was(tmp_path, run_ffmpeg):
    folder = tmp_path / "in"
    folder.mkdir()
    moving, still = film(run_ffmpeg, tmp_path / "IMG_1.MOV"), tmp_path / "IMG_1.JPG"
    painted(1).save(still)
    for name, members in (("IMG_1.livp", (still, moving)), ("IMG_2.livp", (still,))):
        with zipfile.ZipFile(folder / name, "w") as archive:
            for member in members:
                archive.write(member, member.name)
    document = taken(folder, tmp_path / "made")
    assert {clip.name: (clip.frame_rate, bool(clip.photo)) for clip in document.clips} == {
        "IMG_1.livp": (10.0, False),
        "IMG_2.livp": (float(photos_module.FILM_FPS), True),
    }
    assert sorted(path.name for path in folder.iterdir()) == ["IMG_1.livp", "IMG_2.livp"]


def test_of_many_photos_some_over_the_whole_time_are_shots_and_the_others_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(photo_choice, "MOST_PHOTOS", 4)
    monkeypatch.setattr(photo_choice, "MOST_LOOKED_AT", 10)
    for number in range(40):
        painted(number, (400, 300)).save(tmp_path / f"IMG_{number}.jpg")
    document = taken(tmp_path, tmp_path / "made")
    assert [clip.name for clip in document.clips] == [f"IMG_{number}.jpg" for number in (0, 13, 26, 39)]
    assert len(document.set_aside) == 36
    assert [str(line) for line in aside_lines(document.set_aside)] == ["36 photos are not used, IMG_1.jpg among them."]


def test_two_photos_alone_are_no_video_and_three_are(tmp_path, monkeypatch):
    monkeypatch.setattr(photos_module, "LEAST_ALONE", 3)
    for number in range(2):
        painted(number).save(tmp_path / f"IMG_{number}.jpg")
    with pytest.raises(UserMistake, match=r"IMG_0\.jpg is a photo") as mistake:
        taken(tmp_path, tmp_path.parent / f"{tmp_path.name} made")
    assert "IMG_1.jpg" in str(mistake.value)
    painted(2).save(tmp_path / "IMG_2.jpg")
    assert len(taken(tmp_path, tmp_path.parent / f"{tmp_path.name} made").clips) == 3


def test_of_a_burst_the_sharpest_is_shown_and_what_is_no_view_is_not(tmp_path):
    sharp = painted(4)
    sharp.resize((80, 60)).resize((800, 600), Image.Resampling.BICUBIC).save(tmp_path / "IMG_1.jpg")
    sharp.save(tmp_path / "IMG_2.jpg")
    painted(5, (500, 1100)).save(tmp_path / "屏幕.png")
    painted(6, (120, 90)).save(tmp_path / "sticker.jpg")
    painted(7).save(tmp_path / "截图_1.jpg")
    (tmp_path / "broken.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(300))
    document = taken(tmp_path, tmp_path / "made")
    assert [clip.name for clip in document.clips] == ["IMG_2.jpg"]
    assert {item.name for item in document.set_aside} == {"IMG_1.jpg", "屏幕.png", "sticker.jpg", "截图_1.jpg", "broken.heic"}


def test_papers_that_lie_beside_the_clips_are_never_shown(tmp_path):
    page = np.full((900, 640, 3), 225, np.uint8)
    page[60:840:30, 60:580] = 60
    page[700:760, 440:500] = (180, 40, 40)
    Image.fromarray(page).save(tmp_path / "IMG_5.jpg")
    painted(8).save(tmp_path / "李婶 肖像同意书.jpg")
    bowl = np.full((600, 800, 3), 240, np.uint8)
    bowl[150:500, 200:600] = (150, 30, 90)
    Image.fromarray(bowl).save(tmp_path / "IMG_6.jpg")
    document = taken(tmp_path, tmp_path / "made")
    assert [clip.name for clip in document.clips] == ["IMG_6.jpg"]
    assert all("paper" in str(item.reason) for item in document.set_aside)


@pytest.mark.parametrize(("size", "enlarged"), [((2700, 1800), False), ((500, 400), True), ((300, 300), True)])
def test_a_photo_is_never_enlarged_past_a_fifth(tmp_path, size, enlarged):
    """A small one lies on a ground of itself: there its stripes are no more than a fifth wider than they were."""
    wide = 1080
    stripes = np.zeros((size[1], size[0], 3), np.uint8)
    stripes[:, size[0] // 2 - 25 : size[0] // 2 + 25] = 255
    Image.fromarray(stripes).save(tmp_path / "p.png")
    clip = PhotoFilms(tmp_path / "made", wide, 1920).clip(tmp_path / "p.png", "p.png")
    window = min(clip.width, clip.height * wide / 1920) / 1.1
    _, picture = next(small_frames(clip, short_side=min(clip.width, clip.height), rate=1))
    shown = (picture[clip.height // 2, :, 0] > 128).sum() * wide / window
    assert enlarged == ((clip.width, clip.height) == (1188, 2112))
    assert shown == pytest.approx(50 * 1.2, rel=0.05) if enlarged else shown <= 50 * 1.2
