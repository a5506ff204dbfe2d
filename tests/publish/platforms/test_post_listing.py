"""A post is found again in the account's list by its words and its time, whatever order and doubt the list has."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from pipeline.publish.platforms.post_listing import (
    MAX_PAGES,
    ListedPost,
    PostPage,
    find_post,
    has_remembered_posts,
    remember_existing_posts,
)
from tests.fakes.publishing_setup import NOW

WORDS = ("高山土豆", "现挖现发")
MINUTE = timedelta(minutes=1)


class InMemoryProgress:
    """A memory that lasts as long as the test."""

    def __init__(self, **facts: Any) -> None:
        self.facts = facts

    def recall(self) -> Mapping[str, Any]:
        """See Memory."""
        return self.facts

    def keep(self, *, session: str = "", for_good: Mapping[str, Any] | None = None, **facts: Any) -> None:
        """See Memory."""
        del session
        self.facts |= {**facts, **(for_good or {})}


def post(number: int, at: datetime | None, *words: str, whole_s: bool = False) -> ListedPost:
    return ListedPost(f"p{number}", words or (f"第{number}条", ""), at, whole_s=whole_s)


def ours(at: datetime | None = NOW + MINUTE, *words: str) -> ListedPost:
    return ListedPost("ours", words or WORDS, at)


def pages_of(posts: list[ListedPost], size: int, read: list[int] | None = None) -> Iterator[PostPage]:
    for first in range(0, len(posts), size):
        if read is not None:
            read.append(first)
        yield PostPage(tuple(posts[first : first + size]))


def test_pages_are_read_only_as_far_back_as_needed() -> None:
    read: list[int] = []
    older = [post(number, NOW - number * MINUTE) for number in range(1, 20)]
    assert find_post(pages_of([ours(), *older], 3, read), WORDS, InMemoryProgress(), NOW).post_id == "ours"
    assert len(read) == 1


def test_a_list_that_has_the_oldest_first_is_read_to_its_end() -> None:
    older = [post(number, NOW - (30 - number) * MINUTE) for number in range(1, 20)]
    assert find_post(pages_of([*older, ours()], 3), WORDS, InMemoryProgress(), NOW).post_id == "ours"


def test_an_old_post_that_is_pinned_to_the_top_hides_nothing() -> None:
    pinned, newer = post(0, NOW - timedelta(days=90)), [post(number, NOW + (9 - number) * MINUTE) for number in range(1, 7)]
    assert find_post(pages_of([pinned, *newer, ours()], 3), WORDS, InMemoryProgress(), NOW).post_id == "ours"


def test_what_was_there_before_is_not_it() -> None:
    progress = InMemoryProgress()
    remember_existing_posts(PostPage((ours(NOW),), ahead_s=3.0), WORDS, progress)
    assert has_remembered_posts(progress)
    assert find_post(pages_of([ours(NOW + MINUTE)], 3), WORDS, progress, NOW).state == "absent"


@pytest.mark.parametrize(
    "posts",
    [
        [ours(), post(1, NOW + MINUTE, *WORDS)],
        [ours(NOW - timedelta(seconds=1))],
        [ours(None)],
        [ListedPost("", WORDS, NOW + MINUTE)],
        [ours(NOW + MINUTE, WORDS[0], "平台改过的简介")],
    ],
    ids=["two alike", "a moment too old", "without a time", "without a name", "its second words changed"],
)
def test_what_may_or_may_not_be_it_is_neither_found_nor_absent(posts: list[ListedPost]) -> None:
    assert find_post(pages_of(posts, 3), WORDS, InMemoryProgress(), NOW).state == "unknown"


def test_another_post_with_only_the_first_words_does_not_hide_it() -> None:
    other = ours(NOW + 2 * MINUTE, WORDS[0], "另一条")
    assert find_post(pages_of([other, ours()], 3), WORDS, InMemoryProgress(), NOW).post_id == "ours"


@pytest.mark.parametrize("ahead_s", [-1700.0, 1700.0])
def test_times_are_the_platforms(ahead_s: float) -> None:
    there = NOW + timedelta(seconds=ahead_s)
    progress = InMemoryProgress(ahead_s=ahead_s)
    assert find_post(pages_of([ours(there)], 3), WORDS, progress, NOW).post_id == "ours"
    assert find_post(pages_of([ours(there - MINUTE)], 3), WORDS, progress, NOW).state == "absent"


def test_a_time_in_whole_seconds_is_not_held_to_be_too_old() -> None:
    since = NOW + timedelta(milliseconds=700)
    posts = [ListedPost("ours", WORDS, NOW, whole_s=True)]
    assert find_post(pages_of(posts, 3), WORDS, InMemoryProgress(), since).post_id == "ours"


def test_more_posts_than_are_looked_through_leave_it_open() -> None:
    read: list[int] = []
    newer = [post(number, NOW + MINUTE) for number in range(1, MAX_PAGES + 5)]
    assert find_post(pages_of(newer, 1, read), WORDS, InMemoryProgress(), NOW).state == "unknown"
    assert len(read) == MAX_PAGES
