"""Where the story's product stands on the output picture, frame by frame, so that what lies over it can leave it free."""

from collections.abc import Iterator, Mapping, Sequence

from pipeline.documents.analysis import Analysis, ContentSample, Shot
from pipeline.documents.edit import Edit, Framing
from pipeline.documents.on_screen import ProductOnScreen
from pipeline.documents.product_photos import ProductPhotos
from pipeline.edit.shown_subjects import ShownSubjects
from pipeline.edit.tracks_on_screen import PlaceSeen, cut_between, held_span, tracks_on_screen

HOLD_S = 1.0
"""Before its first and after its last look a product may be there: a picture is looked at anew when it has changed."""


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


def _tracks(analysis: Analysis, subjects: ShownSubjects) -> Iterator[list[PlaceSeen]]:
    """The looks that saw the product, as tracks that end where one did not and where the camera cuts."""
    run: list[PlaceSeen] = []
    for look, sure in zip(analysis.contents, subjects.product_sureness(analysis.contents), strict=True):
        seen = _sighting(look) if sure is not None else None
        if run and (seen is None or cut_between(analysis.shots, run[-1].at_s, seen.at_s)):
            yield _held(run, analysis.shots)
            run = []
        if seen is not None:
            run.append(seen)
    if run:
        yield _held(run, analysis.shots)


def _sighting(look: ContentSample) -> PlaceSeen | None:
    return PlaceSeen(at_s=look.at_s, **look.content.thing.model_dump()) if look.content.thing is not None else None


def _held(run: list[PlaceSeen], shots: Sequence[Shot]) -> list[PlaceSeen]:
    """A track held a little beyond both ends, within its shot."""
    before_s, after_s = held_span(run, shots, HOLD_S)
    return [run[0].model_copy(update={"at_s": before_s}), *run, run[-1].model_copy(update={"at_s": after_s})]
