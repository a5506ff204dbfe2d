"""Which of the said phrases stand: false starts, repeated takes and slips go, the last good one stays."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import Match, SequenceMatcher

from pipeline.chinese import NUMERALS, share_initial_or_final, spoken_words
from pipeline.documents.message import M, Message
from pipeline.documents.transcript import Phrase

FILLER_SOUNDS = {"e", "en", "n", "ng", "a", "ei", "o", "uh", "um", "erm", "er", "hmm", "mm"}
FILLER_PAIRS = {("na", "ge"), ("zhe", "ge"), ("nei", "ge"), ("zhei", "ge"), ("jiu", "shi"), ("ran", "hou")}
"""Hesitation, as toneless syllables. Only comparisons leave it out: what is heard keeps it."""
DANGLING = re.compile(r"(?:在|的|和|跟|是|把|从|给|很|又|就|我们|那个|这个|呃|嗯|一个|\b(?:the|a|an|and|of|to|is|in|our))$", re.IGNORECASE)
RESTART = re.compile(
    r"^(?:(?:不对(?![称等劲头])|错了|说错了|重来|重新来|再来一?[遍次]|重说|不是(?=[\s，,。.！!]|不是|$)"
    r"|let me start over|(?:sorry|again)(?=[,.!]|$))[\s，,。.！!]*)+",
    re.IGNORECASE,
)
"""Words that take back what was said; “不是我吹” and “again” before a sentence do not."""
NUMBERS = frozenset(f"{NUMERALS}半0123456789")
CLAUSE = re.compile(r"[，。！？；,.!?;]\s*$")
LOOK_AHEAD = 3
"""A retake comes among the next few phrases, or it is another sentence."""
RETAKE_WITHIN_S = 20.0
LEAST_COVERED = 0.75
"""Share of a phrase's syllables that must come back, in order, in the retake. Whisper base mishears one in five."""
LEAST_BREATH_S = 0.12
LONGEST_PART_S = 6.0
"""Talk without a pause is judged and kept in parts of about a sentence: the price may stand at the end of a breathless minute."""
LONG_SENTENCE = 12
"""Syllables from which one word heard otherwise does not make another sentence."""
SLIP = M("a slip: the speaker takes it back")
TAKEN_BACK = M("only takes back what was said before")
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


def together(before: Take, after: Take, longest_pause_s: float) -> bool:
    """Whether two neighbouring takes are heard as one run, breath and all."""
    gap_s = after.phrase.start_s - before.phrase.end_s
    return before.stands and after.stands and before.clip_id == after.clip_id and 0 <= gap_s <= longest_pause_s


def judge(takes: Sequence[Take]) -> list[Take]:
    """Give every take that should not be heard its verdict. Takes come in the order they were said, clip by clip.

    A phrase that begins with a first try, or with the words that take back the one before it, comes back as two takes.
    """
    judged = [part for take in takes for part in _alone(take)]
    for index, take in enumerate(judged):
        if not take.stands:
            continue
        after = [later for later in range(index + 1, len(judged)) if judged[later].stands or _takes_back(judged[later])]
        for place, later in enumerate(after[:LOOK_AHEAD]):
            other = judged[later]
            if other.clip_id == take.clip_id and other.phrase.start_s - take.phrase.end_s > RETAKE_WITHIN_S:
                break
            if _takes_back(other):
                if place == 0 and other.clip_id == take.clip_id:
                    judged[index] = take.dropped(SLIP)
                break
            verdict = _said_again(take.phrase, other.phrase)
            if verdict is not None:
                judged[index] = take.dropped(verdict)
                break
    return judged


def _takes_back(take: Take) -> bool:
    return take.verdict == TAKEN_BACK


def _alone(take: Take) -> list[Take]:
    """A take judged by itself; words that take back another become a take of their own."""
    place = _restarting(take.phrase)
    if place:
        return [_part(take, 0, place).dropped(TAKEN_BACK), *(_alone(_part(take, place)) if place < len(take.phrase.words) else [])]
    said = without_fillers(spoken_words(take.phrase.text))
    if len(said) < 2:
        return [take.dropped(M("nothing is said, only a filler"))]
    if take.phrase.confidence < TRUSTED_FROM:
        return [take.dropped(M("the words cannot be understood ({percent} % sure)", percent=round(100 * take.phrase.confidence)))]
    place = _second_try(take.phrase)
    if place:
        again = _part(take, place)
        return [_part(take, 0, place).dropped(M("a false start: said again properly as “{words}”", words=again.phrase.text)), again]
    return [take]


def _restarting(phrase: Phrase) -> int:
    """How many words at the phrase's start only take back the phrase before it."""
    found = RESTART.match(phrase.text)
    if not found:
        return 0
    letters = 0
    for place, word in enumerate(phrase.words):
        letters += len(word.text)
        if letters >= len(found[0].rstrip()):
            rest = phrase.text[letters:]
            return len(phrase.words) if len(spoken_words(rest)) < 3 else place + 1
    return len(phrase.words)


def _part(take: Take, first: int, last: int | None = None) -> Take:
    """The words [first, last) of a take as a take of their own; its inner edges are those of its words."""
    phrase = take.phrase
    words = phrase.words[first:last]
    start_s = phrase.start_s if first == 0 else words[0].start_s
    end_s = phrase.end_s if last is None or last >= len(phrase.words) else words[-1].end_s
    return replace(take, phrase=phrase.model_copy(update={"start_s": start_s, "end_s": end_s, "words": words}))


def split_long(take: Take, longest_s: float, *, anywhere: bool = False) -> list[Take]:
    """A standing take as parts of at most `longest_s`, parted where a clause ends or the speaker breathes, near the middle.

    Where neither is, it stays longer, unless it may be parted anywhere between two words.
    """
    words = take.phrase.words
    length_s = take.phrase.end_s - take.phrase.start_s
    middle_s = (take.phrase.start_s + take.phrase.end_s) / 2

    def worth(place: int) -> float:
        """At least 0 between two clauses or at a breath, less elsewhere."""
        breath_s = words[place].start_s - words[place - 1].end_s
        pause = bool(CLAUSE.search(words[place - 1].text)) or breath_s >= LEAST_BREATH_S
        off = abs(words[place].start_s - middle_s) / length_s
        return (1 if pause else -1) + min(1.0, breath_s) - off

    if not take.stands or length_s <= longest_s or len(words) < 2:
        return [take]
    place = max(range(1, len(words)), key=worth)
    if worth(place) < 0 and not anywhere:
        return [take]
    parts = (_part(take, 0, place), _part(take, place))
    return [piece for part in parts for piece in split_long(part, longest_s, anywhere=anywhere)]


def _said_again(phrase: Phrase, later: Phrase) -> Message | None:
    """A verdict when the later phrase says the same over again: a false start or an earlier take."""
    said, again = without_fillers(spoken_words(phrase.text)), spoken_words(later.text)
    if len(said) < 3 or len(again) < 3:
        return None
    matcher = SequenceMatcher(None, said, again, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size >= 2]
    if not blocks or blocks[0].b > 2:
        return None
    if _false_start(phrase, said, blocks[0]):
        return M("a false start: said again properly as “{words}”", words=later.text)
    covers = sum(block.size for block in blocks) >= LEAST_COVERED * len(said) and len(again) >= 0.8 * len(said)
    if covers and not (set(phrase.text) & NUMBERS - set(later.text) or _says_else(said, again, matcher)):
        return M("an earlier take of “{words}”", words=later.text)
    return None


def _false_start(phrase: Phrase, said: Sequence[str], first: Match) -> bool:
    """Whether a phrase opens as the later one does, and then stutters or breaks off.

    said: its syllables. first: the first run of syllables that both have.
    """
    if first.a > 1 or first.b > 1 or first.size < 3:
        return False
    opening, rest = said[: first.a + first.size], said[first.a + first.size :]
    stutters = all(syllable in opening for syllable in rest)
    breaks_off = len(rest) <= 3 and bool(DANGLING.search(phrase.text.rstrip("。，,. ")))
    return stutters or breaks_off


def _says_else(said: Sequence[str], again: Sequence[str], matcher: "SequenceMatcher[str]") -> bool:
    """Whether a word was exchanged for one that sounds otherwise: “又大又甜”, “又脆又甜” are two sentences, not two takes.

    A recogniser mishears by sound, and in a long sentence one word beyond that. Numbers are compared as written, before this.
    """
    unlike = 0
    for kind, first, last, begins, ends in matcher.get_opcodes():
        if kind == "replace" and last - first == ends - begins:
            unlike += sum(not share_initial_or_final(one, other) for one, other in zip(said[first:last], again[begins:ends], strict=True))
    return unlike > (1 if len(said) >= LONG_SENTENCE else 0)


def _second_try(phrase: Phrase) -> int:
    """The word with which a phrase begins anew: “我们的土豆长在 我们的土豆长在高山上” has its second try at the second 我们; 0 for none.

    Only where the speaker takes breath before the second try, so that no word is cut into.
    """
    words = phrase.words
    sounds = [spoken_words(word.text) for word in words]
    for place in range(1, len(words)):
        head = [sound for group in sounds[:place] for sound in group]
        tail = [sound for group in sounds[place:] for sound in group]
        same = 0
        while same < min(len(head), len(tail)) and head[same] == tail[same]:
            same += 1
        clean = [sound for sound in head[same:] if sound not in head[:same]]
        breath = words[place].start_s - words[place - 1].end_s
        if same >= 3 and len(clean) <= 2 and breath >= LEAST_BREATH_S:
            return place
    return 0


def without_fillers(sounds: Sequence[str]) -> list[str]:
    """What is left when hesitation is taken out, by sound: a recogniser writes 呃 as 饿 and 那个 as 哪个."""
    left: list[str] = []
    for sound in sounds:
        if left and (left[-1], sound) in FILLER_PAIRS:
            left.pop()
        elif sound not in FILLER_SOUNDS:
            left.append(sound)
    return left
