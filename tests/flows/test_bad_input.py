"""Bad input, through the real command line: one clear line, the right exit code, and the dropped folder as it was."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.flows.conftest import DEMO, SHEET, Answer, Run

HEADER = "编号,商品名,价格,单位,优惠截止\n"


@dataclass(frozen=True)
class Case:
    """What is typed after `make`, the exit code it must end with, and what its line must name."""

    folder: str
    code: int
    names: tuple[str, ...]
    options: tuple[str, ...] = ()


CASES = {
    "empty folder": Case("empty", 2, ("empty",)),
    "missing folder": Case("nowhere", 2, ("nowhere",)),
    "no usable clip": Case("broken", 2, ("nothing.mp4", "letter.mp4", "half.mp4", "tree.jpg")),
    "two seconds in all": Case("short", 3, ("Only",)),
    "unknown product": Case("good", 2, ("XX-1", "catalog.csv", "YL-PG-05"), ("--catalog", "{sheet}", "--product", "XX-1")),
    "product without a sheet": Case("good", 2, ("YL-PG-05", "--catalog"), ("--product", "YL-PG-05")),
    "unknown template": Case("good", 2, ("baroque", "liangshan", "plain"), ("--template", "baroque")),
    "unknown destination": Case("good", 2, ("moon", "shelf", "douyin"), ("--for", "moon")),
    "unknown size": Case("good", 2, ("123x456", "1080x1920"), ("--size", "123x456")),
    "unknown stage": Case("good", 2, ("polish", "render"), ("--stop-after", "polish")),
    "unknown preset": Case("good", 2, ("--preset", "superb", "draft"), ("--preset", "superb")),
    "unknown speech": Case("good", 2, ("--speech", "fr", "auto"), ("--speech", "fr")),
    "too few seconds": Case("good", 2, ("2", "8"), ("--seconds", "2")),
    "no music there": Case("good", 2, ("silence.mp3",), ("--music", "silence.mp3")),
    "missing sheet": Case("good", 2, ("lost.csv",), ("--catalog", "lost.csv")),
    "sheet that is none": Case("good", 2, ("photo.xlsx",), ("--catalog", "{root}/photo.xlsx")),
    "bad price": Case("good", 2, ("A-1", "bad.csv", "line 2"), ("--catalog", "{root}/bad.csv", "--product", "A-1")),
    "bad date": Case("good", 2, ("A-2", "bad.csv", "line 3"), ("--catalog", "{root}/bad.csv", "--product", "A-2")),
    "lapsed offer": Case("good", 3, ("2020", "lapsed.csv"), ("--catalog", "{root}/lapsed.csv", "--product", "A-1")),
    "workspace that is a file": Case("good", 3, ("taken",), ("--workspace", "{root}/taken")),
    "outbox that is a file": Case("good", 3, ("taken",), ("--out", "{root}/taken")),
    "workspace among the clips": Case("good", 2, ("good/made", "--workspace"), ("--workspace", "{root}/good/made")),
    "outbox among the clips": Case("good", 2, ("good/made", "--out"), ("--out", "{root}/good/made")),
    "broken settings": Case("good", 2, ("story.toml",), ("--workspace", "{root}/spoiled")),
}

APART = ("no usable clip", "two seconds in all", "workspace that is a file")


@dataclass(frozen=True)
class Asked:
    """All cases, answered."""

    root: Path
    answers: dict[str, Answer]
    before: dict[str, str]
    after: dict[str, str]


def fingerprints(root: Path) -> dict[str, str]:
    dropped = [root / name for name in ("empty", "broken", "short", "good")]
    files = [path for folder in dropped for path in (folder, *sorted(folder.rglob("*")))]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder" for path in files}


@pytest.fixture(scope="module")
def asked(
    tmp_path_factory: pytest.TempPathFactory, run: Run, run_here: Run, run_ffmpeg: Callable[..., Path], picture_options: list[str]
) -> Asked:
    """Every case answered once, a few of them by a process of its own."""
    root = tmp_path_factory.mktemp("bad")
    for name in ("empty", "broken", "short", "good", "spoiled/stories/good"):
        (root / name).mkdir(parents=True)
    (root / "broken" / "nothing.mp4").touch()
    (root / "broken" / "letter.mp4").write_text("亲爱的妈妈\n" * 200, encoding="utf-8")
    whole = (DEMO / "VID_20261018_194500.mp4").read_bytes()
    (root / "broken" / "half.mp4").write_bytes(whole[: len(whole) // 2])
    (root / "broken" / "tree.jpg").write_bytes((DEMO.parent / "apple.jpg").read_bytes())
    run_ffmpeg("-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=2", *picture_options, out=root / "short" / "clip.mp4")
    (root / "good" / "果园 远景.mp4").write_bytes((DEMO / "果园 远景.mp4").read_bytes())
    (root / "photo.xlsx").write_bytes((DEMO.parent / "apple.jpg").read_bytes())
    (root / "bad.csv").write_text(HEADER + "A-1,苹果,许多,5斤,\nA-2,核桃,39.9,2斤,后天再说\nA-3,梨,9.9,1斤,\n", encoding="utf-8")
    (root / "lapsed.csv").write_text(HEADER + "A-1,苹果,35.8,5斤,2020-05-01\n", encoding="utf-8")
    (root / "taken").write_text("a file, not a folder", encoding="utf-8")
    (root / "spoiled" / "stories" / "good" / "story.toml").write_text("source = [", encoding="utf-8")
    before = fingerprints(root)

    def answer(name: str) -> Answer:
        case = CASES[name]
        options = [option.format(root=root, sheet=SHEET) for option in case.options]
        place = [] if "--workspace" in options else ["--workspace", str(root / "workspaces" / name)]
        return (run if name in APART else run_here)("make", root / case.folder, *place, *options, "--lang", "en", "--json")

    return Asked(root, {name: answer(name) for name in CASES}, before, fingerprints(root))


@pytest.mark.parametrize("name", CASES)
def test_bad_input_ends_with_one_line_that_names_it(asked: Asked, name: str) -> None:
    answer, case = asked.answers[name], CASES[name]
    lines = answer.err.strip().splitlines()
    assert len(lines) == 1, answer.err
    assert all(word in lines[0] for word in case.names), lines[0]
    assert not re.search(r"Traceback|Error:|Errno", lines[0]), lines[0]


@pytest.mark.parametrize("name", CASES)
def test_bad_input_ends_with_its_exit_code(asked: Asked, name: str) -> None:
    answer = asked.answers[name]
    assert answer.code == CASES[name].code, answer.err
    assert answer.told == {"error": answer.err.strip(), "exit_code": answer.code}


def test_nothing_is_written_into_the_dropped_folder(asked: Asked) -> None:
    assert asked.before == asked.after


def test_a_mistake_is_told_in_chinese(tmp_path: Path, run_here: Run) -> None:
    answer = run_here("make", tmp_path / "没有这个文件夹", "--lang", "zh")
    assert answer.code == 2
    assert "没有这个文件夹" in answer.err
    assert len(re.findall(r"[\u4e00-\u9fff]", answer.err.replace("没有这个文件夹", ""))) > 4, answer.err


def test_an_unknown_language_is_refused(tmp_path: Path, run_here: Run) -> None:
    answer = run_here("make", tmp_path, "--lang", "fr")
    assert answer.code == 2
    assert "fr" in answer.err


def test_an_unknown_option_is_a_mistake_of_usage(tmp_path: Path, run: Run) -> None:
    assert run("make", tmp_path, "--sparkle").code == 2
