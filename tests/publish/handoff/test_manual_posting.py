"""Two people cannot post one release, and nothing counts as live without a proof."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from pipeline.documents.release import OfferShown
from pipeline.errors import PersonNeeded, UserMistake
from pipeline.language import say
from pipeline.publish.engine import EngineContext
from pipeline.publish.handoff import AlreadyClaimed, abandon, claim, confirm, form_names, give_back, load_form
from pipeline.publish.handoff.links import posted_link
from pipeline.publish.ledger import Actor, AlreadyReleased, Ledger, State, Who, open_ledger
from pipeline.store import file_sha256
from tests.publish.handoff.conftest import MARKETER, NOW, Make

LINKS = {
    "douyin": "https://v.douyin.com/iRNBho5m/",
    "wechat_channels": "https://weixin.qq.com/sph/AQu4kxP0d",
    "xiaohongshu": "https://www.xiaohongshu.com/explore/66f0a1b2000000001203c0de",
}
WORKER = Actor(who=Who.MACHINE, name="worker-1")


@pytest.fixture
def waiting(ledger: Ledger, release_of: Make) -> Callable[..., str]:
    """A release that waits for a person; its id."""

    def wait(platform: str = "douyin", **changes: object) -> str:
        entry = ledger.prepare(release_of(platform, **changes), by=MARKETER, at=NOW)
        with ledger.lease(entry.id, holder="worker-1", at=NOW):
            ledger.advance(entry, State.HANDED_OVER, by=WORKER, at=NOW)
        return entry.id

    return wait


def test_a_second_person_hears_who_was_first(ledger: Ledger, waiting: Callable[..., str]) -> None:
    release = waiting()
    assert claim(ledger, release, " 李老师 ", at=NOW).entry.claimed_by == "李老师"
    with pytest.raises(AlreadyClaimed) as refused:
        claim(ledger, release, "小王", at=NOW)
    for line in (str(refused.value), say(refused.value.message, "zh")):
        assert "李老师" in line
        assert "\n" not in line
    assert isinstance(refused.value, PersonNeeded)


def test_of_many_who_claim_at_once_one_has_it(ledger: Ledger, waiting: Callable[..., str], tmp_path: Path) -> None:
    release, start = waiting(), threading.Barrier(6)
    told: dict[str, str] = {}

    def run(name: str) -> None:
        with open_ledger(tmp_path / "ledger.db") as own:
            start.wait()
            try:
                claim(own, release, name, at=NOW)
                told[name] = "mine"
            except AlreadyClaimed as refused:
                told[name] = str(refused)

    threads = [threading.Thread(target=run, args=(f"person-{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [name for name, line in told.items() if line == "mine"]
    assert len(told) == 6
    assert all(winner in line for name, line in told.items() if name != winner)
    assert ledger.get(release).claimed_by == winner


def test_claiming_it_again_is_no_harm(ledger: Ledger, waiting: Callable[..., str]) -> None:
    release = waiting()
    step = claim(ledger, release, "Li", at=NOW).entry.step
    assert claim(ledger, release, "li", at=NOW + timedelta(hours=1)).entry.step == step


def test_a_lapsed_offer_is_not_claimed(ledger: Ledger, waiting: Callable[..., str]) -> None:
    offer = OfferShown(sku="T", name="土豆", price="¥1", unit="斤", offer_ends=NOW + timedelta(hours=1))
    release = waiting(offer=offer)
    with pytest.raises(UserMistake, match="土豆"):
        claim(ledger, release, "Li", at=NOW + timedelta(hours=2))
    assert ledger.get(release).state is State.HANDED_OVER


def test_an_offer_is_claimed_once_it_has_begun(ledger: Ledger, waiting: Callable[..., str]) -> None:
    release = waiting(offer=OfferShown(sku="T", name="冬枣", price="¥1", unit="斤", offer_begins=NOW + timedelta(hours=3)))
    with pytest.raises(UserMistake, match="冬枣"):
        claim(ledger, release, "Li", at=NOW)
    assert claim(ledger, release, "Li", at=NOW + timedelta(hours=4)).entry.state is State.CLAIMED


def test_the_same_file_with_other_words_is_warned_about(ledger: Ledger, waiting: Callable[..., str], release_of: Make) -> None:
    first = waiting()
    other = release_of("douyin").captions.model_copy(update={"title": "别的标题"})
    second = waiting(id="r-second", captions=other)
    assert claim(ledger, first, "Li", at=NOW).warnings
    assert claim(ledger, second, "Li", at=NOW).warnings


@pytest.mark.parametrize("platform", sorted(LINKS))
def test_a_link_to_the_post_makes_it_live(platform: str, ledger: Ledger, waiting: Callable[..., str], tmp_path: Path) -> None:
    release = waiting(platform)
    claim(ledger, release, "李老师", at=NOW)
    entry = confirm(ledger, release, "李老师", at=NOW, story_folder=tmp_path, link=LINKS[platform])
    assert entry.state is State.CONFIRMED
    assert entry.link == LINKS[platform]
    assert not ledger.tasks.all(release_id=release)


def test_whoever_brings_the_proof_is_written_down(ledger: Ledger, waiting: Callable[..., str], tmp_path: Path) -> None:
    release = waiting()
    claim(ledger, release, "李老师", at=NOW)
    entry = confirm(ledger, release, "王会计", at=NOW, story_folder=tmp_path, link=LINKS["douyin"])
    assert (entry.by.name, entry.claimed_by) == ("王会计", "李老师")


def test_every_platform_has_a_link_here() -> None:
    assert set(LINKS) == set(form_names())


@pytest.mark.parametrize(
    "text",
    [
        "7.43 复制打开抖音，看看【高山土豆】现挖现发 https://v.douyin.com/iRNBho5m/ q@R.kP 07/11 :3pm ",
        "看这条：https://www.douyin.com/video/7301234567890123456，很好",
        "(https://www.iesdouyin.com/share/video/7301234567890123456/?region=CN)",
        "HTTPS://V.DOUYIN.COM/iRNBho5m/",
    ],
)
def test_the_sentence_an_app_copies_will_do(text: str) -> None:
    assert posted_link(text, load_form("douyin")).lower().startswith("https://")


@pytest.mark.parametrize(
    "text",
    [
        "http://v.douyin.com/iRNBho5m/",
        "https://www.douyin.com/",
        "https://www.douyin.com",
        "https://creator.douyin.com/creator-micro/content/manage",
        "https://www.douyin.com/user/MS4wLjAB",
        "https://douyin.com.example.org/video/1",
        "https://www.douyin.com@example.org/video/1",
        "https://example.org/video/1?from=https://www.douyin.com",
        "https://notdouyin.com/video/1",
        "https://www.douyin.com:8443/video/1",
        "https://www.xiaohongshu.com/explore/1",
        "https://www.ԁouyin.com/video/1",
        "javascript:alert(1)//www.douyin.com/video/1",
        "ftp://www.douyin.com/video/1",
        "发好了",
        "https://[::1/video",
    ],
)
def test_what_is_no_link_to_a_post_there_confirms_nothing(text: str, ledger: Ledger, waiting: Callable[..., str], tmp_path: Path) -> None:
    release = waiting()
    claim(ledger, release, "Li", at=NOW)
    with pytest.raises(UserMistake):
        confirm(ledger, release, "Li", at=NOW, story_folder=tmp_path, link=text)
    assert ledger.get(release).state is State.CLAIMED


def test_a_screenshot_is_kept_beside_the_story_under_its_hash(ledger: Ledger, waiting: Callable[..., str], tmp_path: Path) -> None:
    release, shot = waiting(), tmp_path / "截图 1.png"
    Image.new("RGB", (30, 60), "green").save(shot)
    claim(ledger, release, "Li", at=NOW)
    entry = confirm(ledger, release, "Li", at=NOW, story_folder=tmp_path / "story", screenshot=shot)
    kept = Path(entry.evidence)
    assert kept.parent == tmp_path / "story" / "evidence"
    assert file_sha256(shot) in kept.name
    assert kept.read_bytes() == shot.read_bytes()


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(40)])
def test_a_screenshot_that_is_none_confirms_nothing(content: bytes, ledger: Ledger, waiting: Callable[..., str], tmp_path: Path) -> None:
    release, shot = waiting(), tmp_path / "x.png"
    shot.write_bytes(content)
    claim(ledger, release, "Li", at=NOW)
    for path in (shot, tmp_path / "gone.png"):
        with pytest.raises(UserMistake, match=path.name):
            confirm(ledger, release, "Li", at=NOW, story_folder=tmp_path, screenshot=path)
    assert ledger.get(release).state is State.CLAIMED
    assert not (tmp_path / "evidence").exists()


def test_nothing_is_confirmed_without_a_proof_or_a_claim(ledger: Ledger, waiting: Callable[..., str], tmp_path: Path) -> None:
    release = waiting()
    with pytest.raises(UserMistake):
        confirm(ledger, release, "Li", at=NOW, story_folder=tmp_path, link=LINKS["douyin"])
    claim(ledger, release, "Li", at=NOW)
    with pytest.raises(UserMistake):
        confirm(ledger, release, "Li", at=NOW, story_folder=tmp_path, link="  ")
    assert ledger.get(release).state is State.CLAIMED


def test_a_claim_that_is_given_back_is_free(ledger: Ledger, waiting: Callable[..., str]) -> None:
    release = waiting()
    claim(ledger, release, "Li", at=NOW)
    with pytest.raises(UserMistake, match="Li"):
        give_back(ledger, release, "Wang", at=NOW)
    give_back(ledger, release, "Wang", at=NOW, reason="Li 生病了")
    assert claim(ledger, release, "Wang", at=NOW).entry.claimed_by == "Wang"
    give_back(ledger, release, "Wang", at=NOW)
    assert ledger.get(release).state is State.HANDED_OVER


def test_only_who_claimed_it_says_that_it_was_not_posted(ledger: Ledger, waiting: Callable[..., str], release_of: Make) -> None:
    release = waiting()
    claim(ledger, release, "Li", at=NOW)
    with pytest.raises(AlreadyClaimed, match="Li"):
        abandon(ledger, release, "Wang", at=NOW, reason="价格变了")
    with pytest.raises(AlreadyReleased):
        ledger.prepare(release_of("douyin"), by=MARKETER, at=NOW)
    with pytest.raises(UserMistake):
        abandon(ledger, release, "Li", at=NOW, reason=" ")
    assert abandon(ledger, release, "Li", at=NOW, reason="价格变了").state is State.ABANDONED
    assert ledger.prepare(release_of("douyin"), by=MARKETER, at=NOW).attempt == 2


def test_an_unclaimed_one_anybody_abandons(ledger: Ledger, waiting: Callable[..., str]) -> None:
    release = waiting()
    assert abandon(ledger, release, "Wang", at=NOW, reason="不发了").state is State.ABANDONED
    with pytest.raises(UserMistake):
        claim(ledger, release, "Li", at=NOW)


def test_nobody_is_no_person(ledger: Ledger, waiting: Callable[..., str], context: EngineContext) -> None:
    release = waiting()
    with pytest.raises(UserMistake):
        claim(ledger, release, "  ", at=datetime.now(UTC))
    assert context.ledger.get(release).state is State.HANDED_OVER
