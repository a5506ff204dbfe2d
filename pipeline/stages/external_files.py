"""Files outside a story's folder that its stages read or make: a stage's key and its result include them beside the documents."""

import json
from collections.abc import Iterator
from pathlib import Path

from pipeline.documents.look import Look
from pipeline.documents.offer import Catalog, Choice
from pipeline.documents.rendition import Inspection, Rendition
from pipeline.stages.renditions import renditions
from pipeline.system import list_folder_files
from pipeline.workspace import StoryContext

SHEET_PICTURES = "sheet_pictures"
"""The folder, in the story's, of the pictures that lie inside the product sheet."""


def dropped_files(context: StoryContext) -> list[Path]:
    """Everything in the dropped folder, and the product sheet."""
    files = list_folder_files(Path(context.job.source)).files
    return [*files, Path(context.job.catalog)] if context.job.catalog else list(files)


def pictures_of_sheet(context: StoryContext) -> list[Path]:
    """The pictures taken out of the product sheet."""
    photos = [Path(offer.photo) for offer in context.read("catalog.json", Catalog).offers if offer.photo]
    return [photo for photo in dict.fromkeys(photos) if photo.is_relative_to(context.story / SHEET_PICTURES)]


def product_photo(context: StoryContext) -> list[Path]:
    """The product's photo, when it has one."""
    offer = context.read("choice.json", Choice).offer
    return [Path(offer.photo)] if offer and offer.photo else []


def own_music(context: StoryContext) -> list[Path]:
    """The music file that was asked for by its path; our own carries no mark of a generator, and changes with the program only."""
    return [] if context.job.music in ("auto", "none") else [Path(context.job.music)]


def layer_files(context: StoryContext) -> list[Path]:
    """What the looks have in the content store."""
    looks = [video.read("look.json", Look) for video in renditions(context)]
    return [Path(name) for name in dict.fromkeys(name for look in looks for name in _files_of(look)) if name]


def _files_of(look: Look) -> Iterator[str]:
    for layer in look.layers:
        yield from (layer.file, layer.still)
    yield from (look.backdrop, look.ground, look.moving.file if look.moving is not None else "")


def finished_videos(context: StoryContext) -> list[Path]:
    """The finished videos in the content store."""
    return [Path(video.read("rendition.json", Rendition).file) for video in renditions(context)]


def outbox_files(context: StoryContext) -> list[Path]:
    """What lies in the outbox; nothing when the inspection let nothing through."""
    passed = [
        video for video in renditions(context) if video.path("outbox.json").is_file() and video.read("inspection.json", Inspection).passed
    ]
    return [Path(name) for video in passed for name in json.loads(video.path("outbox.json").read_text(encoding="utf-8")).values()]


def report_copy(context: StoryContext) -> list[Path]:
    """The report's copy in the outbox."""
    return [context.outbox / "report.html"]
