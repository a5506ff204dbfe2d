"""fieldcut.toml: what is right is read, what is wrong is one line that names the file and the key, and nothing in it is secret."""

from pathlib import Path

import pytest

from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.publish.accounts import load_accounts
from pipeline.publish.accounts.provider import load_provider, provider_names
from pipeline.publish.platform_folders import PLATFORM_FOLDERS

KUAISHOU = '[accounts."kuaishou:coop"]\napp_id = "ks1"\nredirect = "http://127.0.0.1:8765/back"\n'


def wrong(workspace: Path, text: str | bytes) -> str:
    """The one line about a file that is wrong, in English, after a look at the Chinese one."""
    (workspace / "fieldcut.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserMistake) as caught:
        load_accounts(workspace)
    line = str(caught.value)
    assert str(workspace / "fieldcut.toml") in line
    assert "\n" not in line
    assert say(caught.value.message, "zh") != line
    return line


def test_an_account_has_the_platforms_real_hosts_and_defaults(workspace: Path) -> None:
    (workspace / "fieldcut.toml").write_text(KUAISHOU)
    account = load_accounts(workspace).find("kuaishou:coop")
    assert account.hosts == {"api": "https://open.kuaishou.com", "upload": ""}
    assert account.settings["product_field"] == "form"
    assert account.for_adapter["app_id"] == "ks1"


def test_a_workspace_without_the_file_has_no_accounts(workspace: Path) -> None:
    assert load_accounts(workspace).names == ()
    with pytest.raises(UserMistake, match="kuaishou:coop"):
        load_accounts(workspace).find("kuaishou:coop")


def test_an_unknown_account_is_told_the_known_ones(workspace: Path) -> None:
    (workspace / "fieldcut.toml").write_text(KUAISHOU)
    with pytest.raises(UserMistake, match="Known: kuaishou:coop"):
        load_accounts(workspace).find("kuaishou:copo")


def test_a_chinese_name_is_found_however_it_was_typed(workspace: Path) -> None:
    (workspace / "fieldcut.toml").write_text(KUAISHOU.replace("coop", "合作社-é"), encoding="utf-8")
    assert load_accounts(workspace).find("kuaishou:合作社-e\u0301").app_id == "ks1"


def test_a_file_saved_by_notepad_is_read(workspace: Path) -> None:
    (workspace / "fieldcut.toml").write_bytes(b"\xef\xbb\xbf" + KUAISHOU.replace("\n", "\r\n").encode())
    assert load_accounts(workspace).names == ("kuaishou:coop",)


def test_other_tables_are_not_its_business(workspace: Path) -> None:
    (workspace / "fieldcut.toml").write_text('[ledger]\nurl = "x"\n' + KUAISHOU)
    assert load_accounts(workspace).names == ("kuaishou:coop",)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[accounts", "not valid TOML"),
        (b'[accounts."kuaishou:\xff"]', "UTF-8"),
        ("accounts = 3", "accounts"),
        ('accounts = {"kuaishou:coop" = 3}', "accounts"),
        ('[accounts."douyin:coop"]', "Known platforms: bilibili, kuaishou, shelf, youtube"),
        ('[accounts."kuaishou"]', "platform:name"),
        ('[accounts."kuaishou:../../x"]', "platform:name"),
        ('[accounts."kuaishou:a b"]', "platform:name"),
        ('[accounts."kuaishou:coop"]\nredirect = "http://127.0.0.1:1/"', "app_id"),
        ('[accounts."kuaishou:coop"]\napp_id = 7\nredirect = "http://127.0.0.1:1/"', "app_id"),
        ('[accounts."kuaishou:coop"]\napp_id = "a"', "redirect"),
        (KUAISHOU + "fragment = 3", "has no setting fragment. Known: app_id, redirect"),
        (KUAISHOU + 'calls_per_day = "8"', "calls_per_day must be a whole number, at least 1"),
        (KUAISHOU + "calls_per_day = 8.5", "calls_per_day must be a whole number"),
        (KUAISHOU + "listed_within_s = nan", "listed_within_s must be a number, at least 0"),
        (KUAISHOU + "fragment_mb = true", "fragment_mb"),
        (KUAISHOU + "fragment_mb = 0", "fragment_mb"),
        (KUAISHOU + 'product_field = "body"', 'one of "form", "query"'),
        (KUAISHOU + 'upload_hosts = "gifshow.com"', "upload_hosts must be a list of texts"),
        (KUAISHOU + "scopes = [1]", "scopes"),
        (KUAISHOU + 'hosts = "x"', "hosts must be a table of api, upload"),
        (KUAISHOU + 'hosts.web = "https://x.example"', "hosts.web"),
        (KUAISHOU + "hosts.api = 1", "hosts.api"),
        (KUAISHOU + 'paths.renewal = "https://elsewhere.example/token"', "paths.renewal"),
        (KUAISHOU + 'paths.renewal = "//elsewhere.example/token"', "paths.renewal"),
        (KUAISHOU + 'paths.refresh = "/x"', "Known: exchange, renewal, web, scan"),
        ('[accounts."bilibili:coop"]\napp_id = "a"\nredirect = "https://coop.example/"', "category must be a whole number, at least 1"),
        ('[accounts."youtube:coop"]\napp_id = "a"\nmade_for_kids = "no"', "made_for_kids must be true or false"),
        (KUAISHOU + KUAISHOU.replace("coop", "Coop"), "differ too little"),
    ],
)
def test_what_is_wrong_is_one_line_with_file_and_key(workspace: Path, text: str | bytes, part: str) -> None:
    assert part in wrong(workspace, text)


@pytest.mark.parametrize(
    "address",
    [
        "http://open.kuaishou.com",
        "http://localhost:8000",
        "http://10.0.0.5:8000",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "https://user:pass@open.kuaishou.com",
        "https://",
        "ftp://open.kuaishou.com",
        "open.kuaishou.com",
        "https://open.kuaishou.com/path",
        "https://open.kuaishou.com?x=1",
        "https://open.kuaishou.com:port",
        "https://[::1",
    ],
)
def test_a_host_that_secrets_could_leak_to_is_refused(workspace: Path, address: str) -> None:
    assert "hosts.api must be https://host" in wrong(workspace, KUAISHOU + f'hosts.api = "{address}"')


@pytest.mark.parametrize(
    "address", ["https://proxy.coop.example", "https://proxy.coop.example:8443/", "http://127.0.0.1:8000", "http://[::1]:80"]
)
def test_a_proxy_over_tls_and_this_machine_are_taken(workspace: Path, address: str) -> None:
    (workspace / "fieldcut.toml").write_text(KUAISHOU + f'hosts.api = "{address}"')
    assert load_accounts(workspace).find("kuaishou:coop").hosts["api"] == address


def test_plain_http_is_taken_where_the_platforms_contract_has_it(workspace: Path) -> None:
    (workspace / "fieldcut.toml").write_text(KUAISHOU + 'hosts.upload = "http://upload.kwimgs.com"')
    assert load_accounts(workspace).find("kuaishou:coop").hosts["upload"] == "http://upload.kwimgs.com"


@pytest.mark.parametrize("redirect", ["http://coop.example/back", "coop.example", "https://coop.example/#x", "http://127.0.0.1:0/", "x:"])
def test_a_redirect_that_the_code_would_travel_in_the_clear_to_is_refused(workspace: Path, redirect: str) -> None:
    assert "redirect must be" in wrong(workspace, KUAISHOU.replace("http://127.0.0.1:8765/back", redirect))


@pytest.mark.parametrize("key", ["app_secret", "access_token", "password", "cookies", "client_secret"])
def test_a_secret_in_the_file_is_refused_and_not_repeated(workspace: Path, key: str) -> None:
    line = wrong(workspace, KUAISHOU + f'{key} = "planted-in-toml"')
    assert key in line
    assert "does not belong in this file" in line
    assert "planted" not in line


@pytest.mark.parametrize("text", [KUAISHOU + 'fragment_mb = "planted-in-toml"', '[accounts."kuaishou:coop"]\napp_id = planted-in-toml'])
def test_a_value_that_is_wrong_is_not_repeated_either(workspace: Path, text: str) -> None:
    """Somebody pastes a secret into the wrong line."""
    assert "planted" not in wrong(workspace, text)


@pytest.mark.parametrize("name", provider_names())
def test_every_platforms_file_is_whole(name: str) -> None:
    dialect = load_provider(name)
    assert {"zh", "en"} <= dialect.label.keys()
    assert all(host.default.startswith("https://") or host.plain_http for host in dialect.hosts.values())
    if dialect.oauth is None:
        return
    ways = dialect.oauth.ways.values()
    assert all("{state}" in way.fields.values() and "{app_secret}" not in way.fields.values() for way in ways)
    assert (dialect.oauth.pkce != "none") == all("{challenge}" in way.fields.values() for way in ways)


def test_a_new_platform_is_one_file(workspace: Path, tmp_path: Path) -> None:
    folder = tmp_path / "platforms"
    (folder / "harvest").mkdir(parents=True)
    text = (PLATFORM_FOLDERS / "kuaishou" / "account.yaml").read_text(encoding="utf-8").replace("name: kuaishou", "name: harvest")
    (folder / "harvest" / "account.yaml").write_text(text.replace("https://open.kuaishou.com", "https://harvest.example"), encoding="utf-8")
    (workspace / "fieldcut.toml").write_text(KUAISHOU.replace("kuaishou", "harvest"))
    account = load_accounts(workspace, platform_folders=folder).find("harvest:coop")
    assert account.hosts["api"] == "https://harvest.example"
