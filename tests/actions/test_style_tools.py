"""An author copies a style, changes it, looks at it without a video, and gives it to another co-op; what is wrong is named or refused."""

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.actions.new_style import list_styles, new_style
from pipeline.actions.style_packs import SUFFIX, add_style, pack_style
from pipeline.actions.style_preview import FRAME_NAMES, preview_style
from pipeline.brand import load_style, style_roots, template_names
from pipeline.brand.check import check_style
from pipeline.brand.colour import contrast, delta_e, rgb
from pipeline.brand.contact_sheet import WORDS_FONT
from pipeline.brand.fonts import face
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.resources import FONTS

Edit = Callable[[str, str], None]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with a style of its own."""
    new_style("zhaojue", tmp_path, copy_of="凉山", zh="昭觉")
    return tmp_path


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a good pack."""
    workspace = tmp_path_factory.mktemp("author")
    new_style("zhaojue", workspace, copy_of="liangshan", zh="昭觉")
    with zipfile.ZipFile(pack_style("zhaojue", workspace, workspace)) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


@pytest.fixture
def edit(workspace: Path) -> Edit:
    """Replaces a piece of the style's text."""
    file = workspace / "templates" / "zhaojue" / "template.yaml"

    def change(old: str, new: str) -> None:
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def told(workspace: Path) -> list[str]:
    """What is wrong with the style, in English."""
    findings = check_style("zhaojue", style_roots(workspace))
    return [say(finding.message, "en") for finding in findings if finding.level == "wrong"]


def test_a_copy_has_its_own_name_and_the_recipe(workspace: Path) -> None:
    style = load_style("zhaojue", style_roots(workspace))
    assert style.label == {"zh": "昭觉", "en": "zhaojue"}
    assert style.draw == load_style("liangshan").draw
    assert [one.name for one in list_styles(workspace) if one.own] == ["zhaojue"]
    assert told(workspace) == []


def test_a_chinese_name_may_have_any_mark_in_it(tmp_path: Path) -> None:
    new_style("other", tmp_path, zh='老"寨": #1')
    assert load_style("other", style_roots(tmp_path)).label["zh"] == '老"寨": #1'


def test_a_name_that_is_taken_is_refused(workspace: Path) -> None:
    for name in ("zhaojue", "plain", "../plain", ""):
        with pytest.raises(UserMistake):
            new_style(name, workspace)


def test_a_broken_style_of_ones_own_is_named_and_never_replaced(workspace: Path) -> None:
    own = workspace / "templates" / "plain"
    shutil.copytree(workspace / "templates" / "zhaojue", own)
    assert load_style("plain", style_roots(workspace)).folder == str(own)
    (own / "template.yaml").unlink()
    with pytest.raises(UserMistake, match=r"has no template\.yaml"):
        load_style("plain", style_roots(workspace))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'straw: "#D9C5A0"',
            'straw: "#6A5A40"',
            r"template\.yaml:\d+ palette\.plate\.soft: #6A5A40 on #17110F has a contrast of 2\.\d; 4\.5",
        ),
        ("lower_third: {size: 0.040", "lower_third: {size: 0.022", r"layout\.lower_third\.size: characters are 7\.9 pixels high.*360"),
        ("edge: 0.0045", "edge: 0.001", r"layout\.card\.edge: this line is 0\.36 pixels thin"),
        ("title: MaShanZheng-Regular.ttf", "title: Own-Regular.ttf", r"fonts: Own-Regular\.ttf has no licence.*OFL-Own\.txt"),
        ('accent: "#FFD24A"', "manner: karaoke", r"subtitles\.manner: karaoke needs a colour"),
        ('accent: "#FFD24A"', 'accent: "#FFE9C8"', r"subtitles\.accent: #FFE9C8 and #FFF6E3 are hard to tell apart"),
        ("contrast: 0.12, saturation: 0.08", "contrast: 0.2, saturation: 0.2", r"grade: the colour table moves .* at most 5"),
        ("price: NotoSansSC-Bold.ttf", "price: NotoSansYi-Regular.ttf", r"fonts\.price: NotoSansYi-Regular\.ttf lacks 元"),
    ],
)
def test_a_check_names_line_and_limit(workspace: Path, edit: Edit, old: str, new: str, said: str) -> None:
    shutil.copy(FONTS / "MaShanZheng-Regular.ttf", workspace / "templates" / "zhaojue" / "Own-Regular.ttf")
    licence = workspace / "templates" / "zhaojue" / "OFL-Own.txt"
    if "Own" not in new:
        shutil.copy(FONTS / "OFL-MaShanZheng.txt", licence)
    edit(old, new)
    found = told(workspace)
    assert any(re.search(said, one) for one in found), found


def test_red_and_green_of_one_lightness_are_told_to_be_one_for_many(workspace: Path, edit: Edit) -> None:
    edit("button: {fill: red, ink: cream}", 'button: {fill: "#A0522D", ink: "#FFFFFF"}')
    edit("ground: {fill: black", 'ground: {fill: "#5A6B2A"')
    assert any("viewers who do not see" in one for one in told(workspace))


def test_a_colour_that_nothing_uses_is_named(workspace: Path, edit: Edit) -> None:
    edit("colours:\n", 'colours:\n  teal: "#008080"\n')
    notes = [say(finding.message, "en") for finding in check_style("zhaojue", style_roots(workspace))]
    assert any("the colour teal is used nowhere" in note for note in notes)


@pytest.mark.system
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_words_of_a_preview_are_in_its_font(language: str) -> None:
    words = "".join(say(message, language) for message in FRAME_NAMES.values())
    assert [letter for letter in words if not face(WORDS_FONT).has(letter)] == []


def test_a_preview_shows_the_colours_that_were_changed(workspace: Path, edit: Edit) -> None:
    edit('yellow: "#F2B222"', 'yellow: "#3FA7D6"')
    made = preview_style("zhaojue", workspace, "zh")
    pixels = np.asarray(Image.open(made.picture).convert("RGB")).reshape(-1, 3).astype(int)
    assert (np.abs(pixels - (0x3F, 0xA7, 0xD6)).sum(axis=1) < 12).sum() > 500
    assert "zhaojue.png" in made.page.read_text(encoding="utf-8")


def test_a_pack_is_taken_by_another_co_op_as_it_is(workspace: Path, tmp_path: Path) -> None:
    pack = pack_style("昭觉", workspace, tmp_path / "out")
    other = tmp_path / "other"
    assert add_style(pack, other) == "zhaojue"
    assert load_style("zhaojue", style_roots(other)).sha256 == load_style("zhaojue", style_roots(workspace)).sha256
    with pytest.raises(UserMistake, match="There is a style zhaojue already"):
        add_style(pack, other)
    assert add_style(pack, other, name="butuo") == "butuo"


def test_a_style_with_something_wrong_is_not_packed(workspace: Path, edit: Edit) -> None:
    edit('straw: "#D9C5A0"', 'straw: "#4A3A20"')
    with pytest.raises(UserMistake, match="contrast"):
        pack_style("zhaojue", workspace, workspace)


def _huge_picture() -> bytes:
    data = io.BytesIO()
    Image.new("1", (5000, 5000)).save(data, "PNG")
    return data.getvalue()


MANY = b"at: [[1,1],[2,2],[3,3],[4,4]], around: {count: 120,"


def _swap(files: dict[str, bytes], old: bytes, new: bytes) -> None:
    assert old in files["template.yaml"]
    files["template.yaml"] = files["template.yaml"].replace(old, new, 1)


HOSTILE: dict[str, tuple[Callable[[dict[str, bytes]], None], str]] = {
    "a path that leaves": (lambda files: files.update({"../evil.txt": b"x"}), "plain file name"),
    "a path of Windows": (lambda files: files.update({"..\\evil.txt": b"x"}), "plain file name"),
    "an absolute path": (lambda files: files.update({"/tmp/evil.txt": b"x"}), "plain file name"),
    "a program": (lambda files: files.update({"run.exe": b"MZ"}), "no kind of file"),
    "a huge picture": (lambda files: files.update({"band.png": _huge_picture()}), "5000 pixels long"),
    "a picture that is none": (lambda files: files.update({"band.png": b"no picture"}), "cannot be opened as a picture"),
    "a font without licence": (lambda files: files.update({"Own-Bold.ttf": (FONTS / "NotoSansYi-Regular.ttf").read_bytes()}), "no licence"),
    "a large text": (lambda files: files.update({"template.yaml": b"#" * 300_000}), "larger than 200 kB"),
    "no template": (lambda files: files.__delitem__("template.yaml"), r"no template\.yaml"),
    "no list": (lambda files: files.__delitem__("manifest.json"), "no list"),
    "a broken template": (lambda files: _swap(files, b"palette:", b"pallet:"), r"palette: this key is missing"),
    "a name that leaves": (lambda files: files.update({"manifest.json": json.dumps({"style": "../../x"}).encode()}), "cannot be the name"),
    "a name of FieldCut's": (lambda files: files.update({"manifest.json": json.dumps({"style": "plain"}).encode()}), "FieldCut itself"),
    "very many files": (lambda files: files.update({f"n{number}.txt": b"x" for number in range(60)}), "at most 40"),
    "a text that grows": (lambda files: _swap(files, b"\ncolours:", b"\nalso: &a [x, x]\nmore: [*a, *a]\ncolours:"), "aliases"),
    "endless work": (lambda files: _swap(files, b"around: {count: 24,", MANY), "template.yaml"),
}  # fmt: skip


@pytest.mark.parametrize("harm", HOSTILE)
def test_a_hostile_pack_is_refused_and_leaves_nothing(packed: dict[str, bytes], tmp_path: Path, harm: str) -> None:
    files = dict(packed)
    change, said = HOSTILE[harm]
    change(files)
    bad, other = tmp_path / f"bad{SUFFIX}", tmp_path / "other"
    with zipfile.ZipFile(bad, "w") as pack:
        for name, data in files.items():
            pack.writestr(name, data)
    with pytest.raises(UserMistake, match=said):
        add_style(bad, other)
    assert template_names((other / "templates",)) == []
    assert not list(other.rglob("*.txt"))
    assert not (tmp_path / "evil.txt").exists()


def test_bytes_that_are_no_zip_are_refused(tmp_path: Path) -> None:
    bad = tmp_path / f"bad{SUFFIX}"
    for data in (b"", b"PK\x03\x04 cut short", b"\x00" * 5000):
        bad.write_bytes(data)
        with pytest.raises(UserMistake, match="cannot be opened as a pack"):
            add_style(bad, tmp_path)


@pytest.mark.parametrize("name", template_names())
def test_every_style_that_is_shipped_passes_its_own_check(name: str, tmp_path: Path) -> None:
    findings = [say(finding.message, "en") for finding in check_style(name, style_roots(tmp_path))]
    assert [one for one in findings if "nobody from the place" not in one and "most used characters" not in one] == []


def test_distances_are_those_of_the_published_table() -> None:
    """Contrast of WCAG's own examples; CIEDE2000 of black and white, and of equal colours."""
    assert round(contrast("#777777", "#FFFFFF"), 2) == 4.48
    assert round(float(delta_e(rgb(["#000000"]), rgb(["#FFFFFF"]))[0])) == 100
    assert float(delta_e(rgb(["#5D8A3A"]), rgb(["#5D8A3A"]))[0]) == 0
