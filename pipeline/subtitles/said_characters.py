"""The characters of a phrase that are heard on the timeline, each with its time."""

from collections.abc import Sequence

from pipeline.documents.edit import Heard
from pipeline.documents.transcript import Hesitation, Phrase
from pipeline.subtitles.tokenizer import TimedCharacter


def said_characters(phrase: Phrase, heard: Heard, fps: int, hesitations: Sequence[Hesitation]) -> list[TimedCharacter]:
    """The characters of a phrase that are heard, without hesitations, the time of each word divided evenly among its characters.

    A word is heard when its middle is. Seconds on the clip's clock.
    """
    end_s = heard.source_start_s + heard.frames / fps
    letters: list[TimedCharacter] = []
    for word in phrase.words:
        if not heard.source_start_s <= (word.start_s + word.end_s) / 2 < end_s:
            continue
        # A sentence's first word competes with every opening there is, so its probability says little.
        probability = max(word.probability, phrase.confidence) if word is phrase.words[0] else word.probability
        step_s = (word.end_s - word.start_s) / max(len(word.text), 1)
        letters += [
            TimedCharacter(character, word.start_s + index * step_s, word.start_s + (index + 1) * step_s, probability)
            for index, character in enumerate(word.text)
        ]
    return [letter for letter in letters if not _is_hesitation(letter, hesitations)]


def _is_hesitation(letter: TimedCharacter, hesitations: Sequence[Hesitation]) -> bool:
    return any(hesitation.covers(letter.start_s, letter.end_s) for hesitation in hesitations)
