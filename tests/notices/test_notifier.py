"""Telling people keeps to the robot's budget, loses nothing, gives nothing away, and never gets in the way."""

import json
import logging
import multiprocessing
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.language import say
from pipeline.notices import Notifier, Webhook, WeComRobot
from pipeline.notices.unsent import MAX_WAITING
from pipeline.publish.ledger import Ledger, open_ledger
from pipeline.publish.ledger.quota import QuotaBook
from pipeline.secrets.secret import Secret
from tests.fakes.servers import wecom
from tests.fakes.servers.fault_plan import Fault, Plan
from tests.fakes.servers.webhook import WebhookServer
from tests.fakes.servers.wecom import WeComServer
from tests.notices.conftest import NOW, PATH, HandClock, MakeNotifier, contents, notice


def test_a_notice_arrives_once(group: WeComServer, robot: WeComRobot, notifier: MakeNotifier) -> None:
    telling = notifier(robot)
    assert telling.send(notice(1)) == ()
    assert telling.flush() == ()
    (text,) = contents(group.messages)
    assert "土豆1" in text


def test_a_channel_hears_only_what_it_wants(group: WeComServer, robot: WeComRobot, notifier: MakeNotifier) -> None:
    notifier(replace(robot, kinds=frozenset({"failed"}))).send(notice(1), notice(2, kind="failed"))
    (text,) = contents(group.messages)
    assert "土豆2" in text
    assert "土豆1" not in text


def test_a_burst_becomes_one_message(group: WeComServer, robot: WeComRobot, notifier: MakeNotifier) -> None:
    notifier(robot).send(*(notice(number) for number in range(10)))
    (text,) = contents(group.messages)
    assert all(f"土豆{number}" in text for number in range(10))


@pytest.mark.system
def test_one_after_the_other_they_stay_within_the_budget_and_none_is_lost(
    group: WeComServer, robot: WeComRobot, notifier: MakeNotifier, clock: HandClock
) -> None:
    telling = notifier(robot)
    for number in range(85):
        assert telling.send(notice(number)) == ()
        clock.advance(0.8)
    clock.advance(60)
    telling.flush()
    assert all(call.code == "0" for call in group.calls), "the robot never had to say that it was too much"
    text = "\n".join(contents(group.messages))
    assert all(text.count(f"土豆{number} ") == 1 for number in range(85))
    assert len(group.messages) < 35


def test_at_a_runs_end_it_waits_for_the_budget(group: WeComServer, robot: WeComRobot, notifier: MakeNotifier) -> None:
    telling = notifier(robot)
    for number in range(8):
        telling.send(notice(number))
    assert len(group.messages) == 5
    assert telling.flush(wait_s=600) == ()
    assert len(group.messages) == 6
    assert all(f"土豆{number}" in "".join(contents(group.messages)) for number in range(8))


def _many(folder: Path, address: str, name: str, count: int) -> None:
    clock = HandClock()
    with open_ledger(folder / "ledger.db") as ledger:
        telling = Notifier([WeComRobot(name, Secret(address))], folder / name.replace(":", "-"), ledger.quota, clock=clock, bound_s=60)
        for number in range(count):
            telling.send(notice(number))


@pytest.mark.system
def test_processes_share_one_robots_budget_whatever_they_call_it(
    group: WeComServer, robot: WeComRobot, tmp_path: Path, ledger: Ledger
) -> None:
    del ledger  # its tables are there
    context = multiprocessing.get_context("fork")
    address = robot.address.get_secret_value()
    workers = [context.Process(target=_many, args=(tmp_path, address, f"wecom:{name}", 6)) for name in ("a", "b", "c")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    assert len(group.messages) == 5, "18 notices within one and the same second"
    assert {call.code for call in group.calls} == {"0"}


def test_when_others_used_the_robot_up_it_is_left_alone_for_a_minute(
    group: WeComServer, robot: WeComRobot, notifier: MakeNotifier, clock: HandClock
) -> None:
    group.settings = group.settings.model_copy(update={"per_minute": 0})
    telling = notifier(robot)
    (warning,) = telling.send(notice(1))
    assert "wecom:village" in str(warning)
    calls = len(group.calls)
    assert telling.send(notice(2)) == ()
    assert len(group.calls) == calls
    group.settings = group.settings.model_copy(update={"per_minute": 20})
    clock.advance(61)
    telling.flush()
    (text,) = contents(group.messages)
    assert "土豆1" in text
    assert "土豆2" in text


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="reset_before"),
        Fault(kind="reset_during"),
        Fault(kind="timeout_not_done"),
        Fault(kind="http_500"),
        Fault(kind="http_429", retry_after_s=30),
    ],
)
def test_what_did_not_arrive_is_sent_later(
    fault: Fault, group: WeComServer, robot: WeComRobot, notifier: MakeNotifier, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.notices.notifier.ANSWER_S", 0.5)
    group.heal(Plan(faults=(fault,)))
    telling = notifier(robot)
    (warning,) = telling.send(notice(1))
    assert "wecom:village" in say(warning, "zh")
    clock.advance(61)
    assert telling.flush() == ()
    (text,) = contents(group.messages)
    assert "土豆1" in text


def test_what_arrived_without_an_answer_comes_again_under_its_number(
    group: WeComServer, robot: WeComRobot, notifier: MakeNotifier, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.notices.notifier.ANSWER_S", 0.5)
    group.heal(Plan(faults=(Fault(kind="timeout_done"),)))
    telling = notifier(robot)
    telling.send(notice(1))
    clock.advance(61)
    telling.flush()
    assert [text.count("r1") for text in contents(group.messages)] == [1, 1]


def test_a_robot_that_left_its_group_is_said_once_and_not_for_ever(group: WeComServer, robot: WeComRobot, notifier: MakeNotifier) -> None:
    group.settings = group.settings.model_copy(update={"in_group": False})
    telling = notifier(robot)
    (warning,) = telling.send(notice(1))
    assert "removed" in str(warning)
    assert telling.flush() == ()
    assert len(group.calls) == 1


def test_nobody_there_is_one_line_and_is_not_tried_again_at_once(notifier: MakeNotifier, clock: HandClock, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    telling = notifier(Webhook("webhook:office", Secret(f"http://127.0.0.1:{port}{PATH}")))
    (warning,) = telling.send(notice(1))
    assert "webhook:office" in str(warning)
    assert PATH not in say(warning, "zh")
    assert telling.send(notice(2)) == ()
    assert len(list((tmp_path / "notices").rglob("*.json"))) == 2
    clock.advance(61)
    assert len(telling.flush()) == 1


def test_a_receiver_that_never_answers_does_not_hold_up_the_work(notifier: MakeNotifier, tmp_path: Path) -> None:
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        telling = notifier(Webhook("webhook:office", Secret("http://{}:{}/hook-hook".format(*silent.getsockname()))), bound_s=0.2)

        def listen() -> None:
            line, _ = silent.accept()
            ended.wait()
            line.close()

        listener = threading.Thread(target=listen)
        listener.start()
        (warning,) = telling.send(notice(1))
        # It returned, and the receiver has still not said a word.
        assert not ended.is_set()
        ended.set()
        listener.join()
    assert "webhook:office" in str(warning)
    assert list((tmp_path / "notices").rglob("*.json"))


def test_one_channels_trouble_is_not_anothers(
    group: WeComServer, robot: WeComRobot, receiver: WebhookServer, webhook: Webhook, notifier: MakeNotifier
) -> None:
    group.heal(Plan(faults=(Fault(kind="http_500", nth=0),)))
    warnings = notifier(robot, webhook).send(notice(1))
    assert len(warnings) == 1
    assert [message["body"]["story"] for message in receiver.messages] == ["土豆1"]


@pytest.mark.parametrize("trouble", ["ledger", "folder"])
def test_whatever_breaks_here_is_a_line_and_never_an_error(
    trouble: str, robot: WeComRobot, clock: HandClock, tmp_path: Path, ledger: Ledger
) -> None:
    folder, quota = tmp_path / "notices", ledger.quota
    if trouble == "folder":
        folder.write_text("in the way")
    else:

        class Broken(QuotaBook):
            def spend(self, *_: Any, **__: Any) -> int:
                raise RuntimeError(f"the address was {robot.address.get_secret_value()}")

        quota = Broken(ledger.quota._database)
    (warning,) = Notifier([robot], folder, quota, clock=clock, bound_s=60).send(notice(1))
    assert wecom.KEY not in say(warning, "en") + repr(warning)


def test_no_log_holds_the_address(
    group: WeComServer,
    robot: WeComRobot,
    receiver: WebhookServer,
    webhook: Webhook,
    notifier: MakeNotifier,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        telling = notifier(robot, webhook)
        telling.send(notice(1))
        group.heal(Plan(faults=(Fault(kind="reset_before", nth=0),)))
        receiver.heal(Plan(faults=(Fault(kind="reset_before", nth=0),)))
        telling.send(notice(2))
    assert caplog.records, "the network was logged at all"
    told = "\n".join(record.getMessage() + str(record.exc_text) for record in caplog.records) + repr(robot) + repr(webhook) + repr(telling)
    assert wecom.KEY not in told
    assert PATH not in told


def test_old_news_is_given_up_with_a_line(group: WeComServer, robot: WeComRobot, notifier: MakeNotifier, clock: HandClock) -> None:
    group.heal(Plan(faults=(Fault(kind="http_500"),)))
    telling = notifier(robot)
    telling.send(notice(1))
    clock.advance(2 * 86_400)
    (warning,) = telling.send(notice(2, at=NOW + timedelta(days=2)))
    assert "1" in str(warning)
    (text,) = contents(group.messages)
    assert "土豆2" in text


def test_too_many_that_wait_lose_the_oldest(robot: WeComRobot, notifier: MakeNotifier, group: WeComServer, tmp_path: Path) -> None:
    group.heal(Plan(faults=(Fault(kind="http_500"),)))
    telling = notifier(robot)
    telling.send(*(notice(number, at=NOW + timedelta(seconds=number / 1000)) for number in range(MAX_WAITING + 5)))
    assert len(list((tmp_path / "notices").rglob("*.json"))) == MAX_WAITING


def test_a_damaged_note_does_not_stop_the_others(
    group: WeComServer, robot: WeComRobot, notifier: MakeNotifier, clock: HandClock, tmp_path: Path
) -> None:
    group.heal(Plan(faults=(Fault(kind="http_500"),)))
    telling = notifier(robot)
    telling.send(notice(1), notice(2))
    first = min((tmp_path / "notices").rglob("*.json"))
    first.write_text("{")
    clock.advance(61)
    telling.flush()
    assert len(group.messages) == 1


def test_a_notice_in_english_and_one_in_chinese(receiver: WebhookServer, webhook: Webhook, notifier: Callable[..., Notifier]) -> None:
    notifier(webhook, replace(webhook, name="webhook:abroad", language="en")).send(notice(1, kind="live"))
    titles = sorted(message["body"]["title"] for message in receiver.messages)
    assert titles == ["Live", "已公开"]
    assert len({json.dumps(message["body"]["id"]) for message in receiver.messages}) == 1
