"""Text is UTF-8 wherever it is read or written, and what is printed reaches a terminal that has no Chinese, or no ✓."""

import ast
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.resources import ASSETS, ROOT
from pipeline.system import json_text, make_output_safe
from pipeline.system.output import NEAREST

SOURCES = [path for folder in ("pipeline", "flows") for path in sorted((ROOT / folder).rglob("*.py"))]


def text_calls_without_encoding(tree: ast.AST) -> Iterator[int]:
    """Lines that read or write text, or a child's output, in whatever encoding the machine happens to have; ruff looks at `open`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        named = {keyword.arg: keyword.value for keyword in node.keywords}
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if "encoding" in named or None in named:
            continue
        nothing = (name == "write_text" and len(node.args) == 1) or (name == "read_text" and not node.args)
        if nothing or ({"text", "universal_newlines"} & named.keys() and name in ("run", "Popen", "check_output")):
            yield node.lineno


def test_no_source_leaves_an_encoding_to_the_machine() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in SOURCES
        for line in text_calls_without_encoding(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert wrong == []


@pytest.mark.parametrize("code", ["path.read_text()", "path.write_text('x')", "subprocess.run(command, text=True)"])
def test_what_is_looked_for_is_found(code: str) -> None:
    assert list(text_calls_without_encoding(ast.parse(code))) == [1]


@pytest.mark.parametrize("code", ["path.read_text(encoding='utf-8')", "subprocess.run(command, capture_output=True)"])
def test_what_is_right_is_let_through(code: str) -> None:
    assert list(text_calls_without_encoding(ast.parse(code))) == []


class Terminal(io.TextIOWrapper):
    """A standard output in some encoding."""

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding, errors="strict")

    @property
    def shown(self) -> str:
        self.flush()
        written = self.buffer
        assert isinstance(written, io.BytesIO)
        return written.getvalue().decode(self.encoding)


def shown(monkeypatch: pytest.MonkeyPatch, encoding: str, text: str) -> str:
    terminal = Terminal(encoding)
    monkeypatch.setattr(sys, "stdout", terminal)
    make_output_safe()
    print(text, end="")
    return terminal.shown


@pytest.mark.parametrize(
    ("encoding", "text", "expected"),
    [
        ("gbk", "✓ 土豆 ✗ ⚠ ¥9.9", "√ 土豆 × ! ￥9.9"),
        ("ascii", "✓ a → b … ¥9.9 café", "OK a -> b ... CNY 9.9 cafe"),
        ("ascii", "土豆", "??"),
        ("gbk", "🎉 \udcff", "? ?"),
        ("utf-8", "✓ 土豆 🎉", "✓ 土豆 🎉"),
        ("utf-8", "村\udcff", "村?"),
    ],
)
def test_a_sign_that_the_terminal_lacks_is_shown_by_the_nearest(
    monkeypatch: pytest.MonkeyPatch, encoding: str, text: str, expected: str
) -> None:
    assert shown(monkeypatch, encoding, text) == expected


@pytest.mark.parametrize("sign", NEAREST)
def test_every_sign_has_one_that_every_terminal_has(monkeypatch: pytest.MonkeyPatch, sign: str) -> None:
    assert "?" not in shown(monkeypatch, "ascii", sign)


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "utf-8"])
def test_json_loses_nothing_in_any_encoding(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    value = {"报告": "✓ 🎉 ¥9.9"}
    monkeypatch.setattr(sys, "stdout", Terminal(encoding))
    assert json.loads(shown(monkeypatch, encoding, json_text(value))) == value


def fieldcut(encoding: str, *arguments: str, cwd: Path) -> "subprocess.CompletedProcess[bytes]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding}
    return subprocess.run([sys.executable, "-m", "flows.cli", *arguments], env=environment, cwd=cwd, capture_output=True, check=False)


@pytest.mark.system
def test_no_command_ends_in_a_traceback_for_want_of_a_sign(tmp_path: Path) -> None:
    encoding = "gbk"  # the terminal of a Chinese Windows
    doctor = fieldcut(encoding, "doctor", cwd=tmp_path)
    assert doctor.stderr == b""
    assert "√ Python" in doctor.stdout.decode(encoding)
    told = fieldcut(encoding, "doctor", "--json", cwd=tmp_path)
    assert any("风格" in check["found"] for check in json.loads(told.stdout.decode(encoding))["checks"])
    made = fieldcut(encoding, "make", str(ASSETS / "demo" / "story"), "--stop-after", "catalog", cwd=tmp_path)
    assert b"Traceback" not in made.stderr
    assert made.returncode in (0, 3)
    check = fieldcut(encoding, "publish", "土豆", "--to", "shelf", "--check", cwd=tmp_path)
    assert b"Traceback" not in check.stderr
    assert check.returncode == 2
    usage = fieldcut(encoding, "make", "--help", cwd=tmp_path)
    assert usage.returncode == 0
    assert b"--catalog" in usage.stdout
