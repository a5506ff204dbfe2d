"""Repairing recognised speech: Simplified characters, this story's names, sellers' words, prices and units.

Only sound decides: a term is written where the recognised characters sound like it and are not words that make sense by themselves.
Every change is on record and keeps the number of characters, so that times stay valid; only a name's first character, swallowed at
the beginning of a phrase, is put back.
"""

from collections.abc import Iterator, Sequence

from pipeline.chinese import DIALECT_COST, OTHER_SOUND_COST, character_difference, is_han, simplified
from pipeline.documents.transcript import Phrase, Repair, Word
from pipeline.speech.amount_corrections import Correction, amount_corrections
from pipeline.speech.vocabulary import VocabularyTerm, is_common_word, split_words

VERSION = 4
TERM_PROBABILITY = 0.8
"""Minimum probability of a word in a recognised or corrected term, since two sources agree on it."""
MAX_COST = {2: 0.0, 3: DIALECT_COST, 4: 1.0, 5: 1.25}
"""Maximum summed difference of a term by its number of syllables, longer ones as 5; a name of the story may have DIALECT_COST more."""
COST_PER_CHANGE = 0.5
"""Maximum mean difference of the syllables that change: four right characters are no evidence for the fifth."""
MIN_HEARD_SYLLABLES = 3
"""How many syllables of a name must be heard exactly for the first one to be put back before them."""
_UNITS_AFTER_FIGURES = "块元毛角分斤箱件盒袋个枚瓶份只包罐桶条串颗粒亩公克千升米年月日号点折岁度天小%％"
_PARTICLES = frozenset("的了是在有我你他她它们这那不就也都和与很会能要去来到上下里个一为以可大小多好没过还又再")


def repair_phrases(
    phrases: Sequence[Phrase], terms: Sequence[VocabularyTerm], *, as_heard: frozenset[str] = frozenset()
) -> tuple[tuple[Phrase, ...], tuple[Repair, ...]]:
    """Return the phrases as they should be written, and every change. terms: longest first, as `build_vocabulary` returns them.

    as_heard: what a person wants to stay as it was heard.
    """
    repaired, repairs = [], []
    for phrase in phrases:
        complete, first_repairs = _with_first_syllable(phrase, terms)
        if any(repair.heard in as_heard for repair in first_repairs):
            complete, first_repairs = phrase, []
        written, changes = _repair_phrase(complete, terms, as_heard)
        repaired.append(written)
        repairs += [*first_repairs, *changes]
    return tuple(repaired), tuple(repairs)


def without_loose_figures(phrase: Phrase) -> Phrase:
    """Return a phrase without the spaces that a recogniser sets round figures: 36 块 8 is one amount. Between two amounts they stay."""
    words: list[Word] = []
    for word in phrase.words:
        before, after = (words[-1].text[-1:] if words else ""), word.text.strip()[:1]
        loose = word.text[:1] == " " and ((is_han(before) and after.isdecimal()) or (before.isdecimal() and after in _UNITS_AFTER_FIGURES))
        words.append(word.model_copy(update={"text": word.text.lstrip()}) if loose and after else word)
    return phrase.model_copy(update={"words": tuple(words)})


def _with_first_syllable(phrase: Phrase, terms: Sequence[VocabularyTerm]) -> tuple[Phrase, list[Repair]]:
    """Return the phrase with the whole of a name whose first syllable was swallowed: 冕宁土豆, begun softly, is heard as 凝土豆.

    What was heard must not be a word and must sound exactly like the rest of the name; the syllable gets the time of the next one.
    """
    said = "".join(word.text for word in phrase.words)
    text = simplified(said)
    at = len(text) - len(text.lstrip())
    for term in terms:
        rest, heard = term.text[1:], text[at : at + len(term) - 1]
        if not term.from_story or len(rest) < MIN_HEARD_SYLLABLES or len(heard) < len(rest) or heard == rest or is_common_word(heard):
            continue
        if all(character_difference(*pair) == 0 for pair in zip(heard, term.sounds[1:], strict=True)):
            words = _rewritten_words(phrase.words, said[:at] + rest + said[at + len(rest) :], set(range(at, at + len(rest))))
            first = next(number for number, word in enumerate(words) if word.text.strip())
            words[first] = words[first].model_copy(update={"text": words[first].text.replace(rest[0], term.text[:2], 1)})
            repair = Repair(at_s=words[first].start_s, heard=heard, written=term.text, why="glossary")
            return phrase.model_copy(update={"words": tuple(words)}), [repair]
    return phrase, []


def _repair_phrase(phrase: Phrase, terms: Sequence[VocabularyTerm], as_heard: frozenset[str]) -> tuple[Phrase, list[Repair]]:
    heard = "".join(word.text for word in phrase.words)
    text = simplified(heard)
    changes: list[Repair] = []
    if text != heard:
        changes.append(Repair(at_s=phrase.start_s, heard=heard.strip(), written=text.strip(), why="simplified"))
    starts = [word.start_s for word in phrase.words for _ in word.text]
    touched: set[int] = set()
    for find in (lambda text: _term_corrections(text, terms), amount_corrections):
        for change in find(text):
            if text[change.start : change.end] in as_heard:
                continue
            changes.append(Repair(at_s=starts[change.start], heard=text[change.start : change.end], written=change.written, why=change.why))
            touched.update(range(change.start, change.end))
            text = text[: change.start] + change.written + text[change.end :]
    for term in terms:
        if len(term) > 2 and (at := text.find(term.text)) >= 0:
            touched.update(range(at, at + len(term)))
    return phrase.model_copy(update={"words": tuple(_rewritten_words(phrase.words, text, touched))}), changes


def _rewritten_words(words: Sequence[Word], text: str, touched: set[int]) -> list[Word]:
    rewritten, at = [], 0
    for word in words:
        end = at + len(word.text)
        probability = max(word.probability, TERM_PROBABILITY) if touched.intersection(range(at, end)) else word.probability
        rewritten.append(word.model_copy(update={"text": text[at:end], "probability": probability}))
        at = end
    return rewritten


def _term_corrections(text: str, terms: Sequence[VocabularyTerm]) -> list[Correction]:
    """Return corrections where a term was said and something else written; of overlapping matches the longest and best."""
    corrections: list[Correction] = []
    for _, start, term in sorted(
        _misheard_terms(text, terms), key=lambda match: (-len(match[2]) + 2 * match[0], not match[2].from_story, match[1])
    ):
        end = start + len(term)
        if not any(start < other.end and other.start < end for other in corrections):
            corrections.append(Correction(start, end, term.text, "glossary"))
    return sorted(corrections, key=lambda correction: correction.start)


def _misheard_terms(text: str, terms: Sequence[VocabularyTerm]) -> Iterator[tuple[float, int, VocabularyTerm]]:
    """Yield cost, offset and term of every stretch that sounds like a term and may be overwritten by it."""
    settled = _correct_characters(text, terms)
    boundaries = _word_boundaries(text)
    for term in terms:
        for start in range(len(text) - len(term) + 1):
            heard = text[start : start + len(term)]
            if any(start + at in settled and heard[at] != character for at, character in enumerate(term.text)):
                continue
            cost = _cost(heard, term)
            if cost is not None and _may_overwrite(text, start, term, cost, boundaries):
                yield cost, start, term


def _correct_characters(text: str, terms: Sequence[VocabularyTerm]) -> set[int]:
    """Return the offsets of all characters that belong to a term already written correctly."""
    offsets: set[int] = set()
    for term in terms:
        start = text.find(term.text)
        while start >= 0:
            offsets.update(range(start, start + len(term)))
            start = text.find(term.text, start + 1)
    return offsets


def _cost(heard: str, term: VocabularyTerm) -> float | None:
    """Return how different what was heard sounds from a term; None when it is too different."""
    limit = MAX_COST[min(len(term), max(MAX_COST))] + (DIALECT_COST if term.from_story else 0.0)
    cost, changed = 0.0, 0
    for character, expected, sound in zip(heard, term.text, term.sounds, strict=True):
        if character == expected:
            continue
        step = character_difference(character, sound)
        changed += 1
        cost += step
        if cost > limit or step > OTHER_SOUND_COST:
            return None
    each = DIALECT_COST if changed == 1 and not (term.from_story and len(term) > 2) else COST_PER_CHANGE
    return cost if changed and cost <= each * changed else None


def _may_overwrite(text: str, start: int, term: VocabularyTerm, cost: float, boundaries: set[int]) -> bool:
    """Tell whether what was heard may be overwritten by a term: it is not a word by itself, and no word is cut in two."""
    end = start + len(term)
    heard = text[start:end]
    if is_common_word(heard):
        return False
    whole = {start, end} <= boundaries or (
        cost == 0 and (term.from_story or len(term) > 2) and _cuts_only_particles(text, start, end, boundaries)
    )
    if len(term) == 2 and (_PARTICLES & set(heard) or not whole):
        return False
    return whole or len(term) >= 4 or (term.from_story and len(term) == 3 and cost == 0)


def _cuts_only_particles(text: str, start: int, end: int, boundaries: set[int]) -> bool:
    """Tell whether words that are cut lose only a particle that can stand alone: 大量/山上 has 大凉山 and 上."""
    left = start in boundaries or (start - 1 in boundaries and text[start - 1] in _PARTICLES)
    right = end in boundaries or (end + 1 in boundaries and text[end] in _PARTICLES)
    return left and right


def _word_boundaries(text: str) -> set[int]:
    """Return the offsets between the words of a text; words too rare to have been said do not count as words."""
    boundaries, offset = {0}, 0
    for word in split_words(text):
        if len(word) > 1 and not is_common_word(word):
            boundaries.update(range(offset, offset + len(word)))
        offset += len(word)
        boundaries.add(offset)
    return boundaries
