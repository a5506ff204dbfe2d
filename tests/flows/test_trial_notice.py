"""A channel that is set up is tried at once: a trial notice arrives, or it is said that it did not."""

from pathlib import Path

import pytest

from pipeline.actions.login import save_channel_address
from tests.fakes.servers.webhook import WebhookServer


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FIELDCUT_HOME", str(tmp_path / "home"))
    (tmp_path / "fieldcut.toml").write_text('[notices."webhook:社里"]\nkinds = ["failed"]\n', encoding="utf-8")
    return tmp_path


def test_a_trial_arrives_and_leaves_nothing_waiting(workspace: Path) -> None:
    with WebhookServer() as office:
        for trial, arrived in ((False, 0), (True, 1)):
            report = save_channel_address(workspace, "webhook:社里", f"{office.url}/village", "zh", trial=trial)
            assert (len(office.messages), report.exit_code) == (arrived, 0)
        assert "这是试发" in str(office.messages[0]["body"])
        assert report.lines[-1] == "试发了一条，已经收到。"
        address = f"{office.url}/village"
    report = save_channel_address(workspace, "webhook:社里", address, "zh")
    assert report.exit_code == 3
    assert report.lines[-1].startswith("试发的一条没有收到：")
    assert not list(workspace.glob("notices/*/*.json"))


def test_a_channel_that_the_settings_do_not_name_is_said_to_get_nothing(workspace: Path) -> None:
    report = save_channel_address(workspace, "webhook:别处", "https://hooks.example.com/x", "zh")
    assert report.exit_code == 3
    assert "没有 [notices." in report.lines[-1]
