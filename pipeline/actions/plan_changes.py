"""What a plan that is loaded again changes of the one that was loaded before: no post twice, none taken back in silence."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from pipeline.documents.campaign import PlannedPost
from pipeline.publish.ledger import RecordedPost
from pipeline.settings import day_text

T = TypeVar("T")
_LIKENESSES: tuple[Callable[[PlannedPost], Hashable], ...] = (
    lambda post: (post.story, post.channel, day_text(post.at)),
    lambda post: (post.channel, post.at),
    lambda post: (post.story, post.at),
    lambda post: (post.story, post.channel),
    lambda post: (post.story, day_text(post.at)),
)
"""By which a corrected line is known again, the surest first: another hour, another story, another account, another day."""


@dataclass(frozen=True)
class PlanChanges:
    """same: as before. changed: the record with what the sheet says by now. new: not known so far. removed: no longer in the sheet."""

    same: tuple[RecordedPost, ...]
    changed: tuple[tuple[RecordedPost, PlannedPost], ...]
    new: tuple[PlannedPost, ...]
    removed: tuple[RecordedPost, ...]


def plan_changes(recorded: Sequence[RecordedPost], wanted: Sequence[PlannedPost]) -> PlanChanges:
    """Compare the posts on record with those of a sheet, neither with doubles.

    A line is the correction of a record when both alone are alike in one of `_LIKENESSES`. A post that a person took back by command
    is known only by its very line, and stays taken back.
    """
    left = {post.id: post for post in recorded}
    same, changed, new = [], [], list(wanted)
    for record in recorded:
        if record.post in new:
            new.remove(record.post)
            same.append(left.pop(record.id))
    left = {id_: record for id_, record in left.items() if record.state != "cancelled"}
    for likeness in _LIKENESSES:
        records = _grouped(left.values(), partial(_of_record, likeness))
        posts = _grouped(new, likeness)
        for key in records.keys() & posts.keys():
            if len(records[key]) == len(posts[key]) == 1:
                changed.append((left.pop(records[key][0].id), posts[key][0]))
                new.remove(posts[key][0])
    return PlanChanges(tuple(same), tuple(changed), tuple(new), tuple(left.values()))


def _of_record(likeness: Callable[[PlannedPost], Hashable], record: RecordedPost) -> Hashable:
    return likeness(record.post)


def _grouped(items: Iterable[T], key: Callable[[T], Hashable]) -> dict[Hashable, list[T]]:
    groups: dict[Hashable, list[T]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups
