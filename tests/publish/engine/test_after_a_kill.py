"""`publish` after a run that was killed in the middle of publishing: it looks up by itself, and posts nothing a second time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.actions.prepare_releases import PreparedReleases, PublishRequest
from pipeline.actions.publish import _publish_release
from pipeline.actions.publish_report import PublishReport
from pipeline.publish.engine import RetryPolicy
from pipeline.publish.ledger import Actor, State, Who
from pipeline.stages.release import Target
from tests.fakes.publishing_setup import NOW, OWN, PERSON, Stand
from tests.fakes.servers.base import Server

AtPlatform = Callable[..., tuple[Stand, Server]]
TARGET = Target(destination="kuaishou", account=OWN)
REQUEST = PublishRequest((TARGET,), None, PERSON, {})


@pytest.mark.parametrize("came_through", [True, False])
def test_the_same_command_looks_up_what_the_killed_one_left(
    at_platform: AtPlatform, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, came_through: bool
) -> None:
    monkeypatch.setenv("FIELDCUT_HOME", str(tmp_path / "home"))
    made, server = at_platform()
    with made.worker() as killed:
        entry = made.prepare(killed)
        by = Actor(who=Who.MACHINE, name="worker-1")
        with killed.ledger.lease(entry.id, holder="worker-1", at=NOW):
            for state in (State.UPLOADING, State.UPLOADED, State.PUBLISH_INTENT):
                entry = killed.ledger.advance(entry, state, by=by, at=NOW)
    video, words, product = entry.release.video, entry.release.captions.text, entry.release.cart.value
    if came_through:
        server.new_post(id="3xdone", account=OWN, upload="", sha256=video.sha256, size_bytes=1, caption=words, product=product)
    prepared = PreparedReleases(PublishReport(), [], made.folder / "outbox", made.folder)
    with made.worker(retry_policy=RetryPolicy(stay_s=3600)) as engine:
        _publish_release(made.release(), TARGET, REQUEST, engine, prepared, made.clock.now(), "en")
        assert engine.ledger.get(entry.id).state is (State.LIVE if came_through else State.UNCERTAIN)
    assert prepared.report.person_needed is not came_through
    assert entry.id[:8] in prepared.report.lines[0]
    assert not [call for call in server.calls if call.endpoint == "publish"]
