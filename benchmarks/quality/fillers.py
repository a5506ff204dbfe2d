"""How well hesitations go and all else stays: `python -m benchmarks.quality.fillers SOUNDS [--set tuned|held_out] [-v]`.

SOUNDS is the folder that `fillers_voices.py` made. Printed for each set: planted stretches that no subtitle shows in any form, right
characters that went with them, planted stretches cut out of the sound, and cuts that reach into a word. Where a sentence was spoken in
parts (| in the yaml), the seconds of each part are known exactly; a cut elsewhere is listed for an ear. `--text` runs the rules on the
written sentences instead of on what Whisper hears, which is what the tests do.
"""

import argparse
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from benchmarks.quality.words import Decoder, Recogniser, Talk, plain
from pipeline.documents.base import Span
from pipeline.documents.transcript import Hesitation, Phrase, Transcript, Word
from pipeline.edit.hesitations import cut_hesitations
from pipeline.edit.takes import Take
from pipeline.media.decode import read_sound
from pipeline.media.voice import speech_spans
from pipeline.speech import recognition
from pipeline.speech.hesitations import find_hesitations, quiet_spans

STORIES = Path(__file__).with_name("fillers_stories.yaml")
SYLLABLE_S, PAUSE_S, HESITATION_S = 0.2, 0.15, 0.3
"""How a written sentence is timed: a syllable, a comma, a |."""


@dataclass
class Score:
    """Counts over several sentences."""

    planted: int = 0
    out: int = 0
    characters: int = 0
    lost: int = 0
    cut: int = 0
    cuttable: int = 0
    words_cut: int = 0
    shown: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"out of the text {self.out} of {self.planted} ({100 * self.out / max(1, self.planted):.0f} %), "
            f"right characters lost {self.lost} of {self.characters}; "
            f"with silence round them {self.cuttable}, cut out of the sound {self.cut}, cuts into a word {self.words_cut}"
        )


def planted_parts(sentence: str) -> list[tuple[str, bool]]:
    """Return a sentence's stretches in the form in which texts are compared, each with whether it was planted."""
    pieces = re.split(r"(\[[^\]]*\])", sentence.replace("|", ""))
    return [(plain(piece.strip("[]")), piece.startswith("[")) for piece in pieces if plain(piece.strip("[]"))]


def aligned(parts: Sequence[tuple[str, bool]], got: str) -> tuple[list[bool], int]:
    """Return of each planted stretch whether something of it stands in a text, and how many of the other characters are missing there."""
    letters = [(letter, number if planted else -1) for number, (text, planted) in enumerate(parts) for letter in text]
    rows, columns = len(letters) + 1, len(got) + 1
    cost = [[0.0] * columns for _ in range(rows)]
    for row in range(rows):
        for column in range(columns):
            if row or column:
                cost[row][column] = min(price for price, _ in _ways(letters, got, cost, row, column))
    row, column, shown, missing = rows - 1, columns - 1, set[int](), 0
    while row or column:
        _, way = min(_ways(letters, got, cost, row, column))
        if way == "both":
            row, column = row - 1, column - 1
            shown.add(letters[row][1])
        elif way == "planted":
            row -= 1
            missing += letters[row][1] < 0
        else:
            column -= 1
    return [number in shown for number, (_, planted) in enumerate(parts) if planted], missing


def _ways(letters: Sequence[tuple[str, int]], got: str, cost: list[list[float]], row: int, column: int) -> list[tuple[float, str]]:
    """Return the ways to a cell of the alignment: a planted character costs nothing where it is missing, half where it is shown."""
    ways = []
    if row:
        ways.append((cost[row - 1][column] + (1.0 if letters[row - 1][1] < 0 else 0.0), "planted"))
    if column:
        ways.append((cost[row][column - 1] + 1.0, "text"))
    if row and column:
        same = letters[row - 1][0] == got[column - 1]
        both = (0.0 if same else 0.9) if letters[row - 1][1] < 0 else (0.4 if same else 0.6)
        ways.append((cost[row - 1][column - 1] + both, "both"))
    return ways


def written_phrase(sentence: str) -> Phrase:
    """Return a written sentence as a phrase, its commas and its | as pauses."""
    words: list[Word] = []
    at = 1.0
    for letter in re.sub(r"[\[\]]", "", sentence):
        if letter in "，|":
            at += PAUSE_S if letter == "，" else HESITATION_S
            continue
        words.append(Word(start_s=round(at, 3), end_s=round(at + SYLLABLE_S, 3), text=letter, probability=0.9))
        at += SYLLABLE_S
    return Phrase(start_s=1.0, end_s=round(at, 3), words=tuple(words))


def without(phrase: Phrase, hesitations: Sequence[Hesitation]) -> str:
    """Return the text of a phrase without its hesitations, as subtitles show it."""
    letters = []
    for word in phrase.words:
        step_s = (word.end_s - word.start_s) / max(1, len(word.text))
        for at, letter in enumerate(word.text):
            begin_s = word.start_s + at * step_s
            if not any(hesitation.covers(begin_s, begin_s + step_s) for hesitation in hesitations):
                letters.append(letter)
    return "".join(letters)


def score_text(score: Score, parts: Sequence[tuple[str, bool]], phrases: Sequence[Phrase]) -> list[Hesitation]:
    """Add what becomes of a sentence's words to a score. Returns its hesitations."""
    found = list(find_hesitations(phrases))
    shown, missing = aligned(parts, plain("".join(without(phrase, found) for phrase in phrases)))
    _, missing_before = aligned(parts, plain("".join(phrase.text for phrase in phrases)))
    score.planted += len(shown)
    score.out += shown.count(False)
    score.characters += sum(len(text) for text, planted in parts if not planted)
    score.lost += max(0, missing - missing_before)
    if any(shown) or missing > missing_before:
        score.shown.append(" / ".join(without(phrase, found) for phrase in phrases))
    return found


def score_cuts(score: Score, sentence: str, entry: dict[str, Any], cuts: Sequence[Span]) -> None:
    """Add what the cuts of a sentence cut. entry: when it and its parts are spoken."""
    parts = sentence.split("|")
    for part, (start_s, end_s) in zip(parts, entry["parts"], strict=True):
        cut_s = sum(max(0.0, min(end_s, cut.end_s) - max(start_s, cut.start_s)) for cut in cuts)
        if re.fullmatch(r"\[[^\]]*\]", part):
            score.cuttable += len(parts) > 1
            score.cut += cut_s > 0.8 * (end_s - start_s)
        elif cut_s > 0.02 and "[" not in part:
            score.words_cut += 1
            score.shown.append(f"{cut_s:.2f} s cut of {part}")
        elif cut_s > 0.02:
            score.shown.append(f"listen: {cut_s:.2f} s cut of {part}")


def heard_phrases(story: dict[str, Any], folder: Path, recogniser: Recogniser) -> tuple[list[Phrase], tuple[Span, ...]]:
    """Return the phrases of a story as they are written down, and where its sound is quiet."""
    sound = folder / f"{story['id']}.wav"
    heard, cpu_s = recogniser.hear(sound)
    talk = Talk(story["id"], story["say"], [], [], "", tuple(story["names"]), sound, heard, cpu_s)
    kept = recogniser.cache / f"{talk.id}-scores.json"
    if kept.is_file():
        talk.known.update(json.loads(kept.read_text("utf-8")))
    phrases = Decoder(recogniser).phrases(talk)
    recogniser.keep_scores([talk])
    samples = read_sound(sound, 0)
    return phrases, quiet_spans(recognition.loudness_curve(samples), speech_spans(samples))


def story_score(story: dict[str, Any], folder: Path, recogniser: Recogniser, *, verbose: bool) -> Score:
    """Return the score of one spoken story."""
    score = Score()
    phrases, quiet = heard_phrases(story, folder, recogniser)
    entries = json.loads((folder / f"{story['id']}.json").read_text("utf-8"))
    for sentence, entry in zip(story["say"], entries, strict=True):
        mine = [phrase for phrase in phrases if entry["start_s"] <= (phrase.start_s + phrase.end_s) / 2 < entry["end_s"]]
        found = score_text(score, planted_parts(sentence), mine)
        transcript = Transcript(clip_id="", language="zh", phrases=tuple(mine), hesitations=tuple(found), quiet=quiet)
        takes = cut_hesitations([Take("", phrase) for phrase in mine], {"": transcript})
        cuts = [Span(start_s=take.phrase.start_s, end_s=take.phrase.end_s) for take in takes if not take.stands]
        score_cuts(score, sentence, entry, cuts)
        if verbose:
            for text in (sentence, " / ".join(phrase.text for phrase in mine), " / ".join(without(phrase, found) for phrase in mine)):
                print("  ", text)
    return score


def written_score(story: dict[str, Any]) -> Score:
    """Return the score of one story's sentences as they are written."""
    score = Score()
    for sentence in story["say"]:
        score_text(score, planted_parts(sentence), [written_phrase(sentence)])
    return score


def total(scores: Sequence[Score]) -> Score:
    """Return the sum of scores."""
    names = ("planted", "out", "characters", "lost", "cut", "cuttable", "words_cut")
    summed = Score(**{name: sum(getattr(score, name) for score in scores) for name in names})
    summed.shown = [line for score in scores for line in score.shown]
    return summed


def main() -> None:
    """Print the report of the sets that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sounds", type=Path, nargs="?")
    parser.add_argument("--set", dest="sets", action="append", choices=("tuned", "held_out"))
    parser.add_argument("--text", action="store_true")
    parser.add_argument("-v", "--verbose", action="store_true")
    given = parser.parse_args()
    stories = yaml.safe_load(STORIES.read_text("utf-8"))
    recogniser = None
    if given.sounds is not None and not given.text:
        (given.sounds / "heard").mkdir(exist_ok=True)
        recogniser = Recogniser(given.sounds / "heard")
    for name in given.sets or ("tuned", "held_out"):
        mine = [story for story in stories if story["set"] == name]
        if recogniser is None:
            summed = total([written_score(story) for story in mine])
        else:
            summed = total([story_score(story, given.sounds, recogniser, verbose=given.verbose) for story in mine])
        print(f"{name}: {summed}")
        for line in summed.shown:
            print("    ", line)


if __name__ == "__main__":
    main()
