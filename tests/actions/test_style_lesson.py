"""What templates/README.md and its Chinese page teach works as it stands there."""

import re
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from flows.cli.app import app
from pipeline.brand import load_style, style_named, style_roots
from pipeline.brand.drawing.motif import MotifStep
from pipeline.resources import TEMPLATES

PAGES = {"en": "README.md", "zh": "README.zh-CN.md"}
every_page = pytest.mark.parametrize("language", PAGES)


def page(language: str) -> str:
    """The page in that language."""
    return (TEMPLATES / PAGES[language]).read_text(encoding="utf-8")


def blocks(language: str, kind: str, heading: str) -> list[str]:
    """The code blocks of a kind under a heading."""
    section = next(section for section in re.split(r"^## ", page(language), flags=re.MULTILINE) if section.startswith(heading))
    return re.findall(rf"```{kind}\n(.*?)```", section, flags=re.DOTALL)


def run(line: str, workspace: Path) -> str:
    """Run one command of the page in a workspace."""
    words = line.split()
    assert words[0] == "fieldcut"
    done = CliRunner().invoke(app, [*words[1:], "--workspace", str(workspace), "--lang", "en"])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.system
@every_page
def test_a_trainer_follows_the_page_step_by_step(language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for line in blocks(language, "sh", "1.")[0].splitlines():
        run(line, tmp_path)
    assert (tmp_path / "previews" / "zhaojue.png").stat().st_size > 100_000
    file = tmp_path / "templates" / "zhaojue" / "template.yaml"

    def change(old: str, new: str) -> None:
        text = file.read_text(encoding="utf-8")
        assert old in text, old
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    before = (file.parent / "band.png").read_bytes()
    change('  yellow: "#F2B222"', blocks(language, "yaml", "2.")[0].splitlines()[1])
    assert run(blocks(language, "sh", "2.")[0].strip(), tmp_path)
    assert (file.parent / "band.png").read_bytes() != before

    chart = blocks(language, "yaml", "3.")[1]
    change("  ornament:\n", f"{chart}  ornament:\n")
    assert load_style("zhaojue", style_roots(tmp_path)).draw.band[-1].motif == "chart"

    text = file.read_text(encoding="utf-8")
    old_about = text[text.index("about:") : text.index("colours:")]
    change(old_about, blocks(language, "yaml", "5.")[0] + "\n")
    assert "nobody from the place" not in run("fieldcut template check zhaojue", tmp_path)

    assert style_named("昭觉", style_roots(tmp_path)) == "zhaojue"
    run(blocks(language, "sh", "6.")[0].splitlines()[1], tmp_path)
    assert (tmp_path / "zhaojue.fieldcut-style").is_file()


@every_page
def test_the_page_names_every_motif_and_every_choice(language: str) -> None:
    def kinds(base: type) -> set[str]:
        found = set()
        for kind in base.__subclasses__():
            found |= kinds(kind)
            field = kind.model_fields.get("motif")  # type: ignore[attr-defined]
            if field is not None:
                found.add(field.annotation.__args__[0])
        return found

    assert {name for name in kinds(MotifStep) if f"`{name}`" not in page(language)} == set()


@every_page
def test_the_first_recipe_of_the_page_is_one(language: str) -> None:
    recipe = yaml.safe_load(blocks(language, "yaml", "3.")[0])["draw"]
    assert [step["motif"] for step in recipe["band"]] == ["cover", "sawtooth", "lozenge"]
