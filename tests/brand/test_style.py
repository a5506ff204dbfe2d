"""A template is refused with the file, the place and what is allowed, or it is whole."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.brand import load_style, template_names
from pipeline.brand.fonts import face
from pipeline.errors import UserMistake
from pipeline.resources import FONTS, TEMPLATES

Change = Callable[[str, str], tuple[Path, ...]]


@pytest.mark.parametrize("name", ["plain", "liangshan"])
def test_every_shipped_template_is_whole(name: str) -> None:
    style = load_style(name)
    assert style.name == name
    assert style.picture("band") is not None
    assert style.lut_file() is not None


def test_both_templates_are_listed() -> None:
    assert {"plain", "liangshan"} <= set(template_names())


def test_an_unknown_template_names_the_known_ones() -> None:
    with pytest.raises(UserMistake, match=r"atlantis.*liangshan, plain"):
        load_style("atlantis")


def test_a_path_is_not_a_template_name() -> None:
    with pytest.raises(UserMistake):
        load_style("../templates/plain")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("pace:", "colour: red\npace:", r"template\.yaml:\d+ colour: this key is unknown.*palette"),
        ("band: band.png", "strip: band.png", r"template\.yaml:\d+ pictures\.strip.*band, ornament, ground"),
        ('soft: "#5C665C"', 'soft: "grey"', r"template\.yaml:7 palette\.plate\.soft: grey is not a colour.*#RRGGBB"),
        ("size: 0.108", "size: 9", r"layout\.title\.size: 9 is not allowed.*0\.03 to 0\.25"),
        ("size: 0.108", "size: big", r"layout\.title\.size: big is not allowed.*0\.03 to 0\.25"),
        ("size: 0.108", "size: .nan", r"layout\.title\.size: nan is not allowed"),
        ("mood: unhurried", "mood: wild", r"pace\.mood: wild.*'unhurried' or 'lively'"),
        ("zh: 素净", "fr: Sobre", r"label\.fr: fr.*'zh' or 'en'"),
        ("title: NotoSerifSC-Black.ttf", "title: Nowhere.ttf", r"fonts\.title: the font Nowhere\.ttf is unknown.*NotoSansSC-Bold\.ttf"),
        ("band: band.png", "band: gone.png", r"template\.yaml:\d+ pictures\.band: the picture gone\.png is not there"),
        ("band: band.png", "band: grade.cube", r"pictures\.band: grade\.cube cannot be opened as a picture"),
        ("lut: grade.cube", "lut: band.png", r"lut: band\.png is not a whole 3D colour table"),
        ("lut: grade.cube", "lut: none.cube", r"lut: the colour table none\.cube is not there"),
        ("longest_s: 6.0", "longest_s: 2.0", r"pace: shortest_s \(1\.6\), shot_s \(3\.2\) and longest_s \(2\.0\)"),
        ("motion: {", "motion: [", r"line \d+: this is not valid YAML"),
        ("lut: grade.cube", "lut: grade.cube\nlut: other.cube", r"the key lut is there twice"),
        ("pace: {mood: unhurried, shot_s: 3.2, shortest_s: 1.6, longest_s: 6.0}", "", r"pace: this key is missing"),
        ("pace: {mood: unhurried, shot_s: 3.2, shortest_s: 1.6, longest_s: 6.0}", "pace: slow", r"pace: keys are expected here: mood"),
        ("box: false", "box: maybe", r"subtitles\.box: maybe is not allowed.*true, false"),
        ("title: NotoSerifSC-Black.ttf", "title: 7", r"fonts\.title: 7 is not a text"),
    ],
)
def test_a_mistake_in_a_template_is_named_with_its_place(template: Change, old: str, new: str, said: str) -> None:
    roots = template(old, new)
    with pytest.raises(UserMistake, match=said):
        load_style("mine", roots)


def test_a_changed_picture_is_another_style(template: Change) -> None:
    roots = template("en: Plain", "en: Plain")
    before = load_style("mine", roots).sha256
    band = roots[0] / "mine" / "band.png"
    band.write_bytes((TEMPLATES / "liangshan" / "band.png").read_bytes())
    assert load_style("mine", roots).sha256 != before


@pytest.mark.system
def test_the_pictures_come_from_the_script_beside_them(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(TEMPLATES / "draw.py"), str(tmp_path)], check=True)
    for style in ("plain", "liangshan"):
        assert (tmp_path / style / "grade.cube").read_text() == (TEMPLATES / style / "grade.cube").read_text()
        for name in ("band.png", "ornament.png", "ground.png"):
            drawn, kept = (Image.open(folder / style / name).convert("RGBA") for folder in (tmp_path, TEMPLATES))
            assert np.abs(np.asarray(drawn).astype(int) - np.asarray(kept)).max() <= 2, name


def test_a_grade_keeps_black_and_stays_gentle() -> None:
    for name in ("plain", "liangshan"):
        rows = [line.split() for line in (TEMPLATES / name / "grade.cube").read_text().splitlines()[2:]]
        values = [[float(word) for word in row] for row in rows]
        assert values[0] == [0.0, 0.0, 0.0]
        last = 16
        moved = [
            abs(out - steps / last)
            for at, row in enumerate(values)
            for out, steps in zip(row, (at % 17, at // 17 % 17, at // 289), strict=True)
        ]
        assert max(moved) < 0.12


def test_every_font_has_a_family_and_weight_of_its_own() -> None:
    faces = [face(path) for path in sorted(FONTS.glob("*.ttf"))]
    assert len({(one.family, one.bold) for one in faces}) == len(faces) == 5


def test_every_font_has_its_licence_beside_it() -> None:
    table = (FONTS / "README.md").read_text(encoding="utf-8")
    for path in FONTS.glob("*.ttf"):
        row = next(line for line in table.splitlines() if path.name in line)
        licence = row.split("`")[-2]
        assert "SIL OPEN FONT LICENSE" in (FONTS / licence).read_text(encoding="utf-8").upper()
