"""What commands print with --json has the fields that docs/json.md promises, and no others."""

import json
from pathlib import Path

import pytest

from flows.cli.json_answers import ANSWERS, ErrorAnswer, StoryAnswer
from flows.cli.json_page import page, schema_of
from pipeline.resources import ROOT
from tests.flows.conftest import Run, Undisturbed

TYPED: dict[str, tuple[str, ...]] = {
    "make": ("clips/土豆", "--catalog", "商品表.csv", "--stop-after", "catalog", "--here"),
    "stories": (),
    "stages": ("土豆",),
    "status": (),
    "catalog": ("商品表.csv",),
    "releases": (),
    "settle": (),
    "publish": ("土豆", "--to", "货架", "--check"),
    "consent": ("土豆",),
    "prices": ("土豆",),
    "calendar": (),
    "calendar draft": ("十二月.xlsx", "--stories", "土豆"),
    "calendar load": ("十二月.xlsx",),
    "down": (),
    "settings": ("土豆",),
    "cache": ("--older-than", "9"),
    "template list": (),
    "template new": ("我们村", "--from", "plain"),
    "template check": ("plain",),
    "template pack": ("plain",),
}
"""Commands that end fast; those about releases and styles that are not here have the answer of one that is."""


@pytest.mark.parametrize("command", TYPED)
def test_a_command_answers_with_the_fields_that_are_promised(
    command: str, village: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(village)
    answer = run_here(*command.split(), *TYPED[command], "--json")
    assert answer.code in (0, 3), answer.err
    ANSWERS[command].model_validate(answer.told)


def test_stages_are_named_in_both_languages(village: Path, run_here: Run) -> None:
    lines = {
        language: list(run_here("stages", "土豆", "--lang", language, "--workspace", village / "workspace").out.splitlines())
        for language in ("zh", "en")
    }
    assert lines["zh"][0].startswith("catalog     商品表和说明 · product sheet and note  ")
    assert lines["en"][0].startswith("catalog     product sheet and note · 商品表和说明  ")
    assert any(line.strip().endswith("catalog.json") for line in lines["zh"])


@pytest.mark.parametrize("arguments", [("stages", "没有这个"), ("make", "nowhere"), ("settle", "abc", "--as", "maybe")])
def test_a_mistake_is_answered_in_the_same_way_by_all(arguments: tuple[str, ...], village: Path, run_here: Run) -> None:
    answer = run_here(*arguments, "--json", "--workspace", village / "workspace")
    assert ErrorAnswer.model_validate(answer.told).exit_code == answer.code == 2


def test_the_page_is_what_the_code_says() -> None:
    assert (ROOT / "docs" / "json.md").read_text(encoding="utf-8") == page(), "uv run python -m flows.cli.json_page > docs/json.md"


def test_a_schema_is_printed_for_every_command(run_here: Run) -> None:
    assert run_here("schema").out.split("\n")[:-1] == list(ANSWERS)
    told = json.loads(run_here("schema", "calendar", "draft").out)
    assert told == schema_of("calendar draft")
    assert set(told["required"]) == {"lines", "person_needed", "releases"}
    refused = run_here("schema", "schema")
    assert (refused.code, "没有 --json" in refused.err) == (2, True)


@pytest.mark.system
def test_a_finished_story_answers_with_the_fields_that_are_promised(undisturbed: Undisturbed) -> None:
    StoryAnswer.model_validate(undisturbed.answer.told)
