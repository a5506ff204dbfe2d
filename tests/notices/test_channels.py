"""Channels as a person sets them up: the file anybody may read has no address in it."""

from pathlib import Path

import pytest

from pipeline.errors import UserMistake
from pipeline.notices import Webhook, WeComRobot, keep_address, load_channels
from pipeline.secrets.key import Key
from pipeline.secrets.secret import Secret
from pipeline.secrets.vault import Vault

ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0d5d3a5e-4f0e-4f4e"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault", Key(Secret("Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHNlY3JldCEhISE=")))


def write(workspace: Path, text: str) -> None:
    (workspace / "fieldcut.toml").write_text(text, encoding="utf-8")


def test_a_channel_is_its_settings_and_an_address_from_the_vault(tmp_path: Path, vault: Vault) -> None:
    write(tmp_path, '[notices."wecom:village"]\nkinds = ["failed"]\nmention = ["lihua"]\n[notices."webhook:office"]\nlanguage = "en"\n')
    keep_address(vault, "wecom:village", f" {ROBOT}\n")
    keep_address(vault, "webhook:office", "https://example.org/hook", signing="geheim")
    (robot, webhook), missing = load_channels(tmp_path, vault)
    assert missing == ()
    assert isinstance(robot, WeComRobot)
    assert (robot.address.get_secret_value(), robot.kinds, robot.mention) == (ROBOT, {"failed"}, ("lihua",))
    assert isinstance(webhook, Webhook)
    assert webhook.signing is not None
    assert (webhook.language, webhook.signing.get_secret_value()) == ("en", "geheim")
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        content = path.read_bytes()
        assert b"0d5d3a5e" not in content
        assert b"geheim" not in content


def test_without_its_address_a_channel_is_named_and_left_out(tmp_path: Path, vault: Vault) -> None:
    write(tmp_path, '[notices."wecom:village"]\n')
    channels, (line,) = load_channels(tmp_path, vault)
    assert channels == ()
    assert "wecom:village" in str(line)


def test_no_table_is_no_channel(tmp_path: Path, vault: Vault) -> None:
    assert load_channels(tmp_path, vault) == ((), ())
    write(tmp_path, '[accounts."kuaishou:coop"]\napp_id = "x"\n')
    assert load_channels(tmp_path, vault) == ((), ())


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[notices."feishu:x"]', "feishu:x"),
        ('[notices."wecom:village"]\naddress = "https://geheim"', "address"),
        ('[notices."wecom:village"]\nkinds = ["done"]', "kinds"),
        ('[notices."wecom:village"]\nkinds = []', "kinds"),
        ('[notices."wecom:village"]\nlanguage = "fr"', "language"),
        ('[notices."webhook:x"]\nmention = ["a"]', "mention"),
        ("notices = 1", "notices"),
        ("[notices", "TOML"),
    ],
)
def test_what_is_wrong_in_the_file_is_named_in_one_line(text: str, named: str, tmp_path: Path, vault: Vault) -> None:
    write(tmp_path, text)
    with pytest.raises(UserMistake) as refused:
        load_channels(tmp_path, vault)
    line = str(refused.value)
    assert named in line
    assert "geheim" not in line
    assert "\n" not in line


def test_an_address_of_the_wrong_kind_is_refused(vault: Vault) -> None:
    for name, address in (("wecom:village", "https://example.org/geheim"), ("webhook:x", "http://example.org/geheim"), ("x:y", ROBOT)):
        with pytest.raises(UserMistake) as refused:
            keep_address(vault, name, address)
        assert "geheim" not in str(refused.value)
