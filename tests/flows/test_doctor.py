"""`fieldcut doctor`: what is here, what is not, and the fix for it."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.resources import ASSETS, ROOT
from tests.flows.conftest import Run, environment

LONGEST_S = 3.0


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this checkout's own files in which a font, a template, a destination and the face model are spoiled."""
    root = tmp_path_factory.mktemp("checkout")
    for package in ("pipeline", "flows", "templates"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("fonts", "models", "locale", "lexicon", "music"):
        shutil.copytree(ASSETS / part, root / "assets" / part)
    (root / "assets" / "fonts" / "MaShanZheng-Regular.ttf").write_bytes(b"no font")
    (root / "assets" / "models" / "face_detection_full_range.tflite").unlink()
    template = root / "templates" / "plain" / "template.yaml"
    template.write_text(template.read_text(encoding="utf-8") + "\nsparkle: yes\n", encoding="utf-8")
    (root / "pipeline" / "publish" / "platforms" / "douyin" / "profile.yaml").write_text("name: [", encoding="utf-8")
    return root


def doctor(root: Path, workspace: Path, **more: str) -> tuple[int, str]:
    arguments = [sys.executable, "-m", "flows.cli", "doctor", "--workspace", str(workspace), "--lang", "en"]
    done = subprocess.run(arguments, cwd=root, env={**environment(**more), "PYTHONPATH": str(root)}, capture_output=True, text=True)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def test_a_whole_machine_gets_nothing_but_ticks(tmp_path: Path, run_here: Run) -> None:
    answer = run_here("doctor", "--workspace", tmp_path, "--lang", "en")
    assert answer.code == 0, answer.out
    assert "✗" not in answer.out
    for word in ("Python", "prefect 3.9.1", "libx264", "zscale", "fonts", "liangshan", "shelf", "Speech model", "Face model", "MB free"):
        assert word in answer.out


def test_a_shared_store_is_tried_where_the_settings_name_one(tmp_path: Path, run_here: Run) -> None:
    (tmp_path / "fieldcut.toml").write_text(f'[store]\nshared = "{tmp_path / "nas"}"\n', encoding="utf-8")
    gone = run_here("doctor", "--workspace", tmp_path, "--lang", "en")
    assert (gone.code, "is not there" in gone.out, "alone" in gone.out) == (0, True, True)
    (tmp_path / "nas").mkdir()
    assert f"{tmp_path / 'nas'} can be written" in run_here("doctor", "--workspace", tmp_path, "--lang", "en").out
    assert not [path for path in (tmp_path / "nas").rglob("*") if path.is_file()]


def test_scripts_get_every_check_with_its_state(tmp_path: Path, run_here: Run) -> None:
    told = run_here("doctor", "--workspace", tmp_path, "--lang", "en", "--json").told
    assert told["exit_code"] == 0
    assert {"python", "prefect", "ffmpeg", "fonts", "templates", "speech_model", "workspace", "disk"} <= {
        one["name"] for one in told["checks"]
    }
    assert {one["state"] for one in told["checks"]} <= {"good", "warning"}
    assert all(one["found"] for one in told["checks"])


def test_looking_leaves_nothing_behind(tmp_path: Path, run_here: Run) -> None:
    run_here("doctor", "--workspace", tmp_path / "not" / "yet", "--lang", "en")
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_the_workspace_should_be_is_told_with_its_fix(tmp_path: Path, run_here: Run) -> None:
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    answer = run_here("doctor", "--workspace", tmp_path / "taken", "--lang", "en")
    assert answer.code == 3
    assert re.search(r"✗ \S*taken is a file, not a folder\n  → .*--workspace", answer.out)


@pytest.mark.system
def test_everything_that_is_spoiled_is_named_with_its_fix(broken: Path, tmp_path: Path) -> None:
    code, out = doctor(broken, tmp_path)
    assert code == 3
    for word in ("MaShanZheng-Regular.ttf", "face_detection_full_range.tflite", "sparkle", "profile.yaml"):
        assert re.search(f"✗ .*{word}", out), out
    assert "assets/fonts" in out


def test_a_speech_model_that_is_not_whole_is_named(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}", encoding="utf-8")
    code, out = doctor(ROOT, tmp_path, FIELDCUT_WHISPER=str(tmp_path / "model"))
    assert code == 3
    assert re.search(r"✗ .*model lacks model\.bin, tokenizer\.json, vocabulary\.json\n  → .*FIELDCUT_WHISPER", out), out


def test_an_ffmpeg_that_lacks_what_is_needed_is_named(tmp_path: Path) -> None:
    poor = tmp_path / "ffmpeg"
    poor.write_text("#!/bin/sh\necho 'ffmpeg version 1.0 Copyright'\necho ' V..... mpeg4  an encoder'\n", encoding="utf-8")
    poor.chmod(0o755)
    code, out = doctor(ROOT, tmp_path, IMAGEIO_FFMPEG_EXE=str(poor))
    assert code == 3
    assert re.search(r"✗ ffmpeg 1\.0 lacks .*zscale.*libx264", out), out


@pytest.mark.system
def test_it_is_quick(tmp_path: Path) -> None:
    begun = time.monotonic(), os.times()
    doctor(ROOT, tmp_path)
    spent = os.times()
    used = spent.children_user + spent.children_system - begun[1].children_user - begun[1].children_system
    # processor time: a neighbour's work is none of doctor's
    assert used < LONGEST_S
