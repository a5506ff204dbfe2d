"""Finding a release's post in the account's list of posts by words and time, where the answer that would have named it was lost."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from pipeline.documents.message import M
from pipeline.publish.platforms.base import LookupResult, UploadProgress

MAX_PAGES = 10
"""Pages of a list that are searched at most."""
CLOCK_SLACK = timedelta(seconds=2)
"""Difference between the clocks of two of the platform's servers: a post older than ours by less is neither ours nor ruled out."""


@dataclass(frozen=True)
class ListedPost:
    """A post as the list shows it.

    words: its texts, as they were sent; the first stays unchanged, the platform may change some of the others. at: when it was created,
    by the platform's clock; None where the list does not say. whole_s: `at` has its fraction of a second cut off.
    """

    post_id: str
    words: tuple[str, ...]
    at: datetime | None
    whole_s: bool = False
    response: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PostPage:
    """A page of the list. ahead_s: seconds that the platform's clock was ahead of ours when it answered."""

    posts: tuple[ListedPost, ...]
    ahead_s: float = 0.0


def remember_existing_posts(page: PostPage, words: tuple[str, ...], progress: UploadProgress) -> None:
    """Keep the ids of existing posts with these words, which must not be taken for the release's, and the platform's clock offset."""
    before = [post.post_id for post in page.posts if _same(post.words[:1], words[:1])]
    progress.keep(for_good={"before": before, "ahead_s": page.ahead_s})


def has_remembered_posts(progress: UploadProgress) -> bool:
    """Whether the existing posts were kept before."""
    return "before" in progress.recall()


def find_post(pages: Iterable[PostPage], words: tuple[str, ...], progress: UploadProgress, since: datetime) -> LookupResult:
    """Find the one post with these words since a time, by our clock; `unknown` where several match. pages: read as far as needed."""
    known = progress.recall()
    before = set(known.get("before") or ())
    since += timedelta(seconds=float(known.get("ahead_s") or 0.0))
    posts, whole = _posts_since(iter(pages), since - CLOCK_SLACK)
    like_it = [post for post in posts if _same(post.words[:1], words[:1]) and post.post_id not in before]
    it = [post for post in like_it if _same(post.words, words)]
    if len(it) == 1 and it[0].post_id and not _is_older(it[0], since):
        # Only its id is known from the list; its own page tells its state.
        return LookupResult(state="processing", post_id=it[0].post_id, response=dict(it[0].response))
    if like_it:
        return LookupResult(
            state="unknown", reason=M("There are {count} posts with these words; which is this one cannot be told.", count=len(like_it))
        )
    if not whole:
        return LookupResult(state="unknown", reason=M("There are more posts since then than can be looked through."))
    return LookupResult(state="absent", response={"looked_through": len(posts)})


def _posts_since(pages: Iterator[PostPage], earliest: datetime) -> tuple[list[ListedPost], bool]:
    """Posts since a time, by the platform's clock, and whether these are all of them. A post without a time is included."""
    posts: list[ListedPost] = []
    looked_through = 0
    for page in islice(pages, MAX_PAGES):
        looked_through += 1
        posts += [post for post in page.posts if post.at is None or post.at >= earliest]
        first, last = (page.posts[0].at, page.posts[-1].at) if page.posts else (None, None)
        # The last and not just any: an old post may be pinned to the top. Newest first, or the new ones are still to come.
        if last is not None and last < earliest and (first is None or first >= last):
            return posts, True
    return posts, looked_through < MAX_PAGES


def _is_older(post: ListedPost, moment: datetime) -> bool:
    """Whether a post is older than `moment`, by the platform's clock. Clocks are compared by a Date without fraction, so ours never is."""
    return post.at is None or post.at < (moment.replace(microsecond=0) if post.whole_s else moment)


def _same(these: tuple[str, ...], those: tuple[str, ...]) -> bool:
    """Whether texts are equal but for blanks and compatibility forms of characters, which a platform may change."""
    return [_plain(words) for words in these] == [_plain(words) for words in those]


def _plain(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).split())
