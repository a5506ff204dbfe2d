"""Doubt is doubt: whatever a platform says to the call that publishes, a post that was made is found and never made a second time."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.documents.message import M
from pipeline.publish.engine import EngineContext, RetryPolicy, deliver, settle, work_on_due
from pipeline.publish.ledger import PUBLIC, Actor, AlreadyReleased, State, Who
from tests.fakes.adapter_bench import adapter_of
from tests.fakes.publishing_setup import NOW, PERSON, Stand, open_ones, public, quick_folder, stand
from tests.fakes.servers.base import Server
from tests.fakes.servers.bilibili import BilibiliServer, BilibiliSettings
from tests.fakes.servers.fault_plan import Fault, Plan
from tests.fakes.servers.garbled import GARBLINGS
from tests.fakes.servers.kuaishou import KuaishouServer, KuaishouSettings
from tests.fakes.servers.record import CommonSettings
from tests.fakes.servers.youtube import YouTubeServer, YouTubeSettings

HOURS = 3600.0
# The most tempting platform: a second call makes a second post, and its list is hours late.
SETTINGS: dict[str, CommonSettings] = {
    "kuaishou": KuaishouSettings(second_publish="second_post", list_hidden_s=9 * HOURS),
    "bilibili": BilibiliSettings(second_publish="second_post", list_hidden_s=9 * HOURS),
    "youtube": YouTubeSettings(list_hidden_s=4 * HOURS),
}
SERVERS: dict[str, type[Server]] = {"kuaishou": KuaishouServer, "bilibili": BilibiliServer, "youtube": YouTubeServer}
ALWAYS = {("kuaishou", "120003"), ("bilibili", "123026"), ("youtube", "401 authError")}
"""Of the answers, those that every run of the tests tries; the adapters' own tests try all of them without the engine."""
NOES = [
    pytest.param(name, code, marks=() if (name, code) in ALWAYS else (pytest.mark.system,))
    for name, server in SERVERS.items()
    for code in server.noes
]
GARBLED = [
    pytest.param(name, which, marks=() if which == 7 else (pytest.mark.system,)) for name in SETTINGS for which in range(len(GARBLINGS))
]
AtPlatform = Callable[..., tuple[Stand, Server]]


def until_quiet(made: Stand, context: EngineContext, most_s: float = 4 * 86_400) -> None:
    """Do what is due, whenever it is, until nothing is or so much time has passed."""
    end = made.clock.now() + timedelta(seconds=most_s)
    while (times := [entry.next_at for entry in open_ones(context.ledger) if entry.next_at]) and min(times) < end:
        made.clock.until(min(times))
        work_on_due(context)


def ends(platform: str, fault: Fault, then: str = "") -> tuple[State, Server, int]:
    """State of a release whose publishing call met the fault, its server, and how many of its tasks are open.

    then: `person` publishes again what ended as failed, twice if need be: an upload that the platform forgot meanwhile is a doubt again.
    """
    adapter = adapter_of(platform)
    endpoint, nth = adapter.publishing()
    plan = Plan(faults=(fault.model_copy(update={"endpoint": endpoint, "nth": nth}),))
    with (
        stand(adapter, Path(quick_folder()) / "w", plan, settings=SETTINGS[platform], answer_s=0.3) as (made, server),
        made.worker(retry_policy=RetryPolicy(stay_s=0)) as context,
    ):
        entry = made.prepare(context)
        deliver(entry.id, context)
        until_quiet(made, context)
        for _ in range(2 if then else 0):
            if context.ledger.get(entry.id).state is not State.FAILED:
                break
            context.ledger.prepare(entry.release, by=PERSON, at=made.clock.now())
            deliver(entry.id, context)
            until_quiet(made, context)
        return context.ledger.get(entry.id).state, server, len(context.ledger.tasks.all(release_id=entry.id))


@pytest.mark.parametrize(("platform", "code"), NOES)
def test_a_no_after_the_effect_is_no_no(platform: str, code: str) -> None:
    state, server, _ = ends(platform, Fault(kind="says_no", code=code, done=True))
    assert state is State.LIVE
    assert len(server.posts) == 1


@pytest.mark.system
@pytest.mark.parametrize(
    ("platform", "code"),
    [
        ("kuaishou", "100200500"),
        pytest.param("bilibili", "127100", marks=pytest.mark.system),
        pytest.param("youtube", "403 forbidden", marks=pytest.mark.system),
    ],
)
def test_a_no_without_effect_is_a_persons_to_decide_and_then_posted_once(platform: str, code: str) -> None:
    state, server, _ = ends(platform, Fault(kind="says_no", code=code))
    assert (state, public(server.posts)) == (State.FAILED, [])
    state, server, _ = ends(platform, Fault(kind="says_no", code=code), then="person")
    assert (state, len(public(server.posts))) == (State.LIVE, 1)


@pytest.mark.parametrize(("platform", "which"), GARBLED)
def test_a_garbled_answer_after_the_effect_is_no_answer(platform: str, which: int) -> None:
    state, server, _ = ends(platform, Fault(kind="garbled", amount=which, done=True))
    assert state is State.LIVE
    assert len(server.posts) == 1


@pytest.mark.parametrize("platform", SETTINGS)
def test_too_many_calls_after_the_effect_are_doubt(platform: str) -> None:
    state, server, _ = ends(platform, Fault(kind="http_429", done=True, retry_after_s=600))
    assert (state, len(server.posts)) == (State.LIVE, 1)


def test_a_list_that_is_late_is_believed_no_earlier_than_it_may_be(at_platform: AtPlatform) -> None:
    made, server = at_platform(Fault(kind="says_no", endpoint="publish", code="100200500"), answer_s=0.3)
    with made.worker(retry_policy=RetryPolicy(stay_s=0)) as context:
        entry = made.prepare(context)
        assert deliver(entry.id, context) is State.UNCERTAIN
        with pytest.raises(AlreadyReleased):
            context.ledger.prepare(entry.release, by=PERSON, at=made.clock.now())
        until_quiet(made, context, 23.5 * HOURS)
        assert context.ledger.get(entry.id).state is State.UNCERTAIN
        until_quiet(made, context)
        assert context.ledger.get(entry.id).since - NOW >= timedelta(days=1)
    assert not server.posts


def test_a_refusal_in_an_older_ledger_proves_nothing_either(at_platform: AtPlatform) -> None:
    """An earlier release called a release failed at once when the platform refused; such a ledger holds no mark that nothing was sent."""
    made, server = at_platform(
        Fault(kind="timeout_done", endpoint="publish"), answer_s=0.3, list_hidden_s=5 * HOURS, second_publish="second_post"
    )
    with made.worker(retry_policy=RetryPolicy(stay_s=0)) as context:
        entry = made.prepare(context)
        # What the earlier release did: intent, the call with its effect, failed.
        ledger, by = context.ledger, Actor(who=Who.MACHINE, name="worker-1")
        with ledger.lease(entry.id, holder="worker-1", at=NOW):
            for state in (State.UPLOADING, State.UPLOADED, State.PUBLISH_INTENT):
                entry = ledger.advance(entry, state, by=by, at=NOW)
            video, words = entry.release.video, entry.release.captions.text
            server.new_post(id="made", account="coop-main", upload="", sha256=video.sha256, size_bytes=1, caption=words)
            no = M("Kuaishou says no: {words} ({code}).", words="no", code=120003)
            entry = ledger.advance(entry, State.FAILED, by=by, at=NOW, reason=no)
        made.clock.advance(60)
        context.ledger.prepare(entry.release, by=PERSON, at=made.clock.now())
        assert deliver(entry.id, context) is State.UPLOADED
        until_quiet(made, context, 3 * 86_400)
        entry = context.ledger.get(entry.id)
        # That post was put there without its product.
        assert (entry.state, entry.post_id) == (State.LIVE_WITHOUT_CART, "made")
    assert len(server.posts) == 1


def test_an_accepted_post_that_shows_late_is_not_given_up_after_two_looks() -> None:
    """The first look comes a day late, and two answers in a row are those of a cache that has not heard of it."""
    settings = YouTubeSettings(hidden_looks=2, processing_looks=0)
    with (
        stand(adapter_of("youtube"), Path(quick_folder()) / "w", settings=settings) as (made, server),
        made.worker(retry_policy=RetryPolicy(stay_s=0)) as context,
    ):
        entry = made.prepare(context)
        assert deliver(entry.id, context) is State.ACCEPTED
        seen = []
        for _ in range(3):
            made.clock.advance(26 * HOURS)
            seen += [known.state for known in settle(context, at_once=True)]
        assert State.FAILED not in seen
        assert seen[-1] in PUBLIC
        assert len(server.posts) == 1
