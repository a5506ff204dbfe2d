"""How far the words of a phrase may be trusted: one number out of what the decoder and the recogniser know.

The mean probability of Whisper's words says little: most wrong phrases have 0.7 to 0.95.
"""

from collections.abc import Sequence
from math import exp
from statistics import median

from pipeline.chinese import NUMERALS
from pipeline.documents.base import Frozen
from pipeline.speech.decoding import DecodedPhrase
from pipeline.speech.incomplete_amounts import has_incomplete_amount

ALONE = 6.0
"""Margin of a text without rivals, and the largest that counts."""
USUAL_PACE = 0.9
"""Share of a clip's usual pace below which syllables are probably missing from a phrase."""
SLOWEST = 0.1
"""How far under it counts."""
INTERCEPT = -3.589
WEIGHTS = {"lattice": -1.718, "margin": -0.207, "slowness": 27.965, "mean": -1.342, "sound": -1.355}
"""Logistic regression of wrong phrases (a number, unit, name or negation wrong, or more than one character and a fifth of them), fitted by
`benchmarks/quality/words_trust.py` on the tuned stories by two voices each, with and without their names: see docs/performance.md."""
FEATURES = tuple(WEIGHTS)

AMOUNT_DOUBT, DOUBTED_TRUST = 1.6, 0.5
"""Where a unit is written that was not heard, and a text with another amount lies less than so far behind, the trust is at most so much:
五间 is 五件 or 五斤, and either makes good sense."""

_UNITS = frozenset("斤箱块元毛克袋盒罐瓶份件")
_AMOUNT_CHARACTERS = frozenset(f"{NUMERALS}半点斤箱块元毛克袋盒罐瓶份件包")


class Evidence(Frozen):
    """What is known of one phrase.

    lattice: log10 score of its text a character. margin: how far the second-best text lies behind; amount_margin: the best one with other
    numbers or units. sound: Whisper's log10 probability a character. mean, least: probability of its words. changed: share of its
    characters that were changed. unit_changed: whether one of them is a unit now. incomplete_amount: whether an amount
    lacks a part. pace: its characters a second.
    """

    lattice: float
    margin: float
    amount_margin: float
    sound: float
    mean: float
    least: float
    changed: float
    unit_changed: bool
    incomplete_amount: bool
    pace: float


def evidence_of(decoded: DecodedPhrase) -> Evidence | None:
    """Return the evidence for a decoded phrase: of its runs of characters the weakest; None for one without Chinese."""
    length = sum(len(run) for run in decoded.spoken.runs)
    if not length:
        return None
    margins, amount_margins, changed = [ALONE], [ALONE], list[str]()
    for chosen, heard, texts in zip(decoded.chosen, decoded.heard, decoded.rivals, strict=True):
        changed += [one for one, other in zip(chosen.text, heard.text, strict=True) if one != other]
        for text in texts:
            if text.text != chosen.text:
                margins.append(chosen.score - text.score)
            if amount_characters(text.text) != amount_characters(chosen.text):
                amount_margins.append(chosen.score - text.score)
    return Evidence(
        lattice=round(sum(text.lattice for text in decoded.chosen) / length, 3),
        margin=round(min(margins), 3),
        amount_margin=round(min(amount_margins), 3),
        sound=round(sum(text.sound for text in decoded.chosen) / length, 3),
        mean=round(decoded.spoken.phrase.confidence, 4),
        least=round(min(word.probability for word in decoded.spoken.phrase.words), 4),
        changed=round(len(changed) / length, 3),
        unit_changed=not _UNITS.isdisjoint(changed),
        incomplete_amount=any(has_incomplete_amount(text.text) for text in decoded.chosen),
        pace=round(length / max(0.1, decoded.spoken.phrase.end_s - decoded.spoken.phrase.start_s), 2),
    )


def phrase_trusts(evidence: Sequence[Evidence | None]) -> list[float | None]:
    """Return the probability that each phrase of a clip is right in what matters; None for a phrase without evidence."""
    paces = [each.pace for each in evidence if each is not None]
    usual = median(paces) if paces else 1.0
    return [None if each is None else round(_trust(each, each.pace / usual), 3) for each in evidence]


def features(evidence: Evidence, pace: float) -> list[float]:
    """Return the features of `WEIGHTS` in their order. pace: as a share of the clip's usual one."""
    known = {
        "lattice": evidence.lattice,
        "margin": min(ALONE, evidence.margin),
        "slowness": min(SLOWEST, max(0.0, USUAL_PACE - pace)),
        "mean": evidence.mean,
        "sound": evidence.sound,
    }
    return [known[name] for name in FEATURES]


def _trust(evidence: Evidence, pace: float) -> float:
    """Return the probability that a phrase is right. pace: as a share of the clip's usual one."""
    wrong = INTERCEPT + sum(weight * value for weight, value in zip(WEIGHTS.values(), features(evidence, pace), strict=True))
    trust = 1.0 / (1.0 + exp(min(50.0, wrong)))
    unit_doubtful = evidence.unit_changed and evidence.amount_margin < AMOUNT_DOUBT
    return min(DOUBTED_TRUST, trust) if unit_doubtful or evidence.incomplete_amount else trust


def amount_characters(text: str) -> str:
    """Return the characters of a text that numbers and units of sale are written with."""
    return "".join(character for character in text if character in _AMOUNT_CHARACTERS)
