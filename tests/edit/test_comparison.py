"""Two edits of the same clips are laid beside each other as an editor would: what both show stands in one row."""

from pipeline.documents.edit import Cut
from pipeline.documents.message import M
from pipeline.edit import ListedShot, compare_shots


def shots(*places: tuple[str, float, float]) -> list[ListedShot]:
    """Shots by clip, start and end."""
    why, listed, at_s = M("a good shot: sharp, steady and well lit"), list[ListedShot](), 0.0
    for clip, start_s, end_s in places:
        cut = Cut(clip_id=clip, source_start_s=start_s, frames=round((end_s - start_s) * 30), role="scenic", reason=why)
        listed.append(ListedShot(len(listed) + 1, at_s, clip, start_s, end_s, "", why, cut=cut))
        at_s += end_s - start_s
    return listed


def told(first: list[ListedShot], second: list[ListedShot]) -> list[tuple[int | None, int | None, str]]:
    """Rows by the numbers of their shots."""
    return [
        (row.first.number if row.first else None, row.second.number if row.second else None, row.difference)
        for row in compare_shots(first, second)
    ]


PLACES = [("a", 0.0, 3.0), ("b", 1.0, 4.0), ("a", 5.0, 8.0), ("c", 0.0, 2.0)]


def test_an_edit_and_itself_are_the_same() -> None:
    assert told(shots(*PLACES), shots(*PLACES)) == [(number, number, "same") for number in (1, 2, 3, 4)]


def test_a_shot_that_was_dropped_or_taken_in_stands_alone() -> None:
    assert told(shots(*PLACES), shots(*PLACES[:1], *PLACES[2:])) == [(1, 1, "same"), (2, None, "only"), (3, 2, "same"), (4, 3, "same")]
    assert told(shots(*PLACES[:3]), shots(*PLACES))[-1] == (None, 4, "only")


def test_a_shot_of_another_length_is_still_that_shot() -> None:
    shorter = [*PLACES[:2], ("a", 5.5, 8.0), PLACES[3]]
    assert told(shots(*PLACES), shots(*shorter))[2] == (3, 3, "trimmed")
    elsewhere = [*PLACES[:2], ("a", 7.5, 11.0), PLACES[3]]
    assert [row[2] for row in told(shots(*PLACES), shots(*elsewhere))] == ["same", "same", "only", "only", "same"]


def test_a_shot_in_another_place_is_said_to_be_moved_on_both_sides() -> None:
    rows = told(shots(*PLACES), shots(PLACES[3], *PLACES[:3]))
    assert rows == [(None, 1, "moved"), (1, 2, "same"), (2, 3, "same"), (3, 4, "same"), (4, None, "moved")]
    swapped = told(shots(*PLACES), shots(PLACES[1], PLACES[0], *PLACES[2:]))
    assert sorted(row[2] for row in swapped) == ["moved", "moved", "same", "same", "same"]
