"""A mistake of the program itself is told in one line, and its traceback lies in a file that is this user's own."""

import os
import tempfile
from pathlib import Path

import pytest

from pipeline.actions.failures import as_fieldcut_error
from pipeline.documents.message import M
from pipeline.errors import Fault, MediaFault
from pipeline.language import say


def fault(workspace: Path) -> tuple[Fault, Path]:
    try:
        raise RuntimeError("so nicht")
    except RuntimeError as error:
        told = as_fieldcut_error(error, workspace)
    assert isinstance(told, Fault)
    return told, Path(str(told.message.values["path"]))


def test_the_traceback_lies_in_the_workspace_for_its_owner_alone(tmp_path: Path) -> None:
    told, log = fault(tmp_path)
    assert log.parent == tmp_path
    assert "so nicht" in str(told.message)
    assert "Traceback" in log.read_text(encoding="utf-8")
    assert os.name != "posix" or log.stat().st_mode & 0o777 == 0o600


def test_a_link_that_somebody_laid_there_is_not_written_through(tmp_path: Path) -> None:
    _, log = fault(tmp_path)
    (tmp_path / "precious").write_text("mine", encoding="utf-8")
    log.unlink()
    log.symlink_to(tmp_path / "precious")
    assert fault(tmp_path)[1] == log
    assert (tmp_path / "precious").read_text(encoding="utf-8") == "mine"
    assert not log.is_symlink()


def test_the_same_mistake_again_has_the_same_log(tmp_path: Path) -> None:
    faults = [fault(tmp_path) for _ in range(3)]
    assert len({log for _, log in faults}) == 1
    assert len({str(told.message) for told, _ in faults}) == 1


def test_without_a_workspace_it_lies_with_the_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert fault(tmp_path / "gone")[1].parent == tmp_path
    assert not (tmp_path / "gone").exists()


def test_where_no_file_can_be_written_the_line_is_told_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    told = as_fieldcut_error(RuntimeError("so nicht"), tmp_path / "gone")
    assert "so nicht" in str(told.message)


def test_what_a_media_program_printed_lies_in_a_file_and_not_in_the_sentence(tmp_path: Path) -> None:
    failed = MediaFault(M("{name}: the media program failed (code {code}).", name="a.mp4", code=69), "moov atom not found\n")
    told = as_fieldcut_error(failed, tmp_path)
    assert isinstance(told, MediaFault)
    assert told.exit_code == failed.exit_code
    assert "moov" not in str(told.message)
    assert Path(str(told.message.values["path"])).read_text(encoding="utf-8") == "moov atom not found\n"
    assert say(told.message, "zh").startswith("a.mp4：处理视频的程序出错了（代码 69）。它的输出")
