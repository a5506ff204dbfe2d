"""How well narrated stories are written down: `python -m benchmarks.quality.words SOUNDS [--human FOLDER] [--set tuned|held_out] [-v]`.

SOUNDS is the folder that `words_voices.py` made from `words_stories.yaml`; what Whisper heard and its scores are kept beside the sounds,
so that a second run takes seconds. Printed are character error (numbers in one form, punctuation left out), names and places found,
prices found with what they buy, characters put right and right characters made wrong: as heard, as written, and with each part of the
decoder switched off. `held_out` stories were never looked at while weights were set; stories of one set and noise are also shown apart.
"""

import argparse
import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from benchmarks.quality.words_voices import spoken_again
from pipeline.catalog.glossary import glossary
from pipeline.chinese import HAN, spell_number
from pipeline.documents.offer import Brief, Offer
from pipeline.documents.transcript import Phrase
from pipeline.media.decode import read_sound
from pipeline.media.voice import speech_spans
from pipeline.speech import decoding, hallucinations, lattice_search, readings, recognisers, recognition
from pipeline.speech.decoding import TextScores, decode_phrase, spoken_terms
from pipeline.speech.lexicon import lexicon
from pipeline.speech.model import find_model
from pipeline.speech.phrases import build_phrases
from pipeline.speech.recogniser import SoundScores
from pipeline.speech.repair import repair_phrases
from pipeline.speech.spoken_text import spoken_phrase
from pipeline.speech.trust import Evidence, evidence_of
from pipeline.speech.vocabulary import build_vocabulary, story_units
from pipeline.speech.worker import RecognisedSpeech
from pipeline.store.user_store import user_store

STORIES = Path(__file__).with_name("words_stories.yaml")
LARGEST = 9999
Writer = Callable[["Talk"], Sequence[str]]


@dataclass
class Talk:
    """One spoken story: its script, what was heard, and the scores that Whisper gave texts before."""

    id: str
    sentences: list[str]
    names: list[str]
    prices: list[tuple[str, str]]
    condition: str
    words: tuple[str, ...]
    sound: Path
    heard: RecognisedSpeech
    cpu_s: float
    known: dict[str, float] = field(default_factory=dict)


@dataclass
class Tally:
    """Counts over several stories. kept: characters right as heard; fixed, broken: put right, made wrong."""

    characters: int = 0
    errors: int = 0
    kept: int = 0
    fixed: int = 0
    broken: int = 0
    names: int = 0
    all_names: int = 0
    prices: int = 0
    all_prices: int = 0

    def __str__(self) -> str:
        rate = 100 * self.errors / max(1, self.characters)
        return (
            f"{rate:5.1f} %  names {self.names}/{self.all_names}  prices {self.prices}/{self.all_prices}  "
            f"+{self.fixed} -{self.broken} of {self.kept}"
        )


class Recogniser:
    """Whisper, loaded when something is asked for the first time."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self._model: Any = None
        self.scoring_s = 0.0

    @property
    def model(self) -> Any:
        """The bundled model on one thread, so that processor times mean something."""
        if self._model is None:
            self._model = recognisers.load("faster-whisper", find_model(user_store()).folder, 1)
        return self._model

    def hear(self, sound: Path) -> tuple[RecognisedSpeech, float]:
        """Return what Whisper hears in a sound, and its seconds of processor."""
        kept = self.cache / f"{sound.stem}.json"
        if not kept.is_file():
            samples = read_sound(sound, 0)
            spans = speech_spans(samples)
            begun = time.process_time()
            segments = recognition.recognise_speech(self.model, samples, spans, "zh", lambda _: None)
            cpu_s = time.process_time() - begun
            words = hallucinations.remove_hallucinations(segments, spans)
            phrases = build_phrases(words, spans, recognition.loudness_curve(samples))
            heard = RecognisedSpeech(clip_id=sound.stem, language="zh", phrases=phrases)
            kept.write_text(json.dumps({"heard": heard.model_dump(mode="json"), "cpu_s": cpu_s}, ensure_ascii=False), "utf-8")
        content = json.loads(kept.read_text("utf-8"))
        return RecognisedSpeech.model_validate(content["heard"]), float(content["cpu_s"])

    def scores(self, talk: Talk, phrase: Phrase, scorers: dict[str, SoundScores]) -> TextScores:
        """Return the function that scores texts of a phrase, from the cache where they were scored before."""

        def given(texts: Sequence[str]) -> list[float] | None:
            new = [text for text in texts if f"{phrase.start_s}|{text}" not in talk.known]
            if new:
                begun = time.process_time()
                if talk.id not in scorers:
                    scorers[talk.id] = self.model.scores(read_sound(talk.sound, 0), "zh")
                found = scorers[talk.id](phrase.start_s, phrase.end_s, new)
                self.scoring_s += time.process_time() - begun
                if found is None:
                    return None
                talk.known.update({f"{phrase.start_s}|{text}": score for text, score in zip(new, found, strict=True)})
            return [talk.known[f"{phrase.start_s}|{text}"] for text in texts]

        return given

    def keep_scores(self, talks: Sequence[Talk]) -> None:
        """Keep the scores of the talks' texts beside their sounds."""
        for talk in talks:
            (self.cache / f"{talk.id}-scores.json").write_text(json.dumps(talk.known, ensure_ascii=False), "utf-8")


def plain(text: str) -> str:
    """Return a text in the form in which texts are compared: numbers as they are said, no punctuation."""
    text = re.sub(r"(\d+)[块元](\d)(?!\d)", lambda match: f"{spell_number(match[1])}块{spell_number(match[2])}", text)
    text = re.sub(r"\d+(?:\.\d+)?", lambda match: spell_number(match[0]) if float(match[0]) <= LARGEST else match[0], text)
    return re.sub(rf"[^{HAN}A-Za-z]", "", re.sub("二(?=[百千斤两箱袋瓶条件盒罐包])", "两", text).replace("元", "块"))


def matched(wanted: str, got: str) -> tuple[int, set[int]]:
    """Return the edit distance of two texts, and the places of the wanted one that are right in the other."""
    table = np.zeros((len(wanted) + 1, len(got) + 1), int)
    table[:, 0], table[0, :] = range(len(wanted) + 1), range(len(got) + 1)
    for row, letter in enumerate(wanted, 1):
        for column, other in enumerate(got, 1):
            changed = table[row - 1, column - 1] + (letter != other)
            table[row, column] = min(table[row - 1, column] + 1, table[row, column - 1] + 1, changed)
    row, column, right = len(wanted), len(got), set()
    while row and column:
        same = wanted[row - 1] == got[column - 1]
        if table[row, column] == table[row - 1, column - 1] + (not same):
            row, column = row - 1, column - 1
            if same:
                right.add(row)
        elif table[row, column] == table[row - 1, column] + 1:
            row -= 1
        else:
            column -= 1
    return int(table[-1, -1]), right


def measure(talks: Sequence[Talk], write: Writer, *, verbose: bool = False) -> Tally:
    """Return how well a way of writing the talks down does."""
    tally = Tally()
    for talk in talks:
        wanted = plain("".join(talk.sentences))
        as_heard = plain("".join(spoken_phrase(phrase).text for phrase in talk.heard.phrases))
        lines = write(talk)
        got = plain("".join(lines))
        errors, right = matched(wanted, got)
        before, right_before = matched(wanted, as_heard)
        tally.characters += len(wanted)
        tally.errors += errors
        tally.kept += len(right_before)
        tally.fixed += len(right - right_before)
        tally.broken += len(right_before - right)
        tally.names += sum(plain(name) in got for name in talk.names)
        tally.all_names += len(talk.names)
        tally.prices += sum(plain(amount) in got and plain(price) in got for amount, price in talk.prices)
        tally.all_prices += len(talk.prices)
        if verbose:
            print(f"{talk.id} {talk.condition}: {100 * before / len(wanted):.1f} -> {100 * errors / len(wanted):.1f} %")
            for phrase, line in zip(talk.heard.phrases, lines, strict=True):
                print(f"    {phrase.text} => {line}" if phrase.text != line else f"    {line}")
    return tally


class Decoder:
    """Writes talks down as the product does, or with one of its parts switched off."""

    def __init__(self, recogniser: Recogniser) -> None:
        self.recogniser = recogniser
        self.lattice_s = 0.0
        self.speech_s = 0.0

    def write(self, talk: Talk, *, scored: bool = True, repaired: bool = True, named: bool = True) -> list[str]:
        """Return the lines of a talk. scored, repaired, named: with Whisper's scores, repair by sound, the story's names."""
        return self.read(talk, scored=scored, repaired=repaired, named=named)[0]

    def read(
        self, talk: Talk, *, scored: bool = True, repaired: bool = True, named: bool = True
    ) -> tuple[list[str], list[Evidence | None]]:
        """Return the lines of a talk, and what is known of each."""
        phrases, evidence = self._read(talk, scored=scored, repaired=repaired, named=named)
        return [phrase.text for phrase in phrases], evidence

    def phrases(self, talk: Talk) -> list[Phrase]:
        """Return the phrases of a talk as they are written."""
        return self._read(talk, scored=True, repaired=True, named=True)[0]

    def _read(self, talk: Talk, *, scored: bool, repaired: bool, named: bool) -> tuple[list[Phrase], list[Evidence | None]]:
        vocabulary = build_vocabulary(talk.words if named else ())
        words = lexicon()
        terms, scorers, phrases = spoken_terms(vocabulary, words), dict[str, SoundScores](), list[Phrase]()
        evidence: list[Evidence | None] = []
        for phrase in talk.heard.phrases:
            second = repair_phrases([phrase], vocabulary)[0][0] if repaired else None
            scores = self.recogniser.scores(talk, phrase, scorers) if scored else _alike
            begun, before = time.process_time(), self.recogniser.scoring_s
            decoded = decode_phrase(phrase, words, terms, scores, second=second, units=story_units(talk.words) if named else ())
            self.lattice_s += time.process_time() - begun - (self.recogniser.scoring_s - before)
            self.speech_s += phrase.end_s - phrase.start_s
            evidence.append(evidence_of(decoded))
            reading = readings.reading_of(decoded)
            written, _ = readings.apply_reading(phrase, reading, frozenset())
            left = readings.terms_to_repair(reading, vocabulary)
            phrases.append(repair_phrases([written], left)[0][0] if repaired else written)
        return phrases, evidence


def _alike(texts: Sequence[str]) -> list[float]:
    return [0.0] * len(texts)


@contextmanager
def setting(module: Any, name: str, value: Any) -> Iterator[None]:
    """Give a weight of the decoder another value for a while."""
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


def repaired_only(talk: Talk) -> list[str]:
    """Return the lines of a talk with repair by sound alone, as before there was a decoder."""
    return [phrase.text for phrase in repair_phrases(talk.heard.phrases, build_vocabulary(talk.words))[0]]


def as_heard(talk: Talk) -> list[str]:
    """Return the lines of a talk as Whisper wrote them, in Simplified characters."""
    return [spoken_phrase(phrase).text for phrase in talk.heard.phrases]


def story_talks(folder: Path, wanted: str, recogniser: Recogniser, *, again: bool = False) -> list[Talk]:
    """Return the stories of a set whose sounds are there. again: as they were spoken a second time, by another voice."""
    talks = []
    for number, first in enumerate(yaml.safe_load(STORIES.read_text("utf-8"))):
        story = spoken_again(first, number) if again else first
        sound = folder / f"{story['id']}.wav"
        if story["set"] != wanted or not sound.is_file():
            continue
        sheet = story["sheet"]
        offer = Offer.model_construct(name=sheet["name"], aliases=(), origin=sheet["origin"], unit=sheet["unit"], after_sales="", pickup=())
        brief = Brief.model_construct(headline=sheet["name"], points=(sheet["note"],), text="")
        heard, cpu_s = recogniser.hear(sound)
        talk = Talk(
            id=story["id"],
            sentences=story["say"],
            names=story["names"],
            prices=[(amount, price) for amount, price in story["prices"]],
            condition=f"{story['voice']} {story['noise']} {story['speed']}",
            words=glossary(None, brief, offer),
            sound=sound,
            heard=heard,
            cpu_s=cpu_s,
        )
        talks.append(_with_known_scores(talk, recogniser.cache))
    return talks


def human_talks(folder: Path, recogniser: Recogniser) -> list[Talk]:
    """Return the recordings of people in a folder whose manifest has their transcripts: file and transcript."""
    import csv

    talks = []
    with (folder.parent / "manifest.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            sound = folder.parent / row["file"]
            if sound.parent == folder and row["transcript"]:
                heard, cpu_s = recogniser.hear(sound)
                talk = Talk(sound.stem, [row["transcript"]], [], [], "human", (), sound, heard, cpu_s)
                talks.append(_with_known_scores(talk, recogniser.cache))
    return talks


def _with_known_scores(talk: Talk, cache: Path) -> Talk:
    kept = cache / f"{talk.id}-scores.json"
    if kept.is_file():
        talk.known.update(json.loads(kept.read_text("utf-8")))
    return talk


def report(title: str, talks: Sequence[Talk], decoder: Decoder, *, verbose: bool) -> None:
    """Print one set: as heard, repaired by sound alone, as written, and with each part switched off."""
    print(f"\n{title}: {len(talks)} recordings")
    print("  as heard              ", measure(talks, as_heard))
    print("  repair by sound alone ", measure(talks, repaired_only))
    print("  as written            ", measure(talks, decoder.write, verbose=verbose))
    print("  without Whisper scores", measure(talks, lambda talk: decoder.write(talk, scored=False)))
    print("  without the repair    ", measure(talks, lambda talk: decoder.write(talk, repaired=False)))
    print("  without the names     ", measure(talks, lambda talk: decoder.write(talk, named=False)))
    with setting(lattice_search, "TALK_SHARE", 0.0):
        print("  without selling talk  ", measure(talks, decoder.write))
    with setting(decoding, "MOST_TEXTS", 2):
        print("  two texts scored      ", measure(talks, decoder.write))


def main() -> None:
    """Print the report of the sets that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sounds", type=Path)
    parser.add_argument("--human", type=Path)
    parser.add_argument("--set", dest="sets", action="append", choices=("tuned", "held_out", "fresh"))
    parser.add_argument("-v", "--verbose", action="store_true")
    given = parser.parse_args()
    cache = given.sounds / "heard"
    cache.mkdir(exist_ok=True)
    recogniser = Recogniser(cache)
    decoder = Decoder(recogniser)
    talks: list[Talk] = []
    for name in given.sets or ("tuned", "held_out", "fresh"):
        part = story_talks(given.sounds, name, recogniser)
        if not part:
            continue
        talks += part
        report(name, part, decoder, verbose=given.verbose)
        clean = [talk for talk in part if re.search(r"clean (?:0\.\d+|1\.[01])$", talk.condition)]
        print("  clean, speed <= 1.1:   as heard", measure(clean, as_heard))
        print("                         written ", measure(clean, decoder.write))
    if given.human:
        part = human_talks(given.human, recogniser)
        talks += part
        report("people", part, decoder, verbose=given.verbose)
    minutes = decoder.speech_s / 60
    print(f"\nlattice: {decoder.lattice_s / minutes:.2f} s of processor a minute of speech; recognition: ", end="")
    spoken = sum(phrase.end_s - phrase.start_s for talk in talks for phrase in talk.heard.phrases) / 60
    print(f"{sum(talk.cpu_s for talk in talks) / spoken:.2f}; scores made now: {recogniser.scoring_s:.1f} s")
    recogniser.keep_scores(talks)


if __name__ == "__main__":
    main()
