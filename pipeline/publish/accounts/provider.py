"""Account providers: a platform's hosts, account settings and OAuth, read from `account.yaml` in the platform's folder.

`fields` give the names of parameters as the platform spells them and the value of each: a literal, or one of {app_id} {app_secret}
{redirect} {scopes} {state} {challenge} {code} {verifier} {refresh}.
"""

import re
from functools import cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import Field, PositiveFloat, ValidationError, model_validator

from pipeline.documents.base import Document, Frozen
from pipeline.publish.platform_folders import PLATFORM_FOLDERS, broken_file, where_in_yaml
from pipeline.resources import read_packaged_yaml

ACCOUNT = "account.yaml"
SettingValue = bool | int | float | str | tuple[str, ...]
PLACES = frozenset({"app_id", "app_secret", "redirect", "scopes", "state", "challenge", "code", "verifier", "refresh"})
_PLACE = re.compile(r"\{(\w+)\}")


class Host(Frozen):
    """A host of the platform."""

    default: str = ""
    """https://host; empty where the platform names it in an answer."""
    plain_http: bool = False
    """The platform's own contract says that this host speaks plain http."""


class Setting(Frozen):
    """One setting that an account of this platform may have in fieldcut.toml."""

    kind: Literal["text", "texts", "whole", "number", "flag"]
    default: SettingValue | None = None
    """None where a person must say it."""
    one_of: tuple[str, ...] = ()
    least: float | None = None


class Endpoint(Frozen):
    """One call, or one page. host: a name among `hosts`."""

    host: str
    path: str
    method: Literal["GET", "POST"] = "POST"
    fields: dict[str, str]

    @model_validator(mode="after")
    def _places(self) -> Self:
        strange = {place for value in self.fields.values() for place in _PLACE.findall(value)} - PLACES
        if strange:
            raise ValueError(f"nothing is known that would fill {sorted(strange)}")
        return self

    def filled(self, **values: str) -> dict[str, str]:
        """Return the fields with their placeholders filled; a field whose placeholder has no value is left out."""
        return {
            name: _PLACE.sub(lambda found: values[found[1]], value)
            for name, value in self.fields.items()
            if all(values.get(place) for place in _PLACE.findall(value))
        }


class TokenWords(Frozen):
    """Field names of the answer with the tokens; empty where it has no such field."""

    inside: str = ""
    """The object that holds them; empty for the answer itself."""
    access: str = "access_token"
    access_s: str = "expires_in"
    refresh: str = "refresh_token"
    refresh_s: str = ""
    user: str = ""
    scopes: str = "scope"


class AnswerCodes(Frozen):
    """Codes of the answer, which `field` holds; a code in none of the lists is an unexpected answer."""

    field: str
    good: str = ""
    """The code of a yes; empty where a yes has no such field."""
    login: tuple[str, ...] = ()
    """The permission is gone: a person must log in again."""
    later: tuple[str, ...] = ()
    setup: tuple[str, ...] = ()
    """The app is wrong: id, secret, redirect address, scope."""


class OAuth(Frozen):
    """The platform's OAuth (RFC 6749), with its differences."""

    ways: dict[str, Endpoint]
    """Login pages by name; the first is the default."""
    exchange: Endpoint
    renewal: Endpoint
    tokens: TokenWords
    verdict: AnswerCodes
    pkce: Literal["none", "s256", "s256_hex"] = "none"
    """RFC 7636; s256_hex writes the digest in hex, which is not the RFC's way."""
    any_port: bool = False
    """The platform lets a loopback redirect have any port (RFC 8252, 7.3); else it must be registered as it is."""
    scopes: tuple[str, ...] = ()
    """Asked for, and all needed."""
    extra_scopes: tuple[str, ...] = ()
    """Asked for as well; nothing breaks without."""
    scope_joint: str = " "
    access_life_s: PositiveFloat
    """Where the answer does not say."""
    refresh_life_s: PositiveFloat | None = None
    """From the login, by the most cautious reading; None where nothing ends it by itself."""
    renew_ahead_s: float = 0.0
    """Renew when the access token lives no longer than this, whatever was asked for: for platforms that cannot renew an expired one."""
    renews_dead: bool = True
    """A refresh token still works after its access token has expired."""
    warn_ahead_s: float = 15 * 86_400


class AccountProvider(Document):
    """A platform as a provider of accounts."""

    name: str
    label: dict[str, str]
    hosts: dict[str, Host] = Field(default_factory=dict)
    settings: dict[str, Setting] = Field(default_factory=dict)
    oauth: OAuth | None = None
    """None where the platform has no login."""
    secret: str = "app secret"
    """What a person is asked for, and what the vault keeps."""
    clock_within_s: float = 3600.0
    """How far this machine's clock may be off, seconds: signatures break where calls are signed, planned times elsewhere."""
    unverified: tuple[str, ...] = ()
    """What no official source confirms."""

    @model_validator(mode="after")
    def _hosts_are_known(self) -> Self:
        calls = [*self.oauth.ways.values(), self.oauth.exchange, self.oauth.renewal] if self.oauth else []
        strange = {call.host for call in calls} - self.hosts.keys()
        if strange:
            raise ValueError(f"no such host: {sorted(strange)}")
        return self


def provider_names(folder: Path = PLATFORM_FOLDERS) -> tuple[str, ...]:
    """Names of the platforms that have accounts, in alphabetical order."""
    return tuple(sorted(file.parent.name for file in folder.glob(f"*/{ACCOUNT}")))


@cache
def load_provider(name: str, folder: Path = PLATFORM_FOLDERS) -> AccountProvider:
    """Read a platform's `account.yaml`. Raises Fault when it is broken: it comes with FieldCut."""
    path = folder / name / ACCOUNT
    try:
        provider = AccountProvider.model_validate(read_packaged_yaml(path))
    except (OSError, ValidationError, yaml.YAMLError) as error:
        raise broken_file(path, where_in_yaml(error)) from error
    if provider.name != name:
        raise broken_file(path, f"name: {provider.name}")
    return provider
