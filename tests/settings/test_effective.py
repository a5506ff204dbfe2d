"""`fieldcut settings` shows every value that counts, where it comes from, and no secret."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from pipeline.actions.settings import settings_in_force
from pipeline.errors import UserMistake
from pipeline.publish.accounts import load_accounts
from pipeline.resources import ROOT
from pipeline.settings import read_settings, read_story_settings

FILE = """[coop]
timezone = "Asia/Urumqi"

[publish]
ledger = "postgresql://anna:geheim@db.example/fieldcut?sslpassword=geheim"

[accounts."kuaishou:合作社"]
app_id = "ks1"
redirect = "http://127.0.0.1:8765/back"
hosts.api = "http://127.0.0.1:9000"

[notices."webhook:office"]
language = "en"
"""
ENVIRONMENT = {"FIELDCUT_HOME": "/home/x/own", "HTTPS_PROXY": "http://u:geheim@proxy:8", "AWS_SECRET_ACCESS_KEY": "geheim"}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("FIELDCUT_WHISPER", raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "fieldcut.toml").write_text(FILE, encoding="utf-8")
    story = tmp_path / "stories" / "果园" / "story.toml"
    story.parent.mkdir(parents=True)
    story.write_text('source = "/x"\n\nproduct = "苹果"\n', encoding="utf-8")
    return tmp_path


def test_every_value_has_its_origin(workspace: Path) -> None:
    found = {(one.table, one.name): (one.value, one.origin, one.line) for one in settings_in_force(workspace, "果园").settings}
    assert found["coop", "timezone"] == ("Asia/Urumqi", "file", 2)
    assert found["publish", "approval"] == (False, "default", None)
    assert found["publish", "ledger"] == ("postgresql://anna:***@db.example/fieldcut?sslpassword=***", "file", 5)
    account = 'accounts."kuaishou:合作社"'
    assert found[account, "app_id"] == ("ks1", "file", 8)
    assert found[account, "hosts.api"] == ("http://127.0.0.1:9000", "file", 10)
    assert found[account, "hosts.upload"] == ("", "default", None)
    assert found[account, "product_field"] == ("form", "default", None)
    assert found['notices."webhook:office"', "language"] == ("en", "file", 13)
    assert found['notices."webhook:office"', "kinds"][1] == "default"
    assert found["story", "product"] == ("苹果", "file", 3)
    assert found["story", "preset"] == ("standard", "default", None)
    assert found["environment", "FIELDCUT_HOME"] == ("/home/x/own", "environment", None)
    assert found["environment", "FIELDCUT_WHISPER"] == (None, "default", None)
    assert found["environment", "AWS_SECRET_ACCESS_KEY"] == ("***", "environment", None)


@pytest.mark.parametrize("arguments", [[], ["果园"], ["果园", "--json"], ["--lang", "en"]])
def test_no_secret_is_shown(workspace: Path, arguments: list[str]) -> None:
    done = CliRunner().invoke(app, ["settings", *arguments, "--workspace", str(workspace)])
    assert done.exit_code == 0, done.output
    assert "geheim" not in done.output
    assert "http://u:***@proxy:8" in done.output
    if "--json" in arguments:
        assert {one["from"] for one in json.loads(done.stdout)["settings"]} == {"default", "file", "environment"}
    elif "en" in arguments:
        assert re.search(r"timezone = \"Asia/Urumqi\" +# fieldcut.toml, line 2\n", done.stdout)
    else:
        assert re.search(r"timezone = \"Asia/Urumqi\" +# fieldcut.toml 第 2 行\n", done.stdout)


def test_a_mistake_in_one_table_hides_no_other(workspace: Path) -> None:
    with (workspace / "fieldcut.toml").open("a", encoding="utf-8") as file:
        file.write('langauge = "zh"\n[weather]\n')
    done = CliRunner().invoke(app, ["settings", "--workspace", str(workspace), "--lang", "en"])
    assert done.exit_code == 2
    assert "Asia/Urumqi" in done.stdout
    assert "line 14: webhook:office has no setting langauge" in done.stderr
    assert "line 15: nothing reads [weather]" in done.stderr


def test_without_any_file_the_defaults_are_shown(tmp_path: Path) -> None:
    found = settings_in_force(tmp_path / "nowhere")
    assert {one.origin for one in found.settings if one.table != "environment"} == {"default"}
    assert ("timezone", "Asia/Shanghai") in [(one.name, one.value) for one in found.settings]


def test_an_unknown_story_is_refused_with_the_known_ones(workspace: Path) -> None:
    with pytest.raises(UserMistake, match="Known: 果园"):
        settings_in_force(workspace, "果圆")


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readmes_example_is_right(tmp_path: Path, readme: str) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", (ROOT / readme).read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "fieldcut.toml").write_text(example, encoding="utf-8")
    settings = read_settings(tmp_path)
    assert settings.warnings == ()
    assert (settings.coop.timezone, settings.publish.approval, len(settings.notices)) == ("Asia/Shanghai", True, 1)
    assert len(load_accounts(tmp_path).names) == 2


def test_a_story_that_was_never_given_settings_has_the_defaults(tmp_path: Path) -> None:
    assert read_story_settings(tmp_path / "story.toml").model_fields_set == set()
