"""A release becomes a pack only when it may be posted, and the ledger says that it waits only when the pack is there."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.commerce.qr import qr_modules
from pipeline.documents.release import OfferShown
from pipeline.errors import Fault
from pipeline.network.errors import ActionRequired
from pipeline.publish.engine import EngineContext, PublishRules, deliver
from pipeline.publish.handoff import Pack, claim, hand_over
from pipeline.publish.ledger import ReleaseLeased, State
from pipeline.publish.platforms.manual import MANUAL_PLATFORMS
from tests.publish.handoff.conftest import MARKETER, NOW, PLATFORMS, Make


def over(context: EngineContext, tmp_path: Path, release_id: str) -> Pack | None:
    return hand_over(release_id, context, tmp_path / "out", draw_qr=qr_modules)


def prepared(context: EngineContext, release_of: Make, platform: str = "douyin", **changes: Any) -> str:
    return context.ledger.prepare(release_of(platform, **changes), by=MARKETER, at=NOW).id


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_good_release_waits_for_a_person_with_its_pack(platform: str, context: EngineContext, release_of: Make, tmp_path: Path) -> None:
    release = prepared(context, release_of, platform, account="nobody-configured-this")
    made = over(context, tmp_path, release)
    assert made is not None
    assert made.zip.is_file()
    assert context.ledger.get(release).state is State.HANDED_OVER
    assert [task.kind for task in context.ledger.tasks.all(release_id=release)] == ["post"]


def test_handing_over_again_changes_nothing(context: EngineContext, release_of: Make, tmp_path: Path) -> None:
    release = prepared(context, release_of)
    over(context, tmp_path, release)
    claimed = claim(context.ledger, release, "Li", at=NOW).entry
    again = over(context, tmp_path, release)
    assert again is not None
    assert not again.changed
    assert context.ledger.get(release) == claimed


def test_what_was_not_inspected_has_no_pack(context: EngineContext, release_of: Make, tmp_path: Path) -> None:
    release = prepared(context, release_of)
    assert over(replace(context, rules=PublishRules(inspection=lambda _: None)), tmp_path, release) is None
    entry = context.ledger.get(release)
    assert entry.state is State.FAILED
    assert entry.reason is not None
    assert not (tmp_path / "out").exists()


def test_an_offer_that_ends_before_the_planned_hour_has_no_pack(context: EngineContext, release_of: Make, tmp_path: Path) -> None:
    planned = NOW + timedelta(days=3)
    offer = OfferShown(sku="T", name="土豆", price="¥1", unit="斤", offer_ends=NOW + timedelta(days=2))
    release = prepared(context, release_of, offer=offer, planned_at=planned)
    assert over(context, tmp_path, release) is None
    assert context.ledger.get(release).state is State.FAILED


def test_words_that_do_not_fit_have_no_pack(context: EngineContext, release_of: Make, tmp_path: Path) -> None:
    words = release_of("xiaohongshu").captions.model_copy(update={"title": "长" * 21})
    release = prepared(context, release_of, "xiaohongshu", captions=words)
    assert over(context, tmp_path, release) is None
    assert "20" in str(context.ledger.get(release).reason)


def test_a_file_that_changed_is_never_handed_over(context: EngineContext, release_of: Make, tmp_path: Path) -> None:
    video = release_of("douyin").video
    own = tmp_path / "v.mp4"
    own.write_bytes(Path(video.path).read_bytes())
    ids = [prepared(context, release_of, id=name, account=name, video=video.model_copy(update={"path": str(own)})) for name in ("a", "b")]
    first = over(context, tmp_path, ids[0])
    own.write_bytes(own.read_bytes() + b"\0\0\0\x08free")
    assert over(context, tmp_path, ids[1]) is None
    assert context.ledger.get(ids[1]).state is State.FAILED
    with pytest.raises(Fault, match=r"v\.mp4"):
        over(context, tmp_path, ids[0])
    assert first is not None
    assert (first.folder / "video.mp4").read_bytes() == Path(video.path).read_bytes()
    assert context.ledger.get(ids[0]).state is State.HANDED_OVER


def test_when_the_pack_cannot_be_written_the_release_stays_prepared(context: EngineContext, release_of: Make, tmp_path: Path) -> None:
    release = prepared(context, release_of)
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(Fault):
        over(context, tmp_path, release)
    assert context.ledger.get(release).state is State.PREPARED


def test_two_workers_do_not_hand_over_at_once(context: EngineContext, release_of: Make, tmp_path: Path) -> None:
    release = prepared(context, release_of)
    with context.ledger.lease(release, holder="other", at=NOW), pytest.raises(ReleaseLeased):
        over(context, tmp_path, release)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_engine_never_posts_there(platform: str, context: EngineContext, release_of: Make) -> None:
    release = prepared(context, release_of, platform)
    with pytest.raises(ValueError, match="by a person"):
        deliver(release, context)
    adapter, session = MANUAL_PLATFORMS[platform], None
    for call in (adapter.upload, adapter.publish):
        with pytest.raises(ActionRequired):
            call(release_of(platform), session, session)  # type: ignore[operator]
