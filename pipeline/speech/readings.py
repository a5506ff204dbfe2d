"""What the decoder makes of a clip's phrases: every change with its reason and scores, so that each can be shown and undone."""

from collections.abc import Sequence

from pipeline.documents.base import Document, Frozen, Span
from pipeline.documents.transcript import Phrase, Repair
from pipeline.speech.decoding import DecodedPhrase, decode_phrase, spoken_terms
from pipeline.speech.lattice_search import TextPart
from pipeline.speech.lexicon import lexicon
from pipeline.speech.recogniser import SoundScores
from pipeline.speech.repair import TERM_PROBABILITY, repair_phrases
from pipeline.speech.spoken_text import Replacement, SpokenCharacter, changes, replaced_words, spoken_phrase
from pipeline.speech.trust import Evidence, evidence_of
from pipeline.speech.vocabulary import VocabularyTerm, build_vocabulary, story_units

VERSION = 8
CANTONESE = frozenset("嘅咗喺唔哋嚟冇佢啲噉咁嗰乜嘢畀睇咩噃啱")
"""Characters that only written Cantonese has."""
MOST_CANTONESE = 1
"""A clip with more of them is Cantonese, of which a Mandarin model makes nonsense."""
_MONEY = frozenset("块元毛")


class PhraseChange(Frozen):
    """One change of a phrase: the characters `start` to `end` of its Simplified text, what is written instead, why, and both log10 scores.

    score_heard, score_written: of the run of characters around it as it was heard, and as it is written.
    """

    start: int
    end: int
    heard: str
    written: str
    why: str
    score_heard: float
    score_written: float


class PhraseReading(Frozen):
    """The changes of one phrase, and what tells how far it may be trusted; None where nothing was weighed."""

    changes: tuple[PhraseChange, ...] = ()
    evidence: Evidence | None = None


class DecodedSpeech(Document):
    """The readings of a clip's phrases, in their order, and where its sound can be cut unheard."""

    clip_id: str
    phrases: tuple[PhraseReading, ...]
    quiet: tuple[Span, ...] = ()


def read_phrases(scorer: SoundScores | None, phrases: Sequence[Phrase], glossary: Sequence[str]) -> tuple[PhraseReading, ...]:
    """Return how each Mandarin phrase of a clip is read by sound and sense. glossary: names as the sheet and the note write them.

    scorer: the recogniser's; without one nothing is changed, since the language model alone makes right words wrong.
    """
    if scorer is None or not phrases or is_cantonese(phrases):
        return tuple(PhraseReading() for _ in phrases)
    vocabulary, words = build_vocabulary(glossary), lexicon()
    terms, units = spoken_terms(vocabulary, words), story_units(glossary)
    readings = []
    for phrase in phrases:
        (second,), _ = repair_phrases([phrase], vocabulary)

        def scores(texts: Sequence[str], phrase: Phrase = phrase) -> list[float] | None:
            return scorer(phrase.start_s, phrase.end_s, texts)

        readings.append(reading_of(decode_phrase(phrase, words, terms, scores, second=second, units=units)))
    return tuple(readings)


def is_cantonese(phrases: Sequence[Phrase]) -> bool:
    """Tell whether a clip's words are written Cantonese."""
    return sum(character in CANTONESE for phrase in phrases for character in phrase.text) > MOST_CANTONESE


def reading_of(decoded: DecodedPhrase) -> PhraseReading:
    """Return the changes that a decoded phrase makes, one for each word, name or amount that differs from what was heard."""
    found: list[PhraseChange] = []
    spoken = decoded.spoken
    for run, chosen, heard, rivals in zip(spoken.runs, decoded.chosen, decoded.heard, decoded.rivals, strict=True):
        own = next(text for text in rivals if text.text == heard.text)
        replaced = changes(spoken, run, chosen.text)
        for start, end, part in _part_extents(run, chosen.parts):
            inside = [change for change in replaced if start <= change.start < end]
            if not inside:
                continue
            if part.kind == "word":
                start, end = inside[0].start, inside[-1].end
            found.append(
                PhraseChange(
                    start=start,
                    end=end,
                    heard=spoken.text[start:end],
                    written=_within(spoken.text, start, end, inside),
                    why=_reason(part),
                    score_heard=round(own.score, 2),
                    score_written=round(chosen.score, 2),
                )
            )
    return PhraseReading(changes=tuple(found), evidence=evidence_of(decoded))


def _part_extents(run: Sequence[SpokenCharacter], parts: Sequence[TextPart]) -> list[tuple[int, int, TextPart]]:
    """Return where in the phrase's text each part lies; parts of one number in figures count as one, of the last one's kind."""
    extents: list[tuple[int, int, TextPart]] = []
    at = 0
    for part in parts:
        start, end = run[at].start, run[at + len(part.text) - 1].end
        at += len(part.text)
        if extents and start < extents[-1][1]:
            start = extents.pop()[0]
        extents.append((start, end, part))
    return extents


def _within(text: str, start: int, end: int, replaced: Sequence[Replacement]) -> str:
    written, at = "", start
    for change in replaced:
        written += text[at : change.start] + change.written
        at = change.end
    return written + text[at:end]


def _reason(part: TextPart) -> str:
    if part.kind == "name":
        return "glossary"
    if part.kind == "amount":
        return "price" if _MONEY & set(part.text) else "unit"
    return "sense"


def terms_to_repair(reading: PhraseReading, terms: Sequence[VocabularyTerm]) -> list[VocabularyTerm]:
    """Return the terms that may still be written by sound alone in a phrase that was read.

    Where whole texts were weighed, the sellers' words were among them and lost: 一层米油 is no 一层蜜柚. A name may be left to repair.
    """
    return [term for term in terms if term.from_story or reading.evidence is None]


def apply_reading(phrase: Phrase, reading: PhraseReading, as_heard: frozenset[str]) -> tuple[Phrase, tuple[Repair, ...]]:
    """Return a phrase as it is read, and its changes as they stand on record. as_heard: what a person wants to stay as it was heard."""
    kept = [change for change in reading.changes if change.heard not in as_heard]
    word_of = [number for number, word in enumerate(phrase.words) for _ in word.text]
    known = {word_of[at] for change in kept if change.why == "glossary" for at in range(change.start, change.end)}
    words = tuple(
        word.model_copy(update={"probability": max(word.probability, TERM_PROBABILITY)}) if number in known else word
        for number, word in enumerate(phrase.words)
    )
    spoken = spoken_phrase(phrase.model_copy(update={"words": words}))
    written = replaced_words(spoken, [Replacement(change.start, change.end, change.written) for change in kept])
    repairs = tuple(
        Repair(
            at_s=phrase.words[word_of[change.start]].start_s,
            heard=change.heard,
            written=change.written,
            why=change.why,
            score_heard=change.score_heard,
            score_written=change.score_written,
        )
        for change in kept
    )
    return phrase.model_copy(update={"words": written}), repairs
