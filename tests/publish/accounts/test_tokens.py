"""Tokens that live long enough: renewed once by all processes together, never lost where that can be helped, never a loop."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from pipeline.language import say
from pipeline.network.errors import ClockWrong
from pipeline.publish.accounts import Account, AppRejected, Tokens, UnexpectedAnswer, Unreachable
from pipeline.resources import ROOT
from pipeline.secrets.errors import LoginNeeded
from pipeline.secrets.vault import Vault
from tests.fakes.login_apps import asked
from tests.fakes.servers.bilibili import BilibiliServer, BilibiliSettings
from tests.fakes.servers.fault_plan import Fault, Plan
from tests.fakes.servers.http_wire import Answer
from tests.fakes.servers.kuaishou import KuaishouServer, KuaishouSettings
from tests.fakes.servers.oauth import TokenRules
from tests.fakes.servers.record import Clock
from tests.fakes.servers.youtube import YouTubeServer

DAY_S = 86_400
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
LoggedIn = Callable[..., Account]
TokensBy = Callable[..., Tokens]


def good(server: Any, token: Any) -> bool:
    return server.grants.holder(token.get_secret_value()).account == "coop-main"


def test_a_token_that_lives_long_enough_is_not_renewed(logged_in: LoggedIn, tokens_by: TokensBy) -> None:
    with KuaishouServer(clock=Clock(NOON)) as server:
        shop = logged_in(server)
        tokens = tokens_by(server.clock)
        assert good(server, tokens.access_token(shop, 47 * 3600))
        assert asked(server, "refresh") == 0


@pytest.mark.parametrize("kind", [KuaishouServer, YouTubeServer, BilibiliServer], ids=lambda kind: kind.platform)
def test_a_token_that_lives_shorter_than_asked_is_renewed_once(kind: Any, logged_in: LoggedIn, tokens_by: TokensBy) -> None:
    endpoint = "token" if kind is YouTubeServer else "refresh"
    with kind(clock=Clock(NOON)) as server:
        shop = logged_in(server)
        tokens, before = tokens_by(server.clock), asked(server, endpoint)
        old = tokens.access_token(shop)
        life_s = server.common.tokens.access_life_s
        server.clock.advance(life_s - 300)
        fresh = tokens.access_token(shop, 600)
        assert fresh != old
        assert good(server, fresh)
        assert tokens.access_token(shop, 600) == fresh
        assert asked(server, endpoint) == before + 1


def test_an_ended_token_is_renewed_again_and_again_with_what_each_renewal_brought(logged_in: LoggedIn, tokens_by: TokensBy) -> None:
    """Every renewal uses up the refresh token: one that was not kept would end the row."""
    with KuaishouServer(clock=Clock(NOON)) as server:
        shop = logged_in(server)
        tokens = tokens_by(server.clock)
        seen = set()
        for _ in range(4):
            server.clock.advance(3 * DAY_S)
            seen.add(tokens.access_token(shop).get_secret_value())
        assert len(seen) == 4


def test_who_asks_for_more_than_a_token_ever_lives_gets_the_newest_without_a_renewal_each_time(
    logged_in: LoggedIn, tokens_by: TokensBy
) -> None:
    with YouTubeServer(clock=Clock(NOON)) as server:
        shop = logged_in(server)
        tokens = tokens_by(server.clock)
        for _ in range(3):
            assert good(server, tokens.access_token(shop, 7200))
        assert asked(server, "token") == 1
        server.clock.advance(1800)
        assert good(server, tokens.access_token(shop, 7200))
        assert asked(server, "token") == 2


def test_bilibilis_token_is_renewed_while_it_lives(logged_in: LoggedIn, tokens_by: TokensBy) -> None:
    """By one reading of its documents a dead one cannot be."""
    with BilibiliServer(clock=Clock(NOON)) as server:
        shop = logged_in(server)
        server.clock.advance(21 * DAY_S)
        tokens_by(server.clock).access_token(shop)
        assert asked(server, "refresh") == 1


def test_a_renewal_ahead_of_time_that_fails_stops_nobody(logged_in: LoggedIn, tokens_by: TokensBy) -> None:
    plan = Plan(faults=(Fault(kind="http_503", endpoint="refresh", nth=0),))
    with BilibiliServer(plan, clock=Clock(NOON)) as server:
        shop = logged_in(server)
        server.clock.advance(21 * DAY_S)
        tokens = tokens_by(server.clock)
        assert good(server, tokens.access_token(shop))
        with pytest.raises(Unreachable):
            tokens.access_token(shop, 20 * DAY_S)


def test_a_path_that_the_account_sets_is_used(logged_in: LoggedIn, tokens_by: TokensBy) -> None:
    with BilibiliServer(settings=BilibiliSettings(refresh_path="token"), clock=Clock(NOON)) as server:
        shop = logged_in(server)
        server.clock.advance(29 * DAY_S + 86_000)
        with pytest.raises(AppRejected, match="127100"):
            tokens_by(server.clock).access_token(shop, 3600)
        shop = logged_in(server, more='paths.renewal = "/x/account-oauth2/v1/token"\n')
        server.clock.advance(29 * DAY_S + 86_000)
        assert good(server, tokens_by(server.clock).access_token(shop, 3600))


def test_a_token_that_the_platform_refuses_is_replaced(logged_in: LoggedIn, tokens_by: TokensBy) -> None:
    with KuaishouServer(clock=Clock(NOON)) as server:
        shop = logged_in(server)
        tokens = tokens_by(server.clock)
        old = tokens.access_token(shop)
        server.grants.expire_all()
        tokens.discard(shop, old)
        fresh = tokens.access_token(shop)
        assert good(server, fresh)
        tokens.discard(shop, old)
        assert tokens.access_token(shop) == fresh
        assert asked(server, "refresh") == 1


def test_a_permission_that_was_taken_back_is_asked_about_once(logged_in: LoggedIn, tokens_by: TokensBy) -> None:
    with KuaishouServer(clock=Clock(NOON)) as server:
        shop = logged_in(server)
        tokens = tokens_by(server.clock)
        server.grants.revoke_all()
        server.clock.advance(3 * DAY_S)
        for _ in range(3):
            with pytest.raises(LoginNeeded, match=r"fieldcut login kuaishou:coop"):
                tokens.access_token(shop)
        assert asked(server, "refresh") == 1
        assert tokens.warnings(shop)


def test_a_refresh_token_at_its_end_needs_a_login(logged_in: LoggedIn, tokens_by: TokensBy) -> None:
    with KuaishouServer(clock=Clock(NOON)) as server:
        shop = logged_in(server)
        server.clock.advance(181 * DAY_S)
        with pytest.raises(LoginNeeded, match="100200113"):
            tokens_by(server.clock).access_token(shop)
        shop = logged_in(server)
        assert good(server, tokens_by(server.clock).access_token(shop))


@pytest.mark.system
def test_an_answer_that_was_lost_is_asked_for_again(logged_in: LoggedIn, tokens_by: TokensBy) -> None:
    """Where the platform forgives it, by a time of grace, nobody needs to know."""
    for kind in ("reset_before", "reset_during", "timeout_done", "timeout_not_done", "http_500"):
        plan = Plan(faults=(Fault(kind=kind, endpoint="refresh", done=True),))
        rules = TokenRules(access_life_s=2 * DAY_S, refresh_life_s=180 * DAY_S, grace_s=60)
        with KuaishouServer(plan, settings=KuaishouSettings(tokens=rules), clock=Clock(NOON)) as server:
            shop = logged_in(server)
            server.clock.advance(3 * DAY_S)
            assert good(server, tokens_by(server.clock).access_token(shop)), kind


def test_an_answer_that_was_lost_for_good_needs_a_login_and_no_loop(logged_in: LoggedIn, tokens_by: TokensBy) -> None:
    plan = Plan(faults=(Fault(kind="timeout_done", endpoint="refresh"),))
    with KuaishouServer(plan, clock=Clock(NOON)) as server:
        shop = logged_in(server)
        server.clock.advance(3 * DAY_S)
        tokens = tokens_by(server.clock)
        for _ in range(3):
            with pytest.raises(LoginNeeded, match="answer to a renewal was lost"):
                tokens.access_token(shop)
        assert asked(server, "refresh") == 2


def test_a_platform_that_is_down_is_tried_a_few_times_and_then_left_alone(logged_in: LoggedIn, tokens_by: TokensBy) -> None:
    plan = Plan(
        faults=(Fault(kind="http_429", endpoint="refresh", nth=1, retry_after_s=2), Fault(kind="http_502", endpoint="refresh", nth=0))
    )
    with KuaishouServer(plan, clock=Clock(NOON)) as server:
        shop = logged_in(server)
        server.clock.advance(3 * DAY_S)
        waits: list[float] = []
        tokens = tokens_by(server.clock, waits=waits)
        with pytest.raises(Unreachable):
            tokens.access_token(shop)
        assert asked(server, "refresh") == 3
        assert len(waits) == 2
        assert waits[0] >= 2
        server.plan = Plan()
        assert good(server, tokens.access_token(shop))


def test_a_platform_that_asks_for_a_long_wait_is_not_asked_again_now(logged_in: LoggedIn, tokens_by: TokensBy) -> None:
    for as_date in (False, True):
        plan = Plan(faults=(Fault(kind="http_429", endpoint="refresh", nth=0, retry_after_s=600, as_date=as_date),))
        with KuaishouServer(plan, clock=Clock(NOON)) as server:
            shop = logged_in(server)
            server.clock.advance(3 * DAY_S)
            with pytest.raises(Unreachable) as caught:
                tokens_by(server.clock).access_token(shop)
            assert caught.value.after_s == pytest.approx(600, abs=5)
            assert asked(server, "refresh") == 1


@pytest.mark.parametrize(
    "odd",
    [
        Answer(404, body=b"no such path"),
        Answer(200, body=b"<html>Please sign in to this network</html>", headers={"Content-Type": "text/html"}),
        Answer(200, data={"result": 424242, "error_msg": "something new"}),
        Answer(200, data={"result": 1}),
        Answer(200, data=["result"]),
    ],
    ids=["404", "a network's own page", "unknown code", "no token", "no object"],
)
def test_an_answer_that_is_none_is_no_reason_to_log_in(
    odd: Answer, logged_in: LoggedIn, tokens_by: TokensBy, monkeypatch: pytest.MonkeyPatch
) -> None:
    with KuaishouServer(clock=Clock(NOON)) as server:
        shop = logged_in(server)
        server.clock.advance(3 * DAY_S)
        with monkeypatch.context() as broken:
            broken.setattr(server, "refresh", lambda _: odd)
            with pytest.raises(UnexpectedAnswer):
                tokens_by(server.clock).access_token(shop)
        assert good(server, tokens_by(server.clock).access_token(shop))


def test_fields_that_no_contract_knows_change_nothing(logged_in: LoggedIn, tokens_by: TokensBy) -> None:
    with KuaishouServer(Plan(faults=(Fault(kind="unknown_fields", nth=0),)), clock=Clock(NOON)) as server:
        shop = logged_in(server)
        server.clock.advance(3 * DAY_S)
        assert good(server, tokens_by(server.clock).access_token(shop))


def test_tokens_are_never_sent_to_another_host_or_for_another_app(
    logged_in: LoggedIn, tokens_by: TokensBy, configure: Callable[..., Account]
) -> None:
    with KuaishouServer(clock=Clock(NOON)) as server, KuaishouServer(clock=Clock(NOON)) as other:
        logged_in(server)
        moved = configure("kuaishou", other.url)
        server.clock.advance(3 * DAY_S)
        with pytest.raises(LoginNeeded, match="changed after the login"):
            tokens_by(server.clock).access_token(moved)
        assert not other.calls


def test_a_login_of_nobody_says_so(configure: Callable[..., Account], vault: Vault) -> None:
    with pytest.raises(LoginNeeded) as caught:
        Tokens(vault).access_token(configure("kuaishou", "http://127.0.0.1:9"))
    assert caught.value.exit_code == 3
    assert "fieldcut login kuaishou:coop" in say(caught.value.message, "zh")
    assert "还没有人登录过" in say(caught.value.message, "zh")


def test_a_login_that_ends_is_announced_days_before(logged_in: LoggedIn, tokens_by: TokensBy) -> None:
    """Whether a renewal moves the end of the 180 days is not known, so they are counted from the login."""
    with KuaishouServer(clock=Clock(NOON)) as server:
        shop = logged_in(server)
        tokens = tokens_by(server.clock)
        for _ in range(3):
            server.clock.advance(54 * DAY_S)
            tokens.access_token(shop)
            assert tokens.warnings(shop) == ()
        server.clock.advance(4 * DAY_S)
        assert "fieldcut login kuaishou:coop" in str(tokens.warnings(shop)[0])
        assert "2027-05-3" in str(tokens.warnings(shop)[0])


def test_a_clock_that_was_set_back_trusts_no_token_from_the_future(logged_in: LoggedIn, tokens_by: TokensBy) -> None:
    with KuaishouServer(clock=Clock(NOON)) as server:
        shop = logged_in(server)
        now = server.clock()
        server.clock.advance(-40 * DAY_S)
        tokens = tokens_by(server.clock)
        assert tokens.access_token(shop)
        assert now > server.clock()
        assert asked(server, "refresh") == 1


@pytest.mark.parametrize("off_s", [DAY_S, -DAY_S])
def test_a_clock_that_is_a_day_off_refuses_and_keeps_what_was_renewed(off_s: int, logged_in: LoggedIn, tokens_by: TokensBy) -> None:
    with BilibiliServer(clock=Clock(NOON)) as server:
        shop = logged_in(server)
        server.clock.advance(29 * DAY_S + 86_000)
        with pytest.raises(ClockWrong):
            tokens_by(lambda: server.clock() + timedelta(seconds=off_s)).access_token(shop, 2 * DAY_S)
        assert asked(server, "refresh") == 1
        server.clock.advance(29 * DAY_S)
        assert good(server, tokens_by(server.clock).access_token(shop, 3 * DAY_S))


# Several processes


class Workers:
    """Processes that ask for a token when they are told to."""

    def __init__(self, workspace: Path, account: Account, count: int, at_least_s: float = 3600, answer_s: float = 20.0) -> None:
        command = [sys.executable, "-m", "tests.fakes.token_client", str(workspace), account.name, str(at_least_s), str(answer_s)]
        self.all = [
            subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(count)
        ]
        for worker in self.all:
            assert worker.stdout is not None
            assert worker.stdout.readline(), worker.stderr and worker.stderr.read()

    def go(self) -> None:
        for worker in self.all:
            assert worker.stdin is not None
            worker.stdin.write("\n")
            worker.stdin.flush()

    def answers(self) -> list[dict[str, str]]:
        told = [worker.communicate(timeout=60)[0] for worker in self.all]
        return [json.loads(text.strip().splitlines()[-1]) for text in told]


GRACE = KuaishouSettings(tokens=TokenRules(access_life_s=2 * DAY_S, refresh_life_s=180 * DAY_S, grace_s=60))


def ended(vault: Vault, account: Account) -> None:
    """Whoever asks next needs a new token."""
    tokens = Tokens(vault)
    tokens.discard(account, tokens.access_token(account))


def newest(server: Any) -> str:
    return sha256(server.grants._grants[-1].access.encode()).hexdigest()


def until(happened: Callable[[], bool]) -> None:
    for _ in range(1000):
        if happened():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen")


class SlowToRenew(KuaishouServer):
    """Takes a moment over each renewal, so that whoever does not wait for the lock is seen."""

    def refresh(self, request: Any) -> Any:
        time.sleep(0.5)
        return super().refresh(request)


@pytest.mark.system
def test_many_processes_that_need_a_new_token_ask_for_one_together(logged_in: LoggedIn, workspace: Path, vault: Vault) -> None:
    with SlowToRenew() as server:
        shop = logged_in(server)
        ended(vault, shop)
        workers = Workers(workspace, shop, 5)
        workers.go()
        assert [answer.get("token") for answer in workers.answers()] == [newest(server)] * 5
        assert asked(server, "refresh") == 1


@pytest.mark.system
@pytest.mark.parametrize("done", [False, True], ids=["before the platform acted", "after the platform acted"])
def test_a_holder_that_is_killed_in_a_renewal_lets_the_next_one_go_on(
    done: bool, logged_in: LoggedIn, workspace: Path, vault: Vault
) -> None:
    plan = Plan(faults=(Fault(kind="timeout_done" if done else "timeout_not_done", endpoint="refresh"),))
    with KuaishouServer(plan, settings=GRACE) as server:
        shop = logged_in(server)
        ended(vault, shop)
        first, second = Workers(workspace, shop, 1), Workers(workspace, shop, 1)
        first.go()
        until(lambda: asked(server, "refresh") == 1)
        second.go()
        first.all[0].kill()
        first.all[0].wait()
        assert second.answers() == [{"token": newest(server)}]
        assert asked(server, "refresh") == 2


@pytest.mark.system
def test_a_kill_that_took_the_only_answer_ends_in_a_task_for_a_person(logged_in: LoggedIn, workspace: Path, vault: Vault) -> None:
    plan = Plan(faults=(Fault(kind="timeout_done", endpoint="refresh"),))
    with KuaishouServer(plan) as server:
        shop = logged_in(server)
        ended(vault, shop)
        first = Workers(workspace, shop, 1)
        first.go()
        until(lambda: asked(server, "refresh") == 1)
        first.all[0].kill()
        first.all[0].wait()
        for _ in range(2):
            other = Workers(workspace, shop, 1)
            other.go()
            assert other.answers() == [{"error": "LoginNeeded"}]
        assert asked(server, "refresh") == 2
        with pytest.raises(LoginNeeded, match="answer to a renewal was lost"):
            Tokens(vault).access_token(shop, 3600)
        assert good(server, Tokens(vault).access_token(logged_in(server)))
