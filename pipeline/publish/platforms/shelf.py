"""The local shelf: a folder of plain pages that opens in any browser, from a disk or from any web server."""

import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from unicodedata import normalize

import pysubs2
from filelock import FileLock
from PIL import Image, ImageOps, UnidentifiedImageError

from pipeline.documents.card import Card
from pipeline.documents.message import M
from pipeline.documents.offer import Offer
from pipeline.errors import Fault, FieldCutError
from pipeline.language import say
from pipeline.publish.entry import ShelfEntry, ShelfProduct
from pipeline.publish.pages import overview_page, story_page
from pipeline.store import file_sha256, load, save, write_atomically
from pipeline.store.disk import disk_fault

ENTRY = "entry.json"
PAGE = "index.html"
PICTURE_SIDE = 1280
"""Longest side of a cover or photo on a page, pixels: sharp on a phone of three pixels a point, small to send."""
_OURS = re.compile(r"(?:video|cover|photo)-[0-9a-f]{12}\.\w{2,4}")
_VIDEO_SUFFIXES = (".mp4", ".webm", ".mov")


def put_on_shelf(
    shelf: Path,
    *,
    story: str,
    video: Path,
    cover: Path,
    subtitles: Path | None,
    card: Card | None,
    offer: Offer | None,
    title: str,
    summary: str,
    length_s: float,
    made_at: datetime,
    language: str,
    ai_label: str | bool = "",
) -> Path:
    """Put a story's page on the shelf, or replace the one it has, and return the page's path.

    subtitles: any file pysubs2 reads (SRT, VTT, ASS), for the player's own track and the text below it. ai_label: the sentence
    about generated footage; True writes the usual one. made_at: aware. language: of the page's own words (zh, en).
    The same content again changes no file. A page is only ever the old or the new one: media carry their hash in their names and
    are there before the page that shows them. Raises Fault when a file cannot be read or the disk refuses.
    """
    folder = folder_name(story)
    home = shelf / folder
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise disk_fault(home, error) from error
    # One publisher at a time, so that no overview misses a story that was put there meanwhile.
    with FileLock(shelf / ".lock"):
        cover_name, cover_size = _picture(cover, home, "cover")
        label = say(M("Parts of this video were made by a computer program (AI)."), language) if ai_label is True else ai_label or ""
        entry = ShelfEntry(
            story=story,
            folder=folder,
            title=title.strip() or story,
            summary=summary,
            length_s=round(length_s, 3),
            made_at=made_at,
            language=language,
            ai_label=label,
            video=_video(video, home),
            cover=cover_name,
            cover_width=cover_size[0],
            cover_height=cover_size[1],
            cues=tuple(_cues(subtitles)) if subtitles else (),
            product=_product(card, offer, home, language) if card else None,
        )
        entry = _unless_same(home / ENTRY, entry)
        _write(home / PAGE, story_page(entry))
        _save(home / ENTRY, entry)
        _write(shelf / PAGE, overview_page(shelf_entries(shelf), language))
        _sweep(home, entry)
    return home / PAGE


def shelf_entries(shelf: Path) -> list[ShelfEntry]:
    """Every story on the shelf, the newest first. A folder whose entry cannot be read keeps its page but is not listed."""
    entries = []
    for file in shelf.glob(f"*/{ENTRY}"):
        try:
            entry = load(file, ShelfEntry)
        except (FieldCutError, OSError):  # a neighbour that was damaged must not keep this story off the shelf
            continue
        if entry.folder == file.parent.name:
            entries.append(entry)
    return sorted(entries, key=lambda entry: (-entry.made_at.timestamp(), entry.folder))


def folder_name(story: str) -> str:
    """The story's folder on the shelf: its own name where that is safe in every file system and address, else a safe part and a hash."""
    plain = normalize("NFC", story)
    safe = re.sub(r"[^\w\-]+", "-", plain).strip("-_")[:40]
    reserved = re.fullmatch(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)", safe)
    # Two names that differ in case only are one folder on many disks.
    if safe == story and safe and not reserved and safe == safe.lower():
        return safe
    return f"{safe.lower() or 'story'}-{hashlib.sha256(story.encode()).hexdigest()[:8]}"


def _unless_same(file: Path, entry: ShelfEntry) -> ShelfEntry:
    """The entry that is there already, with its own date, when nothing else is different."""
    try:
        old = load(file, ShelfEntry)
    except (FieldCutError, OSError):
        return entry
    return old if old.model_copy(update={"made_at": entry.made_at}) == entry else entry


def _save(path: Path, entry: ShelfEntry) -> None:
    if not path.is_file() or path.read_text("utf-8") != entry.model_dump_json(indent=2) + "\n":
        save(path, entry)


def _write(path: Path, text: str) -> None:
    if not path.is_file() or path.read_bytes() != text.encode():
        write_atomically(path, text)


def _sweep(home: Path, entry: ShelfEntry) -> None:
    """Drop the media of the page that was replaced, and nothing that is not ours."""
    used = {entry.video, entry.cover, entry.product.photo if entry.product else ""}
    for file in home.iterdir():
        if (_OURS.fullmatch(file.name) and file.name not in used) or file.name.endswith(".shelf-part"):
            file.unlink(missing_ok=True)


def _video(video: Path, home: Path) -> str:
    suffix = video.suffix.lower() if video.suffix.lower() in _VIDEO_SUFFIXES else ".mp4"
    try:
        name = f"video-{file_sha256(video)[:12]}{suffix}"
        target = home / name
        if not target.is_file() or target.stat().st_size != video.stat().st_size:
            part = home / f"{name}.{uuid.uuid4().hex[:8]}.shelf-part"
            shutil.copyfile(video, part)
            with part.open("rb") as copied:
                os.fsync(copied.fileno())
            part.replace(target)
    except FileNotFoundError as error:
        raise Fault(M("{path} is missing, so the story cannot be put on the shelf.", path=str(video))) from error
    except OSError as error:
        raise disk_fault(home, error) from error
    return name


def _picture(source: Path, home: Path, kind: str) -> tuple[str, tuple[int, int]]:
    """A picture made fit for a page. Drawn anew, so that place and device, which phones write into photos, stay at home."""
    try:
        name = f"{kind}-{file_sha256(source)[:12]}.jpg"
        target = home / name
        if target.is_file():
            with Image.open(target) as there:
                return name, there.size
        with Image.open(source) as opened:
            upright = ImageOps.exif_transpose(opened)
            if upright.mode in ("RGBA", "LA", "P"):
                shaped = upright.convert("RGBA")
                upright = Image.alpha_composite(Image.new("RGBA", shaped.size, "white"), shaped)
            picture = upright.convert("RGB")
        picture.thumbnail((PICTURE_SIDE, PICTURE_SIDE), Image.Resampling.LANCZOS)
        picture.info.clear()
        part = home / f"{name}.{uuid.uuid4().hex[:8]}.shelf-part"
        picture.save(part, "JPEG", quality=86, optimize=True)
        part.replace(target)
    except FileNotFoundError as error:
        raise Fault(M("{path} is missing, so the story cannot be put on the shelf.", path=str(source))) from error
    except (UnidentifiedImageError, SyntaxError, ValueError) as error:
        raise Fault(M("{path} is not a picture that can be read.", path=str(source))) from error
    except OSError as error:
        raise disk_fault(home, error) from error
    return name, picture.size


def _cues(subtitles: Path) -> Iterator[tuple[float, float, str]]:
    try:
        lines = pysubs2.load(str(subtitles), encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise Fault(M("{path} is missing, so the story cannot be put on the shelf.", path=str(subtitles))) from error
    except (pysubs2.Pysubs2Error, UnicodeDecodeError) as error:
        raise Fault(M("{path} is not a subtitle file that can be read.", path=str(subtitles))) from error
    for line in sorted(lines, key=lambda line: line.start):
        if line.plaintext.strip() and not line.is_comment and line.end > line.start:
            yield line.start / 1000, line.end / 1000, line.plaintext.strip()


def _product(card: Card, offer: Offer | None, home: Path, language: str) -> ShelfProduct:
    photo, size = _picture(Path(card.photo), home, "photo") if card.photo else ("", (0, 0))
    return ShelfProduct(
        sku=card.sku,
        name=card.name,
        price=card.price,
        per=card.per,
        list_price=card.list_price,
        origin=card.origin,
        photo=photo,
        photo_width=size[0],
        photo_height=size[1],
        wording=card.wording,
        after_sales=offer.after_sales if offer else card.contact,
        cutoff=_ordering(offer, language) if offer else card.cutoff,
        offer_ends=offer.offer_ends if offer else None,
        link=card.link if card.link.startswith("https://") else "",
        qr=card.qr,
    )


def _ordering(offer: Offer, language: str) -> str:
    """Until when to order and where to fetch it; a page has room for every place."""
    parts = [say(M("Order before {time}", time=offer.order_cutoff), language)] if offer.order_cutoff else []
    if offer.pickup:
        places = ("、" if language == "zh" else ", ").join(offer.pickup)
        parts.append(say(M("Pick up at {places}", places=places), language))
    return " · ".join(parts)
