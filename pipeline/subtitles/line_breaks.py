"""Where a sentence is broken into cues, and a cue into two lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pipeline.chinese import counted_quantities, money_amounts
from pipeline.documents.limits import READ_CPS, SUBTITLE_LINES
from pipeline.subtitles.tokenizer import COMMAS, STOPS, Token, join_tokens, text_width

MIN_CUE_S = 0.7
"""Seconds. A shorter cue flashes by; the same guides ask for 5/6 s, which short answers in spoken Mandarin do not leave."""
MAX_CUE_S = 4.5
"""Seconds. A longer cue reads like a page."""
PAUSE_S = 0.18
"""Seconds of silence between two words that count as a pause."""
ORPHAN_WIDTH = 2.0
"""Full-width characters. A narrower line is an orphan."""


PRICE_KEPT_TOGETHER = 4.0
"""Cost of parting a price from what it buys: 5斤 and 35.8元."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_NEVER_FIRST = _words("的 了 着 过 吗 吧 呢 啊 呀 嘛 哦 们 地 得 之 里 上 下 中 内 边 后 前 时 等 一下 一点 起来 下来 出来 的话")
"""Words that belong to the word before them: no line begins with one."""
_SELDOM_LAST = _words(
    "和 跟 与 把 被 在 从 向 给 对 为 是 不 没 很 太 最 更 又 也 就 都 还 只 这 那 每 各 我 你 他 她 a an the of to in on at for and or"
)
"""Words that belong to the word after them: lines seldom end with one."""
_CLAUSE_OPENERS = _words("但 但是 所以 因为 如果 而且 然后 不过 还有 可是 以及 就 又 也 还 只要 大家 我们 and but so because if that which")
"""Words that begin a clause: a good place to break before."""


@dataclass(frozen=True)
class TokenCue:
    """The tokens of one cue, line by line."""

    lines: tuple[tuple[Token, ...], ...]

    @property
    def tokens(self) -> tuple[Token, ...]:
        """All tokens in order."""
        return tuple(token for line in self.lines for token in line)


def break_into_cues(tokens: Sequence[Token], line_width: float, lines: int = SUBTITLE_LINES) -> list[TokenCue]:
    """Break a phrase into cues of at most so many lines, one or two, at the least cost (dynamic programming).

    line_width: in full-width characters. A token wider than a line gets a line of its own: it is a number or a name, and is not cut.
    """
    count = len(tokens)
    best: list[float] = [0.0] + [float("inf")] * count
    back: list[tuple[int, TokenCue | None]] = [(0, None)] * (count + 1)
    for end in range(1, count + 1):
        for start in range(end - 1, -1, -1):
            cue, cost = _cue(tuple(tokens[start:end]), line_width, lines, whole=end - start == count)
            if cue is None:
                break
            total = best[start] + cost + (_break_cost(tokens[end - 1], tokens[end]) if end < count else 0.0)
            if total < best[end]:
                best[end], back[end] = total, (start, cue)
    cues: list[TokenCue] = []
    at = count
    while at > 0:
        at, cue = back[at]
        if cue is None:
            break
        cues.append(cue)
    return cues[::-1]


@cache
def _cue(tokens: tuple[Token, ...], line_width: float, lines: int, whole: bool) -> tuple[TokenCue | None, float]:
    """A cue of these tokens and its cost; None when they do not fit into its lines. whole: whether they are the whole phrase."""
    wide = text_width(join_tokens(tokens))
    cost = _size_cost(tokens, wide, whole) + _inner_cost(tokens)
    if wide <= line_width or len(tokens) == 1:
        return TokenCue((tokens,)), cost
    if lines == 1:
        return None, 0.0
    split = _second_line(tokens, line_width)
    if split is not None:
        break_cost, at = split
        return TokenCue((tokens[:at], tokens[at:])), cost + 1.0 + 0.6 * break_cost
    if len(tokens) == 2 and wide <= 2 * line_width:
        return TokenCue((tokens[:1], tokens[1:])), cost + 4
    return None, 0.0


def _size_cost(tokens: tuple[Token, ...], wide: float, whole: bool) -> float:
    """The cost of a cue, higher when it is narrow, short, long, or faster than one reads. wide: its width in full-width characters."""
    seconds = max(tokens[-1].end_s - tokens[0].start_s, 0.05)
    cost = 1.0
    if wide < ORPHAN_WIDTH and not whole:
        cost += 8.0
    elif wide < 4 and not whole:
        cost += 0.6
    if seconds < MIN_CUE_S and not whole:
        cost += 3.0 * (MIN_CUE_S - seconds) / MIN_CUE_S
    cost += 0.4 * max(0.0, wide / seconds - READ_CPS)
    return cost + 0.5 * max(0.0, seconds - MAX_CUE_S)


def _inner_cost(tokens: tuple[Token, ...]) -> float:
    """The extra cost of a cue that goes on where it could end: at a sentence's end, and at every comma with a breath."""
    cost = sum(2.0 if set(token.after) & set(STOPS) else 0.35 for token in tokens[:-1] if token.after)
    cost += sum(0.5 for before, after in pairwise(tokens) if after.start_s - before.end_s >= PAUSE_S)
    if len(tokens) > 1 and text_width(tokens[-1].text) < ORPHAN_WIDTH and tokens[-2].after:
        cost += 1.5
    return cost


def _second_line(tokens: tuple[Token, ...], line_width: float) -> tuple[float, int] | None:
    """The best line break: its cost and the index of the token that begins the second line; None where two lines do not hold the tokens."""
    breaks = []
    for at in range(1, len(tokens)):
        upper, lower = text_width(join_tokens(tokens[:at])), text_width(join_tokens(tokens[at:]))
        if ORPHAN_WIDTH <= upper <= line_width and ORPHAN_WIDTH <= lower <= line_width:
            breaks.append((abs(upper - lower) / line_width + _break_cost(tokens[at - 1], tokens[at]), at))
    return min(breaks, default=None)


def _break_cost(before: Token, after: Token) -> float:
    """The cost of ending a line between two tokens: 0 at a full stop, 3 where it separates words that belong together."""
    if set(before.after) & set(STOPS):
        return 0.0
    if set(before.after) & set(COMMAS):
        return 0.1
    silence_s = after.start_s - before.end_s
    cost = 1.0 - min(silence_s / PAUSE_S, 1.0) * 0.8
    if after.text in _NEVER_FIRST:
        cost += 2.0
    elif after.text.lower() in _CLAUSE_OPENERS:
        cost -= 0.3
    if before.text.lower() in _SELDOM_LAST:
        cost += 0.9
    if _is_price_with_unit(before.text, after.text):
        cost += PRICE_KEPT_TOGETHER
    if before.text in ("的", "得", "地") or after.text in ("是", "不是", "to", "of"):
        cost += 0.5
    return max(cost, 0.1)


def _is_price_with_unit(before: str, after: str) -> bool:
    """Tell whether one of two tokens is an amount of money and the other a quantity: 5斤, 35.8元."""
    return any(_is_money(one) and not _is_money(other) and _is_quantity(other) for one, other in ((before, after), (after, before)))


@cache
def _is_money(text: str) -> bool:
    return any(amount.worded for amount in money_amounts(text))


@cache
def _is_quantity(text: str) -> bool:
    return any(True for _ in counted_quantities(text))
