"""A template is refused with the file, the place and what is allowed, or it is whole."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.brand import load_style, template_names
from pipeline.brand.drawing import recipe_is_drawn
from pipeline.brand.fonts import face
from pipeline.brand.style import read_template
from pipeline.errors import UserMistake
from pipeline.resources import FONTS, TEMPLATES

Change = Callable[..., tuple[Path, ...]]


@pytest.mark.parametrize("name", ["plain", "liangshan"])
def test_every_shipped_template_is_whole(name: str) -> None:
    style = load_style(name)
    assert style.name == name
    assert style.picture("band") is not None
    assert style.lut_file() is not None


def test_both_templates_are_listed() -> None:
    assert {"plain", "liangshan"} <= set(template_names())


def test_an_unknown_template_names_the_known_ones() -> None:
    with pytest.raises(UserMistake, match=r"atlantis.*liangshan, miao, original, plain"):
        load_style("atlantis")


def test_a_path_is_not_a_template_name() -> None:
    with pytest.raises(UserMistake):
        load_style("../templates/plain")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("pace:", "colour: red\npace:", r"template\.yaml:\d+ colour: this key is unknown.*palette"),
        ("band: band.png", "strip: band.png", r"template\.yaml:\d+ pictures\.strip.*band, ornament, ground"),
        ("soft: grey", "soft: gravel", r"template\.yaml:\d+ palette\.plate\.soft: gravel is not a colour.*#RRGGBB"),
        ("size: 0.108", "size: 9", r"layout\.title\.size: 9 is not allowed.*0\.03 to 0\.25"),
        ("size: 0.108", "size: big", r"layout\.title\.size: big is not allowed.*0\.03 to 0\.25"),
        ("size: 0.108", "size: .nan", r"layout\.title\.size: nan is not allowed"),
        ("mood: unhurried", "mood: wild", r"pace\.mood: wild.*'unhurried', 'lively', 'calm'"),
        ("zh: 素净", "fr: Sobre", r"label\.fr: fr.*'zh' or 'en'"),
        ("title: NotoSerifSC-Black.ttf", "title: Nowhere.ttf", r"fonts\.title: the font Nowhere\.ttf is unknown.*NotoSansSC-Bold\.ttf"),
        ("longest_s: 6.0", "longest_s: 2.0", r"pace: shortest_s \(1\.6\), shot_s \(3\.2\) and longest_s \(2\.0\)"),
        ("version: 2", "version: 9", r"template\.yaml:2 version: 9 is not allowed.*1 to 2"),
        ("band: band.png", "band: ../band.png", r"pictures\.band: \.\./band\.png lies elsewhere"),
        ("motif: ripples", "motif: riples", r"draw\.ground\.1: there is no motif riples.*scallops.*did you mean ripples"),
        ("lift: 6", "lift: high", r"template\.yaml:\d+ draw\.ground\.1\.lift: high is not allowed.*0 to 200"),
        ("lift: 6", "lift: 6, colour_of: red", r"draw\.ground\.1\.colour_of: this key is unknown.*rows, lift, waves"),
        ("colour: furrow", "colour: furow", r"draw\.ground\.1: there is no colour furow.*did you mean furrow"),
        ("ground: ground.png", 'ground: ""', r"draw\.ground\.0: this picture has no file.*ground: ground\.png"),
        ("lut: grade.cube", "", r"grade: this colour table has no file.*lut: grade\.cube"),
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
    load_style("mine", roots)
    (roots[0] / "mine" / "template.yaml").write_text(
        (roots[0] / "mine" / "template.yaml").read_text(encoding="utf-8").replace('leaf: "#7FA663"', 'leaf: "#8FB673"'), encoding="utf-8"
    )
    assert load_style("mine", roots).sha256 != before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("band: band.png", "band: gone.png", r"template\.yaml:\d+ pictures\.band: the picture gone\.png is not there"),
        ("band: band.png", "band: grade.cube", r"pictures\.band: grade\.cube cannot be opened as a picture"),
        ("lut: grade.cube", "lut: band.png", r"lut: band\.png is not a whole 3D colour table"),
        ("lut: grade.cube", "lut: none.cube", r"lut: the colour table none\.cube is not there"),
    ],
)
def test_a_picture_of_ones_own_must_be_there_and_open(template: Change, old: str, new: str, said: str) -> None:
    with pytest.raises(UserMistake, match=said):
        load_style("mine", template(old, new, painted=True))


def test_another_colour_draws_the_pictures_anew(template: Change) -> None:
    roots = template('leaf: "#7FA663"', 'leaf: "#A06030"')
    load_style("mine", roots)
    pixels = np.asarray(Image.open(roots[0] / "mine" / "band.png").convert("RGB")).reshape(-1, 3)
    assert (pixels == (0xA0, 0x60, 0x30)).all(axis=1).any()
    assert not (pixels == (0x7F, 0xA6, 0x63)).all(axis=1).any()


def test_what_somebody_painted_is_never_drawn_over(template: Change) -> None:
    roots = template("version: 2", "version: 2")
    painted = roots[0] / "mine" / "band.png"
    Image.new("RGB", (320, 160), "#123456").save(painted)
    before = painted.read_bytes()
    with pytest.raises(UserMistake, match=r"band\.png was not drawn from the recipe"):
        load_style("mine", roots)
    assert painted.read_bytes() == before


@pytest.mark.parametrize("name", template_names())
def test_what_is_shipped_is_drawn_from_its_recipe(name: str) -> None:
    template, _ = read_template(TEMPLATES / name / "template.yaml")
    assert recipe_is_drawn(TEMPLATES / name, template.drawn_files(), template.draw, template.grade, template.colours)
    assert all(steps for _, steps in template.draw)


@pytest.mark.system
def test_the_pictures_come_from_the_script_beside_them(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(TEMPLATES / "draw.py"), str(tmp_path)], check=True)
    for style in template_names():
        assert (tmp_path / style / "grade.cube").read_text() == (TEMPLATES / style / "grade.cube").read_text()
        for name in ("band.png", "ornament.png", "ground.png"):
            drawn, kept = (Image.open(folder / style / name).convert("RGBA") for folder in (tmp_path, TEMPLATES))
            assert np.abs(np.asarray(drawn).astype(int) - np.asarray(kept)).max() <= 2, name


@pytest.mark.parametrize("name", template_names())
def test_a_grade_stays_gentle(name: str) -> None:
    rows = [line.split() for line in (TEMPLATES / name / "grade.cube").read_text().splitlines()[3:]]
    values = np.array(rows, dtype=float)
    blue, green, red = np.meshgrid(*[np.linspace(0, 1, 17)] * 3, indexing="ij")
    moved = np.abs(values - np.stack([red, green, blue], axis=-1).reshape(-1, 3))
    assert moved.max() < 0.12
    assert values[0].max() <= 0.06


def test_every_font_has_a_family_and_weight_of_its_own() -> None:
    faces = [face(path) for path in sorted(FONTS.glob("*.ttf"))]
    assert len({(one.family, one.bold) for one in faces}) == len(faces) == 8


def test_every_font_has_its_licence_beside_it() -> None:
    table = (FONTS / "README.md").read_text(encoding="utf-8")
    for path in FONTS.glob("*.ttf"):
        row = next(line for line in table.splitlines() if path.name in line)
        licence = row.split("`")[-2]
        assert "SIL OPEN FONT LICENSE" in (FONTS / licence).read_text(encoding="utf-8").upper()
