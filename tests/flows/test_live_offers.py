"""What is live stays true: a change in the sheet becomes a new page of our own shelf, elsewhere a person's task, by the next `settle`."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.actions.live_offers import withdraw_page
from pipeline.actions.publishing_context import publishing_context
from pipeline.actions.workspace_ledger import open_workspace_ledger
from pipeline.documents.job import Job
from pipeline.documents.message import M
from pipeline.documents.release import CartLink, PromisedOffer
from pipeline.notices import keep_address
from pipeline.publish.engine import deliver
from pipeline.publish.ledger import Actor, State, Who
from pipeline.publish.platforms.shelf.pages import entry_in
from pipeline.secrets.vault import open_vault
from pipeline.workspace import StoryContext
from tests.fakes.live_stall import ENDS, HEADINGS, LINK, PERSON, STORY, Stall, open_stall
from tests.fakes.servers.webhook import WebhookServer
from tests.flows.conftest import Run


@pytest.fixture
def stall(tmp_path: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch) -> Stall:
    monkeypatch.setenv("FIELDCUT_HOME", str(tmp_path / "home"))
    return open_stall(tmp_path, run_here)


@pytest.mark.system
def test_nothing_is_done_while_the_sheet_says_the_same(stall: Stall) -> None:
    entry = stall.put_on_shelf()
    before = stall.page()
    assert stall.settle().code == 0
    assert stall.page() == before
    assert [known.id for known in stall.entries()] == [entry.id]


def test_another_end_makes_another_page_by_itself_and_back_again(stall: Stall) -> None:
    stall.put_on_shelf()
    later = ENDS + timedelta(days=3)
    for ends in (later, ENDS, later):
        stall.sheet(ends=ends)
        answer = stall.settle()
        assert answer.code == 0, answer.out + answer.err
        assert "截止" in answer.out
        shown = entry_in(stall.page())
        assert shown is not None
        assert shown.product is not None
        assert shown.product.offer_ends == ends
        assert len(stall.entries(State.LIVE)) == 1
    assert stall.settle().out.count("截止") == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stock": "0"}, "已售完"),
        pytest.param({"stock": "售罄"}, "已售完", marks=pytest.mark.system),
        pytest.param({"state": "（下架）"}, "现在不卖了", marks=pytest.mark.system),
        pytest.param({"ends": datetime(2026, 1, 3, 12, tzinfo=UTC)}, "已经结束", marks=pytest.mark.system),
    ],
)
def test_a_page_whose_offer_has_lapsed_offers_nothing_and_comes_back_with_the_offer(
    stall: Stall, change: dict[str, Any], words: str
) -> None:
    stall.put_on_shelf()
    shown = stall.page()
    stall.sheet(**change)
    answer = stall.settle()
    assert answer.code == 0, answer.out + answer.err
    gone = stall.page()
    assert words in gone
    for selling in ("58元", "¥58", LINK, 'class="buy"', 'class="money"', 'class="qr"'):
        assert selling not in gone.split("<body>")[1], selling
    assert "微信群里说" in gone
    overview = (stall.workspace / "shelf" / "index.html").read_text(encoding="utf-8")
    assert words in overview
    assert "¥58" not in overview.split("<body>")[1]
    turns = len(stall.entries())
    assert stall.settle().code == 0
    assert len(stall.entries()) == turns
    stall.sheet()
    assert stall.settle().code == 0
    assert "¥58" in stall.page()
    assert LINK in stall.page()
    assert entry_in(stall.page()) == entry_in(shown).model_copy(  # type: ignore[union-attr]
        update={name: getattr(entry_in(stall.page()), name) for name in ("release", "published_at")}
    )


def test_a_row_that_is_gone_withdraws_and_one_in_doubt_asks(stall: Stall) -> None:
    stall.put_on_shelf()
    shown = stall.page()
    stall.sheet(price="58/62")
    answer = stall.settle()
    assert answer.code == 3
    assert "枸杞" in answer.out or STORY in answer.out
    assert stall.page() == shown
    (stall.workspace / "catalog.csv").write_text(f"{HEADINGS}NX-02,甘草片,250克,19.9,,,,\n", encoding="utf-8")
    assert stall.settle().code == 0
    assert "现在不卖了" in stall.page()


def test_a_sheet_that_cannot_be_read_changes_nothing_and_is_told(stall: Stall) -> None:
    stall.put_on_shelf()
    shown = stall.page()
    (stall.workspace / "catalog.csv").unlink()
    answer = stall.settle()
    assert "没有和商品表核对" in answer.out
    assert stall.page() == shown


@pytest.mark.system
def test_a_page_is_withdrawn_also_when_its_files_were_made_anew_since(stall: Stall) -> None:
    stall.put_on_shelf()
    for name in ("v.mp4", "c.png"):
        (stall.workspace / "outbox" / STORY / name).write_bytes(os.urandom(999))
    stall.sheet(stock="0")
    assert stall.settle().code == 0
    assert "已售完" in stall.page()


def test_a_new_price_that_no_video_can_be_made_for_withdraws_the_old_one_and_asks_once(stall: Stall) -> None:
    stall.put_on_shelf()
    stall.sheet(price="66")
    answers = [stall.settle() for _ in range(2)]
    assert [answer.code for answer in answers] == [3, 3]
    assert all("→" in answer.out and "¥66/500克" in answer.out for answer in answers)
    assert "¥58" not in stall.page()
    assert "正在更新" in stall.page()
    [live] = stall.entries(State.LIVE)
    turns = len(stall.entries())
    stall.sheet()
    assert stall.settle().code == 0
    assert "¥58" in stall.page()
    assert len(stall.entries()) == turns + 1
    assert [entry.state for entry in stall.entries() if entry.id == live.id] == [State.REMOVED]


def test_elsewhere_a_person_is_asked_with_old_and_new_until_it_is_done(stall: Stall) -> None:
    entry = stall.post_by_hand()
    (stall.workspace / "fieldcut.toml").write_text('[notices."webhook:office"]\nkinds = ["needs_person"]\n', encoding="utf-8")
    with WebhookServer() as office:
        keep_address(open_vault(stall.workspace), "webhook:office", f"{office.url}/village")
        assert stall.settle().code == 0
        stall.sheet(price="55", link="https://shop.example.com/new")
        answers = [stall.settle() for _ in range(3)]
        assert [answer.code for answer in answers] == [3, 3, 3]
        told = answers[-1].out
        for words in ("¥58/500克 → ¥55/500克", "https://v.douyin.com/x1", f"{entry.id[:8]} --as corrected"):
            assert words in told, words
        assert told.count("¥55") == 1
        assert len(office.messages) == 1
        assert "¥58/500克 → ¥55/500克" in office.messages[0]["body"]["text"]
        assert "¥55" in stall.run("releases", "--open", "--workspace", stall.workspace).out
        # A further change asks for the newest, in the same task.
        stall.sheet(price="52")
        told = stall.settle().out
        assert "¥58/500克 → ¥52/500克" in told
        assert "¥55" not in told
        assert len(office.messages) == 2
    assert stall.settle(entry.id[:8], "--as", "corrected", "--by", "阿芳").code == 0
    assert stall.settle().code == 0
    # What the post says now is what was asked, so that going back is a change.
    stall.sheet()
    assert "¥52/500克 → ¥58/500克" in stall.settle().out
    stall.sheet(price="52")
    assert stall.settle().code == 0


@pytest.mark.system
def test_elsewhere_a_lapse_is_asked_about_until_the_post_is_taken_down(stall: Stall) -> None:
    entry = stall.post_by_hand()
    stall.sheet(stock="0")
    answer = stall.settle()
    assert answer.code == 3
    assert "卖完了" in answer.out
    assert stall.settle(entry.id[:8], "--as", "removed", "--by", "阿芳").code == 0
    assert stall.settle().code == 0


def test_what_waits_for_its_hour_is_not_sent_by_an_old_sheet(stall: Stall) -> None:
    with publishing_context(stall.workspace) as engine:
        entry = engine.ledger.prepare(stall.release(), by=PERSON, at=datetime.now(UTC))
        stall.sheet(price="49")
        assert deliver(entry.id, engine) is State.FAILED
        reason = str(engine.ledger.get(entry.id).reason)
    assert "¥58/500克 → ¥49/500克" in reason
    assert not (stall.workspace / "shelf" / STORY / "index.html").exists()


def test_nothing_to_correct_is_said(stall: Stall) -> None:
    entry = stall.post_by_hand()
    assert stall.settle(entry.id[:8], "--as", "corrected").code == 2


def test_what_a_person_published_although_it_was_sold_out_is_left_to_that_person(stall: Stall) -> None:
    stall.sheet(stock="0")
    now, promised = datetime.now(UTC), PromisedOffer(price="¥58/500克", offer_ends=ENDS, link=LINK, lapsed="sold_out")
    with publishing_context(stall.workspace) as engine:
        entry = engine.ledger.prepare(stall.release(promised=promised), by=PERSON, at=now)
        assert deliver(entry.id, engine) is State.LIVE
    for stock in ("0", "30"):
        stall.sheet(stock=stock)
        assert stall.settle().code == 0
        assert [known.id for known in stall.entries()] == [entry.id]


def test_a_link_that_nobody_meets_in_a_post_is_nobodys_task(stall: Stall) -> None:
    """Kuaishou hangs products by their number: the sheet's address stands nowhere in the post."""
    now = datetime.now(UTC)
    with open_workspace_ledger(stall.workspace) as ledger:
        entry = ledger.prepare(stall.release("kuaishou", account="合作社", cart=CartLink(), page=None, photo=None), by=PERSON, at=now)
        machine = Actor(who=Who.MACHINE, name="test")
        with ledger.lease(entry.id, holder="test", at=now):
            for state in (State.UPLOADING, State.UPLOADED, State.PUBLISH_INTENT):
                entry = ledger.advance(entry, state, by=machine, at=now)
            entry = ledger.advance(entry, State.UNCERTAIN, by=machine, at=now, reason=M("no answer"))
        ledger.advance(entry, State.LIVE, by=PERSON, at=now, link="https://v.kuaishou.com/x1")
    stall.sheet(link="https://shop.example.com/other")
    assert "→ " not in stall.settle().out
    stall.sheet(link="https://shop.example.com/other", price="61")
    assert "¥58/500克 → ¥61/500克" in stall.settle().out


def test_a_page_that_cannot_be_changed_is_a_persons_task(stall: Stall) -> None:
    """The picture beside the offer is no picture any more, on the shelf and beside the video."""
    entry = stall.put_on_shelf()
    (stall.workspace / "outbox" / STORY / "c.png").write_bytes(b"gone")
    for cover in (stall.workspace / "shelf" / STORY).glob("cover-*"):
        cover.write_bytes(b"gone")
    stall.sheet(stock="0")
    answers = [stall.settle() for _ in range(2)]
    assert [answer.code for answer in answers] == [3, 3]
    assert all("没能跟着改" in answer.out and "已经卖完了" in answer.out for answer in answers)
    assert entry.id in [known.id for known in stall.entries(State.LIVE)]
    turns = len(stall.entries())
    assert stall.settle().code == 3
    assert len(stall.entries()) == turns


def test_a_run_that_puts_no_page_there_withdraws_one_that_says_another_price(stall: Stall) -> None:
    stall.put_on_shelf()
    job = Job(story=STORY, source="", workspace=str(stall.workspace), catalog=str(stall.workspace / "catalog.csv"), now=datetime.now(UTC))
    withdraw_page(StoryContext(job), M("the speaker says another price"))
    assert "¥58" in stall.page()
    stall.sheet(price="64")
    withdraw_page(StoryContext(job), M("the speaker says another price"))
    assert "¥58" not in stall.page()
    with open_workspace_ledger(stall.workspace) as ledger:
        [task] = ledger.tasks.all()
    assert "the speaker says another price" in str(task.message)
    assert "¥58/500克 → ¥64/500克" in str(task.message)
