"""Photos as clips: a photo becomes a film that stands still, over which the crop window moves later."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from PIL import ExifTags, Image, ImageEnhance, ImageFilter, ImageOps

from pipeline.documents.clip import PHOTO_NEARER, Clip, SetAside
from pipeline.documents.message import M
from pipeline.errors import MediaFault
from pipeline.footage.generated_marks import generated_mark
from pipeline.footage.photo_choice import DroppedPhoto, PhotoChoice, choose_photos, unreadable_photo
from pipeline.footage.probe import UnusableFile, captured_at, probe
from pipeline.media import FFMPEG, run_media
from pipeline.media.pictures import PictureTooLarge, open_picture
from pipeline.settings import coop_zone
from pipeline.store import content_key, file_sha256, part_beside
from pipeline.system import replace

VERSION = 1
LEAST_ALONE = 3
"""Photos without any film from which on they make a video."""
LIVE_PHOTO_S = 6.0
"""Seconds. A film beside a photo of the same name that is no longer is the phone's Live Photo: Apple's take three."""
FILM_S, FILM_FPS = 6.0, 4
"""Seconds of a photo's film, longer than any style shows one picture, and its frames a second, which are all the same one."""
LARGEST_ENLARGEMENT = 1.2
"""A photo that would have to be enlarged more to fill the video's picture lies on a ground of itself, blurred."""
MOST_OF_WHOLE = 1.3
"""How much larger than whole it may lie there: then its longer sides are cut off a little, and less of the ground is seen."""
GROUND_LIGHT = 0.55
GROUND_BLUR_PX, GROUND_SIDE = 6, 160


UNREADABLE_PHOTO = (OSError, ValueError, SyntaxError, PictureTooLarge, MediaFault, UnusableFile)
"""What making a clip of a photo raises when the file is no picture that can be read."""


@dataclass(frozen=True)
class PhotoFilms:
    """How photos become clips. folder: where their films and upright pictures are kept. width, height: of the video, in pixels."""

    folder: Path
    width: int
    height: int

    def clip(self, path: Path, name: str) -> Clip:
        """Make a clip of a photo, whose name is that of the dropped file. Raises one of `UNREADABLE_PHOTO`."""
        key = content_key(step="photo", version=VERSION, sha256=file_sha256(path), size=(self.width, self.height))[:24]
        film, still = self.folder / f"{key}.mp4", self.folder / f"{key}.jpg"
        with open_picture(path) as opened:
            taken_at = _taken_at(opened)
            if not (film.is_file() and still.is_file()):
                self.folder.mkdir(parents=True, exist_ok=True)
                upright = ImageOps.exif_transpose(opened).convert("RGB")
                window = _window_width(upright, self)
                if window > self.width:
                    scale = self.width / window
                    upright = upright.resize((round(upright.width * scale), round(upright.height * scale)), Image.Resampling.LANCZOS)
                _save(upright, still)
                _film(_on_ground(upright, self) if window * LARGEST_ENLARGEMENT < self.width else upright, film)
        clip = probe(film, name, file_sha256(film))
        facts = {"photo": str(still.resolve()), "captured_at": captured_at(name, {}) or taken_at, "generated": generated_mark(path, {})}
        return clip.model_copy(update=facts)


def photo_clips(photos: Sequence[DroppedPhoto], clips: Sequence[Clip], films: PhotoFilms) -> tuple[list[Clip], list[SetAside]]:
    """Make clips of the best of the photos. clips: those that were dropped beside them. Returns (clips, what is not used and why)."""
    left: list[SetAside] = []
    alone: list[DroppedPhoto] = []
    live = {PurePosixPath(clip.name).with_suffix("").as_posix().casefold(): clip for clip in clips if clip.duration_s <= LIVE_PHOTO_S}
    for photo in photos:
        film = live.get(PurePosixPath(photo.name).with_suffix("").as_posix().casefold())
        if film is None:
            alone.append(photo)
            continue
        reason = M("{name} is the still of the Live Photo {first}; it is used once.", name=photo.name, first=film.name)
        left.append(SetAside(name=photo.name, path=str(photo.path), kind="duplicate", reason=reason, duplicate_of=film.name))
    choice = choose_photos(sorted(alone, key=lambda photo: _in_order(photo.name)))
    if not clips and 0 < len(choice.shown) < LEAST_ALONE:
        few = [
            (photo, M("{name} is a photo; photos alone make a video from {least} on.", name=photo.name, least=LEAST_ALONE))
            for photo in choice.shown
        ]
        choice = PhotoChoice((), (*few, *choice.left))
    left += [SetAside(name=photo.name, path=str(photo.path), kind="photo", reason=reason) for photo, reason in choice.left]
    made: list[Clip] = []
    for photo in choice.shown:
        try:
            made.append(films.clip(photo.path, photo.name))
        except UNREADABLE_PHOTO:
            left.append(SetAside(name=photo.name, path=str(photo.path), kind="photo", reason=unreadable_photo(photo.name)))
    return made, left


def _in_order(name: str) -> list[tuple[int, str]]:
    """Sort key of names: IMG_2 before IMG_10."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d{1,18})", name) if part]


def _window_width(photo: Image.Image, size: PhotoFilms) -> float:
    """Pixels of a photo's width that the window over it shows."""
    return min(photo.width, photo.height * size.width / size.height) / PHOTO_NEARER


def _on_ground(photo: Image.Image, size: PhotoFilms) -> Image.Image:
    """A small photo on a ground of itself, so large that the window's move is left."""
    wide, high = round(size.width * PHOTO_NEARER / 2) * 2, round(size.height * PHOTO_NEARER / 2) * 2
    small = ImageOps.fit(photo, (max(2, round(GROUND_SIDE * wide / high)), GROUND_SIDE)).filter(ImageFilter.GaussianBlur(GROUND_BLUR_PX))
    ground = ImageEnhance.Brightness(small.resize((wide, high), Image.Resampling.BICUBIC)).enhance(GROUND_LIGHT)
    whole, cover = min(wide / photo.width, high / photo.height), max(wide / photo.width, high / photo.height)
    scale = min(LARGEST_ENLARGEMENT, cover, MOST_OF_WHOLE * whole)
    shown = photo.resize((round(photo.width * scale), round(photo.height * scale)), Image.Resampling.LANCZOS)
    ground.paste(shown, ((wide - shown.width) // 2, (high - shown.height) // 2))
    return ground


def _save(picture: Image.Image, out: Path) -> None:
    part = part_beside(out)
    try:
        picture.save(part, "JPEG", quality=92)
        replace(part, out)
    finally:
        part.unlink(missing_ok=True)


def _film(picture: Image.Image, out: Path) -> None:
    """Write a film of one picture."""
    even = picture.crop((0, 0, picture.width // 2 * 2, picture.height // 2 * 2))
    source, part = part_beside(out.with_suffix(".bmp")), part_beside(out)
    try:
        even.save(source, "BMP")
        tags = ":".join(f"{name}=bt709" for name in ("colorspace", "color_primaries", "color_trc"))
        once = f"scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,setparams={tags}"  # repeated only after that
        repeated = f"loop=loop={round(FILM_S * FILM_FPS) - 1}:size=1,setpts=N/{FILM_FPS}/TB"
        coded = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "stillimage", "-crf", "17", "-f", "mp4"]
        source_options = ["-framerate", str(FILM_FPS), "-f", "image2", "-pattern_type", "none", "-i", str(source)]
        filters = ["-vf", f"{once},{repeated}"]
        quiet = ["-hide_banner", "-nostdin", "-y", "-loglevel", "warning"]
        run_media([FFMPEG, *quiet, *source_options, *filters, *coded, f"file:{part}"], name=out.name)
        replace(part, out)
    finally:
        source.unlink(missing_ok=True)
        part.unlink(missing_ok=True)


def _taken_at(photo: Image.Image) -> datetime | None:
    """When the camera says that it took a photo; its clock is the co-op's."""
    exif = photo.getexif()
    text = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    try:
        return datetime.strptime(str(text), "%Y:%m:%d %H:%M:%S").replace(tzinfo=coop_zone())
    except ValueError:
        return None
