"""An account of the shelf: its keys are asked for once, and lie in the vault; no store was ever met."""

from pathlib import Path

import pytest

from pipeline.actions.login import log_in_account
from pipeline.actions.release_list import list_releases
from pipeline.documents.message import Message
from pipeline.language import say
from pipeline.publish.accounts import Tokens, VaultAccountAccess, load_accounts
from pipeline.secrets.vault import open_vault

KEYS = "AKIAEXAMPLE:not-a-real-secret-key"
SETTINGS = '[accounts."shelf:village"]\naddress = "s3://village/shelf"\npublic_url = "https://shelf.example"\n'


def test_a_shelf_in_a_store_was_never_tried_and_the_one_in_the_workspace_is_not_said_to_be_untried(tmp_path: Path) -> None:
    def untried() -> str:
        return list_releases(tmp_path, "", open_only=False, language="en").lines[-1]

    assert "shelf" not in untried().lower()
    (tmp_path / "fieldcut.toml").write_text(SETTINGS, encoding="utf-8")
    assert "Local shelf village" in untried()


def test_a_stores_keys_are_asked_for_once_and_handed_to_its_adapter_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDCUT_HOME", str(tmp_path / "home"))
    (tmp_path / "fieldcut.toml").write_text(SETTINGS, encoding="utf-8")
    asked: list[str] = []

    def secret(question: Message) -> str:
        asked.append(say(question, "zh"))
        return KEYS

    for new_secret in (False, False, True):
        done = log_in_account(
            tmp_path,
            "货架：village" if new_secret else "shelf:village",  # as --to takes it
            secret,
            lambda problem: problem,
            pytest.fail,
            new_secret=new_secret,
            another_user=False,
            language="en",
        )
        assert done.lines == ["Kept, encrypted: what shelf:village is opened with."]
    assert asked == ["请粘贴存储的密钥，写成 ACCESS_KEY_ID:SECRET_ACCESS_KEY，粘贴的字不显示"] * 2
    access = VaultAccountAccess(load_accounts(tmp_path), Tokens(open_vault(tmp_path)))
    assert access.token("shelf:village", 1800) == KEYS
    assert access.token("", 1800) == ""
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and b"not-a-real-secret-key" in file.read_bytes()]
