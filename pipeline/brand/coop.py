"""The co-op's own sign and colours over a style: what cannot be read there is left to the style, and said."""

from pipeline.brand.check import LEAST_APART, LEAST_CONTRAST
from pipeline.brand.colour import contrast, distances, legible_on
from pipeline.brand.style import Style
from pipeline.brand.template import ButtonStyle, Surface
from pipeline.documents.coop_brand import CoopBrand
from pipeline.documents.message import M, Message


def with_coop(style: Style, coop: CoopBrand) -> Style:
    """The style with the co-op's name, logo and colours. `remarks` of the result says which colour is not used, and why."""
    if coop == CoopBrand():
        return style
    remarks: list[Message] = []
    plate, ground = (_surface(style, name, coop, remarks) for name in ("plate", "ground"))
    button = _button(style, coop, remarks)
    palette = style.palette.model_copy(update={"plate": plate, "ground": ground, "button": button})
    return style.model_copy(
        update={
            "palette": palette,
            "coop": coop,
            "remarks": tuple(remark for at, remark in enumerate(remarks) if remark not in remarks[:at]),
        }
    )


def _surface(style: Style, name: str, coop: CoopBrand, remarks: list[Message]) -> Surface:
    surface: Surface = getattr(style.palette, name)
    changes = {}
    if coop.colour and _apart(coop.colour, surface.fill):
        changes["edge"] = coop.colour
    if coop.accent:
        ratio = contrast(coop.accent, surface.fill)
        if ratio >= LEAST_CONTRAST:
            changes["title"] = coop.accent
        else:
            remarks.append(
                M(
                    "The co-op's accent {colour} is not used for titles on {ground}: its contrast would be {ratio}, and {least} is needed.",
                    colour=coop.accent,
                    ground=surface.fill,
                    ratio=round(ratio, 1),
                    least=LEAST_CONTRAST,
                )
            )
    return surface.model_copy(update=changes)


def _button(style: Style, coop: CoopBrand, remarks: list[Message]) -> ButtonStyle:
    if not coop.colour:
        return style.palette.button
    for ground in (style.palette.ground.fill, style.palette.plate.fill):
        if not _apart(coop.colour, ground):
            remarks.append(
                M(
                    "The co-op's colour {colour} is not used for the call to buy: on {ground} it would not be seen.",
                    colour=coop.colour,
                    ground=ground,
                )
            )
            return style.palette.button
    return ButtonStyle(fill=coop.colour, ink=legible_on(coop.colour))


def _apart(first: str, second: str) -> bool:
    """Whether two colours are told apart, by colour-blind viewers as well."""
    return min(distances(first, second).values()) >= LEAST_APART
