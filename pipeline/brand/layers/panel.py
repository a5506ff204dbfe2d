"""The plate that words over footage stand on: a soft shadow, a filled panel, and the style's bar, border or pattern band."""

from PIL import Image

from pipeline.brand import paint
from pipeline.brand.layers.pen import Pen
from pipeline.brand.layout import Canvas
from pipeline.brand.template import Plate

PLAIN = Plate()


def lay_panel(
    pen: Pen,
    canvas: Canvas,
    x: int,
    y: int,
    width: int,
    height: int,
    *,
    radius: int,
    band: int = 0,
    both: bool = False,
    bar: int = 0,
    edge: int = 0,
    wipe: bool = False,
    edging: Plate = PLAIN,
    inside: tuple[Image.Image, int, int] | None = None,
) -> None:
    """A plate with its corner at (x, y) in pixels.

    edging: frame and corners. bar: width of a bar at the left. band: height of the pattern along the upper edge, and the lower if `both`.
    inside: a picture (a photo, say) and its place in the plate; the plate's own corners cut it.
    """
    colours = canvas.style.palette.plate
    blur = canvas.px(14)
    cast = paint.shadow(width, height, radius, blur, 0.38, edging.corner)
    pen.put(cast, x - 2 * blur, y - 2 * blur + canvas.px(5), "fade")
    face = Image.new("RGBA", (width, height), colours.fill)
    if inside is not None:
        picture, left, top = inside
        face.paste(picture, (left, top))
    if bar:
        face.paste(Image.new("RGBA", (bar, height), colours.edge), (0, 0))
    pattern = canvas.style.picture("band")
    if band and pattern is not None:
        strip = paint.band(pattern, width, band)
        face.alpha_composite(strip, (0, 0))
        if both:
            face.alpha_composite(strip.transpose(Image.Transpose.FLIP_TOP_BOTTOM), (0, height - band))
    if edge:
        frame = Image.new("RGBA", (width, height), colours.edge)
        hole = Image.new("L", (width, height), 255)
        hole.paste(0, (edge, edge, width - edge, height - edge))
        face.paste(frame, (0, 0), hole)
    if edging.frame != "none":
        inner = height - band * (2 if both else 1)
        lines = paint.frame_lines(width, inner, radius, edging.corner, edging.frame, edge + canvas.px(9), canvas.px(3))
        face.paste(Image.new("RGBA", (width, inner), colours.edge), (0, band), lines)
    pen.panel(
        paint.masked(face, paint.rounded(width, height, radius, corner=edging.corner)),
        x,
        y,
        "wipe" if wipe else "rise" if inside is not None else "fade",
    )
