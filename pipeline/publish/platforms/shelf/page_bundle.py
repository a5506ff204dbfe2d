"""The page bundle of a release: its entry, and the media files that must exist before the page is written."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pysubs2

from pipeline.documents.message import M
from pipeline.documents.release import PageShown, Release
from pipeline.language import say
from pipeline.network.errors import Rejected
from pipeline.publish.live_offers import lapse_words
from pipeline.publish.platforms.covers import nearest_cover
from pipeline.publish.platforms.shelf.entry import ShelfEntry, ShelfProduct, folder_name
from pipeline.publish.platforms.shelf.pictures import page_picture
from pipeline.publish.platforms.shelf.storage import MediaFile

MEDIA_NAME = re.compile(r"(?:video|cover|photo)-[0-9a-f]{12}\.\w{2,4}")
"""Names of the media files that we write: nothing else in a story's folder is ever deleted."""
_VIDEO_SUFFIXES = (".mp4", ".webm", ".mov")


@dataclass(frozen=True)
class PageBundle:
    """A page before it is written. media: its files by their names on the shelf."""

    entry: ShelfEntry
    media: Mapping[str, MediaFile]


def make_page_bundle(release: Release, published_at: datetime) -> PageBundle:
    """Make the page bundle of a release. published_at: aware. Raises Rejected when a cover, photo or subtitle file cannot be used."""
    language = "zh" if release.captions.language.startswith("zh") else release.captions.language
    cover = nearest_cover(release)
    if cover is None:
        raise Rejected(M("a cover is missing"))
    poster, poster_size = page_picture(Path(cover.path), "cover")
    media = [video_file(release), poster]
    shown = release.page or PageShown()
    product = None
    if release.offer is not None:
        photo, photo_size = page_picture(Path(release.photo.path), "photo") if release.photo else (None, (0, 0))
        media += [photo] if photo else []
        product = ShelfProduct(
            sku=release.offer.sku,
            name=release.offer.name,
            price=release.offer.price,
            per=f"/{release.offer.unit}" if release.offer.unit else "",
            list_price=shown.list_price,
            origin=shown.origin,
            photo=photo.name if photo else "",
            photo_width=photo_size[0],
            photo_height=photo_size[1],
            after_sales=shown.after_sales,
            ordering=shown.ordering,
            offer_ends=release.offer.offer_ends,
            link=release.cart.value if release.cart.kind == "url" else "",
            qr=shown.qr,
            withdrawn=say(lapse_words(shown.withdrawn), language) if shown.withdrawn else "",
        )
    entry = ShelfEntry(
        release=release.id,
        story=release.story,
        folder=folder_name(release.story),
        title=release.captions.title or release.story,
        summary=release.captions.text,
        length_s=round(release.video.length_s, 3),
        published_at=published_at,
        language=language,
        ai_label=say(M("Parts of this video were made by a computer program (AI)."), language) if release.declarations.ai_generated else "",
        video=media[0].name,
        cover=poster.name,
        cover_width=poster_size[0],
        cover_height=poster_size[1],
        cues=tuple(cue for track in release.subtitles[:1] for cue in _cues(Path(track.path))),
        product=product,
    )
    return PageBundle(entry, {f"{entry.folder}/{file.name}": file for file in media})


def video_name(release: Release) -> str:
    """Return the file name of the release's video on the shelf."""
    suffix = Path(release.video.path).suffix.lower()
    return f"video-{release.video.sha256[:12]}{suffix if suffix in _VIDEO_SUFFIXES else '.mp4'}"


def video_file(release: Release) -> MediaFile:
    """Return the release's video as a media file."""
    return MediaFile(video_name(release), Path(release.video.path), release.video.sha256, release.video.size_bytes)


def _cues(subtitles: Path) -> Iterator[tuple[float, float, str]]:
    try:
        lines = pysubs2.load(str(subtitles), encoding="utf-8-sig")
    except FileNotFoundError:
        raise Rejected(M("{path} is missing, so the story cannot be put on the shelf.", path=str(subtitles))) from None
    except (pysubs2.Pysubs2Error, UnicodeDecodeError):
        raise Rejected(M("{path} is not a subtitle file that can be read.", path=str(subtitles))) from None
    for line in sorted(lines, key=lambda line: line.start):
        if line.plaintext.strip() and not line.is_comment and line.end > line.start:
            yield line.start / 1000, line.end / 1000, line.plaintext.strip()
