"""What was heard becomes what was said: Simplified characters, this story's names, the seller's words, prices and units.

Only sound decides, never a wish: a term is written where the characters that were heard sound like it, and where they are not
words that make sense by themselves. Every change is on record and keeps the number of characters, so that times stay true; only a
name's first character, swallowed where a phrase begins, is put back.
"""

from collections.abc import Sequence

from pipeline.chinese import DIALECT_COST, OTHER_SOUND_COST, character_difference, simplified
from pipeline.documents.transcript import Phrase, Repair, Word
from pipeline.speech.spoken import Correction, corrections
from pipeline.speech.terms import Term, cut, is_common

VERSION = 4
TRUST = 0.8
"""Least probability of a word in a term that was heard, rightly or by its sound: two sources agree on it."""
BUDGET = {2: 0.0, 3: DIALECT_COST, 4: 1.0, 5: 1.25}
"""Summed difference that a term of so many syllables may have; longer ones as 5. A name of the story may have DIALECT more."""
PER_CHANGE = 0.5
"""Mean difference over the syllables that change: four characters that are right say nothing for the fifth."""
LEAST_LEFT = 3
"""So many syllables of a name must have been heard, each by its very sound, for the one before them to be put back."""
_LITTLE_WORDS = frozenset("的了是在有我你他她它们这那不就也都和与很会能要去来到上下里个一为以可大小多好没过还又再")


def repair(phrases: Sequence[Phrase], terms: Sequence[Term]) -> tuple[tuple[Phrase, ...], tuple[Repair, ...]]:
    """Phrases as they should be written, and every change. terms: longest first, as `terms_of` gives them."""
    mended, repairs = [], []
    for phrase in phrases:
        begun, put_back = _begun(phrase, terms)
        written, changes = _phrase(begun, terms)
        mended.append(written)
        repairs += [*put_back, *changes]
    return tuple(mended), tuple(repairs)


def _begun(phrase: Phrase, terms: Sequence[Term]) -> tuple[Phrase, list[Repair]]:
    """The phrase with the whole of a name whose first syllable was swallowed: the voice sets in softly, and 冕宁土豆 is heard as 凝土豆.

    What was heard must be no word, and sound exactly as the rest of the name; the syllable's time is that of the next one.
    """
    said = "".join(word.text for word in phrase.words)
    text = simplified(said)
    at = len(text) - len(text.lstrip())
    for term in terms:
        rest, heard = term.text[1:], text[at : at + len(term) - 1]
        if not term.named or len(rest) < LEAST_LEFT or len(heard) < len(rest) or heard == rest or is_common(heard):
            continue
        if all(character_difference(*pair) == 0 for pair in zip(heard, term.sounds[1:], strict=True)):
            words = _words(phrase.words, said[:at] + rest + said[at + len(rest) :], set(range(at, at + len(rest))))
            first = next(number for number, word in enumerate(words) if word.text.strip())
            words[first] = words[first].model_copy(update={"text": words[first].text.replace(rest[0], term.text[:2], 1)})
            put_back = Repair(at_s=words[first].start_s, heard=heard, written=term.text, why="glossary")
            return phrase.model_copy(update={"words": tuple(words)}), [put_back]
    return phrase, []


def _phrase(phrase: Phrase, terms: Sequence[Term]) -> tuple[Phrase, list[Repair]]:
    heard = "".join(word.text for word in phrase.words)
    text = simplified(heard)
    changes: list[Repair] = []
    if text != heard:
        changes.append(Repair(at_s=phrase.start_s, heard=heard.strip(), written=text.strip(), why="simplified"))
    starts = [word.start_s for word in phrase.words for _ in word.text]
    touched: set[int] = set()
    for find in (lambda text: _named(text, terms), corrections):
        for change in find(text):
            changes.append(Repair(at_s=starts[change.start], heard=text[change.start : change.end], written=change.written, why=change.why))
            touched.update(range(change.start, change.end))
            text = text[: change.start] + change.written + text[change.end :]
    for term in terms:
        if len(term) > 2 and (at := text.find(term.text)) >= 0:
            touched.update(range(at, at + len(term)))
    return phrase.model_copy(update={"words": tuple(_words(phrase.words, text, touched))}), changes


def _words(words: Sequence[Word], text: str, touched: set[int]) -> list[Word]:
    rewritten, at = [], 0
    for word in words:
        end = at + len(word.text)
        probability = max(word.probability, TRUST) if touched.intersection(range(at, end)) else word.probability
        rewritten.append(word.model_copy(update={"text": text[at:end], "probability": probability}))
        at = end
    return rewritten


def _named(text: str, terms: Sequence[Term]) -> list[Correction]:
    """Places where a term was said and something else was written: the longest and best match first, none overlapping."""
    settled = [False] * len(text)
    for term in terms:
        at = text.find(term.text)
        while at >= 0:
            settled[at : at + len(term)] = [True] * len(term)
            at = text.find(term.text, at + 1)
    edges = _edges(text)
    found: list[tuple[float, int, Term]] = []
    for term in terms:
        for start in range(len(text) - len(term) + 1):
            if any(settled[at] and text[at] != term.text[at - start] for at in range(start, start + len(term))):
                continue
            cost = _cost(text[start : start + len(term)], term)
            if cost is not None and _free(text, start, term, cost, edges):
                found.append((cost, start, term))
    taken: list[Correction] = []
    for _, start, term in sorted(found, key=lambda match: (-len(match[2]) + 2 * match[0], not match[2].named, match[1])):
        end = start + len(term)
        if not any(start < other.end and other.start < end for other in taken):
            taken.append(Correction(start, end, term.text, "glossary"))
    return sorted(taken, key=lambda correction: correction.start)


def _cost(heard: str, term: Term) -> float | None:
    """How far what was heard is from a term in sound, when that is near enough; else None."""
    budget = BUDGET[min(len(term), max(BUDGET))] + (DIALECT_COST if term.named else 0.0)
    cost, changed = 0.0, 0
    for character, wanted, sound in zip(heard, term.text, term.sounds, strict=True):
        if character == wanted:
            continue
        step = character_difference(character, sound)
        changed += 1
        cost += step
        if cost > budget or step > OTHER_SOUND_COST:
            return None
    each = DIALECT_COST if changed == 1 and not (term.named and len(term) > 2) else PER_CHANGE
    return cost if changed and cost <= each * changed else None


def _free(text: str, start: int, term: Term, cost: float, edges: set[int]) -> bool:
    """Whether what stands there may be overwritten: it is not a word in its own right, and no word is cut in two."""
    end = start + len(term)
    heard = text[start:end]
    if is_common(heard):
        return False
    whole = {start, end} <= edges or (cost == 0 and (term.named or len(term) > 2) and _loosely(text, start, end, edges))
    if len(term) == 2 and (_LITTLE_WORDS & set(heard) or not whole):
        return False
    return whole or len(term) >= 4 or (term.named and len(term) == 3 and cost == 0)


def _loosely(text: str, start: int, end: int, edges: set[int]) -> bool:
    """Whether a word that is cut loses only a little word that stands well alone: 大量/山上 holds 大凉山 and 上."""
    left = start in edges or (start - 1 in edges and text[start - 1] in _LITTLE_WORDS)
    right = end in edges or (end + 1 in edges and text[end] in _LITTLE_WORDS)
    return left and right


def _edges(text: str) -> set[int]:
    """Places between the words of a text; words too rare to have been meant do not count as words."""
    edges, at = {0}, 0
    for word in cut(text):
        if len(word) > 1 and not is_common(word):
            edges.update(range(at, at + len(word)))
        at += len(word)
        edges.add(at)
    return edges
