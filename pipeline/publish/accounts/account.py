"""Accounts as the user configures them in fieldcut.toml. Nothing in that file is secret."""

import math
import re
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.documents.base import Frozen
from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.network.client import is_safe_address
from pipeline.publish.accounts.provider import AccountProvider, Endpoint, Host, OAuth, Setting, SettingValue, load_provider, provider_names
from pipeline.publish.platform_folders import PLATFORM_FOLDERS
from pipeline.settings import SETTINGS_FILE, Table, did_you_mean, read_settings

_NAME = re.compile(r"(?P<platform>[a-z0-9_]+):(?P<own>[\w-]{1,60})")
_FIXED = ("app_id", "redirect", "scopes", "hosts", "paths")
_SECRET_KEY = re.compile(r"secret|token|passw|(?:^|_)key$|cookie|credential", re.IGNORECASE)


class Account(Frozen):
    """One account on one platform, without its secrets."""

    name: str
    """platform:own name, as in --to."""
    platform: str
    app_id: str = ""
    redirect: str = ""
    """Where the browser goes after the login, as registered with the platform; empty for a free port of this machine."""
    scopes: tuple[str, ...] = ()
    hosts: dict[str, str]
    """https://host[:port], by what answers there; empty where the platform names it in an answer."""
    settings: dict[str, SettingValue]
    """Every setting that the platform's file lists, with its default where fieldcut.toml has none."""
    provider: AccountProvider

    @property
    def for_adapter(self) -> dict[str, Any]:
        """What an adapter gets: the settings, with app_id and hosts."""
        return {**self.settings, "app_id": self.app_id, "hosts": dict(self.hosts)}

    @property
    def issuer(self) -> str:
        """App and host that issue the tokens: tokens of another issuer are never sent there. Empty where the platform has no login."""
        oauth = self.provider.oauth
        return f"{self.app_id} {self.hosts[oauth.renewal.host].rstrip('/')}" if oauth else ""

    def address(self, endpoint: Endpoint) -> str:
        """Return the whole address of one of this account's calls."""
        return self.hosts[endpoint.host].rstrip("/") + endpoint.path


class Accounts(Frozen):
    """All accounts of a workspace. path: the file they are configured in, whether it exists or not."""

    path: str
    all: tuple[Account, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names as they are written after --to."""
        return tuple(account.name for account in self.all)

    def find(self, name: str) -> Account:
        """Find an account by its name. Raises UserMistake that lists the known ones."""
        normalized = unicodedata.normalize("NFC", name)
        for account in self.all:
            if account.name == normalized:
                return account
        known = ", ".join(self.names) or "–"
        raise UserMistake(M("{path} has no account {name}. Known: {known}", path=self.path, name=name, known=known))


def load_accounts(workspace: Path, *, platform_folders: Path = PLATFORM_FOLDERS) -> Accounts:
    """Read the accounts from the workspace's fieldcut.toml; none when there is no such file. Other tables are not read.

    platform_folders: holds one folder per platform. Raises UserMistake, one line that names file and key, for a wrong setting.
    """
    path = workspace / SETTINGS_FILE
    tables = read_settings(workspace).accounts
    read = tuple(_AccountReader(table, platform_folders).read() for table in tables)
    _check_names_differ(tables, read)
    return Accounts(path=str(path), all=read)


def _check_names_differ(tables: tuple[Table, ...], accounts: tuple[Account, ...]) -> None:
    seen: dict[str, str] = {}
    for table, name in zip(tables, (account.name for account in accounts), strict=True):
        other = seen.setdefault(name.casefold(), name)
        if seen[name.casefold()] is not name:
            raise UserMistake(
                M("{path}: the accounts {name} and {other} differ too little. Rename one.", path=table.where(), name=name, other=other)
            )


class _AccountReader:
    """Reads one account's table and checks every key."""

    def __init__(self, table: Table, platform_folders: Path) -> None:
        name = unicodedata.normalize("NFC", table.name)
        self._name, self._table = name, replace(table, name=name)
        parts = _NAME.fullmatch(name)
        known = provider_names(platform_folders)
        if parts is None or parts["platform"] not in known:
            raise UserMistake(
                did_you_mean(
                    M(
                        "{path}: {name} is no account. It is written platform:name, with letters, digits, - and _ in the name. "
                        "Known platforms: {known}",
                        path=table.where(),
                        name=name,
                        known=", ".join(known),
                    ),
                    name.partition(":")[0],
                    known if parts is not None else (),
                )
            )
        self._provider = load_provider(parts["platform"], platform_folders)

    def read(self) -> Account:
        """Return the account. Raises UserMistake for a wrong setting."""
        provider, oauth = self._provider, self._provider.oauth
        self._refuse_strange_keys((*(_FIXED if oauth else ("hosts",)), *provider.settings))
        fields: dict[str, Any] = {"name": self._name, "platform": provider.name, "hosts": self._hosts(), "provider": provider}
        fields["settings"] = {key: self._setting(key, setting) for key, setting in provider.settings.items()}
        if oauth:
            scopes = (*oauth.scopes, *oauth.extra_scopes)
            fields["scopes"] = self._strings("scopes", self._table.values["scopes"]) if "scopes" in self._table.values else scopes
            fields["app_id"], fields["redirect"] = self._app_id(), self._redirect(oauth)
            fields["provider"] = provider.model_copy(update={"oauth": self._with_paths(oauth)})
        return Account(**fields)

    def _refuse_strange_keys(self, known: tuple[str, ...]) -> None:
        for key in self._table.values:
            if key not in known and _SECRET_KEY.search(key):
                raise UserMistake(
                    M(
                        "{path}: {key} of {name} does not belong in this file, which anybody may read. Delete the line, have the secret "
                        "replaced in the platform's console, and give the new one to: fieldcut login {name}",
                        path=self._table.where(key),
                        key=key,
                        name=self._name,
                    )
                )
        self._table.refuse_unknown(known)

    def _app_id(self) -> str:
        value = self._table.values.get("app_id")
        if not isinstance(value, str) or not value.strip():
            raise self._table.wrong("app_id", M("the app's id from the platform's console, in quotes"))
        return value.strip()

    def _redirect(self, oauth: OAuth) -> str:
        value = self._table.values.get("redirect", "")
        if value == "" and oauth.any_port:
            return ""
        shape = M("the address registered with the platform: https://…, or on this machine http://127.0.0.1:8765/")
        if not isinstance(value, str):
            raise self._table.wrong("redirect", shape)
        try:
            parts = urlsplit(value)
            good = (
                bool(parts.hostname)
                and not parts.fragment
                and (is_safe_address(value) or parts.hostname == "localhost")
                and parts.port != 0
            )
        except ValueError:
            good = False
        if not good:
            raise self._table.wrong("redirect", shape)
        return value

    def _hosts(self) -> dict[str, str]:
        known = self._provider.hosts
        configured = self._texts_by_name("hosts", tuple(known))
        for name, value in configured.items():
            if not _is_base_address(value, known[name]):
                raise self._table.wrong(f"hosts.{name}", M("https://host, or on this machine http://127.0.0.1:port"))
        return {name: configured.get(name, host.default) for name, host in known.items()}

    def _with_paths(self, oauth: OAuth) -> OAuth:
        """The platform's OAuth with the paths that the account sets: what a contract leaves open can be corrected without a new release."""
        paths = self._texts_by_name("paths", ("exchange", "renewal", *oauth.ways))
        for name, path in paths.items():
            if not path.startswith("/") or path.startswith("//") or {"?", "#"} & set(path):
                raise self._table.wrong(f"paths.{name}", M("a path that begins with /"))

        def at(name: str, endpoint: Endpoint) -> Endpoint:
            return endpoint.model_copy(update={"path": paths.get(name, endpoint.path)})

        ways = {name: at(name, way) for name, way in oauth.ways.items()}
        return oauth.model_copy(update={"ways": ways, "exchange": at("exchange", oauth.exchange), "renewal": at("renewal", oauth.renewal)})

    def _texts_by_name(self, key: str, known: tuple[str, ...]) -> dict[str, str]:
        value = self._table.values.get(key, {})
        if not isinstance(value, dict):
            raise self._table.wrong(key, M("a table of {names}", names=", ".join(known)))
        for name, text in value.items():
            if name not in known:
                raise self._table.unknown((key, name), known)
            if not isinstance(text, str):
                raise self._table.wrong(f"{key}.{name}", M("text, in quotes"))
        return dict(value)

    def _setting(self, key: str, setting: Setting) -> SettingValue:
        if key not in self._table.values:
            if setting.default is None:
                raise self._table.wrong(key, _expected_value(setting))
            return setting.default
        value = self._table.values[key]
        if setting.kind == "texts":
            return self._strings(key, value)
        kinds: dict[str, tuple[type, ...]] = {"text": (str,), "whole": (int,), "number": (int, float), "flag": (bool,)}
        good = isinstance(value, kinds[setting.kind]) and isinstance(value, bool) == (setting.kind == "flag")
        good = good and (isinstance(value, str) or math.isfinite(value))
        if not good or (setting.one_of and value not in setting.one_of) or (setting.least is not None and value < setting.least):
            raise self._table.wrong(key, _expected_value(setting))
        checked: SettingValue = value
        return checked

    def _strings(self, key: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(part, str) and part for part in value):
            raise self._table.wrong(key, M("a list of texts: [{example}]", example='"…", "…"'))
        return tuple(value)


def _expected_value(setting: Setting) -> Message:
    if setting.one_of:
        return M("one of {choices}", choices=", ".join(f'"{choice}"' for choice in setting.one_of))
    least = None if setting.least is None else f"{setting.least:g}"
    match setting.kind:
        case "flag":
            return M("true or false")
        case "whole":
            return M("a whole number, at least {least}", least=least) if least else M("a whole number")
        case "number":
            return M("a number, at least {least}", least=least) if least else M("a number")
        case "texts":
            return M("a list of texts: [{example}]", example='"…", "…"')
        case "text":
            return M("text, in quotes")


def _is_base_address(value: str, host: Host) -> bool:
    """Whether an address is scheme and host only: the path belongs to the platform's contract."""
    try:
        parts = urlsplit(value)
        bare = parts.path in ("", "/") and not parts.query and not parts.fragment and "@" not in parts.netloc
        return bare and bool(parts.hostname) and (parts.port is None or parts.port > 0) and (
            is_safe_address(value) or (host.plain_http and parts.scheme == "http")
        )  # fmt: skip
    except ValueError:
        return False
