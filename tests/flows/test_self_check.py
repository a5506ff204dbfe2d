"""`fieldcut up --prove` where something is wrong: one line that says what, the end of the log, and nothing left behind."""

import sys
from pathlib import Path

import pytest

from flows import self_check
from flows.self_check import SelfCheck
from pipeline.documents.message import Message
from pipeline.errors import Fault


def test_what_does_not_start_is_said_with_its_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho the port is taken\nexit 1\n", encoding="ascii")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(self_check.tempfile, "tempdir", str(tmp_path))
    said: list[Message] = []
    with pytest.raises(Fault, match=r"did not start(?s:.*)the port is taken"):
        SelfCheck(said.append, "en").run()
    assert not said
    assert not list(tmp_path.glob("fieldcut-check-*"))
