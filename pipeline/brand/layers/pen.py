"""The sheet that every layer is drawn on: parts in order, and an exact record of where its words stand."""

from PIL import Image

from pipeline.brand.motion import Drawing, LayerPart, Move
from pipeline.brand.template import Manner
from pipeline.brand.type import Block
from pipeline.documents.look import Box


class Pen:
    """Collects parts from the lowest up. manner: how the style lets them come."""

    def __init__(self, manner: Manner = "rise") -> None:
        self._manner = manner
        self._parts: list[LayerPart] = []
        self._texts: list[str] = []
        self._boxes: list[Box] = []
        self._qr: tuple[str, Box] | None = None
        self._panel: Box | None = None
        self._panel_rises = False

    def put(self, image: Image.Image, x: float, y: float, move: Move = "fade", delay_s: float = 0.0) -> None:
        """Lay a picture with its corner at (x, y) of the output picture."""
        quiet = self._manner != "rise" and move in ("rise", "wipe")
        self._parts.append(LayerPart(image, round(x), round(y), "fade" if quiet else move, delay_s))

    def panel(self, image: Image.Image, x: float, y: float, move: Move = "fade") -> None:
        """Lay the plate that everything after it stands on."""
        opens: Move | None = self._manner if self._manner in ("unroll", "unfold") else None
        self.put(image, x, y, opens or move)
        self._panel = Box(x=round(x), y=round(y), width=image.width, height=image.height)
        self._panel_rises = self._parts[-1].move == "rise"

    def write(self, block: Block, x: float, y: float, move: Move = "fade", delay_s: float = 0.0) -> None:
        """Lay set text with the corner of its room at (x, y)."""
        inked = block.draw()
        self.put(inked.image, round(x) + inked.x, round(y) + inked.y, move, delay_s)
        for text, (left, top, right, bottom) in inked.inks:
            self._texts.append(text)
            self._boxes.append(Box(x=round(x) + left, y=round(y) + top, width=right - left, height=bottom - top))

    def code(self, image: Image.Image, x: float, y: float, link: str, move: Move = "fade", delay_s: float = 0.0) -> None:
        """Lay a QR code, quiet zone included."""
        self.put(image, x, y, move, delay_s)
        self._qr = (link, Box(x=round(x), y=round(y), width=image.width, height=image.height))

    def drawing(self) -> Drawing:
        """Everything laid so far."""
        link, box = self._qr if self._qr else ("", None)
        return Drawing(
            tuple(self._parts), tuple(self._texts), tuple(self._boxes), link, box, panel=self._panel, panel_rises=self._panel_rises
        )
