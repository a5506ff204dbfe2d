"""A secret is shown nowhere: in no text of an object, no dump, no traceback with its locals, no pickle, no file, no log."""

import copy
import json
import pickle
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import FieldCutError
from pipeline.network.client import open_client
from pipeline.publish.accounts import Account, Tokens, login
from pipeline.secrets.secret import Secret
from pipeline.secrets.vault import AccountSecrets, Grant, Vault, open_vault
from tests.fakes.log_listener import LogListener
from tests.fakes.log_listener import log as log
from tests.fakes.login_apps import APPS
from tests.fakes.servers.base import Server
from tests.fakes.servers.bilibili import BilibiliServer
from tests.fakes.servers.fault_plan import Fault, Plan
from tests.fakes.servers.http_wire import Answer
from tests.fakes.servers.kuaishou import KuaishouServer
from tests.fakes.servers.youtube import YouTubeServer

PLANTED = "planted-6d1f-+/=%&?\"'\\村"
NOW = datetime(2026, 12, 1, tzinfo=UTC)
MARKS = ("access-token-", "refresh-token-", "code-", "secret-of-the-", "planted")
"""How the servers' tokens, codes and app secrets begin."""


def kept() -> AccountSecrets:
    secret = Secret(PLANTED)
    grant = Grant(issuer="app host", access=secret, access_ends=NOW, taken_at=NOW, refresh=secret, login_at=NOW)
    return AccountSecrets(account="kuaishou:coop", app_secret=secret, grant=grant)


def test_no_text_of_an_object_shows_it() -> None:
    secret, whole = Secret(PLANTED), kept()
    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r:>40}", "%s" % secret, repr([secret]), repr({"a": secret})]  # noqa: UP031
    shown += [repr(whole), str(whole), repr(whole.model_dump()), whole.model_dump_json(), repr(whole.model_dump(mode="json"))]
    shown += [repr(copy.deepcopy(whole)), repr(copy.copy(secret)), str(whole.__dict__), str(list(whole))]
    assert not [text for text in shown if "planted" in text]


def test_it_is_not_pickled() -> None:
    for thing in (Secret(PLANTED), kept()):
        with pytest.raises(TypeError):
            pickle.dumps(thing)


def test_a_document_that_is_broken_is_described_without_it() -> None:
    broken = {"account": 1, "app_secret": PLANTED, "grant": {"access": PLANTED, "over": [PLANTED]}}
    with pytest.raises(ValueError, match="validation error") as caught:
        AccountSecrets.model_validate(broken)
    assert "planted" not in str(caught.value)


def test_the_vaults_files_hold_it_sealed_and_give_it_back(vault: Vault, workspace: Path, home: Path) -> None:
    with vault.lock("kuaishou:coop"):
        vault.write(kept())
    for path in (path for folder in (workspace, home) for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        assert PLANTED.encode() not in content
        assert json.dumps(PLANTED).encode() not in content
        assert path.name == "vault.key" or b"planted" not in content
    again = open_vault(workspace).read("kuaishou:coop")
    assert again.grant is not None
    assert again.grant.access.get_secret_value() == PLANTED
    assert again == kept()


# Logs, tracebacks and files of real calls


@pytest.mark.parametrize("kind", [KuaishouServer, YouTubeServer, BilibiliServer], ids=lambda kind: kind.platform)
def test_a_whole_life_of_an_account_leaves_nothing_in_logs_and_files(
    kind: type[Server],
    log: LogListener,
    logged_in: Callable[..., Account],
    vault: Vault,
    tmp_path: Path,
    home: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with kind() as server:
        account = logged_in(server)
        tokens = Tokens(vault)
        tokens.discard(account, tokens.access_token(account))
        tokens.access_token(account)
    printed = capfd.readouterr()
    seen = ["\n".join(log.lines), printed.out, printed.err]
    seen += [path.read_text(encoding="utf-8", errors="replace") for path in tmp_path.rglob("*") if path.is_file()]
    assert any("HTTP Request" in line for line in log.lines)
    for mark in MARKS:
        # The page's own address, with its query, is the browser's; "code-" there is the answer of this very test's browser.
        assert not [text for text in seen if mark in text], mark
    assert (home / "vault.key").is_file()


FAULTS = (
    Plan(faults=(Fault(kind="reset_before", endpoint="*", nth=0),)),
    Plan(faults=(Fault(kind="reset_during", endpoint="*", nth=0),)),
    Plan(faults=(Fault(kind="timeout_done", endpoint="*", nth=0),)),
    Plan(faults=(Fault(kind="http_502", endpoint="*", nth=0),)),
    Plan(faults=(Fault(kind="http_429", endpoint="*", nth=0, retry_after_s=99),)),
    Plan(faults=(Fault(kind="revoked_token", endpoint="*", nth=0),)),
)


@pytest.mark.parametrize("plan", FAULTS, ids=lambda plan: plan.faults[0].kind)
def test_a_traceback_with_its_locals_shows_nothing(plan: Plan, logged_in: Callable[..., Account], vault: Vault) -> None:
    with KuaishouServer() as server:
        account = logged_in(server)
        tokens = Tokens(vault, client=open_client(answer_s=0.3), wait=lambda _: None)
        tokens.discard(account, tokens.access_token(account))
        server.plan = plan
        told = told_of(lambda: tokens.access_token(account))
    assert "tokens.py" in told
    assert not [mark for mark in MARKS if mark in told]


@pytest.mark.parametrize("change", [{"result": 424242}, {"result": "planted is no code"}, {"access_token": None}, {"result": 100200101}])
def test_nor_does_one_about_an_answer_with_tokens_in_it(
    change: dict[str, object], logged_in: Callable[..., Account], vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    with KuaishouServer() as server:
        account = logged_in(server)
        tokens = Tokens(vault)
        tokens.discard(account, tokens.access_token(account))
        honest = server.refresh
        monkeypatch.setattr(server, "refresh", lambda request: Answer(data={**honest(request).data, **change}))
        told = told_of(lambda: tokens.access_token(account))
    assert "oauth_client.py" in told
    assert not [mark for mark in MARKS if mark in told]


@pytest.mark.parametrize("plan", FAULTS[:4], ids=lambda plan: plan.faults[0].kind)
def test_nor_does_one_of_a_login(plan: Plan, configure: Callable[..., Account], vault: Vault) -> None:
    with KuaishouServer(plan) as server:
        account = configure("kuaishou", server.url, redirect="https://coop.example/back")
        vault.keep_app_secret(account.name, Secret(APPS["kuaishou"][1]))
        client = open_client(answer_s=0.3)
        told = told_of(lambda: login(account, vault, show=lambda _: None, paste=lambda _: "planted-code", client=client))
    assert "login.py" in told
    assert not [mark for mark in MARKS if mark in told.replace('lambda _: "planted-code"', "")]


def test_a_file_of_the_vault_that_is_broken_shows_nothing(vault: Vault, workspace: Path) -> None:
    with vault.lock("kuaishou:coop"):
        vault.write(kept().model_copy(update={"account": "kuaishou:other"}))
    (path,) = (workspace / "vault").glob("*other*.json")
    there = path.read_bytes()
    vault._file("kuaishou:coop").write_bytes(there)
    told = told_of(lambda: vault.read("kuaishou:coop"))
    assert "planted" not in told


def told_of(call: Callable[[], object]) -> str:
    """The whole traceback, with every frame's variables, its causes and contexts."""
    try:
        call()
    except FieldCutError as error:
        shown, following = [], error
        while following is not None:
            whole = traceback.TracebackException.from_exception(following, capture_locals=True, compact=False)
            shown.append("".join(whole.format()))
            following = following.__cause__ or following.__context__  # type: ignore[assignment]
        return "".join(shown)
    raise AssertionError("nothing was raised")
