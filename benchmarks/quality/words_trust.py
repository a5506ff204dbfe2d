"""How well the trust of a line tells wrong lines: `python -m benchmarks.quality.words_trust SOUNDS [--fit]`.

SOUNDS as for `words.py`, whose cached hearings and scores it uses. A phrase is wrong when a number, a unit, a name or place, or a negation
differs from the script, or a fifth of its characters (its sense); a harmless character is not counted. Printed for each set: the area
under the curve of the trust and of the words' mean probability, and how many wrong and right phrases are held. `--fit` fits the weights of
`pipeline/speech/trust.py` on the tuned stories alone, by both voices, as written and without the story's names (which makes more wrong
lines), and prints them with the threshold that holds three quarters of the wrong ones.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.words import Decoder, Recogniser, Talk, matched, plain, story_talks
from pipeline.speech.trust import FEATURES, Evidence, amount_characters, features, phrase_trusts
from pipeline.subtitles.cues import MIN_TRUST

SENSE_SHARE, HARMLESS = 0.2, 1
"""Share of a line's characters from which its sense is wrong; so many wrong ones are harmless, however short the line is."""
NEGATIONS = frozenset("不没别无未非")
RIDGE = 1.0
"""Weight of the squared weights, of features of unit variance."""
WRONG_HELD = 0.75
"""Share of the wrong lines that the threshold holds; doubtful amounts come on top of them. 0.8 would hold three right ones in ten."""

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class JudgedPhrase:
    """A phrase with what is known of it, and whether it is wrong in what matters. pace: as a share of its clip's usual one."""

    evidence: Evidence
    pace: float
    trust: float
    wrong: bool


def judged_phrases(talks: Sequence[Talk], decoder: Decoder, *, named: bool = True) -> list[JudgedPhrase]:
    """Return every phrase of the talks that has evidence."""
    judged = []
    for talk in talks:
        lines, evidence = decoder.read(talk, named=named)
        paces = [each.pace for each in evidence if each is not None]
        usual = median(paces) if paces else 1.0
        wanted = said_in_phrases("".join(map(plain, talk.sentences)), [plain(line) for line in lines])
        for line, said, known, trust in zip(lines, wanted, evidence, phrase_trusts(evidence), strict=True):
            if known is not None and trust is not None:
                judged.append(JudgedPhrase(known, known.pace / usual, trust, is_wrong(said, plain(line), talk.names)))
    return judged


def said_in_phrases(wanted: str, lines: Sequence[str]) -> list[str]:
    """Return what was said in each phrase: the script cut where the phrases' texts fit it best."""
    costs = np.zeros((len(lines) + 1, len(wanted) + 1))
    costs[0, 1:] = np.inf
    back = np.zeros((len(lines) + 1, len(wanted) + 1), int)
    for number, line in enumerate(lines, 1):
        for end in range(len(wanted) + 1):
            starts = range(max(0, end - 2 * len(line) - 4), end + 1)
            options = [
                (costs[number - 1, start] + _distance(wanted[start:end], line), start)
                for start in starts
                if np.isfinite(costs[number - 1, start])
            ]
            costs[number, end], back[number, end] = min(options, default=(np.inf, 0))
    parts, end = [], len(wanted)
    for number in range(len(lines), 0, -1):
        start = int(back[number, end])
        parts.append(wanted[start:end])
        end = start
    return parts[::-1]


def _distance(wanted: str, line: str) -> float:
    return matched(wanted, line)[0] if wanted or line else 0


def is_wrong(said: str, line: str, names: Sequence[str]) -> bool:
    """Tell whether a line is wrong in number, unit, name, negation or sense."""
    amounts = amount_characters(said) != amount_characters(line)
    missing = any(plain(name) in said and plain(name) not in line for name in names)
    negation = sorted(NEGATIONS & set(said)) != sorted(NEGATIONS & set(line))
    errors = matched(said, line)[0]
    return amounts or missing or negation or (errors > HARMLESS and errors >= SENSE_SHARE * len(said))


def area_under_curve(scores: Sequence[float], wrong: Sequence[bool]) -> float:
    """Return the probability that a wrong phrase has a lower score than a right one."""
    bad = np.array([score for score, is_bad in zip(scores, wrong, strict=True) if is_bad])
    good = np.array([score for score, is_bad in zip(scores, wrong, strict=True) if not is_bad])
    if not len(bad) or not len(good):
        return float("nan")
    return float((bad[:, None] < good[None, :]).mean() + 0.5 * (bad[:, None] == good[None, :]).mean())


def fitted(rows: NDArray[np.float64], wrong: Vector) -> tuple[float, Vector]:
    """Return intercept and weights of a logistic regression with a ridge, by Newton's method."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    design = np.column_stack((np.ones(len(rows)), (rows - mean) / spread))
    weights, ridge = np.zeros(design.shape[1]), RIDGE * np.eye(design.shape[1])
    ridge[0, 0] = 0.0
    for _ in range(50):
        probability = 1.0 / (1.0 + np.exp(-design @ weights))
        slope = design.T @ (wrong - probability) - ridge @ weights
        weights = weights + np.linalg.solve(design.T * (probability * (1 - probability)) @ design + ridge, slope)
    return float(weights[0] - (weights[1:] * mean / spread).sum()), weights[1:] / spread


def report(title: str, judged: Sequence[JudgedPhrase]) -> None:
    """Print how well the trust tells wrong phrases of a set, and what the mean probability of the words would."""
    wrong = [phrase.wrong for phrase in judged]
    held = [phrase.trust < MIN_TRUST for phrase in judged]
    bad, good = sum(wrong), len(wrong) - sum(wrong)
    print(
        f"{title}: {len(judged)} phrases, {bad} wrong; area under the curve {area_under_curve([p.trust for p in judged], wrong):.2f} "
        f"(mean probability {area_under_curve([p.evidence.mean for p in judged], wrong):.2f}); held under {MIN_TRUST}: "
        f"{sum(h and w for h, w in zip(held, wrong, strict=True))}/{bad} wrong, "
        f"{sum(h and not w for h, w in zip(held, wrong, strict=True))}/{good} right"
    )


def main() -> None:
    """Print the report, and the weights where they are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sounds", type=Path)
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--set", dest="sets", action="append", choices=("tuned", "held_out", "fresh"))
    given = parser.parse_args()
    recogniser = Recogniser(given.sounds / "heard")
    decoder = Decoder(recogniser)
    if given.fit:
        talks = [talk for again in (False, True) for talk in story_talks(given.sounds, "tuned", recogniser, again=again)]
        judged = [phrase for named in (True, False) for phrase in judged_phrases(talks, decoder, named=named)]
        rows = np.array([features(phrase.evidence, phrase.pace) for phrase in judged])
        wrong = np.array([phrase.wrong for phrase in judged], float)
        intercept, weights = fitted(rows, wrong)
        trust = 1.0 / (1.0 + np.exp(intercept + rows @ weights))
        area = area_under_curve(trust.tolist(), [bool(each) for each in wrong])
        print(f"fitted on {len(judged)} phrases, {int(wrong.sum())} wrong: area under the curve {area:.3f}")
        print("INTERCEPT =", round(intercept, 3), *(f" {name}={weight:.3f}" for name, weight in zip(FEATURES, weights, strict=True)))
        print("MIN_TRUST =", round(float(np.quantile(trust[wrong > 0], WRONG_HELD)), 3))
    for name in given.sets or ("tuned", "held_out", "fresh"):
        for again in (False, True):
            if talks := story_talks(given.sounds, name, recogniser, again=again):
                report(f"{name}, by a second voice" if again else name, judged_phrases(talks, decoder))
                recogniser.keep_scores(talks)


if __name__ == "__main__":
    main()
