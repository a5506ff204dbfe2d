"""A co-op's name, logo and colours lie over any style, and never make it illegible."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pipeline.brand import load_style, template_names, with_coop
from pipeline.brand.colour import contrast, distances
from pipeline.documents.card import Card
from pipeline.documents.coop_brand import CoopBrand
from pipeline.documents.look import Look
from pipeline.errors import UserMistake
from pipeline.settings import read_settings
from tests.brand.conftest import destination

MakeLook = Callable[..., Look]


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    """A violet disc on a clear ground."""
    image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((60, 60, 240, 240), fill="#7A1FA2")
    image.save(tmp_path / "logo.png")
    return tmp_path / "logo.png"


def violet(file: str) -> int:
    pixels = np.asarray(Image.open(file).convert("RGBA")).astype(int)
    return int(((np.abs(pixels[..., :3] - (0x7A, 0x1F, 0xA2)).sum(axis=2) < 30) & (pixels[..., 3] > 200)).sum())


def test_nothing_set_is_the_style_itself() -> None:
    plain = load_style("plain")
    assert with_coop(plain, CoopBrand()) is plain


def test_name_and_logo_stand_on_the_end_card_and_where_a_watermark_may_be(look: MakeLook, card: Card, logo: Path) -> None:
    style = with_coop(load_style("jiangnan"), CoopBrand(name="云岭合作社", logo=str(logo)))
    for watermark in (True, False):
        layers = {layer.kind: layer for layer in look(card, style=style, destination=destination(watermark=watermark)).layers}
        assert "云岭合作社" in layers["end_card"].texts
        assert violet(layers["end_card"].still) > 40
        assert ("mark" in layers) == watermark
        assert not watermark or violet(layers["mark"].still) > 20


@pytest.mark.parametrize("name", template_names())
@pytest.mark.parametrize("coop", [CoopBrand(colour="#0B6B3A", accent="#FFD447"), CoopBrand(colour="#F4F7FA", accent="#17110F")])
def test_colours_never_make_a_style_illegible(name: str, coop: CoopBrand) -> None:
    style = with_coop(load_style(name), coop)
    for surface in (style.palette.plate, style.palette.ground):
        assert contrast(surface.title, surface.fill) >= 4.5
        assert min(distances(surface.edge, surface.fill).values()) >= 10
    assert contrast(style.palette.button.ink, style.palette.button.fill) >= 4.5
    unused = sum(surface.title != coop.accent for surface in (style.palette.plate, style.palette.ground))
    assert bool(unused) <= bool(style.remarks)


def test_what_is_not_used_stands_in_the_report(look: MakeLook, card: Card) -> None:
    made = look(card, style=with_coop(load_style("plain"), CoopBrand(accent="#F2F0E0")))
    assert any("is not used for titles" in reason.text for reason in made.reasons)


def test_a_logo_that_is_no_picture_is_named(look: MakeLook, card: Card, tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(b"no picture")
    style = with_coop(load_style("plain"), CoopBrand(name="云岭", logo=str(tmp_path / "logo.png")))
    with pytest.raises(UserMistake, match=r"logo\.png cannot be opened.*\[coop\]"):
        look(card, style=style)


def test_four_settings_are_read_and_mistakes_named(tmp_path: Path) -> None:
    file = tmp_path / "fieldcut.toml"
    file.write_text('[coop]\nname = "云岭合作社"\nlogo = "sign.png"\ncolour = "#1F5A3C"\naccent = "#F2B222"\n', encoding="utf-8")
    brand = read_settings(tmp_path).coop.brand_in(tmp_path)
    assert brand == CoopBrand(name="云岭合作社", logo=str((tmp_path / "sign.png").resolve()), colour="#1F5A3C", accent="#F2B222")
    for text, said in (
        ('colour = "green"', r"line 2"),
        ('logo = "sign.png"', "a logo stands beside the co-op's name"),
        ('color = "#1F5A3C"', "colour"),
    ):
        file.write_text(f"[coop]\n{text}\n", encoding="utf-8")
        with pytest.raises(UserMistake, match=said):
            read_settings(tmp_path).coop  # noqa: B018
