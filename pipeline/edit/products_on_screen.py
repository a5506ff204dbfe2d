"""Where the story's product stands on the output picture, frame by frame, so that what lies over it can leave it free."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from pipeline.documents.analysis import Analysis, ContentSample, PlaceInPicture
from pipeline.documents.base import Frozen
from pipeline.documents.edit import Edit, Framing
from pipeline.documents.on_screen import ProductOnScreen
from pipeline.documents.product_photos import ProductPhotos
from pipeline.edit.shown_subjects import ShownSubjects
from pipeline.edit.tracks_on_screen import tracks_on_screen

HOLD_S = 1.0
"""Before its first and after its last look a product may be there: a picture is looked at anew when it has changed."""


class _Sighting(Frozen):
    """Where a product was at one moment: centre and size in fractions of the display picture."""

    at_s: float
    x: float
    y: float
    width: float
    height: float


def products_on_screen(
    edit: Edit, framing: Framing, analyses: Mapping[str, Analysis], photos: ProductPhotos
) -> tuple[ProductOnScreen, ...]:
    """Map the story's product as every shown clip shows it onto the output picture, in the order of the cuts.

    framing: of the shape of that picture. analyses: by clip id. photos: what the sheet's photos show; without one of the product, plain
    produce is taken for it.
    """
    subjects = ShownSubjects(analyses, photos)
    shown = {cut.clip_id for cut in edit.cuts} & analyses.keys()
    tracks = {clip_id: list(_tracks(analyses[clip_id], subjects)) for clip_id in shown}
    return tuple(tracks_on_screen(ProductOnScreen, edit, framing, tracks))


def _tracks(analysis: Analysis, subjects: ShownSubjects) -> Iterator[list[_Sighting]]:
    """The looks that saw the product, as tracks that end where one did not and where the camera cuts."""
    looks = analysis.contents
    seen = [look.content.thing is not None and sure is not None for look, sure in zip(looks, subjects.product_sureness(looks), strict=True)]
    starts_s = [shot.start_s for shot in analysis.shots]
    run: list[ContentSample] = []
    for index, look in enumerate(looks):
        if run and (not seen[index] or any(run[-1].at_s < start_s <= look.at_s for start_s in starts_s)):
            yield _held(run, analysis)
            run = []
        if seen[index]:
            run.append(look)
    if run:
        yield _held(run, analysis)


def _held(run: Sequence[ContentSample], analysis: Analysis) -> list[_Sighting]:
    """A track held a little beyond both ends, within its shot."""
    first, last = run[0], run[-1]
    start_s = max((shot.start_s for shot in analysis.shots if shot.start_s <= first.at_s), default=0.0)
    end_s = min((shot.end_s for shot in analysis.shots if shot.end_s >= last.at_s), default=last.at_s + HOLD_S)
    held = [(max(start_s, first.at_s - HOLD_S), first), *((look.at_s, look) for look in run), (min(end_s, last.at_s + HOLD_S), last)]
    sightings = [_sighting(at_s, look.content.thing) for at_s, look in held if look.content.thing is not None]
    return [one for one, following in pairwise(sightings) if one.at_s < following.at_s] + sightings[-1:]


def _sighting(at_s: float, place: PlaceInPicture) -> _Sighting:
    return _Sighting(at_s=at_s, x=place.x, y=place.y, width=place.width, height=place.height)
