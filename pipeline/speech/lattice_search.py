"""The search through a phrase's lattice: the best different texts by sound and language model."""

import heapq
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.speech.language_model import NOWHERE
from pipeline.speech.lattice import UNKNOWN, Arcs, PhraseLattice
from pipeline.speech.number_grammar import START
from pipeline.speech.selling_talk import BEGINNING

BEAM = 48
"""States that are kept at a place; states are told apart by their last two words."""
ENTRIES = 4
"""Ways into a state that are remembered, so that the second-best text is found too."""
MOST_STEPS = 400
"""Steps of the search backwards through the states."""
TALK_SHARE = 0.5
"""Share of the selling talk's probability in the sum with the general model's."""

AMOUNT_SHAPE = 0.5
"""How far the grammar decides between amounts that the selling talk holds for equally likely: 0 not at all, 1 as one probability."""

PartKind = Literal["word", "name", "amount"]


@dataclass(frozen=True)
class TextPart:
    """A word, a name of the story or an amount in a decoded text."""

    text: str
    kind: PartKind


@dataclass(frozen=True)
class DecodedText:
    """One text that may have been said, in its parts. score: log10 of the likelihood of its sound times its probability."""

    parts: tuple[TextPart, ...]
    score: float

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(part.text for part in self.parts)


@dataclass
class _State:
    """All ways to a place that end in the same two words; entries: the best ones, score, state before and arc.

    before, last: numbers in the language model. talk: the last word's number in the selling talk.
    """

    before: int
    last: int
    talk: int
    score: float
    entries: list[tuple[float, "_State", TextPart]] = field(default_factory=list)


def best_texts(lattice: PhraseLattice, most: int) -> list[DecodedText]:
    """Return the best different texts of a phrase, the best first."""
    places = len(lattice.slots)
    waiting: dict[int, list[tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64], list[_State], Arcs]]] = {}
    states = [_State(NOWHERE, NOWHERE, lattice.talk.number(BEGINNING), 0.0)]
    for at in range(places + 1):
        if at:
            states = _merged(waiting.pop(at, []))
        if at == places or not states:
            continue
        arcs = lattice.arcs(at)
        scores = _step_scores(states, arcs, lattice)
        for end in np.unique(arcs.ends):
            chosen = np.flatnonzero(arcs.ends == end)
            part = scores[:, chosen]
            kept = min(4 * BEAM, part.size)
            flat = np.argpartition(-part, kept - 1, axis=None)[:kept]
            rows, columns = np.unravel_index(flat, part.shape)
            waiting.setdefault(int(end), []).append((part[rows, columns], rows, chosen[columns], states, arcs))
    return _unwound(states, most)


def _step_scores(states: list[_State], arcs: Arcs, lattice: PhraseLattice) -> NDArray[np.float32]:
    """Return the score of every state (rows) followed by every arc (columns)."""
    before = np.array([state.before for state in states], np.int64)
    last = np.array([state.last for state in states], np.int64)
    known = np.flatnonzero(arcs.words != NOWHERE)
    probability = np.full((len(states), len(arcs.words)), UNKNOWN, np.float32)
    probability[:, known] = lattice.lexicon.model.scores(before, last, arcs.words[known])
    probability = np.maximum(probability, arcs.floors[None, :])
    own = np.isfinite(arcs.own)
    probability[:, own] = arcs.own[own]
    in_talk = lattice.talk.probabilities[np.array([state.talk for state in states])[:, None], arcs.talk[None, :]]
    in_talk = in_talk * 10.0 ** (AMOUNT_SHAPE * np.where(arcs.amounts & own, arcs.own - START, 0.0)[None, :])
    probability = np.log10((1.0 - TALK_SHARE) * 10.0**probability + TALK_SHARE * in_talk)
    total: NDArray[np.float32] = np.array([state.score for state in states], np.float32)[:, None] + probability + arcs.sound[None, :]
    return total


def _merged(
    groups: list[tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64], list[_State], Arcs]],
) -> list[_State]:
    """Return the states at a place, the best ones, out of all ways to it."""
    if not groups:
        return []
    scores = np.concatenate([group[0] for group in groups])
    source = np.concatenate([np.full(len(group[0]), number) for number, group in enumerate(groups)])
    offset = np.concatenate([np.arange(len(group[0])) for group in groups])
    merged: dict[tuple[int, int, int], _State] = {}
    for place in np.argsort(-scores)[: 6 * BEAM].tolist():
        score, (_, rows, columns, states, arcs) = float(scores[place]), groups[source[place]]
        state, arc = states[rows[offset[place]]], int(columns[offset[place]])
        text, amount = arcs.texts[arc], bool(arcs.amounts[arc])
        before, last = (NOWHERE, NOWHERE) if arcs.resets[arc] else (state.last, int(arcs.words[arc]))
        talk = int(arcs.talk[arc])
        key = before, last, talk
        reached = merged.get(key)
        if reached is None:
            if len(merged) == BEAM:
                continue
            reached = merged[key] = _State(before, last, talk, score)
        if len(reached.entries) < ENTRIES:
            kind: PartKind = "amount" if amount else "name" if arcs.names[arc] else "word"
            reached.entries.append((score, state, TextPart(text, kind)))
    return list(merged.values())


def _unwound(ends: list[_State], most: int) -> list[DecodedText]:
    """Return the best different texts that lead to the states at the end, by a search backwards whose estimate is exact."""
    found: dict[str, DecodedText] = {}
    order = count()
    heap: list[tuple[float, int, _State, float, tuple[TextPart, ...]]] = []
    for state in ends:
        heapq.heappush(heap, (-state.score, next(order), state, 0.0, ()))
    for _ in range(MOST_STEPS):
        if not heap or len(found) == most:
            break
        negative, _, state, tail, parts = heapq.heappop(heap)
        if not state.entries:
            decoded = DecodedText(parts, -negative)
            found.setdefault(decoded.text, decoded)
            continue
        for score, earlier, part in state.entries:
            step = score - earlier.score
            heapq.heappush(heap, (-(score + tail), next(order), earlier, tail + step, (part, *parts)))
    return list(found.values())
