"""What the photos of the product sheet show, as frames of clips are held against them."""

from pipeline.documents.analysis import PictureContent
from pipeline.documents.base import Document, Frozen


class PhotoContent(Document):
    """What one photo shows. content: None for a file that is no picture."""

    content: PictureContent | None
    white_ground: bool = False
    """Whether the product stands before white, as on a shop's page: there the photo has nothing of the product's surroundings."""


class ProductPhotos(Frozen):
    """What the photo of the story's product shows, and those of the sheet's other products."""

    own: PictureContent | None = None
    white_ground: bool = False
    others: tuple[PictureContent, ...] = ()
