"""The look of one story in a style: layers drawn, placed and timed. Pixels are those of the output picture."""

from pipeline.documents.base import Document, Frozen
from pipeline.documents.message import Message


class Box(Frozen):
    """A rectangle in pixels of the output picture."""

    x: int
    y: int
    width: int
    height: int


class Layer(Frozen):
    """One overlay with an alpha channel.

    `file` is a path in the content store: a .png for a still, a .mov (qtrle argb) of exactly `frames` frames at the
    edit's frame rate for a moving one.
    """

    kind: str
    """Which of `brand/layers/` it is: title, lower_third, card, price_tag, end_card, mark, label."""
    start_frame: int
    frames: int
    box: Box
    file: str
    key: str
    """Content address: equal keys are equal pixels."""
    still: str
    """The layer at rest as a .png of the same box: what the inspection compares the finished frame with."""
    rest_start: int
    rest_end: int
    """Frames of the layer, counted from its start, from and before which it is at rest and fully shown."""
    still_key: str = ""
    """Content address of `still`, which the renderer takes while the layer rests; empty where it is not known."""
    texts: tuple[str, ...] = ()
    text_boxes: tuple[Box, ...] = ()
    """Where its texts stand in the output picture; they must lie in the safe area."""
    qr_link: str = ""
    qr_box: Box | None = None


class ScriptFont(Frozen):
    """How a line in a script is set that the subtitles' own font lacks: left to libass, its letters would be half as large as others."""

    letters: str
    """The script's characters, as the inside of a regular expression's class."""
    family: str
    size_px: int
    """Height of a line of a second language; tall scripts have one line in the room of two."""
    lines: int
    line_width: float
    """Width of a line at most, in full-width characters of this size."""


class MovingPicture(Frozen):
    """What moves on the backdrop, from the first frame of the end card to its last. The backdrop shows it as it begins."""

    key: str
    """Content address: equal keys are equal pixels."""
    file: str
    """A path in the content store: opaque H.264, BT.709, of the box's size; each of its frames may stand for several of the video."""
    box: Box
    """On even pixels."""


class Typography(Frozen):
    """How subtitles are set; sizes in pixels of the output picture."""

    font: str
    """Family name as libass knows it."""
    size_px: int
    """Height of a line, which is what libass takes as Fontsize; a full-width character is about 0.69 of it, see `line_width`."""
    bold: bool
    colour: str
    """#RRGGBB."""
    outline_colour: str
    outline_px: float
    shadow_px: float
    box: bool
    """A filled box behind the words instead of an outline."""
    margin_bottom_px: int
    margin_side_px: int
    line_width: float
    """Width of a line at most, in full-width characters."""
    scripts: tuple[ScriptFont, ...] = ()
    """Fonts of a second language."""


class Look(Document):
    """Everything the renderer lays over the picture, except the words of the subtitles."""

    style: str
    width: int
    height: int
    fps: int
    lut: str = ""
    """Path of a .cube file, empty for none."""
    layers: tuple[Layer, ...]
    typography: Typography
    backdrop: str = ""
    """A .png of the full picture that lies under the end card, where there is no footage."""
    moving: MovingPicture | None = None
    """What of the backdrop moves; None where it stands still."""
    ground: str = ""
    """A .png of the full picture on which shots lie that do not fill it; empty where there are none."""
    reasons: tuple[Message, ...] = ()
    """Why title, card and lower third stand where they stand, or do not."""
