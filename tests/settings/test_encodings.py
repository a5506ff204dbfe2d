"""A settings file is read as Notepad and WPS save it on a Chinese machine: one reader, so that every part of the program reads it alike."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import UserMistake
from pipeline.publish.accounts import load_accounts
from pipeline.settings import read_settings
from pipeline.workspace import new_job

TEXT = """# 合作社的设置
[publish]
approval = true
ledger = "账本.db"
[accounts."kuaishou:合作社"]
app_id = "ks1"
redirect = "http://127.0.0.1:8765/back"
[notices."wecom:村里"]
language = "zh"
"""
SAVED = {
    "UTF-8": lambda text: text.encode(),
    "UTF-8 with its mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16 LE, Unicode in Notepad": lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
    "UTF-16 BE": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "GB18030": lambda text: text.encode("gb18030"),
    "GBK, ANSI in Notepad": lambda text: text.encode("gbk"),
}


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("save", SAVED.values(), ids=SAVED)
def test_every_table_is_read_in_every_encoding(tmp_path: Path, save, ends: str) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "fieldcut.toml").write_bytes(save(TEXT.replace("\n", ends)))
    settings = read_settings(tmp_path)
    assert (settings.publish.approval, settings.publish.ledger) == (True, "账本.db")
    assert list(settings.notices) == ["wecom:村里"]
    assert load_accounts(tmp_path).names == ("kuaishou:合作社",)
    assert settings.file.line("accounts", "kuaishou:合作社", "redirect") == 7


@pytest.mark.parametrize("save", SAVED.values(), ids=SAVED)
def test_a_storys_settings_are_read_in_every_encoding(tmp_path: Path, save) -> None:  # type: ignore[no-untyped-def]
    folder, now = tmp_path / "果园", datetime(2026, 11, 1, tzinfo=UTC)
    folder.mkdir()
    new_job(folder, tmp_path / "w", {}, now)
    path = tmp_path / "w" / "stories" / "果园" / "story.toml"
    path.write_bytes(save(path.read_text(encoding="utf-8") + 'product = "苹果"\n'))
    job = new_job(folder, tmp_path / "w", {}, now)
    assert (job.story, job.product) == ("果园", "苹果")


@pytest.mark.parametrize("data", [b"a = '\xff'", b"\xff\xfea", b"\x80\x81\xff"])
def test_what_is_no_text_is_refused_with_what_to_save_it_as(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "fieldcut.toml").write_bytes(data)
    with pytest.raises(UserMistake, match="Save it as UTF-8"):
        read_settings(tmp_path)
