"""Which model is recognised with: the packages' own, once for each user, or the folder that a person named."""

import json
import os
import shutil
import struct
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from faster_whisper import WhisperModel

from pipeline.errors import Fault
from pipeline.settings import MODEL_VARIABLE
from pipeline.speech import model
from pipeline.speech.mel_bands import mel_bands
from pipeline.speech.model import SpeechModel, find_model
from pipeline.store import Store
from pipeline.store.user_store import USER_CACHE, user_store


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user who has never used FieldCut."""
    monkeypatch.setenv(USER_CACHE, str(tmp_path / "用户 cache"))
    monkeypatch.delenv(MODEL_VARIABLE, raising=False)
    return tmp_path / "用户 cache"


@pytest.fixture(scope="module")
def whole() -> Path:
    """The folder of the installed model."""
    return find_model(user_store()).folder


@pytest.fixture
def named(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The installed model's files in a folder that a person names; large ones are linked, so that nothing is copied."""
    folder = tmp_path / "faster-whisper-small"
    folder.mkdir()
    for file in whole.iterdir():
        (folder / file.name).symlink_to(file)
    monkeypatch.setenv(MODEL_VARIABLE, str(folder))
    return folder


def find_in(workspace: str) -> SpeechModel:
    return find_model(Store(Path(workspace)))


def test_two_workspaces_share_one_model(own_cache: Path, tmp_path: Path) -> None:
    first, second = (find_model(Store(tmp_path / name)) for name in ("one", "two"))
    assert first == second
    assert first.folder.is_relative_to(own_cache)
    assert not (tmp_path / "one").exists()
    assert not (tmp_path / "two").exists()


def test_several_first_runs_at_once_leave_one_whole_model(own_cache: Path, tmp_path: Path, whole: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("forkserver")) as pool:
        found = set(pool.map(find_in, [str(tmp_path / f"workspace {number}") for number in range(4)]))
    assert len(found) == 1
    assert [path.name for path in (own_cache / "models").iterdir() if path.is_dir()] == [whole.name]
    (folder,) = (one.folder for one in found)
    assert {file.name: file.stat().st_size for file in folder.iterdir()} == {file.name: file.stat().st_size for file in whole.iterdir()}
    assert not list((own_cache / "models").glob(".*.part"))


@pytest.mark.parametrize("damage", ["model.bin", "config.json"])
def test_a_model_that_is_not_whole_is_joined_anew(own_cache: Path, tmp_path: Path, damage: str) -> None:
    found = find_model(Store(tmp_path))
    (found.folder / damage).write_bytes(b"{")
    assert find_model(Store(tmp_path)) == found
    assert mel_bands(found.folder / "model.bin") == 80
    assert json.loads((found.folder / "config.json").read_bytes())
    assert [path.name for path in (own_cache / "models").iterdir() if path.is_dir()] == [found.folder.name]


def test_where_the_users_cache_cannot_be_written_the_workspace_holds_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: Path
) -> None:
    (tmp_path / "file").write_text("no folder can be made below a file")
    monkeypatch.setenv(USER_CACHE, str(tmp_path / "file" / "cache"))
    found = find_model(Store(tmp_path / "workspace"))
    assert found.folder == tmp_path / "workspace" / "models" / whole.name


def test_a_model_that_nobody_touched_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, read = find_model(Store(tmp_path)), []
    monkeypatch.setattr(model, "file_sha256", lambda path: read.append(path) or "0" * 64)
    assert find_model(Store(tmp_path)) == found
    assert not read


def test_a_record_of_the_models_content_that_was_damaged_is_made_anew(own_cache: Path, tmp_path: Path) -> None:
    found = find_model(Store(tmp_path))
    (record,) = (own_cache / "models").glob("*.txt")
    record.write_text("0123456789ab", encoding="ascii")
    assert find_model(Store(tmp_path)) == found


def test_a_folder_that_holds_no_model_is_named_with_the_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MODEL_VARIABLE, str(tmp_path))
    with pytest.raises(Fault, match=r"model\.bin, config\.json, tokenizer\.json, vocabulary\.json"):
        find_model(Store(tmp_path))


@pytest.mark.system
def test_a_vocabulary_of_one_token_a_line_will_do(named: Path, tmp_path: Path) -> None:
    tokens = json.loads((named / "vocabulary.json").read_bytes())
    (named / "vocabulary.json").unlink()
    with pytest.raises(Fault, match=r"vocabulary\.json"):
        find_model(Store(tmp_path))
    (named / "vocabulary.txt").write_text("\n".join(tokens), encoding="utf-8")
    found = find_model(Store(tmp_path))
    assert found.folder == named
    assert WhisperModel(str(found.folder), device="cpu", compute_type="int8", local_files_only=True).model.n_mels == 80


def test_what_the_preprocessor_says_belongs_to_the_models_name(named: Path, tmp_path: Path) -> None:
    names = [find_model(Store(tmp_path)).name]
    for bands in (80, 128):
        (named / "preprocessor_config.json").write_text(json.dumps({"feature_size": bands}), encoding="utf-8")
        names.append(find_model(Store(tmp_path)).name)
    assert len(set(names)) == 3
    (named / "preprocessor_config.json").unlink()
    assert find_model(Store(tmp_path)).name == names[0]


def test_a_model_of_128_mel_bands_needs_the_preprocessors_file(named: Path, tmp_path: Path) -> None:
    content = bytearray((named / "model.bin").read_bytes())
    shape = content.index(b"encoder/conv1/weight\0") + len(b"encoder/conv1/weight\0") + 1
    assert struct.unpack_from("<3I", content, shape) == (512, 80, 3)
    struct.pack_into("<I", content, shape + 4, 128)
    (named / "model.bin").unlink()
    (named / "model.bin").write_bytes(content)
    with pytest.raises(Fault, match=r"missing: preprocessor_config\.json"):
        find_model(Store(tmp_path))
    (named / "preprocessor_config.json").write_text('{"feature_size": 128}', encoding="utf-8")
    assert find_model(Store(tmp_path)).folder == named


@pytest.mark.parametrize("content", [b"", b"not a model", bytes(100), b"\6\0\0\0" + b"\xff" * 100], ids=repr)
def test_a_file_that_is_no_model_has_no_mel_bands(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.bin").write_bytes(content)
    assert mel_bands(tmp_path / "model.bin") is None


def test_the_workspaces_copy_of_an_older_release_is_left_to_the_cleaning(own_cache: Path, tmp_path: Path, whole: Path) -> None:
    old = tmp_path / "workspace" / "models" / whole.name
    shutil.copytree(whole, old, copy_function=os.link)
    used = old.stat().st_mtime_ns
    assert find_model(Store(tmp_path / "workspace")).folder.is_relative_to(own_cache)
    assert old.stat().st_mtime_ns == used, "its last use is long ago, so that `fieldcut cache --older-than` takes it"
