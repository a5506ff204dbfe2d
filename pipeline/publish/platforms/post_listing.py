"""Which of an account's posts is the release's, by words and time: for a platform whose lost answer would have named it."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from pipeline.documents.message import M
from pipeline.network.errors import PlatformError
from pipeline.publish.platforms.base import LookupResult, UploadProgress

PAGES = 10
"""So many pages of a list are looked through."""
SLACK = timedelta(seconds=2)
"""Between the clocks of two of the platform's machines: a post so much older than ours can be is neither taken for it nor ruled out."""


@dataclass(frozen=True)
class Listed:
    """A post as the list shows it.

    words: what of them is sent with a post and shown again; the first are believed to stay as they were sent, of the others a platform may
    change some. at: when it came to be, by the platform's clock; None where it does not say. whole_s: `at` has its fraction cut off.
    """

    post_id: str
    words: tuple[str, ...]
    at: datetime | None
    whole_s: bool = False
    essence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """A page of the list. ahead_s: so many seconds the platform's clock was ahead of ours when it gave it."""

    posts: tuple[Listed, ...]
    ahead_s: float = 0.0


def remember_the_others(page: Page, words: tuple[str, ...], memory: UploadProgress) -> None:
    """What is there already under these words, and how far the platform's clock is from ours: what was before must not be taken for it."""
    before = [post.post_id for post in page.posts if _same(post.words[:1], words[:1])]
    memory.keep(for_good={"before": before, "ahead_s": page.ahead_s})


def knows_the_others(memory: UploadProgress) -> bool:
    """Whether they were asked for once."""
    return "before" in memory.recall()


def found(pages: Iterable[Page], words: tuple[str, ...], memory: UploadProgress, since: datetime) -> LookupResult:
    """The post of these words since then, by our clock. Of two that fit, neither can be told to be it. pages: read as far as needed."""
    kept = memory.recall()
    before = set(kept.get("before") or ())
    since += timedelta(seconds=float(kept.get("ahead_s") or 0.0))
    posts, whole = _since(iter(pages), since - SLACK)
    like_it = [post for post in posts if _same(post.words[:1], words[:1]) and post.post_id not in before]
    it = [post for post in like_it if _same(post.words, words)]
    if len(it) == 1 and it[0].post_id and not _is_older(it[0], since):
        # How it is doing, its own page says; here is only which one it is.
        return LookupResult(state="processing", post_id=it[0].post_id, essence=dict(it[0].essence))
    if like_it:
        return LookupResult(
            state="unknown", reason=M("There are {count} posts with these words; which is this one cannot be told.", count=len(like_it))
        )
    if not whole:
        return LookupResult(state="unknown", reason=M("There are more posts since then than can be looked through."))
    return LookupResult(state="absent", essence={"looked_through": len(posts)})


def surely_none(pages: Iterable[Page], words: tuple[str, ...], memory: UploadProgress, since: datetime) -> bool:
    """Whether the list, asked right now, says that there is none. One that cannot be read says nothing."""
    try:
        return found(pages, words, memory, since).state == "absent"
    except PlatformError:
        return False


def _since(pages: Iterator[Page], earliest: datetime) -> tuple[list[Listed], bool]:
    """The posts since then, by the platform's clock, and whether these are all. One without a time may be."""
    posts: list[Listed] = []
    looked_through = 0
    for page in islice(pages, PAGES):
        looked_through += 1
        posts += [post for post in page.posts if post.at is None or post.at >= earliest]
        first, last = (page.posts[0].at, page.posts[-1].at) if page.posts else (None, None)
        # The last and not just any: an old post may be pinned to the top. Newest first, or the new ones are still to come.
        if last is not None and last < earliest and (first is None or first >= last):
            return posts, True
    return posts, looked_through < PAGES


def _is_older(post: Listed, moment: datetime) -> bool:
    """Than `moment`, by the platform's clock. The Date by which clocks are compared has its fraction cut off: ours never looks too old."""
    return post.at is None or post.at < (moment.replace(microsecond=0) if post.whole_s else moment)


def _same(these: tuple[str, ...], those: tuple[str, ...]) -> bool:
    """Blanks and forms of a character may come back otherwise than they were sent."""
    return [_plain(words) for words in these] == [_plain(words) for words in those]


def _plain(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).split())
