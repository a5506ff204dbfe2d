"""The ground of a style over a whole picture: its tile or colour, with its band along the edges."""

from PIL import Image

from pipeline.brand import paint
from pipeline.brand.layout import Canvas


def draw_ground(canvas: Canvas, band: int | None = None) -> Image.Image:
    """Draw the ground in the output's size, RGBA: under the end card, and under shots that do not fill the picture.

    band: height of the bands, pixels, 0 for none; that of the style's end card where it is not said.
    """
    style = canvas.style
    layout, tile, pattern = style.layout.end_card, style.picture("ground"), style.picture("band")
    ground = Image.new("RGBA", (canvas.width, canvas.height), style.palette.ground.fill)
    if tile is not None:
        ground = paint.tiled(tile, canvas.width, canvas.height, max(8, canvas.px(240)))
    height = canvas.part(layout.band) if band is None else band
    if height and pattern is not None:
        strip = paint.band(pattern, canvas.width, height)
        if layout.bands != "bottom":
            ground.alpha_composite(strip.transpose(Image.Transpose.FLIP_TOP_BOTTOM), (0, 0))
        if layout.bands != "top":
            ground.alpha_composite(strip, (0, canvas.height - height))
    return ground
