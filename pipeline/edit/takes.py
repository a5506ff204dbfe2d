"""Which of the said phrases stand: false starts, repeated takes and slips go, the last good one stays."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache

from pypinyin import lazy_pinyin

from pipeline.documents.message import M, Message
from pipeline.documents.transcript import Phrase

FILLER_SOUNDS = {"e", "en", "n", "ng", "a", "ei", "o", "uh", "um", "erm", "er", "hmm", "mm"}
FILLER_PAIRS = {("na", "ge"), ("zhe", "ge"), ("nei", "ge"), ("zhei", "ge"), ("jiu", "shi"), ("ran", "hou")}
"""Hesitation, as toneless syllables. Only comparisons leave it out: what is heard keeps it."""
DANGLING = re.compile(r"(?:在|的|和|跟|是|把|从|给|很|又|就|我们|那个|这个|呃|嗯|一个|\b(?:the|a|an|and|of|to|is|in|our))$", re.IGNORECASE)
RESTART = re.compile(r"^(?:不对|不是|错了|说错了|重来|重新来|再来一?[遍次]|重说|sorry|again|let me start over)+", re.IGNORECASE)
LOOK_AHEAD = 3
"""A retake comes among the next few phrases, or it is another sentence."""
RETAKE_WITHIN_S = 20.0
LEAST_COVERED = 0.75
"""Share of a phrase's syllables that must come back, in order, in the retake. Whisper base mishears one in five."""
TRUSTED_FROM = 0.35
"""Mean word probability under which a phrase is not speech that anybody could follow (noise, a far voice)."""


@dataclass(frozen=True)
class Take:
    """One phrase of one clip and the verdict on it; `verdict` is None while it stands."""

    clip_id: str
    phrase: Phrase
    verdict: Message | None = None

    @property
    def stands(self) -> bool:
        """Still in the running."""
        return self.verdict is None

    def dropped(self, why: Message) -> "Take":
        """The same take with a verdict."""
        return replace(self, verdict=why)


def judge(takes: Sequence[Take]) -> list[Take]:
    """Give every take that should not be heard its verdict. Takes come in the order they were said, clip by clip."""
    judged = [_alone(take) for take in takes]
    for index, take in enumerate(judged):
        if not take.stands:
            continue
        for later in range(index + 1, min(index + 1 + LOOK_AHEAD, len(judged))):
            other = judged[later]
            if not other.stands:
                continue
            if other.clip_id == take.clip_id and other.phrase.start_s - take.phrase.end_s > RETAKE_WITHIN_S:
                break
            if RESTART.match(other.phrase.text.strip()):
                judged[index] = take.dropped(M("a slip: the speaker takes it back"))
                if len(syllables(RESTART.sub("", other.phrase.text))) < 3:
                    judged[later] = other.dropped(M("a slip: the speaker takes it back"))
                break
            verdict = _said_again(take.phrase, other.phrase)
            if verdict is not None:
                judged[index] = take.dropped(verdict)
                break
    return judged


def _alone(take: Take) -> Take:
    said = without_fillers(syllables(take.phrase.text))
    if len(said) < 2:
        return take.dropped(M("nothing is said, only a filler"))
    if take.phrase.confidence < TRUSTED_FROM:
        return take.dropped(M("the words cannot be understood ({percent} % sure)", percent=round(100 * take.phrase.confidence)))
    return replace(take, phrase=without_restart(take.phrase))


def _said_again(phrase: Phrase, later: Phrase) -> Message | None:
    """A verdict when the later phrase says the same over again: a false start or an earlier take."""
    said, again = without_fillers(syllables(phrase.text)), syllables(later.text)
    if len(said) < 3 or len(again) < 3:
        return None
    blocks = [block for block in SequenceMatcher(None, said, again, autojunk=False).get_matching_blocks() if block.size >= 2]
    if not blocks or blocks[0].b > 2:
        return None
    covered = sum(block.size for block in blocks)
    opening = blocks[0].size if blocks[0].a <= 1 and blocks[0].b <= 1 else 0
    rest = said[blocks[0].a + opening :]
    stutters = opening >= 3 and all(syllable in said[: blocks[0].a + opening] for syllable in rest)
    breaks_off = opening >= 3 and len(rest) <= 3 and bool(DANGLING.search(phrase.text.rstrip("。，,. ")))
    if stutters or breaks_off:
        return M("a false start: said again properly as “{words}”", words=later.text)
    if covered >= LEAST_COVERED * len(said) and len(again) >= 0.8 * len(said):
        return M("an earlier take of “{words}”", words=later.text)
    return None


def without_restart(phrase: Phrase) -> Phrase:
    """Drop the first try inside one phrase: “我们的土豆长在 我们的土豆长在高山上” keeps the second.

    Only where the speaker takes breath before the second try, so that no word is cut into.
    """
    words = phrase.words
    sounds = [syllables(word.text) for word in words]
    for place in range(1, len(words)):
        head = [sound for group in sounds[:place] for sound in group]
        tail = [sound for group in sounds[place:] for sound in group]
        same = 0
        while same < min(len(head), len(tail)) and head[same] == tail[same]:
            same += 1
        clean = [sound for sound in head[same:] if sound not in head[:same]]
        breath = words[place].start_s - words[place - 1].end_s
        if same >= 3 and len(clean) <= 2 and breath >= 0.12:
            return phrase.model_copy(update={"start_s": max(phrase.start_s, words[place].start_s - breath / 2), "words": words[place:]})
    return phrase


def without_fillers(sounds: Sequence[str]) -> list[str]:
    """What is left when hesitation is taken out, by sound: a recogniser writes 呃 as 饿 and 那个 as 哪个."""
    left: list[str] = []
    for sound in sounds:
        if left and (left[-1], sound) in FILLER_PAIRS:
            left.pop()
        elif sound not in FILLER_SOUNDS:
            left.append(sound)
    return left


@lru_cache(maxsize=4096)
def _sounds(text: str) -> tuple[str, ...]:
    parts = lazy_pinyin(re.sub(r"[^\w]+", " ", text))
    return tuple(sound.lower() for part in parts for sound in part.split())


def syllables(text: str) -> list[str]:
    """Toneless pinyin of the Chinese, words of the rest; punctuation is nothing."""
    return list(_sounds(text))
