"""Files outside a story's folder that its stages take or leave: what a stage's key and its result must know beside documents."""

import json
from pathlib import Path

from pipeline.documents.look import Look
from pipeline.documents.offer import Choice
from pipeline.documents.rendition import Inspection, Rendition
from pipeline.workspace import Bench


def dropped(bench: Bench) -> list[Path]:
    """Everything in the dropped folder, and the product sheet."""
    files = sorted(path for path in Path(bench.job.source).rglob("*") if path.is_file())
    return [*files, Path(bench.job.catalog)] if bench.job.catalog else files


def photo(bench: Bench) -> list[Path]:
    """The product's photo, when it has one."""
    offer = bench.read("choice.json", Choice).offer
    return [Path(offer.photo)] if offer and offer.photo else []


def own_music(bench: Bench) -> list[Path]:
    """The music file that was asked for by its path."""
    return [] if bench.job.music in ("auto", "none") else [Path(bench.job.music)]


def layers(bench: Bench) -> list[Path]:
    """What the look has in the content store."""
    look = bench.read("look.json", Look)
    files = [name for layer in look.layers for name in (layer.file, layer.still)]
    return [Path(name) for name in (*files, look.backdrop) if name]


def finished(bench: Bench) -> list[Path]:
    """The finished video in the content store."""
    return [Path(bench.read("rendition.json", Rendition).file)]


def delivered(bench: Bench) -> list[Path]:
    """What lies in the outbox and on the shelf; nothing when the inspection let nothing through."""
    listing = bench.story / "outbox.json"
    if not listing.is_file() or not bench.read("inspection.json", Inspection).passed:
        return []
    return [Path(name) for name in json.loads(listing.read_text(encoding="utf-8")).values()]


def explained(bench: Bench) -> list[Path]:
    """The report's copy in the outbox."""
    return [bench.outbox / "report.html"]
