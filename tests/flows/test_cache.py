"""`fieldcut cache` and what lies beside the workspaces: the user's speech model."""

import os
import time
from pathlib import Path

import pytest

from pipeline.store.user_store import USER_CACHE
from tests.flows.conftest import Run

DAY_S = 86_400


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A speech model in the user's cache, last used forty days ago."""
    monkeypatch.setenv(USER_CACHE, str(tmp_path / "user"))
    folder = tmp_path / "user" / "models" / "whisper-base-0123456789ab"
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(bytes(2_000_000))
    unused_since(folder, 40)
    return folder


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "workspace" / "cache").mkdir(parents=True)
    return tmp_path / "workspace"


def unused_since(path: Path, days: float) -> None:
    then = time.time() - days * DAY_S
    os.utime(path, (then, then))


def test_the_users_model_is_listed_with_the_workspaces_cache(model: Path, workspace: Path, run_here: Run) -> None:
    answer = run_here("cache", "--workspace", workspace, "--lang", "zh")
    assert answer.code == 0, answer.err
    assert "所有工作文件夹共用的语音模型" in answer.out
    (kind,) = run_here("cache", "--workspace", workspace, "--json").told["kinds"]
    assert (kind["kind"], kind["files"], kind["bytes"]) == ("user_models", 1, 2_000_000)
    assert model.is_dir()


def test_a_model_that_was_long_unused_goes_and_is_counted(model: Path, workspace: Path, run_here: Run) -> None:
    told = run_here("cache", "--workspace", workspace, "--older-than", 30, "--json").told
    assert told["removed"]["by_kind"] == {"user_models": 2_000_000}
    assert told["removed"]["bytes"] == 2_000_000
    assert not told["kinds"]
    assert not model.exists()


@pytest.mark.parametrize(("days", "option"), [(20, ("--older-than", 30)), (0.02, ("--older-than", 0)), (40, ("--keep", 0))])
def test_a_model_that_others_may_use_stays(model: Path, workspace: Path, run_here: Run, days: float, option: tuple[str, float]) -> None:
    """A limit in bytes is for the workspace; a run of another workspace may just have found its model."""
    unused_since(model, days)
    assert run_here("cache", "--workspace", workspace, *option, "--json").code == 0
    assert model.is_dir()
