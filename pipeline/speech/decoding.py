"""Decoding a phrase anew by sound and sense: a lattice of what may have been said, then Whisper's own score of the few best texts.

The lattice proposes (language model, number grammar, sellers' words, this story's names); the recogniser disposes: where a repair is
right its text lies little under Whisper's own, where it is wrong far below. Measured by `benchmarks/quality/words.py`.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from math import log

from pipeline.chinese import DIGITS, NUMBER, read_number
from pipeline.documents.transcript import Phrase
from pipeline.speech.language_model import NOWHERE
from pipeline.speech.lattice import SELLER_FLOOR, STORY_FLOOR, PhraseLattice, Slot, SpokenTerm
from pipeline.speech.lattice_search import TextPart, best_texts
from pipeline.speech.lexicon import Lexicon
from pipeline.speech.spoken_text import SpokenCharacter, SpokenPhrase, changes, spoken_phrase, with_replacements
from pipeline.speech.vocabulary import VocabularyTerm

MOST_TEXTS = 5
"""Texts of the lattice that the recogniser scores, besides its own: of 1063 right characters of the tuned stories five make 3 wrong, where
three and twelve make 5 and 4 wrong, and put no more right."""
HOPELESS = 3.0
"""How far under the best text of the lattice another one is not worth the recogniser's time; 6 finds nothing more on the tuned stories."""
SOUND_WEIGHT = 0.6
"""Weight of Whisper's log10 probability beside the lattice's score: 0.3 lets wrong changes through, 0.8 undoes long rare names."""
TURN_MARGIN = 3.0
"""How much better (log10) than every other text one must be that swaps opposites or turns a negation, unless the sound itself is for it:
where nothing else makes sense of what was heard."""
SHORTEST_RUN = 2
"""A single syllable between Latin words says nothing."""
UNREACHED = 10.0
"""How far under the worst text what was heard lies when even its own characters have no path."""
OPPOSITES = ("好坏", "买卖", "大小", "多少", "有无", "有没", "长短", "高低", "前后", "早晚", "左右", "上下", "进出", "来去")
NEGATIONS = frozenset("不没别无未非勿莫")

TextScores = Callable[[Sequence[str]], Sequence[float] | None]
"""Gives Whisper's natural-log probability of whole phrase texts; None where it cannot."""


@dataclass(frozen=True)
class ScoredText:
    """A text for a run of spoken characters, in its parts. lattice: log10. sound: Whisper's log10, 0 before it is asked."""

    parts: tuple[TextPart, ...]
    lattice: float
    sound: float = 0.0

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(part.text for part in self.parts)

    @property
    def score(self) -> float:
        """The sum by which texts are chosen."""
        return self.lattice + SOUND_WEIGHT * self.sound


@dataclass(frozen=True)
class DecodedPhrase:
    """What was chosen for each run of a phrase, what was heard there, and all texts that were weighed."""

    spoken: SpokenPhrase
    chosen: tuple[ScoredText, ...]
    heard: tuple[ScoredText, ...]
    rivals: tuple[tuple[ScoredText, ...], ...]


def decode_phrase(
    phrase: Phrase,
    lexicon: Lexicon,
    terms: Sequence[SpokenTerm],
    scores: TextScores,
    *,
    second: Phrase | None = None,
    units: Collection[str] = (),
) -> DecodedPhrase:
    """Return what was most probably said in a phrase. Without Whisper's scores nothing is changed.

    second: another hypothesis of the same phrase, believed as much as the first where it has as many characters. units: those that the
    story's product is sold in.
    """
    spoken = spoken_phrase(phrase)
    others = spoken_phrase(second).runs if second is not None else ()
    heard: list[ScoredText] = []
    rivals: list[list[ScoredText]] = []
    for number, run in enumerate(spoken.runs):
        beside = others[number] if len(others) == len(spoken.runs) and len(others[number]) == len(run) else run
        own, texts = _run_texts(spoken, run, beside, lexicon, terms, units)
        heard.append(own)
        rivals.append(texts)
    chosen, scored = _choose(spoken, heard, rivals, scores)
    return DecodedPhrase(spoken, tuple(chosen), tuple(heard), tuple(map(tuple, scored)))


def _run_texts(
    spoken: SpokenPhrase,
    run: Sequence[SpokenCharacter],
    beside: Sequence[SpokenCharacter],
    lexicon: Lexicon,
    terms: Sequence[SpokenTerm],
    units: Collection[str],
) -> tuple[ScoredText, list[ScoredText]]:
    """Return the run as it was heard and the lattice's best texts for it, that one among them."""
    said = "".join(character.character for character in run)
    as_heard = (TextPart(said, "word"),)
    if len(run) < SHORTEST_RUN:
        own = ScoredText(as_heard, 0.0)
        return own, [own]
    slots = [
        Slot(
            {one.character: 1.0} if one.character == other.character else {one.character: 0.5, other.character: 0.5},
            spoken.probability(one),
        )
        for one, other in zip(run, beside, strict=True)
    ]
    found = best_texts(PhraseLattice(slots, lexicon, terms, units=units), MOST_TEXTS)
    texts = {text.text: ScoredText(text.parts, text.score) for text in found if text.score > found[0].score - HOPELESS}
    if said not in texts:
        alone = best_texts(PhraseLattice(slots, lexicon, terms, units=units, only_heard=True), MOST_TEXTS)
        least = min((text.score for text in found), default=0.0) - UNREACHED
        texts[said] = ScoredText(as_heard, next((text.score for text in alone if text.text == said), least))
    return texts[said], list(texts.values())


def _choose(
    spoken: SpokenPhrase, heard: Sequence[ScoredText], rivals: Sequence[Sequence[ScoredText]], scores: TextScores
) -> tuple[list[ScoredText], list[list[ScoredText]]]:
    """Return the best text of every run by lattice and sound, and all texts with both scores; ties and forbidden swaps stay as heard."""
    chosen, scored = list(heard), [list(texts) for texts in rivals]
    for number, texts in enumerate(rivals):
        wholes = [_whole_variants(spoken, chosen, number, text, heard[number]) for text in texts]
        flat = list(dict.fromkeys(whole for variants in wholes for whole in variants))
        given = scores(flat) if len(texts) > 1 else None
        if given is None:
            continue
        by_text = dict(zip(flat, given, strict=True))
        scored[number] = [
            replace(text, sound=max(by_text[whole] for whole in variants) / log(10)) for text, variants in zip(texts, wholes, strict=True)
        ]
        own = next(text for text in scored[number] if text.text == heard[number].text)
        plain = max(text.score for text in scored[number] if not _turns_meaning(own.text, text.text))
        allowed = [
            text
            for text in scored[number]
            if text.sound > own.sound or text.score > plain + TURN_MARGIN or not _turns_meaning(own.text, text.text)
        ]
        best = max(allowed, key=lambda text: text.score)
        chosen[number] = best if best.score > own.score else own
    return chosen, scored


def _whole_variants(
    spoken: SpokenPhrase, chosen: Sequence[ScoredText], number: int, text: ScoredText, heard: ScoredText
) -> tuple[str, ...]:
    """Return the whole phrase with one run's text, in the ways in which Whisper may write it: numbers in characters and in figures."""
    parts = [part.text for part in chosen]
    parts[number] = text.text
    written = with_replacements(
        spoken, [change for run, part in zip(spoken.runs, parts, strict=True) for change in changes(spoken, run, part)]
    )
    plain = "".join(parts) if len(parts) == 1 else written
    figures = in_figures(plain)
    # Each way costs as much as a tenth of hearing the phrase; what was heard gets them all, so that it is not given up too easily.
    others = (plain, figures) if text.text == heard.text or not _FIGURE.search(figures) else (figures,)
    return tuple(dict.fromkeys((written.strip(), *others)))


def in_figures(text: str) -> str:
    """Return a text with every number of a measure in figures, as a recogniser often writes it: 十斤三十九块九 is 10斤39块9."""
    return _MEASURED.sub(lambda match: _figures(match[0]), text)


def _figures(number: str) -> str:
    value = read_number(number)
    return number if value is None or number == "半" else f"{value.normalize():f}"


_FIGURE = re.compile(r"\d")
_MEASURED = re.compile(rf"{NUMBER}(?=[斤块箱元公克个枚瓶份只袋盒包罐条件两年月天号])|(?<=块)[{DIGITS}](?![{DIGITS}]*[十百])")


def _turns_meaning(before: str, after: str) -> bool:
    """Tell whether a change swaps opposites or puts a negation in or takes one out."""
    return any(
        (one in NEGATIONS) != (other in NEGATIONS) or any(one in pair and other in pair for pair in OPPOSITES)
        for one, other in zip(before, after, strict=True)
        if one != other
    )


def spoken_terms(vocabulary: Sequence[VocabularyTerm], lexicon: Lexicon) -> list[SpokenTerm]:
    """Return names and sellers' words as arcs of the lattice; what the lexicon cannot read is left out."""
    terms = []
    for term in vocabulary:
        spoken = lexicon.spoken(term.text, term.sounds)
        if spoken is not None:
            floor = STORY_FLOOR if term.from_story else SELLER_FLOOR
            terms.append(SpokenTerm(term.text, spoken, lexicon.model.numbers.get(term.text, NOWHERE), floor, term.from_story))
    return terms
