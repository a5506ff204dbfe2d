"""Draws everything but text: plates, photos, pattern bands, QR codes. Shapes are drawn at four times the size and reduced."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from pipeline.brand.template import Corner, Frame
from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.media.pictures import MAX_MEGAPIXELS, PictureTooLarge, open_picture

SUPERSAMPLING = 4
QUIET = 4
"""Width in modules of the quiet zone around a QR code, by ISO/IEC 18004."""


def rounded(
    width: int,
    height: int,
    radius: float,
    *,
    corners: tuple[bool, bool, bool, bool] = (True, True, True, True),
    corner: Corner = "round",
) -> Image.Image:
    """A mask with smooth corners (top left, top right, bottom right, bottom left): round, cut straight, or notched by a quarter circle."""
    large = Image.new("L", (width * SUPERSAMPLING, height * SUPERSAMPLING), 0)
    reach = max(0.0, min(radius, width / 2, height / 2)) * SUPERSAMPLING
    pen, right, bottom = ImageDraw.Draw(large), large.width - 1, large.height - 1
    if corner == "round":
        pen.rounded_rectangle((0, 0, right, bottom), reach, fill=255, corners=corners)
        return large.resize((width, height), Image.Resampling.BOX)
    pen.rectangle((0, 0, right, bottom), fill=255)
    for (x, y), is_cut in zip(((0, 0), (right, 0), (right, bottom), (0, bottom)), corners, strict=True):
        inward_x, inward_y = (reach if x == 0 else -reach), (reach if y == 0 else -reach)
        if is_cut and corner == "cut":
            pen.polygon([(x, y), (x + inward_x, y), (x, y + inward_y)], fill=0)
        elif is_cut:
            pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=0)
    return large.resize((width, height), Image.Resampling.BOX)


def frame_lines(width: int, height: int, radius: float, corner: Corner, frame: Frame, inset: int, line: int) -> Image.Image:
    """A mask of the lines inside a plate of that size: `inset` pixels from its edge, `line` pixels wide."""
    lines = Image.new("L", (width, height), 0)
    for step in range(2 if frame == "double" else 1):
        away = inset + step * 3 * line
        if width > 2 * (away + line) and height > 2 * (away + line):
            for reach, value in ((away, 255), (away + line, 0)):
                mask = rounded(width - 2 * reach, height - 2 * reach, max(0.0, radius - (reach if corner == "round" else 0)), corner=corner)
                lines.paste(value, (reach, reach), mask)
    if frame == "stitch":
        gaps, pitch = Image.new("L", (width, height), 255), 7 * line
        pen = ImageDraw.Draw(gaps)
        for x in range(inset + 4 * line, width - inset, pitch):
            pen.rectangle((x, 0, x + 3 * line - 1, inset + 2 * line), fill=0)
            pen.rectangle((x, height - inset - 2 * line, x + 3 * line - 1, height), fill=0)
        for y in range(inset + 4 * line, height - inset, pitch):
            pen.rectangle((0, y, inset + 2 * line, y + 3 * line - 1), fill=0)
            pen.rectangle((width - inset - 2 * line, y, width, y + 3 * line - 1), fill=0)
        lines = ImageChops.multiply(lines, gaps)
    return lines


def plate(width: int, height: int, fill: str, radius: float, *, edge: str = "", edge_px: int = 0) -> Image.Image:
    """An opaque panel with round corners and, when `edge_px` is not 0, a border."""
    mask = rounded(width, height, radius)
    image = Image.new("RGBA", (width, height), edge if edge_px else fill)
    if edge_px and width > 2 * edge_px and height > 2 * edge_px:
        inner = rounded(width - 2 * edge_px, height - 2 * edge_px, max(0.0, radius - edge_px))
        image.paste(Image.new("RGBA", inner.size, fill), (edge_px, edge_px), inner)
    image.putalpha(mask)
    return image


def shadow(width: int, height: int, radius: float, blur: int, strength: float, corner: Corner = "round") -> Image.Image:
    """A soft shadow of a panel of that size; the picture is larger by `2 * blur` on every side."""
    field = Image.new("L", (width + 4 * blur, height + 4 * blur), 0)
    field.paste(rounded(width, height, radius, corner=corner), (2 * blur, 2 * blur))
    soft = field.filter(ImageFilter.GaussianBlur(blur * 0.7)).point([round(level * strength) for level in range(256)])
    image = Image.new("RGBA", field.size, (0, 0, 0, 0))
    image.putalpha(soft)
    return image


def load_photo(path: Path) -> Image.Image:
    """Load a product photo upright, in RGB, on white where it is transparent. Raises UserMistake when it cannot be opened."""
    if not path.is_file():
        raise UserMistake(
            M("The product photo {file} is not there. Put it back, or correct its name in the product sheet.", file=str(path))
        )
    try:
        with open_picture(path) as opened:
            opened.draft("RGB", (2400, 2400))
            upright = ImageOps.exif_transpose(opened)
            if upright.has_transparency_data:
                clear = upright.convert("RGBA")
                upright = Image.new("RGBA", clear.size, "#FFFFFF")
                upright.alpha_composite(clear)
            return upright.convert("RGB")
    except PictureTooLarge as error:
        too_large = M(
            "The product photo {file} has more than {limit} million pixels. Save it smaller.", file=str(path), limit=MAX_MEGAPIXELS
        )
        raise UserMistake(too_large) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise UserMistake(M("The product photo {file} cannot be opened as a picture. Save it as JPG or PNG.", file=str(path))) from error


MOST_LOGO = 3.0
"""Width of a logo over its height at most; a wider one leaves no room for the name."""


def load_logo(path: Path) -> Image.Image:
    """Load a co-op's logo, RGBA, without the clear space round it. Raises UserMistake that says where it is set."""
    try:
        with open_picture(path) as opened:
            logo: Image.Image = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, PictureTooLarge) as error:
        raise UserMistake(
            M("The logo {file} cannot be opened as a picture. Correct logo in [coop] of fieldcut.toml, or save it as PNG.", file=str(path))
        ) from error
    logo = logo.crop(logo.getchannel("A").getbbox() or (0, 0, *logo.size))
    if logo.width > MOST_LOGO * logo.height or logo.height > MOST_LOGO * logo.width:
        raise UserMistake(
            M("The logo {file} is longer than {most} times its other side. Cut it to its sign alone.", file=str(path), most=int(MOST_LOGO))
        )
    logo.thumbnail((512, 512), Image.Resampling.LANCZOS)
    return logo


def cropped(photo: Image.Image, width: int, height: int) -> Image.Image:
    """Crop a photo around its middle to that shape and size."""
    return ImageOps.fit(photo, (width, height), Image.Resampling.LANCZOS, centering=(0.5, 0.45)).convert("RGBA")


def lay(canvas: Image.Image, image: Image.Image, x: int, y: int) -> None:
    """Composite one RGBA picture over another at a position that may reach past its edges."""
    left, top = max(0, -x), max(0, -y)
    right, bottom = min(image.width, canvas.width - x), min(image.height, canvas.height - y)
    if right > left and bottom > top:
        canvas.alpha_composite(image, (x + left, y + top), (left, top, right, bottom))


def masked(image: Image.Image, mask: Image.Image) -> Image.Image:
    """Cut a picture out by a mask of the same size."""
    cut = image.convert("RGBA")
    cut.putalpha(mask)
    return cut


def band(strip: Path, width: int, height: int) -> Image.Image:
    """A pattern strip of that size, of whole repeats, as many as keep the pattern closest to its own proportions."""
    with Image.open(strip) as opened:
        repeat = opened.convert("RGBA")
    count = max(1, round(width / (height * repeat.width / repeat.height)))
    edges = [round(width * number / count) for number in range(count + 1)]
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    for left, right in pairwise(edges):
        if right > left:
            image.paste(repeat.resize((right - left, height), Image.Resampling.LANCZOS), (left, 0))
    return image


def tiled(tile: Path, width: int, height: int, side: int) -> Image.Image:
    """A background of that size, covered by repeats of `side` pixels."""
    with Image.open(tile) as opened:
        repeat = opened.convert("RGBA").resize((side, side), Image.Resampling.LANCZOS)
    image = Image.new("RGBA", (width, height))
    for top in range(0, height, side):
        for left in range(0, width, side):
            image.paste(repeat, (left, top))
    return image


def motif(picture: Path, side: int) -> Image.Image:
    """Load a square ornament at that size."""
    with Image.open(picture) as opened:
        picture_rgba: Image.Image = opened.convert("RGBA")
    return picture_rgba.resize((side, side), Image.Resampling.LANCZOS)


def qr_code(modules: Sequence[str], module_px: int) -> Image.Image:
    """Draw a QR code with its quiet zone; every module is a sharp square of whole pixels, black on white."""
    side = len(modules) + 2 * QUIET
    code = Image.new("L", (side, side), 255)
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            if dark == "1":
                code.putpixel((column + QUIET, row + QUIET), 0)
    return code.resize((side * module_px, side * module_px), Image.Resampling.NEAREST).convert("RGBA")


def least_module_px(short: int) -> int:
    """Fewest pixels per module that a phone can read off a video whose shorter side is `short`.

    5 at 1080 (measured after a 720p copy at 1 Mbit/s), in proportion elsewhere, and never under 3: chroma and blocks eat the rest.
    """
    return max(3, -(-5 * short // 1080))


def qr_module_px(modules: Sequence[str], room: int, short: int) -> int:
    """Most whole pixels per module with which a QR code fits into `room` pixels; 0 when that is too few for a phone."""
    module_px = room // (len(modules) + 2 * QUIET)
    return module_px if module_px >= least_module_px(short) else 0
