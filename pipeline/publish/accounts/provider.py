"""What a platform asks for and how it speaks OAuth: data, `account.yaml` in the platform's folder.

A new platform is one such file. `fields` give the names of parameters as the platform spells them and what goes into each: a literal,
or one of {app_id} {app_secret} {redirect} {scopes} {state} {challenge} {code} {verifier} {refresh}.
"""

import re
from functools import cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import Field, PositiveFloat, ValidationError, model_validator

from pipeline.documents.base import Document, Frozen
from pipeline.documents.message import M
from pipeline.errors import Fault
from pipeline.publish.destinations import PLATFORM_FOLDERS

ACCOUNT = "account.yaml"
SettingValue = bool | int | float | str | tuple[str, ...]
PLACES = frozenset({"app_id", "app_secret", "redirect", "scopes", "state", "challenge", "code", "verifier", "refresh"})
_PLACE = re.compile(r"\{(\w+)\}")


class Host(Frozen):
    """Where something of the platform answers."""

    default: str = ""
    """https://host; empty where the platform names it in an answer."""
    plain_http: bool = False
    """The platform's own contract says that this host speaks plain http."""


class Setting(Frozen):
    """One thing that fieldcut.toml may say about an account of this platform."""

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
        """The fields with their places filled; a place without a value is left out with its field."""
        return {
            name: _PLACE.sub(lambda found: values[found[1]], value)
            for name, value in self.fields.items()
            if all(values.get(place) for place in _PLACE.findall(value))
        }


class TokenWords(Frozen):
    """What the answer with the tokens calls each thing; empty where it has none."""

    inside: str = ""
    """The object that holds them; empty for the answer itself."""
    access: str = "access_token"
    access_s: str = "expires_in"
    refresh: str = "refresh_token"
    refresh_s: str = ""
    user: str = ""
    scopes: str = "scope"


class AnswerCodes(Frozen):
    """How the answer says yes and no. `field` holds a code; anything that stands in none of the lists is an odd answer."""

    field: str
    good: str = ""
    """The code of a yes; empty where a yes has no such field."""
    login: tuple[str, ...] = ()
    """The permission is gone: a person must log in again."""
    later: tuple[str, ...] = ()
    setup: tuple[str, ...] = ()
    """The app is wrong: id, secret, redirect address, scope."""


class OAuth(Frozen):
    """How the platform gives permission (RFC 6749), with its differences."""

    ways: dict[str, Endpoint]
    """Pages where a person says yes, by name; the first is the usual one."""
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
    """Renew when the access token lives no longer than this even if nobody asks for more: where a dead one cannot be renewed."""
    renews_dead: bool = True
    """A refresh token is good after its access token has ended."""
    warn_ahead_s: float = 15 * 86_400


class AccountProvider(Document):
    """A platform as an account of it is configured."""

    name: str
    label: dict[str, str]
    hosts: dict[str, Host] = Field(default_factory=dict)
    settings: dict[str, Setting] = Field(default_factory=dict)
    oauth: OAuth | None = None
    """None where nobody logs in."""
    secret: str = "app secret"
    """What a person is asked for, and what the vault keeps."""
    clock_within_s: float = 3600.0
    """How far this machine's clock may be off before something breaks: signatures where calls are signed, else planned times."""
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
    """The platforms that have accounts, in the order of the alphabet."""
    return tuple(sorted(file.parent.name for file in folder.glob(f"*/{ACCOUNT}")))


@cache
def load_provider(name: str, folder: Path = PLATFORM_FOLDERS) -> AccountProvider:
    """A platform's file. Raises Fault when it is broken: it comes with FieldCut."""
    path = folder / name / ACCOUNT
    try:
        dialect = AccountProvider.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, ValidationError, yaml.YAMLError) as error:
        where = _first(error) if isinstance(error, ValidationError) else str(error).splitlines()[0]
        raise Fault(M("{path} is broken: {error}", path=str(path), error=where)) from error
    if dialect.name != name:
        raise Fault(M("{path} is broken: {error}", path=str(path), error=f"name: {dialect.name}"))
    return dialect


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
