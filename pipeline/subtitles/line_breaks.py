"""Where a sentence is broken into cues, and a cue into two lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pipeline.subtitles.tokens import COMMAS, STOPS, Token, line_of, width

READ_CPS = 9.0
"""Full-width characters a second that a reader follows (Latin counts half). Netflix's Simplified Chinese timed text style guide: 9 for
adults; its English one: 20 Latin characters."""
SHORT_S = 0.7
"""A cue shorter than this flashes by; the same guides ask for 5/6 s, which spoken Mandarin's short answers do not leave."""
LONG_S = 4.5
"""From here on a cue reads like a page."""
PAUSE_S = 0.18
"""A silence between two words at which a speaker parts them."""
ALONE = 2.0
"""A line narrower than two characters is an orphan."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_CLINGS_LEFT = _words("的 了 着 过 吗 吧 呢 啊 呀 嘛 哦 们 地 得 之 里 上 下 中 内 边 后 前 时 等 一下 一点 起来 下来 出来 的话")
"""Words that end what stands before them: no line begins with one."""
_CLINGS_RIGHT = _words(
    "和 跟 与 把 被 在 从 向 给 对 为 是 不 没 很 太 最 更 又 也 就 都 还 只 这 那 每 各 我 你 他 她 a an the of to in on at for and or"
)
"""Words that begin what stands after them: better no line ends with one."""
_OPENS = _words("但 但是 所以 因为 如果 而且 然后 不过 还有 可是 以及 就 又 也 还 只要 大家 我们 and but so because if that which")
"""Words that begin a clause: a good place to break before."""


@dataclass(frozen=True)
class Broken:
    """A cue in the making: its tokens line by line."""

    lines: tuple[tuple[Token, ...], ...]

    @property
    def tokens(self) -> tuple[Token, ...]:
        """All tokens in order."""
        return tuple(token for line in self.lines for token in line)


def broken(tokens: Sequence[Token], line_width: float) -> list[Broken]:
    """The cheapest way to part a phrase into cues of one or two lines.

    line_width: in full-width characters. A token wider than a line gets a line of its own: it is a number or a name, and is not cut.
    """
    count = len(tokens)
    best: list[float] = [0.0] + [float("inf")] * count
    back: list[tuple[int, Broken | None]] = [(0, None)] * (count + 1)
    for end in range(1, count + 1):
        for start in range(end - 1, -1, -1):
            cue, cost = _cue(tuple(tokens[start:end]), line_width, whole=end - start == count)
            if cue is None:
                break
            total = best[start] + cost + (_break_cost(tokens[end - 1], tokens[end]) if end < count else 0.0)
            if total < best[end]:
                best[end], back[end] = total, (start, cue)
    cues: list[Broken] = []
    at = count
    while at > 0:
        at, cue = back[at]
        if cue is None:
            break
        cues.append(cue)
    return cues[::-1]


@cache
def _cue(tokens: tuple[Token, ...], line_width: float, whole: bool) -> tuple[Broken | None, float]:
    """A cue of these tokens and its cost; None when they do not fit into two lines. whole: they are the whole phrase."""
    wide = width(line_of(tokens))
    cost = _size_cost(tokens, wide, whole) + _inner_cost(tokens)
    if wide <= line_width or len(tokens) == 1:
        return Broken((tokens,)), cost
    split = _second_line(tokens, line_width)
    if split is not None:
        price, at = split
        return Broken((tokens[:at], tokens[at:])), cost + 1.0 + 0.6 * price
    if len(tokens) == 2 and wide <= 2 * line_width:
        return Broken((tokens[:1], tokens[1:])), cost + 4
    return None, 0.0


def _size_cost(tokens: tuple[Token, ...], wide: float, whole: bool) -> float:
    """What a cue costs, and what it costs more for being narrow, short, long, or faster than one reads. wide: in full-width characters."""
    seconds = max(tokens[-1].end_s - tokens[0].start_s, 0.05)
    cost = 1.0
    if wide < ALONE and not whole:
        cost += 8.0
    elif wide < 4 and not whole:
        cost += 0.6
    if seconds < SHORT_S and not whole:
        cost += 3.0 * (SHORT_S - seconds) / SHORT_S
    cost += 0.4 * max(0.0, wide / seconds - READ_CPS)
    return cost + 0.5 * max(0.0, seconds - LONG_S)


def _inner_cost(tokens: tuple[Token, ...]) -> float:
    """What a cue costs more for going on where it could end: a sentence's end, and every comma with a breath, wants to be a cue's end."""
    cost = sum(2.0 if set(token.after) & set(STOPS) else 0.35 for token in tokens[:-1] if token.after)
    cost += sum(0.5 for before, after in pairwise(tokens) if after.start_s - before.end_s >= PAUSE_S)
    if len(tokens) > 1 and width(tokens[-1].text) < ALONE and tokens[-2].after:
        cost += 1.5
    return cost


def _second_line(tokens: tuple[Token, ...], line_width: float) -> tuple[float, int] | None:
    """The best place for a line break: its price, and the token that begins the second line; None where no two lines hold the tokens."""
    prices = []
    for at in range(1, len(tokens)):
        upper, lower = width(line_of(tokens[:at])), width(line_of(tokens[at:]))
        if ALONE <= upper <= line_width and ALONE <= lower <= line_width:
            prices.append((abs(upper - lower) / line_width + _break_cost(tokens[at - 1], tokens[at]), at))
    return min(prices, default=None)


def _break_cost(before: Token, after: Token) -> float:
    """How badly a line ends between two tokens: 0 at a full stop, 3 where it tears words apart."""
    if set(before.after) & set(STOPS):
        return 0.0
    if set(before.after) & set(COMMAS):
        return 0.1
    silence_s = after.start_s - before.end_s
    cost = 1.0 - min(silence_s / PAUSE_S, 1.0) * 0.8
    if after.text in _CLINGS_LEFT:
        cost += 2.0
    elif after.text.lower() in _OPENS:
        cost -= 0.3
    if before.text.lower() in _CLINGS_RIGHT:
        cost += 0.9
    if before.text in ("的", "得", "地") or after.text in ("是", "不是", "to", "of"):
        cost += 0.5
    return max(cost, 0.1)
