"""The places of a talk where another picture may lie, and the joint choice of views for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.documents.message import M, Message
from pipeline.edit.assignment import best_pairing
from pipeline.edit.cover_choice import COVERS_JOIN, FittingView, TalkPictures
from pipeline.edit.scenes import Scene
from pipeline.edit.speech_runs import SpeechRun
from pipeline.edit.spoken_clauses import SpokenClause

MIN_COVER_S = 1.0
MAX_COVER_S = 4.0
MIN_SPEAKER_PIECE_S = 0.6
"""Seconds. A shorter piece of the speaker beside a cover is a flash, not a picture."""
MIN_SPEAKER_S = 1.2
"""Seconds that the speaker is seen at least between two covers: viewers trust a face."""
BEFORE_MONEY_S, AFTER_MONEY_S = 0.4, 0.3
"""Seconds that the product is seen before and after the amount is said."""
OPENING_WORTH = 2.0
"""What an opening is worth beside its view: more than any join, less than the price."""
FIRST_SHARE = 0.001
"""How much more a place is worth than the one after it: of equal views the better comes first."""
Window = tuple[int, int]
"""First frame and number of frames, from the start of the talk."""


@dataclass(frozen=True)
class CoverSizes:
    """Lengths in frames: of a usual cover, the longest, the shortest, the speaker between two, and the shortest piece of him beside one."""

    fps: int
    usual: int
    longest: int
    shortest: int
    speaker: int
    sliver: int

    @classmethod
    def of(cls, fps: int, cover_s: float) -> "CoverSizes":
        """The sizes at so many frames a second, with covers of `cover_s` seconds."""
        usual, longest, shortest = round(cover_s * fps), round(MAX_COVER_S * fps), round(MIN_COVER_S * fps)
        return cls(fps, usual, longest, shortest, round(MIN_SPEAKER_S * fps), round(MIN_SPEAKER_PIECE_S * fps))


@dataclass(frozen=True)
class OpeningPlace:
    """The picture that opens the video. lead: frames of it before the first word. frames: its length at most, with them."""

    lead: int
    frames: int
    reason: Message

    def windows(self, most: int, _earliest: int | None, _clauses: Sequence[SpokenClause], _sizes: CoverSizes) -> list[Window]:
        """Where it lies with so many frames at most."""
        return [(-self.lead, max(self.lead, min(most, self.frames)))]


@dataclass(frozen=True)
class JoinPlace:
    """The join between two runs of one clip."""

    before: SpeechRun
    after: SpeechRun
    reason: Message = COVERS_JOIN

    def windows(self, most: int, earliest: int | None, clauses: Sequence[SpokenClause], sizes: CoverSizes) -> list[Window]:
        """Where it may lie with so many frames at most: a third before the join; and so that no price is heard under it."""
        earliest = self.before.at if earliest is None else earliest
        frames = min(most, sizes.usual)
        free_from = max([earliest, *(clause.end for clause in clauses if clause.money is not None and clause.end <= self.after.at)])
        free_until = min((clause.at for clause in clauses if clause.money is not None and clause.at >= self.after.at), default=None)
        usual = self._over(frames, earliest, sizes)
        beside = self._over(
            frames if free_until is None else min(frames, free_until - max(free_from, self.after.at - frames // 3)), free_from, sizes
        )
        return [window for window in dict.fromkeys((usual, beside)) if window is not None]

    def _over(self, frames: int, earliest: int, sizes: CoverSizes) -> Window | None:
        at = max(earliest, self.after.at - frames // 3)
        if at - self.before.at < sizes.sliver and earliest <= self.before.at:
            at = self.before.at
        if self.after.end - (at + frames) < sizes.sliver:
            frames = self.after.end - at - (0 if self.after.end - at <= frames else sizes.sliver)
        # otherwise too late, or too short, to hide this join
        return (at, frames) if at <= self.after.at < at + frames and frames >= sizes.shortest else None


@dataclass(frozen=True)
class PricePlace:
    """The sentence with a price; the product is seen while the amount is said."""

    run: SpeechRun
    before: SpeechRun | None
    clause: SpokenClause
    reason: Message = COVERS_JOIN

    def windows(self, most: int, earliest: int | None, _clauses: Sequence[SpokenClause], sizes: CoverSizes) -> list[Window]:
        """Where it may lie with so many frames at most: from the sentence's beginning, and past its amount."""
        money = self.clause.money or (self.clause.at, self.clause.end)
        ends = min(self.run.end, money[1] + round(AFTER_MONEY_S * sizes.fps))
        at = min(self.clause.at, money[0] - round(BEFORE_MONEY_S * sizes.fps))
        longest = min(most, sizes.longest)
        if at - self.run.at < sizes.speaker:  # too short a piece of the speaker: from the join before it, or from where the run begins
            joins = self.before is not None and self.before.clip_id == self.run.clip_id
            at = self.run.at - (min(most, sizes.usual) // 3 if joins else 0)
        at = max(at, ends - longest, 0 if self.before is None else self.before.at, 0 if earliest is None else earliest)
        frames = min(longest, max(sizes.usual, ends - at))
        if self.run.end - (at + frames) < sizes.sliver:
            frames = self.run.end - at if self.run.end - at <= longest else self.run.end - at - sizes.sliver
        covered = min(at + frames, money[1]) - max(at, money[0])
        return [(at, frames)] if frames >= sizes.shortest and covered * 2 >= money[1] - money[0] else []


CoverPlace = OpeningPlace | JoinPlace | PricePlace


@dataclass(frozen=True)
class PlacedView:
    """A view at its place. at, frames: from the start of the talk."""

    place: CoverPlace
    view: FittingView
    at: int
    frames: int

    @property
    def end(self) -> int:
        """First frame after it."""
        return self.at + self.frames


def places_of(runs: Sequence[SpeechRun], clauses: Sequence[SpokenClause]) -> list[CoverPlace]:
    """Return the joins within a clip, and the sentences with a price."""
    places: list[CoverPlace] = [JoinPlace(one, other) for one, other in pairwise(runs) if one.clip_id == other.clip_id]
    for before, run in zip([None, *runs], runs, strict=False):
        places += [PricePlace(run, before, clause) for clause in clauses if clause.money is not None and run.at <= clause.at < run.end]
    return places


def choose_views(places: Sequence[CoverPlace], scenes: Sequence[Scene], pictures: TalkPictures, sizes: CoverSizes) -> list[PlacedView]:
    """Give the places views so that the total is best, each scene once, with the speaker seen between two; some places get none.

    Where two places are too close to each other the one that is worth less is given up, and all are weighed again.
    """
    left = list(places)
    while left:
        options = [[_placed(place, scene, None, pictures, sizes) for scene in scenes] for place in left]
        pairs = best_pairing([[_worth(one) * (1 - FIRST_SHARE * row) for one in options[row]] for row in range(len(left))])
        chosen = [one for row, pair in zip(options, pairs, strict=True) if pair is not None and (one := row[pair]) is not None]
        laid, given_up = _lay_out(chosen, pictures, sizes)
        if given_up is None:
            return laid
        left.remove(given_up)
    return []


def _worth(placed: PlacedView | None) -> float:
    if placed is None:
        return 0.0
    return placed.view.worth + OPENING_WORTH * isinstance(placed.place, OpeningPlace)


def _placed(place: CoverPlace, scene: Scene, earliest: int | None, pictures: TalkPictures, sizes: CoverSizes) -> PlacedView | None:
    """A scene at a place, with the part of it that fits the words there; None where it may not lie there."""
    for at, frames in place.windows(int(scene.length_s * sizes.fps), earliest, pictures.clauses, sizes):
        view = _view(place, scene, at, at + frames, pictures)
        if view is None:
            continue
        if int(view.length_s * sizes.fps) >= frames:
            return PlacedView(place, view, at, frames)
        for part_at, part_frames in place.windows(int(view.length_s * sizes.fps), earliest, pictures.clauses, sizes):
            part = _view(place, scene, part_at, part_at + part_frames, pictures)
            if part is not None and int(part.length_s * sizes.fps) >= part_frames:
                return PlacedView(place, part, part_at, part_frames)
    return None


def _view(place: CoverPlace, scene: Scene, first: int, end: int, pictures: TalkPictures) -> FittingView | None:
    """The view of a scene at a place between two frames."""
    if isinstance(place, PricePlace):
        return pictures.price_view(scene) if pictures.shown.known else None
    view = pictures.view(scene, pictures.asked(first, end), first, end, place.reason)
    if not isinstance(place, OpeningPlace):
        return view
    if view is None:
        return None if pictures.over_price(first, end) else pictures.any_view(scene, place.reason)
    return view if view.reason == place.reason else replace(view, reason=M("opens the video: {reasons}", reasons=(view.reason,)))


def _lay_out(chosen: Sequence[PlacedView], pictures: TalkPictures, sizes: CoverSizes) -> tuple[list[PlacedView], CoverPlace | None]:
    """Lay views one after the other; returns them, or the place that must be given up because two are too close."""
    laid: list[PlacedView] = []
    for one in sorted(chosen, key=lambda one: one.at):
        earliest = laid[-1].end + sizes.speaker if laid else one.at
        moved = one if one.at >= earliest else _placed(one.place, one.view.scene, earliest, pictures, sizes)
        if moved is None or moved.at < earliest:
            return [], min(one, laid[-1], key=_worth).place
        laid.append(moved)
    return laid, None
