"""What the speech of an edit says about the price, and what of it a person has not settled yet."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import commerce as commerce_room
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Transcripts
from pipeline.documents.edit import Decision, Edit
from pipeline.documents.message import M
from pipeline.documents.offer import Catalog, Choice, Offer
from pipeline.documents.spoken_prices import LeftOutPassage, LeftOutPassages, PricePassage, PricePassages
from pipeline.documents.transcript import Phrase, Transcript, Word
from pipeline.errors import PersonNeeded
from pipeline.settings import read_settings
from pipeline.store import write_atomically
from pipeline.workspace import StoryContext

if TYPE_CHECKING:
    from pipeline.publish.ledger import Actor, Ledger, Override

CONFIRMED_PRICE = "spoken_price"
"""The ledger's kind of override for a passage that a person listened to and confirmed; its subject is the passage's id."""
LEFT_OUT = "left_out.json"
CONFIRMATION_MARK = ".confirmed_prices"
"""The file in the story's folder that changes with every confirmation, so that a stage which looks into the ledger has another key."""
BREATH_S = 0.25
"""Seconds between two words that end a clause, so that a passage is taken out with its clause."""
_CLAUSE_ENDS = "，,。！？!?；;、"


def find_passages(context: StoryContext, clips: Clips, cuts: Iterable[Edit]) -> PricePassages:
    """Return the passages of what the edits keep whose prices are not, or may not be, the sheet's."""
    offer = context.read("choice.json", Choice).offer
    if offer is None:
        return PricePassages()
    transcripts, others = context.read("transcripts.json", Transcripts).by_clip, other_offers(context)
    found: dict[str, PricePassage] = {}
    for cut in cuts:
        for clip in clips.clips:
            phrases = heard_phrases(transcripts[clip.id], cut)
            passages = commerce_room.check_spoken_prices(
                offer, phrases, clip=clip.name, clip_id=clip.id, clip_sha256=clip.sha256, others=others
            )
            found |= {passage.id: passage for passage in passages}
    return PricePassages(passages=tuple(found.values()))


def other_offers(context: StoryContext) -> list[Offer]:
    """Return the sheet's offers that this story does not sell."""
    chosen = context.read("choice.json", Choice).offer
    return [offer for offer in context.read("catalog.json", Catalog).offers if chosen is None or offer.sku != chosen.sku]


def heard_phrases(transcript: Transcript, cut: Edit) -> list[Phrase]:
    """Return what of a clip's speech an edit keeps: the words whose middle lies in a kept piece, in the phrases they were said in."""
    kept = [
        (piece.source_start_s, piece.source_start_s + piece.frames / cut.fps)
        for piece in cut.heard
        if piece.clip_id == transcript.clip_id and piece.kind == "speech"
    ]

    def is_heard(word: Word) -> bool:
        middle_s = (word.start_s + word.end_s) / 2
        return any(start_s <= middle_s < end_s for start_s, end_s in kept)

    phrases = []
    for phrase in transcript.phrases:
        if words := tuple(word for word in phrase.words if is_heard(word)):
            phrases.append(phrase if words == phrase.words else _phrase(words))
    return phrases


def open_passages(context: StoryContext) -> tuple[PricePassage, ...]:
    """Return the passages that no person has confirmed. Opens the ledger only where there is something to confirm."""
    passages = context.read("prices.json", PricePassages).passages
    confirmed = confirmed_ids(context) if passages else frozenset()
    return tuple(passage for passage in passages if passage.id not in confirmed)


def confirmed_ids(context: StoryContext) -> frozenset[str]:
    """Return the ids of the passages that a person confirmed, from the workspace's ledger."""
    from pipeline.publish.ledger import open_ledger  # loads the database: only where a price is in doubt

    place = read_settings(context.root).publish.ledger_in(context.root)
    if isinstance(place, Path) and not place.is_file():
        return frozenset()
    with open_ledger(place) as ledger:
        return frozenset(override.subject for override in ledger.overrides.of(context.job.story, CONFIRMED_PRICE))


def confirmation_mark(context: StoryContext) -> list[Path]:
    """Return the file that changes with every confirmation of a passage."""
    return [context.story / CONFIRMATION_MARK]


def confirm_passage(ledger: "Ledger", story: Path, passage: PricePassage, reason: str, by: "Actor", now: datetime) -> "Override":
    """Record that a person listened to a passage and that its price is right. story: the story's folder.

    Raises UserMistake without a reason, and where `by` is no person.
    """
    override = ledger.overrides.keep(CONFIRMED_PRICE, story.name, reason, by=by, at=now, subject=passage.id)
    write_atomically(story / CONFIRMATION_MARK, override.id)
    return override


def stop_for_prices(context: StoryContext, passages: Sequence[PricePassage]) -> None:
    """Raise PersonNeeded when another price than the sheet's is clearly said. passages: those that nobody has confirmed."""
    stops = [passage for passage in passages if passage.doubt == "stop"]
    if not stops:
        return
    several = len(stops) > 1
    raise PersonNeeded(
        M(
            "{prices}. One of three:\n① The sheet is wrong: correct it.\n② Leave the sentence out, or film it again; another subtitle does "
            "not change the voice: fieldcut prices {story} --leave-out {id}\n③ Somebody has listened, and it is right: fieldcut prices "
            "{story} --confirm {id} --by NAME --reason WHY\nSubtitles and report are in {folder}.",
            prices=tuple(M("{price} [{id}]", price=stop.message, id=stop.id[:8]) if several else stop.message for stop in stops),
            story=context.job.story,
            id=stops[0].id[:8],
            folder=str(context.story),
        )
    )


def without_left_out(transcripts: dict[str, Transcript], left_out: LeftOutPassages) -> tuple[dict[str, Transcript], list[Decision]]:
    """Return transcripts without what a person took out, and a decision for each stretch that went: the whole clause around it."""
    kept, decisions = dict(transcripts), []
    for passage in left_out.passages:
        transcript = kept.get(passage.clip_id)
        if transcript is None:
            continue
        phrases: list[Phrase] = []
        for phrase in transcript.phrases:
            first, last = _clause(phrase, passage)
            if first == last:
                phrases.append(phrase)
                continue
            gone = _phrase(phrase.words[first:last])
            phrases += [_phrase(part) for part in (phrase.words[:first], phrase.words[last:]) if part]
            reason = M("left out by {person}", person=passage.by)
            decisions.append(
                Decision(clip_id=passage.clip_id, start_s=gone.start_s, end_s=gone.end_s, kept=False, reason=reason, words=gone.text)
            )
        kept[passage.clip_id] = transcript.model_copy(update={"phrases": tuple(phrases)})
    return kept, decisions


def _clause(phrase: Phrase, passage: LeftOutPassage) -> tuple[int, int]:
    """Return first and last + 1 of the words of the clauses that a passage lies in; twice the same where it does not lie in the phrase."""
    words = phrase.words
    inside = [index for index, word in enumerate(words) if word.start_s < passage.end_s and word.end_s > passage.start_s]
    if not inside:
        return 0, 0
    first, last = inside[0], inside[-1] + 1
    while first > 0 and not _ends_clause(words[first - 1], words[first]):
        first -= 1
    while last < len(words) and not _ends_clause(words[last - 1], words[last]):
        last += 1
    return first, last


def _ends_clause(word: Word, following: Word) -> bool:
    return word.text.rstrip()[-1:] in _CLAUSE_ENDS or following.start_s - word.end_s >= BREATH_S


def _phrase(words: Sequence[Word]) -> Phrase:
    return Phrase(start_s=words[0].start_s, end_s=words[-1].end_s, words=tuple(words))
