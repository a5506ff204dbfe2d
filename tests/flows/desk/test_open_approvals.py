"""What waits is told to the channels once for each link, stands on the overview with its link, and goes on when it has its yes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from pipeline.actions.open_approvals import OpenApproval, answer_by_form, ask_and_tell
from pipeline.actions.open_work import open_work
from pipeline.actions.publishing_context import deciding_context
from pipeline.documents.release import CartLink, CoverFile
from pipeline.documents.rendition import Inspection
from pipeline.notices import keep_address
from pipeline.publish.engine import approval_question
from pipeline.publish.ledger import Entry, State
from pipeline.secrets.vault import open_vault
from pipeline.store import file_sha256, save_document
from tests import builders
from tests.fakes.servers.webhook import WebhookServer
from tests.flows.desk.conftest import Coop

LAN = "http://192.168.8.20:4360"


@pytest.fixture
def office(coop: Coop) -> Iterator[WebhookServer]:
    """A channel that hears of everything."""
    settings = coop.here.workspace / "fieldcut.toml"
    before = settings.read_text(encoding="utf-8")
    settings.write_text(before + '\n[notices."webhook:office"]\n', encoding="utf-8")
    with WebhookServer() as server:
        keep_address(open_vault(coop.here.workspace), "webhook:office", f"{server.url}/village")
        yield server
    settings.write_text(before, encoding="utf-8")


def question(coop: Coop, entry: Entry) -> str:
    with deciding_context(coop.here.workspace) as engine:
        return approval_question(entry, engine)


def opened(coop: Coop) -> tuple[OpenApproval, ...]:
    return open_work(coop.here.workspace, LAN, coop.now()).approvals


def ask(coop: Coop, entry: Entry, at: datetime, desk: str = LAN) -> str:
    return ask_and_tell(coop.here.workspace, entry.id, question(coop, entry), desk, at, "zh").line


def test_people_hear_of_each_link_once_and_of_the_next_one_when_it_has_expired(coop: Coop, office: WebhookServer) -> None:
    entry = coop.waiting("告诉大家")
    now = entry.since
    for at in (now, now + timedelta(minutes=1), now + timedelta(days=5)):
        ask(coop, entry, at)
    [first] = [message["body"] for message in office.messages]
    assert (first["kind"], first["story"]) == ("needs_person", "土豆")
    assert first["link"] == f"{LAN}{coop.link(entry)}"
    assert "等人同意" in first["text"]
    assert first["link"].rpartition(".")[2] not in first["text"]
    ask(coop, entry, now + timedelta(days=8))
    assert len(office.messages) == 2
    assert office.messages[1]["body"]["link"] not in ("", first["link"])


def test_a_link_that_no_phone_could_open_is_not_sent(coop: Coop, office: WebhookServer) -> None:
    entry = coop.waiting("没有开局域网")
    ask(coop, entry, entry.since, desk="")
    [message] = office.messages
    assert message["body"]["link"] == ""
    assert f"fieldcut approve {entry.id[:8]}" in message["body"]["text"]


def test_what_waits_stands_on_the_overview_with_its_link_until_it_is_answered(coop: Coop) -> None:
    entry = coop.waiting("进度页")
    assert entry.id in {one.release for one in opened(coop)}
    shown = [one for one in open_work(coop.here.workspace, LAN, coop.now()).waiting if one.link == f"{LAN}{coop.link(entry)}"]
    assert [(one.story, one.place) for one in shown] == [("土豆", "kuaishou:coop")]
    coop.say(coop.link(entry), answer="yes")
    assert entry.id not in {one.release for one in opened(coop)}


def test_a_run_for_what_was_asked_before_a_change_ends(coop: Coop) -> None:
    entry = coop.waiting("改了之后")
    standing = ask_and_tell(coop.here.workspace, entry.id, "0" * 64, LAN, coop.now(), "zh")
    assert standing.over
    assert "内容改过了" in standing.line


def test_a_form_without_the_token_of_a_link_decides_nothing(coop: Coop) -> None:
    entry = coop.waiting("伪造的表单")
    other = coop.token(coop.waiting("别的一条"))
    signature = other.rpartition(".")[2]
    for token in ("", "yes", entry.id, f"{entry.id}.{other.split('.', 1)[1]}", f"{coop.token(entry).rpartition('.')[0]}.{signature}"):
        refused = answer_by_form(coop.here.workspace, "骗子", token, "yes", "", coop.now())
        assert refused is not None, token
        assert "This link is not one of ours" in str(refused)
    assert all(given.release_id != entry.id for given in coop.decisions())
    assert answer_by_form(coop.here.workspace, "", coop.token(entry), "yes", "", coop.now()) is not None, "nobody"
    assert answer_by_form(coop.here.workspace, "王老师", f"{LAN}{coop.link(entry)}", "yes", "", coop.now()) is None
    assert coop.decisions()[0].way == "prefect"


def test_what_is_posted_by_hand_is_handed_over_when_it_has_its_yes(coop: Coop, tmp_path: Path) -> None:
    film = builders.film(tmp_path / "film.mp4")
    save_document(coop.here.workspace / "stories" / "南瓜" / "inspection.json", Inspection(rendition_sha256=file_sha256(film), findings=()))
    Image.linear_gradient("L").resize((180, 320)).convert("RGB").save(drawn := tmp_path / "cover.jpg")
    cover = CoverFile(path=str(drawn), sha256=file_sha256(drawn), size_bytes=drawn.stat().st_size, width=180, height=320)
    picture = builders.video_file(film, length_s=2.0, width=180, height=320, fps=15)
    facts = {"story": "南瓜", "platform": "douyin", "account": "", "video": picture, "covers": (cover,), "cart": CartLink()}
    entry = coop.waiting("手工发", planned_at=None, **facts)
    [waiting] = [one for one in opened(coop) if one.release == entry.id]
    assert waiting.waits
    assert coop.say(coop.link(entry), answer="yes").status_code == 303
    [to_hand_over] = [one for one in opened(coop) if one.release == entry.id]
    assert not to_hand_over.waits
    standing = ask_and_tell(coop.here.workspace, entry.id, to_hand_over.question, LAN, coop.now(), "zh")
    assert standing.over
    assert Path(standing.line.splitlines()[-1]).is_file()
    assert coop.entry(entry).state is State.HANDED_OVER
    assert entry.id not in {one.release for one in opened(coop)}
