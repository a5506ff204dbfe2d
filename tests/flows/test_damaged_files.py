"""A folder full of damaged files, and one good clip: the story is made, and each file is named."""

import random
import shutil
from pathlib import Path

import pytest

from benchmarks.fuzz_media import GOOD, unnamed_files
from benchmarks.fuzzing.media_files import make_whole_files, write_damaged_files
from tests.flows.conftest import Run

FILES, SEED = 40, 20261130
"""benchmarks/fuzz_media.py takes a thousand."""


@pytest.mark.system
def test_one_good_clip_among_forty_damaged_files_becomes_a_video(tmp_path: Path, run: Run) -> None:
    (tmp_path / "whole").mkdir()
    folder = tmp_path / "果园"
    folder.mkdir()
    files = write_damaged_files(make_whole_files(tmp_path / "whole"), folder, FILES, random.Random(SEED))
    shutil.copy2(GOOD, folder)
    answer = run("make", folder, "--workspace", tmp_path / "w", "--size", "270x480", "--preset", "draft", "--json")
    assert answer.code == 0, answer.err + answer.out[-2000:]
    assert unnamed_files(tmp_path / "w", files) == []
