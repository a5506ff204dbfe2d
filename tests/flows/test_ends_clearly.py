"""Whatever ends a command, one clear line says so, with the documented exit code, and nothing half-begun is left in any list."""

import errno
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer

from flows.cli.screen import CLOSED_PIPE, typed
from pipeline.actions.failures import as_fieldcut_error
from pipeline.errors import DiskFault, UserMistake
from pipeline.language import say
from pipeline.resources import ROOT
from pipeline.stages import disk_space
from pipeline.stages.registry import ORDER
from tests.flows.conftest import Run, command, environment

GOOD = "商品名,价格,单位\n橙子,9.9,5斤\n"
UNKNOWN = {
    "render": ("没有这个",),
    "publish": ("没有这个", "--to", "货架"),
    "variants": ("没有这个", "--leaders", "x.csv"),
    "consent": ("没有这个",),
    "prices": ("没有这个",),
    "settings": ("没有这个",),
    "stages": ("没有这个",),
    "releases": ("没有这个",),
    "approve": ("没有这个",),
    "claim": ("zzz",),
    "posted": ("zzz", "--link", "https://example.com/1"),
    "unclaim": ("zzz", "--reason", "换人"),
    "settle": ("zzz", "--as", "live"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_there_is_one_line_and_a_mistake_of_the_input(name: str, village: Path, run_here: Run) -> None:
    answer = run_here(name, *UNKNOWN[name], "--workspace", village / "workspace", **({"USER": "李"}))
    assert answer.code == 2, answer.err
    assert len(answer.err.strip().splitlines()) == 1
    assert not re.search(r"Traceback|Error|田剪程序自己出错", answer.err)


def test_a_closed_pipe_is_one_line(village: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    asked = command("stages", "土豆", "--workspace", village / "workspace")
    try:
        done = subprocess.run(asked, stdout=writing, stderr=subprocess.PIPE, env=environment(), encoding="utf-8", check=False)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr.splitlines()) == (CLOSED_PIPE, ["后面的没有打印。"])


def test_a_prompt_whose_input_ends_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(*_: object, **__: object) -> str:
        raise typer.Abort

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(typer, "prompt", ended)
    monkeypatch.setattr(sys, "stdin", Terminal())
    with pytest.raises(UserMistake) as stop:
        typed("URL", secret=True)
    assert say(stop.value.message, "zh") == "这一步要输入“URL”，请在终端里运行再输入。"


@pytest.mark.parametrize("number", [errno.EIO, errno.ENODEV, errno.ENOENT, errno.EACCES, errno.ENOSPC, 121])
def test_a_stick_that_was_pulled_out_is_said_in_the_readers_language(number: int, tmp_path: Path) -> None:
    stop = as_fieldcut_error(OSError(number, os.strerror(number), "/media/u盘/果园/1.mp4"), tmp_path)
    assert isinstance(stop, DiskFault)
    said = say(stop.message, "zh")
    assert "/media/u盘/果园/1.mp4" in said
    assert not re.search(r"[A-Za-z]{3,}", said.replace("/media/u盘/果园/1.mp4", ""))


@pytest.mark.parametrize(
    ("sheet", "options"),
    [
        ("品名\n", ()),
        (None, ()),
        ("商品名,价格,单位\n橙子,9.9,5斤\n", ("--template", "没有这种")),
        ("商品名,价格,单位\n橙子,9.9,5斤\n", ("--for", "月球")),
    ],
)
def test_a_story_that_a_mistake_ended_before_anything_was_made_leaves_no_ghost(
    sheet: str | None, options: tuple[str, ...], tmp_path: Path, drop: Callable[[Sequence[str]], Path], run_here: Run
) -> None:
    folder, workspace = drop(["果园 远景.mp4"]), tmp_path / "workspace"
    if sheet is not None:
        (tmp_path / "表.csv").write_text(sheet, encoding="utf-8")
    answer = run_here("make", folder, "--catalog", tmp_path / "表.csv", "--workspace", workspace, *options)
    assert answer.code == 2, answer.err + answer.out
    assert not [path for path in (workspace / "stories").glob("*/") if path.is_dir()]
    assert "还没有做过视频" in run_here("stories", "--workspace", workspace).out


def test_settings_that_a_person_wrote_are_no_ghost(tmp_path: Path, drop: Callable[[Sequence[str]], Path], run_here: Run) -> None:
    folder, workspace = drop(["果园 远景.mp4"]), tmp_path / "workspace"
    common = ("make", folder, "--workspace", workspace, "--stop-after", "catalog")
    assert run_here(*common).code == 0
    assert run_here(*common, "--catalog", tmp_path / "没有.csv").code == 2
    assert (workspace / "stories" / "果园" / "story.toml").is_file()


def test_missing_space_is_told_before_the_first_costly_stage(
    tmp_path: Path, drop: Callable[[Sequence[str]], Path], run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ORDER.index("footage") < ORDER.index("analysis")
    usage = shutil.disk_usage(tmp_path)._replace(free=51_000_000)
    monkeypatch.setattr(disk_space.shutil, "disk_usage", lambda _path: usage)
    answer = run_here("make", drop(["果园 远景.mp4"]), "--workspace", tmp_path, "--stop-after", "footage")
    assert (answer.code, "磁盘只剩 51 MB" in answer.err) == (3, True), answer.err


@pytest.mark.parametrize("place", ["outbox", "cache"])
def test_a_folder_that_cannot_be_written_is_told_before_the_first_stage(
    place: str, tmp_path: Path, drop: Callable[[Sequence[str]], Path], run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    unnamed = tempfile.TemporaryFile

    def refuse(*given: Any, **asked: Any) -> Any:
        if place in Path(asked.get("dir") or "").parts:
            raise PermissionError(errno.EACCES, "Permission denied", str(asked["dir"]))
        return unnamed(*given, **asked)

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    answer = run_here("make", drop(["果园 远景.mp4"]), "--workspace", tmp_path, "--stop-after", "catalog")
    assert answer.code == 3
    assert "没有权限" in answer.err
    assert "[1/" not in answer.err


def test_the_exit_codes_are_documented() -> None:
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    assert all(f"| {code} |" in page for code in (0, 1, 2, 3, 130, CLOSED_PIPE))
