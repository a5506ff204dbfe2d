"""What is wrong in a settings file is one line: the file, the line, the key, and the key that was probably meant. Never the value."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.documents.job import Job
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.publish.accounts import load_accounts
from pipeline.settings import StorySettings, WorkspaceSettings, nearest, read_settings, read_story_settings

ACCOUNT = '[accounts."kuaishou:coop"]\napp_id = "ks1"\nredirect = "http://127.0.0.1:8765/back"\n'
SECTIONS: dict[str, Callable[[WorkspaceSettings], object]] = {
    "inbox": lambda settings: settings.inbox,
    "publish": lambda settings: settings.publish,
    "notices": lambda settings: settings.notices,
    "accounts": lambda settings: load_accounts(settings.file.path.parent),
}


def refused(read: Callable[[], object]) -> tuple[str, str]:
    """The one line, in English and in Chinese."""
    with pytest.raises(UserMistake) as caught:
        read()
    english, chinese = str(caught.value), say(caught.value.message, "zh")
    assert "\n" not in english + chinese
    assert "geheim" not in english + chinese
    return english, chinese


@pytest.mark.parametrize(
    ("section", "text", "line", "parts", "meant"),
    [
        ("publish", "[publish]\n\naproval = true", 3, ["[publish] has no setting aproval"], "approval"),
        ("publish", '[publish]\nLedger = "geheim"', 2, ["Ledger"], "ledger"),
        ("publish", "[publish]\nwhatever = 1", 2, ["whatever", "approval, link_days, late_minutes, ledger"], ""),
        ("publish", '# x\n[publish]\napproval = "geheim"', 3, ["[publish] approval must be true or false"], ""),
        ("publish", "[publish]\nledger = 5", 2, ["[publish] ledger must be text, in quotes"], ""),
        ("publish", "[publish]\nlate_minutes = 1.5", 2, ["late_minutes must be a whole number"], ""),
        ("inbox", "[inbox]\nquiet_secs = 5", 2, ["quiet_secs"], "quiet_seconds"),
        ("inbox", "[inbox]\nfolder = 5", 2, ["[inbox] folder must be text"], ""),
        ("publish", "\npublish = 1", 2, ["publish must be a table: [publish]"], ""),
        ("publish", "[publsh]\napproval = true", 1, ["nothing reads [publsh]"], "publish"),
        ("notices", '[notices."webhook:x"]\nlangauge = "zh"', 2, ["webhook:x has no setting langauge"], "language"),
        ("notices", '[notices."webhook:x"]\nkinds = ["geheim"]', 2, ['kinds must be a list of texts: ["finished", "needs_person"'], ""),
        ("notices", '[notices."webhook:x"]\nurl = "geheim"', 2, ["url of webhook:x does not belong in this file"], ""),
        ("notices", '[notice."webhook:x"]', 1, ["nothing reads [notice]"], "notices"),
        ("accounts", ACCOUNT + "fragment-mb = 3", 4, ["has no setting fragment-mb"], "fragment_mb"),
        ("accounts", ACCOUNT + '[accounts."kuaishou:coop".hosts]\nupl = "https://x.example"', 5, ["hosts.upl"], "upload"),
        ("accounts", ACCOUNT + 'hosts.api = "geheim"', 4, ["kuaishou:coop hosts.api must be https://host"], ""),
        ("accounts", ACCOUNT + 'client_secret = "geheim"', 4, ["client_secret of kuaishou:coop does not belong in this file"], ""),
        ("accounts", '\n[accounts."kuaishuo:coop"]', 2, ["kuaishuo:coop is no account"], "kuaishou"),
        ("accounts", ACCOUNT + ACCOUNT.replace("coop", "Coop"), 4, ["differ too little"], ""),
        ("accounts", '[account."kuaishou:coop"]', 1, ["nothing reads [account]"], "accounts"),
    ],
)
def test_file_line_key_and_the_nearest_known_one(tmp_path: Path, section: str, text: str, line: int, parts: list[str], meant: str) -> None:
    path = tmp_path / "fieldcut.toml"
    path.write_text(text, encoding="utf-8")
    english, chinese = refused(lambda: SECTIONS[section](read_settings(tmp_path)))
    assert english.startswith(f"{path}, line {line}: ")
    assert chinese.startswith(f"{path} 第 {line} 行")
    assert all(part in english for part in parts), english
    assert (f"(did you mean {meant}?)" in english) if meant else ("did you mean" not in english)
    assert (f"（是不是想写 {meant}？）" in chinese) if meant else ("是不是" not in chinese)


@pytest.mark.parametrize(
    ("text", "line", "parts", "meant"),
    [
        ("\ntemplat = 'x'", 2, ["unknown setting templat"], "template"),
        ("max-seconds = 20", 1, ["max-seconds"], "max_seconds"),
        ("preset = 'geheim'", 1, ['preset must be one of "draft", "standard", "best"'], ""),
        ("\n\nwidth = 'geheim'", 3, ["width must be a whole number"], ""),
        ("nice = 20", 1, ["nice must be a whole number from 0 to 19"], ""),
        ("threads = -1", 1, ["threads must be a whole number, at least 0"], ""),
        ("max_seconds = []", 1, ["max_seconds must be a number"], ""),
        ("product = 7", 1, ["product must be text, in quotes"], ""),
        ("product = [", 1, ["not valid TOML"], ""),
    ],
)
def test_a_storys_settings_are_refused_alike(tmp_path: Path, text: str, line: int, parts: list[str], meant: str) -> None:
    path = tmp_path / "story.toml"
    path.write_text(text, encoding="utf-8")
    english, _ = refused(lambda: read_story_settings(path))
    assert english.startswith(f"{path}, line {line}: ")
    assert all(part in english for part in parts), english
    assert (f"(did you mean {meant}?)" in english) if meant else ("did you mean" not in english)


def test_a_table_that_nobody_reads_stops_nothing_and_is_named(tmp_path: Path) -> None:
    """An older workspace may have one."""
    (tmp_path / "fieldcut.toml").write_text("[publish]\napproval = true\n[weather]\nrain = 3\n", encoding="utf-8")
    settings = read_settings(tmp_path)
    assert settings.publish.approval
    (warning,) = settings.warnings
    assert "line 3: nothing reads [weather]" in str(warning)


def test_a_mistake_in_one_table_stops_only_what_needs_it(tmp_path: Path) -> None:
    (tmp_path / "fieldcut.toml").write_text("[publish]\napprove = 1\n" + ACCOUNT, encoding="utf-8")
    assert load_accounts(tmp_path).names == ("kuaishou:coop",)
    assert read_settings(tmp_path).notices == {}
    refused(lambda: read_settings(tmp_path).publish)


def test_without_a_file_the_defaults_are_in_force(tmp_path: Path) -> None:
    settings = read_settings(tmp_path / "nowhere")
    assert (settings.publish.approval, settings.publish.ledger, settings.notices, settings.accounts) == (False, "", {}, ())


def test_a_storys_settings_are_the_jobs_own() -> None:
    """Names, types, bounds and defaults are written twice, since a document may not know of settings; they must not part."""
    for name, field in StorySettings.model_fields.items():
        if name != "source":
            jobs = Job.model_fields[name]
            assert (field.annotation, field.default, field.metadata) == (jobs.annotation, jobs.default, jobs.metadata), name
    Job(story="x", source="x", workspace="x", now=datetime.now(UTC))


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Approval", "approval"),
        ("ａｐｐｒｏｖａｌ", "approval"),
        ("max seconds", "max_seconds"),
        ("maxseconds", "max_seconds"),
        ("天气", ""),
    ],
)
def test_the_nearest_name_is_near(name: str, meant: str) -> None:
    assert nearest(name, ["ledger", "approval", "max_seconds"]) == meant
