"""An account of the shelf: its keys are asked for once, and lie in the vault."""

from pathlib import Path

import pytest

from flows.ledger_commands import log_in
from pipeline.publish.accounts import Tokens, load_accounts, open_vault
from pipeline.publish.engine import AccountAccess

KEYS = "AKIAEXAMPLE:not-a-real-secret-key"


def test_a_stores_keys_are_asked_for_once_and_handed_to_its_adapter_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDCUT_HOME", str(tmp_path / "home"))
    settings = '[accounts."shelf:village"]\naddress = "s3://village/shelf"\npublic_url = "https://shelf.example"\n'
    (tmp_path / "fieldcut.toml").write_text(settings, encoding="utf-8")
    asked: list[str] = []

    def secret(name: str) -> str:
        asked.append(name)
        return KEYS

    for new_secret in (False, False, True):
        done = log_in(tmp_path, "shelf:village", secret, lambda problem: problem, new_secret=new_secret, another_user=False, language="en")
        assert done.lines == ["Kept, encrypted: what shelf:village is opened with."]
    assert asked == ["ACCESS_KEY_ID:SECRET_ACCESS_KEY"] * 2
    access = AccountAccess(load_accounts(tmp_path), Tokens(open_vault(tmp_path)))
    assert access.token("shelf:village", 1800) == KEYS
    assert access.token("", 1800) == ""
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and b"not-a-real-secret-key" in file.read_bytes()]
