"""Which phrases are kept: false starts, earlier takes and slips are dropped, the last good take stays."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import Match, SequenceMatcher

from pipeline.chinese import NUMERALS, share_initial_or_final, spoken_words
from pipeline.documents.message import M, Message
from pipeline.documents.transcript import Phrase

FILLER_SOUNDS = {"e", "en", "n", "ng", "a", "ei", "o", "uh", "um", "erm", "er", "hmm", "mm"}
FILLER_PAIRS = {("na", "ge"), ("zhe", "ge"), ("nei", "ge"), ("zhei", "ge"), ("jiu", "shi"), ("ran", "hou")}
"""Hesitations as toneless syllables. Only comparisons leave them out; they stay in the sound."""
DANGLING = re.compile(r"(?:在|的|和|跟|是|把|从|给|很|又|就|我们|那个|这个|呃|嗯|一个|\b(?:the|a|an|and|of|to|is|in|our))$", re.IGNORECASE)
RETRACTION_WORDS = re.compile(
    r"^(?:(?:不对(?![称等劲头])|错了|说错了|重来|重新来|再来一?[遍次]|重说|不是(?=[\s，,。.！!]|不是|$)"
    r"|let me start over|(?:sorry|again)(?=[,.!]|$))[\s，,。.！!]*)+",
    re.IGNORECASE,
)
"""Words with which a speaker retracts what was just said; “不是我吹” and “again” before a sentence do not count."""
NUMBERS = frozenset(f"{NUMERALS}半0123456789")
CLAUSE = re.compile(r"[，。！？；,.!?;]\s*$")
LOOK_AHEAD = 3
"""How many of the next phrases are compared: a retake comes among them, or it is another sentence."""
RETAKE_WITHIN_S = 20.0
MIN_COVERED = 0.75
"""Share of a phrase's syllables that its retake must repeat, in order. Whisper base mishears one in five."""
MIN_BREATH_S = 0.12
MAX_PART_S = 6.0
"""Seconds. Talk without a pause is judged and kept in parts of about a sentence: the price may come at the end of a breathless minute."""
LONG_SENTENCE = 12
"""From this many syllables on, one word that sounds different does not make another sentence."""
SLIP = M("a slip: the speaker takes it back")
RETRACTION = M("only takes back what was said before")
MIN_CONFIDENCE = 0.35
"""Mean word probability, 0..1, below which a phrase is not speech that anybody could follow (noise, a distant voice)."""


@dataclass(frozen=True)
class Take:
    """One phrase of one clip and the verdict on it; `verdict` is None while it stands."""

    clip_id: str
    phrase: Phrase
    verdict: Message | None = None

    @property
    def stands(self) -> bool:
        """Whether the take is still kept."""
        return self.verdict is None

    def dropped(self, why: Message) -> "Take":
        """The same take with a verdict."""
        return replace(self, verdict=why)


def are_continuous(before: Take, after: Take, longest_pause_s: float) -> bool:
    """Whether two neighbouring takes are one run of speech, with the breath between them."""
    gap_s = after.phrase.start_s - before.phrase.end_s
    return before.stands and after.stands and before.clip_id == after.clip_id and 0 <= gap_s <= longest_pause_s


def judge_takes(takes: Sequence[Take]) -> list[Take]:
    """Give every take that should be dropped its verdict. takes: in the order they were said, clip by clip.

    A phrase that begins with a false start, or with words that retract the phrase before it, is returned as two takes.
    """
    judged = [part for take in takes for part in _judge_alone(take)]
    for index, take in enumerate(judged):
        if not take.stands:
            continue
        after = [later for later in range(index + 1, len(judged)) if judged[later].stands or _is_retraction(judged[later])]
        for distance, later in enumerate(after[:LOOK_AHEAD]):
            other = judged[later]
            if other.clip_id == take.clip_id and other.phrase.start_s - take.phrase.end_s > RETAKE_WITHIN_S:
                break
            if _is_retraction(other):
                if distance == 0 and other.clip_id == take.clip_id:
                    judged[index] = take.dropped(SLIP)
                break
            verdict = _retake_verdict(take.phrase, other.phrase)
            if verdict is not None:
                judged[index] = take.dropped(verdict)
                break
    return judged


def _is_retraction(take: Take) -> bool:
    return take.verdict == RETRACTION


def _judge_alone(take: Take) -> list[Take]:
    """Judge a take by itself; a false start and words of retraction in it become takes of their own."""
    index = _retraction_length(take.phrase)
    if index:
        rest = _judge_alone(slice_take(take, index)) if index < len(take.phrase.words) else []
        return [slice_take(take, 0, index).dropped(RETRACTION), *rest]
    said = without_fillers(spoken_words(take.phrase.text))
    if len(said) < 2:
        return [take.dropped(M("nothing is said, only a filler"))]
    if take.phrase.confidence < MIN_CONFIDENCE:
        return [take.dropped(M("the words cannot be understood ({percent} % sure)", percent=round(100 * take.phrase.confidence)))]
    index = _restart_index(take.phrase)
    if index:
        retry = slice_take(take, index)
        return [slice_take(take, 0, index).dropped(M("a false start: said again properly as “{words}”", words=retry.phrase.text)), retry]
    return [take]


def _retraction_length(phrase: Phrase) -> int:
    """How many words at the phrase's start only retract the phrase before it."""
    match = RETRACTION_WORDS.match(phrase.text)
    if not match:
        return 0
    letters = 0
    for index, word in enumerate(phrase.words):
        letters += len(word.text)
        if letters >= len(match[0].rstrip()):
            rest = phrase.text[letters:]
            return len(phrase.words) if len(spoken_words(rest)) < 3 else index + 1
    return len(phrase.words)


def slice_take(take: Take, first: int, last: int | None = None) -> Take:
    """The words [first, last) of a take as a take of their own; its inner edges are those of its words."""
    phrase = take.phrase
    words = phrase.words[first:last]
    start_s = phrase.start_s if first == 0 else words[0].start_s
    end_s = phrase.end_s if last is None or last >= len(phrase.words) else words[-1].end_s
    return replace(take, phrase=phrase.model_copy(update={"start_s": start_s, "end_s": end_s, "words": words}))


def split_long(take: Take, longest_s: float, *, anywhere: bool = False) -> list[Take]:
    """Split a take that stands into parts of at most `longest_s`, where a clause ends or the speaker breathes, near the middle.

    Where there is no such place the part stays longer, unless `anywhere` allows a split between any two words.
    """
    words = take.phrase.words
    length_s = take.phrase.end_s - take.phrase.start_s
    middle_s = (take.phrase.start_s + take.phrase.end_s) / 2

    def split_score(index: int) -> float:
        """How good a split before a word is: at least 0 between two clauses or at a breath, less elsewhere."""
        breath_s = words[index].start_s - words[index - 1].end_s
        pause = bool(CLAUSE.search(words[index - 1].text)) or breath_s >= MIN_BREATH_S
        off = abs(words[index].start_s - middle_s) / length_s
        return (1 if pause else -1) + min(1.0, breath_s) - off

    if not take.stands or length_s <= longest_s or len(words) < 2:
        return [take]
    index = max(range(1, len(words)), key=split_score)
    if split_score(index) < 0 and not anywhere:
        return [take]
    parts = (slice_take(take, 0, index), slice_take(take, index))
    return [piece for part in parts for piece in split_long(part, longest_s, anywhere=anywhere)]


def _retake_verdict(phrase: Phrase, later: Phrase) -> Message | None:
    """The verdict on a phrase that a later one repeats (a false start or an earlier take), None where it does not."""
    said, again = without_fillers(spoken_words(phrase.text)), spoken_words(later.text)
    if len(said) < 3 or len(again) < 3:
        return None
    matcher = SequenceMatcher(None, said, again, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size >= 2]
    if not blocks or blocks[0].b > 2:
        return None
    if _false_start(phrase, said, blocks[0]):
        return M("a false start: said again properly as “{words}”", words=later.text)
    covers = sum(block.size for block in blocks) >= MIN_COVERED * len(said) and len(again) >= 0.8 * len(said)
    if covers and not (set(phrase.text) & NUMBERS - set(later.text) or _changes_a_word(said, again, matcher)):
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
    trails_off = tuple(spoken_words(phrase.text)[-2:]) in FILLER_PAIRS  # by sound, since 那个 is written 哪个 as often
    breaks_off = len(rest) <= 3 and (trails_off or bool(DANGLING.search(phrase.text.rstrip("。，,. "))))
    gropes = trails_off and first.size >= 4 and len(rest) <= 5  # 长在，呃，长在那个: the hesitations are written as any syllable
    return stutters or breaks_off or gropes


def _changes_a_word(said: Sequence[str], again: Sequence[str], matcher: "SequenceMatcher[str]") -> bool:
    """Whether a word was replaced by one that sounds different: “又大又甜”, “又脆又甜” are two sentences, not two takes.

    A recogniser confuses words that sound alike, and in a long sentence one more. Numbers are compared as written, before this.
    """
    changed = 0
    for kind, first, last, begins, ends in matcher.get_opcodes():
        if kind == "replace" and last - first == ends - begins:
            changed += sum(
                not share_initial_or_final(sound, other) for sound, other in zip(said[first:last], again[begins:ends], strict=True)
            )
    return changed > (1 if len(said) >= LONG_SENTENCE else 0)


def _restart_index(phrase: Phrase) -> int:
    """Index of the word at which a phrase starts over, 0 for none: “我们的土豆长在 我们的土豆长在高山上” restarts at the second 我们.

    Only where the speaker takes a breath before it, so that no word is cut into.
    """
    words = phrase.words
    sounds = [spoken_words(word.text) for word in words]
    for index in range(1, len(words)):
        head = [sound for group in sounds[:index] for sound in group]
        tail = [sound for group in sounds[index:] for sound in group]
        shared = 0
        while shared < min(len(head), len(tail)) and head[shared] == tail[shared]:
            shared += 1
        extra = [sound for sound in head[shared:] if sound not in head[:shared]]
        breath = words[index].start_s - words[index - 1].end_s
        if shared >= 3 and len(extra) <= 2 and breath >= MIN_BREATH_S:
            return index
    return 0


def without_fillers(sounds: Sequence[str]) -> list[str]:
    """The syllables without hesitations, recognised by sound: a recogniser writes 呃 as 饿 and 那个 as 哪个."""
    kept: list[str] = []
    for sound in sounds:
        if kept and (kept[-1], sound) in FILLER_PAIRS:
            kept.pop()
        elif sound not in FILLER_SOUNDS:
            kept.append(sound)
    return kept
