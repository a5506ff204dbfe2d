"""Bilibili's calls against its server: each is signed, a wrong clock is told, and every code ends as the contract means it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.language import say
from pipeline.network.errors import (
    ActionRequired,
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    Rejected,
    RetryableError,
    TokenRejected,
    UploadExpired,
)
from pipeline.publish.engine import deliver
from pipeline.publish.ledger import State
from pipeline.publish.platforms.bilibili.calls import BadParameter, NoPost
from pipeline.secrets.key import Key
from pipeline.secrets.secret import Secret
from pipeline.secrets.vault import Vault
from tests.fakes.adapter_bench import Bench, adapter_of, bench_of
from tests.fakes.publishing_setup import KEY, NOW, quick_folder, stand
from tests.fakes.servers.bilibili import BilibiliServer, BilibiliSettings
from tests.fakes.servers.fault_plan import Fault
from tests.fakes.servers.http_wire import Answer

BILIBILI = adapter_of("bilibili")
DAY = timedelta(days=1)
bench = bench_of("bilibili", BilibiliSettings)


@pytest.mark.parametrize("empty", ["digest", "empty"])
def test_every_call_is_signed_as_the_account_says(bench: Callable[..., Bench], empty: str) -> None:
    at = bench(empty_md5=empty)
    at.set(empty_md5=empty)
    at.upload()
    posted = at.publish()
    at.look_up()
    assert at.look_up(posted.post_id).state == "processing"
    assert {call.code for call in at.server.calls} == {"0"}


def test_the_other_way_to_sign_nothing_is_told_before_the_first_byte(bench: Callable[..., Bench]) -> None:
    at = bench(empty_md5="empty")
    with pytest.raises(ActionRequired, match="does not take the signature") as raised:
        at.upload()
    assert "login" in str(raised.value)
    assert at.server.uploads == ()


def test_another_apps_secret_is_told_before_the_first_byte(bench: Callable[..., Bench]) -> None:
    at = bench()
    Vault(at.made.folder / "vault", KEY).keep_app_secret(at.made.account, Secret("the-secret-of-another-app"))
    with pytest.raises(ActionRequired, match="--new-secret"):
        at.upload()
    assert at.server.uploads == ()


def test_without_the_apps_secret_a_person_is_asked(bench: Callable[..., Bench]) -> None:
    at = bench()
    Vault(at.made.folder / "vault", Key(Secret("YW5vdGhlciBrZXksIG9mIGFub3RoZXIgbWFjaGluZSE="))).keep_app_secret(
        at.made.account, Secret("secret-of-the-bilibili-app")
    )
    with pytest.raises(ActionRequired, match="fieldcut login"):
        at.upload()
    assert not at.server.calls


@pytest.mark.parametrize("off_s", [-290, 290])
def test_a_clock_that_is_a_little_off_signs_all_the_same(bench: Callable[..., Bench], off_s: float) -> None:
    at = bench()
    ours = at.made.clock
    at.server.clock = lambda: ours.now() + timedelta(seconds=off_s)
    at.upload()
    assert at.look_up(at.publish().post_id).state == "processing"


@pytest.mark.parametrize("off", [DAY, -DAY, timedelta(minutes=20)])
def test_a_clock_that_is_far_off_is_told_with_both_times(bench: Callable[..., Bench], off: timedelta) -> None:
    at = bench()
    at.job.session.token(60)
    at.server.clock = lambda: NOW + off
    with pytest.raises(ActionRequired, match=r"this machine's clock says .*, Bilibili's .*\. Set the clock right") as raised:
        at.upload()
    assert "时钟" in say(raised.value.message, "zh")
    assert at.server.uploads == ()


@pytest.mark.parametrize("off", [DAY, -DAY])
def test_with_a_clock_that_is_wrong_by_a_day_nothing_is_sent(off: timedelta) -> None:
    with stand(BILIBILI, Path(quick_folder()) / "w") as (made, server), made.worker() as context:
        entry = made.prepare(context)
        server.clock = lambda: NOW + off
        assert deliver(entry.id, context) is State.FAILED
        assert "clock" in str(context.ledger.get(entry.id).reason)
    assert [(call.method, call.path) for call in server.calls] == [("HEAD", "/"), ("HEAD", "/")]  # the time, and once more


# Answers


ENDS: dict[int, type[PlatformError]] = {
    122000: ActionRequired, 127000: TokenRejected, 127001: TokenRejected, 127004: ActionRequired, 127006: ActionRequired,
    127007: ActionRequired, 127011: ActionRequired, 127012: ActionRequired, 4002: ActionRequired, 4003: ActionRequired,
    4004: ActionRequired, 4009: ActionRequired, 127200: ActionRequired,
    127009: RetryableError, 127201: RetryableError, -500: RetryableError, 4010: RetryableError, 4011: RetryableError,
    123028: RetryableError, 123026: RateLimited, 127306: RateLimited,
    127022: UploadExpired, 127100: BadParameter, 127102: Rejected, 127207: Rejected, 123007: Rejected, 123015: Rejected,
    123035: Rejected, 123043: Rejected, 127107: NoPost, 127124: NoPost,
    777: OutcomeUnknown, 123001: OutcomeUnknown, -400: OutcomeUnknown,
}  # fmt: skip


@pytest.mark.parametrize("code", ENDS)
def test_each_code_of_the_contract_ends_as_it_means(bench: Callable[..., Bench], code: int) -> None:
    at = bench()
    at.upload()
    at.says("add", code=code, message="不行", request_id="r-1")
    with pytest.raises(PlatformError) as raised:
        at.publish()
    assert type(raised.value) is ENDS[code]
    assert (raised.value.response["code"], raised.value.request_id) == (code, "r-1")
    assert not raised.value.had_no_effect, "no line of the contract says that a refusal did nothing"


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"code": 0}', b'{"code": 0, "data": {}}', b'{"code": "0"}', b'{"code": false, "data": null}']
)
def test_an_answer_that_names_no_post_is_no_answer(bench: Callable[..., Bench], body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    at = bench()
    at.upload()
    monkeypatch.setattr(BilibiliServer, "add", lambda *_: Answer(body=body))
    with pytest.raises(PlatformError) as late:
        at.publish()
    assert not late.value.had_no_effect


@pytest.mark.parametrize("kind", ["http_500", "http_502", "http_503"])
@pytest.mark.parametrize("done", [True, False])
def test_a_gateways_error_says_nothing_of_a_publishing_call(bench: Callable[..., Bench], kind: Any, done: bool) -> None:
    at = bench(Fault(kind=kind, endpoint="add", done=done, retry_after_s=30), Fault(kind=kind, endpoint="init", retry_after_s=30))
    with pytest.raises(RetryableError) as early:
        at.upload()
    assert early.value.after_s == 30
    at.upload()
    with pytest.raises(PlatformError) as late:
        at.publish()
    assert not late.value.had_no_effect
