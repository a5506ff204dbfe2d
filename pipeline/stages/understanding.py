"""From dropped files to what is known of them: product sheet, facts, judgement, words, offer."""

from collections.abc import Callable
from pathlib import Path

from pipeline import analysis as analysis_room
from pipeline import catalog as catalog_room
from pipeline import commerce as commerce_room
from pipeline import footage as footage_room
from pipeline import publish as publish_room
from pipeline import speech as speech_room
from pipeline.documents.analysis import Analysis
from pipeline.documents.base import Span
from pipeline.documents.card import Cards
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses, Transcripts
from pipeline.documents.job import Leader
from pipeline.documents.message import M
from pipeline.documents.offer import Brief, Catalog, Offer
from pipeline.errors import UserMistake
from pipeline.stages.renditions import each
from pipeline.store import content_key
from pipeline.workspace import StoryContext

Progress = Callable[[float], None]


def catalog(bench: StoryContext, progress: Progress) -> None:
    """The product sheet and the note; a lapsed or unknown product ends the run here, before anything costly."""
    job = bench.job
    sheet = catalog_room.read_catalog(Path(job.catalog)) if job.catalog else Catalog(path="", offers=())
    if Path(job.source).is_dir():
        brief = catalog_room.read_brief(Path(job.source))
    else:  # rendered again after the dropped folder is gone
        brief = bench.read("brief.json", Brief) if bench.path("brief.json").is_file() else Brief()
    catalog_room.choose_offer(sheet, brief, "", sku=job.product, now=job.now)
    bench.write("catalog.json", sheet)
    bench.write("brief.json", brief)
    progress(1.0)


def footage(bench: StoryContext, progress: Progress) -> None:
    """The dropped files."""
    bench.write("clips.json", footage_room.take_in(Path(bench.job.source), progress))


def analysis(bench: StoryContext, progress: Progress) -> None:
    """Each clip once, whatever story it is dropped in."""
    clips = bench.read("clips.json", Clips).clips
    total = sum(clip.duration_s for clip in clips)
    done = 0.0
    found: dict[str, Analysis] = {}
    for clip in clips:
        key = content_key(step="analysis", version=analysis_room.VERSION, clip=clip.sha256)

        def part(fraction: float, before: float = done, length: float = clip.duration_s) -> None:
            progress((before + fraction * length) / total)

        def write(path: Path, clip: object = clip, part: Progress = part) -> None:
            path.write_text(analysis_room.analyse(clip, part).model_dump_json(), encoding="utf-8")  # type: ignore[arg-type]

        found[clip.id] = Analysis.from_json(bench.store.make("analyses", key, ".json", write).read_bytes())
        done += clip.duration_s
        progress(done / total)
    bench.write("analyses.json", Analyses(by_clip=found))


def speech(bench: StoryContext, progress: Progress) -> None:
    """What is said, in a process of its own."""
    clips = bench.read("clips.json", Clips)
    analyses = bench.read("analyses.json", Analyses).by_clip
    sheet, brief = bench.read("catalog.json", Catalog), bench.read("brief.json", Brief)
    spans: dict[str, tuple[Span, ...]] = {key: facts.sound.speech if facts.sound else () for key, facts in analyses.items()}
    said = speech_room.transcribe(
        clips.clips,
        spans,
        glossary=catalog_room.glossary(sheet, brief, None),
        language=bench.job.speech,
        store=bench.store,
        progress=progress,
    )
    bench.write("transcripts.json", Transcripts(by_clip=dict(said)))


def commerce(bench: StoryContext, progress: Progress) -> None:
    """Which offer this story sells, and what the cards of every video say of it."""
    clips, said = bench.read("clips.json", Clips), bench.read("transcripts.json", Transcripts).by_clip
    text = " ".join(phrase.text for clip in clips.clips for phrase in said[clip.id].phrases)
    sheet, brief = bench.read("catalog.json", Catalog), bench.read("brief.json", Brief)
    choice = catalog_room.choose_offer(sheet, brief, text, sku=bench.job.product, now=bench.job.now)
    bench.write("choice.json", choice.model_copy(update={"warnings": (*sheet.problems, *choice.warnings)}))
    for wanted, (one, part) in zip(bench.job.renditions, each(bench, progress), strict=True):
        one.write("card.json", _cards(one, choice.offer, wanted.leader))
        part(1.0)


def _cards(bench: StoryContext, offer: Offer | None, leader: Leader | None) -> Cards:
    """What the product card and the end card of a video say. Raises UserMistake for a leader's variant without a product."""
    destination, language = publish_room.load_destination(bench.job.destination), bench.job.language
    if leader is not None:
        if offer is None:
            raise UserMistake(M("A leader's variant needs a product: name one with --product, or add it to the product sheet."))
        card, end_card = commerce_room.leader_cards(offer, destination, language, leader)
        return Cards(card=card, end_card=end_card)
    if offer is None:
        return Cards()
    both = commerce_room.make_card(offer, destination, language)
    return Cards(card=both, end_card=both)
