"""The same `make` once more costs a second of an old laptop, not five: no stage is loaded."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import share_hearing
from tests.flows.conftest import Undisturbed, environment

STAGES = ("numpy", "cv2", "av", "PIL", "sqlalchemy", "jieba", "pypinyin", "pipeline.render", "pipeline.brand", "pipeline.catalog")


def typed(arguments: list[str]) -> tuple[dict[str, Any], str]:
    """What the command says for scripts, without what differs between a first and a second run, and which of `STAGES` it loaded."""
    loaded = f"print(*(name for name in {STAGES} if name in sys.modules), file=sys.stderr)"
    code = f"import sys; from flows.cli.app import main\ntry: main()\nfinally: {loaded}"
    done = subprocess.run([sys.executable, "-c", code, *arguments], env=environment(), capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    told = {name: value for name, value in json.loads(done.stdout).items() if name not in ("seconds", "chunks", "videos")}
    return told, done.stderr.splitlines()[-1]


@pytest.mark.system
def test_an_unchanged_make_loads_no_stage_and_says_the_same(undisturbed: Undisturbed, tmp_path: Path) -> None:
    story = Undisturbed(tmp_path / "果园", tmp_path / "workspace", undisturbed.answer)
    shutil.copytree(undisturbed.folder, story.folder)
    share_hearing(undisturbed.workspace, story.workspace)
    time.sleep(2.1)  # what was copied a moment before a run may have been copied during it
    first, loaded = typed(story.arguments(story.workspace))
    assert "pipeline.render" in loaded
    again, loaded = typed(story.arguments(story.workspace))
    assert (again, loaded) == (first, "")
    (story.workspace / "stories" / "果园" / "subtitles.srt").touch()
    once_more, loaded = typed(story.arguments(story.workspace))
    assert once_more == first
    assert "pipeline.render" in loaded
