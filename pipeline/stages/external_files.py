"""Files outside a story's folder that its stages take or leave: what a stage's key and its result must know beside documents."""

import json
from pathlib import Path

from pipeline.documents.look import Look
from pipeline.documents.offer import Choice
from pipeline.documents.rendition import Inspection, Rendition
from pipeline.stages.renditions import renditions
from pipeline.workspace import StoryContext


def dropped_files(bench: StoryContext) -> list[Path]:
    """Everything in the dropped folder, and the product sheet."""
    files = sorted(path for path in Path(bench.job.source).rglob("*") if path.is_file())
    return [*files, Path(bench.job.catalog)] if bench.job.catalog else files


def product_photo(bench: StoryContext) -> list[Path]:
    """The product's photo, when it has one."""
    offer = bench.read("choice.json", Choice).offer
    return [Path(offer.photo)] if offer and offer.photo else []


def own_music(bench: StoryContext) -> list[Path]:
    """The music file that was asked for by its path; our own carries no mark of a generator, and changes with the program only."""
    return [] if bench.job.music in ("auto", "none") else [Path(bench.job.music)]


def layer_files(bench: StoryContext) -> list[Path]:
    """What the looks have in the content store."""
    looks = [one.read("look.json", Look) for one in renditions(bench)]
    names = [name for look in looks for name in (*(file for layer in look.layers for file in (layer.file, layer.still)), look.backdrop)]
    return [Path(name) for name in dict.fromkeys(names) if name]


def finished_videos(bench: StoryContext) -> list[Path]:
    """The finished videos in the content store."""
    return [Path(one.read("rendition.json", Rendition).file) for one in renditions(bench)]


def outbox_files(bench: StoryContext) -> list[Path]:
    """What lies in the outbox; nothing when the inspection let nothing through."""
    passed = [one for one in renditions(bench) if one.path("outbox.json").is_file() and one.read("inspection.json", Inspection).passed]
    return [Path(name) for one in passed for name in json.loads(one.path("outbox.json").read_text(encoding="utf-8")).values()]


def report_copy(bench: StoryContext) -> list[Path]:
    """The report's copy in the outbox."""
    return [bench.outbox / "report.html"]
