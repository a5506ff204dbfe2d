"""The help of every command is in one language, labels and all, and one option means one thing wherever it stands."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from flows.cli.commands import COMMANDS
from flows.cli.help import WIDTH, _cells, help_lines
from flows.cli.json_answers import ANSWERS

HAN = re.compile(r"[\u4e00-\u9fff]")


def every_command() -> Iterator[tuple[str, Any]]:
    def walk(path: str, command: Any) -> Iterator[tuple[str, Any]]:
        yield path, command
        for name, inner in getattr(command, "commands", {}).items():
            yield from walk(f"{path} {name}", inner)

    for name, entry in COMMANDS.items():
        yield from walk(name, entry.load(name))


@pytest.mark.parametrize(("path", "command"), [*every_command()], ids=[path for path, _ in every_command()])
def test_help_is_in_one_language_and_fits_a_terminal(path: str, command: Any) -> None:
    context = command.make_context(f"fieldcut {path}", ["x"] * 4, resilient_parsing=True)
    told = {language: list(help_lines(command, context, language)) for language in ("zh", "en")}
    assert all(_cells(line) <= WIDTH for lines in told.values() for line in lines)
    english = [line for line in told["en"] if HAN.search(re.sub(r"说明\.txt|进度\.html|凉山", "", line))]
    assert not english
    labels = ("Usage", "Options", "Arguments", "Show this message", "required", "default", " | ")
    assert not [line for line in told["zh"] if any(label in line for label in labels)]
    told_in_chinese = [line for line in told["zh"] if re.match(r"  (--|[A-Z_]+  )", line)]
    assert all(HAN.search(line) for line in told_in_chinese), told_in_chinese


@pytest.mark.parametrize(("path", "command"), [*every_command()], ids=[path for path, _ in every_command()])
def test_what_is_to_be_written_has_a_name_in_the_reader_s_language(path: str, command: Any) -> None:
    context = command.make_context(f"fieldcut {path}", ["x"] * 4, resilient_parsing=True)
    chinese = list(help_lines(command, context, "zh"))
    names = re.findall(r"^  (?:--[a-z0-9-]+ )?([^\s-][^\s]*)  ", "\n".join(chinese[: _row_of(chinese, "命令：")]), re.MULTILINE)
    assert all(HAN.search(name) for name in names), names
    assert not re.search(r"\b[A-Z]{2,}\b", chinese[0])
    for language, folder in (("zh", "--workspace 文件夹"), ("en", "--workspace FOLDER")):
        lines = list(help_lines(command, context, language))
        assert any(line.strip().startswith(folder) for line in lines) or not any("--workspace" in line for line in lines)


def _row_of(lines: list[str], heading: str) -> int:
    return lines.index(heading) if heading in lines else len(lines)


def test_one_option_has_one_meaning() -> None:
    meanings: dict[str, set[str]] = defaultdict(set)
    for _, command in every_command():
        for option in command.params:
            for name in {"--for", "--to", "--as", "--lang", "--preset", "--size", "--workspace", "--json", "--by", "--check"} & set(
                option.opts
            ):
                meanings[name].add(option.name)
    assert {name: len(found) for name, found in meanings.items()} == dict.fromkeys(meanings, 1)
    assert len(meanings) == 10


def test_the_options_exist_wherever_they_make_sense() -> None:
    options = {path: {name for param in command.params for name in param.opts} for path, command in every_command()}
    videos = {path for path, named in options.items() if "--threads" in named} - {"worker"} | {"demo"}
    assert all("--preset" in options[path] for path in videos)
    assert all("--lang" in named for path, named in options.items() if path not in ("template", "model"))
    assert {path for path, named in options.items() if "--json" in named} == set(ANSWERS)
