"""Every command that the README names, in both languages, read from its text and typed as it stands there.

What ends fast is run in a workspace with the files that the README speaks of. What films, posts, asks or stays is held against the command
line's own parser: `make` runs its first stage, which reads folder, note, sheet, style and places; `publish` and `approve` only look.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from flows.cli.commands import COMMANDS
from pipeline.resources import ROOT
from tests.flows.conftest import Run

READMES = ("README.md", "README.zh-CN.md")
PLACEHOLDERS = {"STORY": "potatoes", "故事名": "土豆", "COMMAND": "make", "命令": "make"}
IDS = {"ID", "POST-ID", "发布编号", "排期编号"}
"""Words that stand for an id: a command with one is run with the word itself, which no release has."""
ENDS = {
    "make": (["--stop-after", "catalog", "--here"], {0}),
    "publish": (["--check"], {0, 2, 3}),
    "catalog": ([], {0}),
    "releases": ([], {0}),
    "settle": ([], {0, 2, 3}),
    "calendar": ([], {0, 3}),
    "settings": ([], {0}),
    "cache": ([], {0}),
    "consent": ([], {0, 3}),
    "prices": ([], {0, 3}),
    "stories": ([], {0}),
    "cut": ([], {0}),
    "compare": ([], {0, 2}),
    "stages": ([], {0}),
    "status": ([], {0}),
    "schema": ([], {0}),
    "template": (["--help"], {0}),
}
"""Commands that are run: what is added so that they end fast, and how they may end: 2 for an account that is not there, 3 where somebody is
asked. One that names an id ends with 2."""
PARSED = {"up", "demo", "render", "variants", "login", "notices", "approve", "doctor", "posted", "claim", "unclaim", "model"}
"""Commands that render, ask, stay, or look at the whole machine: their words are held against the parser."""


@dataclass(frozen=True)
class Typed:
    """One command of a README."""

    readme: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.readme}: {' '.join(self.words)}"


@cache
def typed(readme: str) -> tuple[Typed, ...]:
    """All commands of a README: its indented lines, and what stands between back-ticks and begins with the program's name."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    lines = re.findall(r"^    (.*\bfieldcut\b.*)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    spans = [" ".join(span.split()) for span in re.findall(r"(?<!`)`([^`]+)`(?!`)", text)]
    lines += [span for span in spans if re.match(r"(uv run )?fieldcut |(uv run )?fieldcut$", span)]
    found = [tuple(shlex.split(line.partition("fieldcut ")[2].replace("\\", "/"), comments=True)) for line in lines]
    return tuple(
        Typed(readme, words) for words in dict.fromkeys(found) if words and words != ("…",)
    )  # the very word that says how all of them are typed


EVERY = [one for readme in READMES for one in typed(readme)]


def test_the_readme_is_read() -> None:
    for readme in READMES:
        named = {one.words[0] for one in typed(readme)}
        assert {"make", "up", "demo", "publish", "variants", "catalog", "releases", "calendar", "settle", "doctor", "settings"} <= named


@pytest.mark.parametrize("one", EVERY, ids=str)
def test_the_command_line_understands_it(one: Typed) -> None:
    assert one.words[0] in ENDS.keys() | PARSED, "say above whether it is run or only parsed"
    name, *arguments = (PLACEHOLDERS.get(word, word) for word in one.words)
    command: Any = COMMANDS[name].load(name)
    if "--help" in arguments:
        return
    while hasattr(command, "commands") and arguments and arguments[0] in command.commands:
        command = command.commands[arguments.pop(0)]
    wanted = [parameter.name for parameter in command.params if parameter.required]
    if arguments or not wanted:  # a command that is only named is not typed as it stands
        command.make_context(name, arguments)


@pytest.mark.parametrize("readme", READMES)
def test_options_named_alone_exist(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    commands = [command for name, entry in COMMANDS.items() for command in _leaves(entry.load(name))]
    known = {option for command in commands for parameter in command.params for option in parameter.opts} | {"--help"}
    named = set(re.findall(r"`(?:[a-z]+ )?(--[a-z-]+)", text))
    assert named
    assert named <= known


def _leaves(command: Any) -> Iterator[Any]:
    yield command
    for inner in getattr(command, "commands", {}).values():
        yield from _leaves(inner)


RUN = [pytest.param(one, marks=[pytest.mark.system] * (one.words[0] == "publish"), id=str(one)) for one in EVERY if one.words[0] in ENDS]


@pytest.mark.parametrize("one", RUN)
def test_it_runs(one: Typed, village: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(village)
    more, codes = ENDS[one.words[0]]
    words = [PLACEHOLDERS.get(word, word).replace("~", str(village)).replace("$HOME/Videos", str(village / "clips")) for word in one.words]
    words = [str(village / "workspace") if word == "C:/fieldcut" else word for word in words]
    if "--stop-after" in words:
        more = more[2:]
        words[words.index("--stop-after") + 1] = "catalog"
    answer = run_here(*words, *([] if "--help" in words else more))
    assert answer.code in ({2} if IDS & {*one.words} else codes), answer.err + answer.out
    assert "Traceback" not in answer.err


@pytest.mark.system
def test_a_check_of_the_words_renders_nothing(village: Path, run_here: Run) -> None:
    story = village / "workspace" / "stories" / "土豆"
    kept = [*story.rglob("rendition.json"), story / "job.json"]
    before = [path.stat().st_mtime_ns for path in kept]
    answer = run_here("publish", "土豆", "--to", "handoff:微信视频号", "--check", "--json", "--workspace", village / "workspace")
    assert [line for line in answer.told["lines"] if line.startswith("✓") and "¥35.8" in line], answer.err
    assert [path.stat().st_mtime_ns for path in kept] == before
    assert len([*story.rglob("rendition.json"), story / "job.json"]) == len(kept)
    assert not list((village / "workspace").glob("cache/chunks/*"))
