"""Which view may lie over which words of a talk, what it is worth there, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.documents.message import M, Message
from pipeline.documents.offer import Offer
from pipeline.edit.asked_pictures import PRICE_WEIGHT, PRODUCT_WEIGHT, Subject
from pipeline.edit.scenes import Scene
from pipeline.edit.shown_subjects import Showing, ShownSubjects
from pipeline.edit.spoken_clauses import SpokenClause, asked_between, lies_over_price

COVERS_JOIN = M("covers the join between two sentences")
NEUTRAL = 0.2
"""What a view is worth over words that ask for nothing: less than any that fits."""
SCORE_SHARE, WIDE_BONUS = 0.02, 0.1
"""How much of a view's own score counts beside what it shows, and what a view named as a wide one has more."""
LEAST_FIT = 0.6
"""Share of a subject's weight that a view has that barely shows it; the rest is how surely it does."""
LEAST_GUESS = 0.15
"""How sure produce must be the product to lie over its price where no photo tells: half of what it can be."""


@dataclass(frozen=True)
class FittingView:
    """A view for a place: what it is worth there, the part that may be shown (seconds on the clip's clock), and why."""

    scene: Scene
    worth: float
    start_s: float
    end_s: float
    reason: Message

    @property
    def length_s(self) -> float:
        """Seconds from start to end."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class TalkPictures:
    """What a talk says and its views show: judges which view may lie where.

    fps: of the timeline. offer: what the story sells.
    """

    clauses: Sequence[SpokenClause]
    shown: ShownSubjects
    offer: Offer | None
    fps: int

    def view(self, scene: Scene, asked: Mapping[Subject, float], first: int, end: int, neutral: Message) -> FittingView | None:
        """The view of a scene over the frames [first, end) of the talk, over words that ask for something; None where it may not be.

        neutral: the reason where nothing is asked. No view but that of the product lies over its price.
        """
        if self.over_price(first, end):
            view = self.price_view(scene)  # worth less than where the amount itself is said
            return replace(view, worth=PRODUCT_WEIGHT * view.worth / PRICE_WEIGHT) if view is not None else None
        own = _own_worth(scene)
        fits = [
            FittingView(scene, weight * _fit(showing) + own, showing.start_s, showing.end_s, self._reason(subject, showing))
            for subject, weight in asked.items()
            if (showing := self.shown.find(scene, subject)) is not None
        ]
        if fits:
            return max(fits, key=lambda fit: fit.worth)
        if asked and self.shown.known:
            return None
        return self.any_view(scene, neutral)

    def over_price(self, first: int, end: int) -> bool:
        """Whether only the product may be seen between two frames; not where nobody knows what the views show."""
        return self.shown.known and lies_over_price(self.clauses, first, end, self.fps)

    @staticmethod
    def any_view(scene: Scene, reason: Message) -> FittingView:
        """The view of a scene where any will do."""
        return FittingView(scene, NEUTRAL + _own_worth(scene), scene.start_s, scene.end_s, reason)

    def price_view(self, scene: Scene) -> FittingView | None:
        """The view of a scene over the price: only where the product is seen in it."""
        showing = self.shown.find(scene, "product")
        if showing is None or (not showing.by_photo and showing.sure < LEAST_GUESS):
            return None
        name = self.offer.name if self.offer is not None else ""
        if showing.by_photo:
            why = M("shows {product} while its price is said", product=name)
        else:
            why = M("shows produce while the price of {product} is said: the product sheet has no photo to tell it by", product=name)
        return FittingView(scene, PRICE_WEIGHT * _fit(showing) + _own_worth(scene), showing.start_s, showing.end_s, why)

    def asked(self, first: int, end: int) -> Mapping[Subject, float]:
        """What the words between two frames ask for."""
        return asked_between(self.clauses, first, end)

    def _reason(self, subject: Subject, showing: Showing) -> Message:
        if showing.by_name:
            return M("its file is named for what is spoken of")
        if subject == "place":
            return M("shows the land while the place is spoken of")
        name = self.offer.name if self.offer is not None else ""
        if not showing.by_photo:
            return M("shows produce while {product} is spoken of: the product sheet has no photo to tell it by", product=name)
        return M("shows {product}, which is spoken of", product=name)


def _own_worth(scene: Scene) -> float:
    return SCORE_SHARE * scene.score + WIDE_BONUS * scene.wide_by_name


def _fit(showing: Showing) -> float:
    return LEAST_FIT + (1 - LEAST_FIT) * showing.sure
