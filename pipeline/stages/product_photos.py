"""What the photos of the product sheet show: the product's own, and those of others, which a view must not be more like."""

from collections.abc import Iterable
from pathlib import Path

from pipeline import analysis as analysis_room
from pipeline.documents.offer import Catalog, Choice, Offer
from pipeline.documents.product_photos import PhotoContent, ProductPhotos
from pipeline.stages.spoken_prices import other_offers
from pipeline.store import file_sha256
from pipeline.workspace import StoryContext

MOST_OTHERS = 24
"""Photos of other products that are looked at: the first time each takes a twentieth of a second."""


def product_photos(context: StoryContext) -> ProductPhotos:
    """Describe the photo of the story's product and those of others; nothing where it has none."""
    offer = context.read("choice.json", Choice).offer
    own = _described(context, offer) if offer is not None else None
    if offer is None or own is None or own.content is None:
        return ProductPhotos()
    known = _names(offer)
    others = [other for other in other_offers(context) if other.photo and other.photo != offer.photo and not known & _names(other)]
    described = (_described(context, other) for other in others[:MOST_OTHERS])
    contents = [other.content for other in described if other is not None and other.content is not None]
    return ProductPhotos(
        own=own.content,
        white_ground=own.white_ground,
        others=tuple(content for content in dict.fromkeys(contents) if content != own.content),
    )


def photos_of_sheet(context: StoryContext) -> Iterable[Path]:
    """The photos that the sheet names."""
    photos = [Path(offer.photo) for offer in context.read("catalog.json", Catalog).offers if offer.photo]
    return dict.fromkeys(photos)


def _described(context: StoryContext, offer: Offer) -> PhotoContent | None:
    path = Path(offer.photo)
    if not offer.photo or not path.is_file():
        return None

    def write(part: Path) -> None:
        part.write_text(analysis_room.describe_photo(path).model_dump_json(), encoding="utf-8")

    made = context.store.make("photos", analysis_room.photo_key(file_sha256(path)), ".json", write)
    return PhotoContent.from_json(made.read_bytes())


def _names(offer: Offer) -> set[str]:
    return {offer.name, *offer.aliases}
