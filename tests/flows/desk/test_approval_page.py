"""A person elsewhere says yes or no by a signed link: opening it changes nothing, an answer counts once, and what changed is told."""

import io
import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from flows.desk.app import desk_app
from pipeline.documents.message import M
from pipeline.documents.release import OfferShown
from pipeline.publish.ledger import Entry, State, open_ledger
from pipeline.store import file_sha256
from tests.flows.desk.conftest import ADDRESS, Coop


def test_the_page_shows_all_that_is_approved(coop: Coop) -> None:
    entry = coop.waiting("又沙又甜，现挖现发 <script>alert(1)</script>")
    page = coop.phone.get(coop.link(entry))
    assert page.status_code == 200
    hour = entry.release.planned_at
    assert hour is not None
    shown = f"{hour.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}（北京时间）"
    for words in ("土豆", "快手 · coop", shown, "高山土豆 ¥29.9 / 10斤", "8812345", "又沙又甜", "同意发布", "不同意", "带货"):
        assert words in page.text, words
    assert "<script>" not in page.text
    assert f'<video controls playsinline preload="metadata" src="{coop.link(entry)}/video"' in page.text


def test_a_yes_is_kept_with_name_moment_and_way_and_a_second_answer_changes_nothing(coop: Coop) -> None:
    entry = coop.waiting("第一批")
    link, before = coop.link(entry), datetime.now(UTC)
    answered = coop.say(link, answer="yes")
    assert (answered.status_code, answered.headers["location"]) == (303, link)
    given = coop.decisions()[0]
    assert (given.by.name, given.answer, given.way, given.release_id) == ("王老师", "yes", "link", entry.id)
    assert before <= given.at <= datetime.now(UTC)
    for said in ("yes", "no"):
        assert coop.say(link, answer=said, name="别人", reason="太晚了").status_code == 303
    assert coop.decisions()[0] == given
    page = coop.phone.get(link).text
    assert re.search(r"王老师 已同意，时间：\d{4}-\d\d-\d\d \d\d:\d\d（北京时间）", page)
    assert "<form" not in page
    assert coop.entry(entry).state is State.PREPARED


def test_of_several_phones_that_answer_at_the_same_moment_one_is_heard(coop: Coop) -> None:
    entry = coop.waiting("一起点")
    link, phones = coop.link(entry), [coop.another_phone() for _ in range(6)]

    def answer(number: int) -> int:
        form = {"name": f"第 {number} 人", "answer": "no" if number % 2 else "yes", "reason": "不行"}
        return phones[number].post(link, data=form, headers={"origin": ADDRESS}).status_code

    with ThreadPoolExecutor(len(phones)) as pool:
        assert set(pool.map(answer, range(len(phones)))) == {303}
    [given] = [given for given in coop.decisions() if given.release_id == entry.id]
    assert coop.entry(entry).state is (State.PREPARED if given.answer == "yes" else State.FAILED)
    assert all(given.by.name in phone.get(link).text for phone in phones)


def test_a_no_needs_a_reason_and_ends_the_release_with_it(coop: Coop) -> None:
    entry = coop.waiting("第二批")
    link = coop.link(entry)
    for reason in ("", " \u200b "):
        unanswered = coop.say(link, answer="no", reason=reason)
        assert unanswered.status_code == 422
        assert "请写上为什么不行" in unanswered.text
        assert 'value="王老师"' in unanswered.text
    assert coop.entry(entry).state is State.PREPARED
    assert coop.say(link, answer="no", reason="价格写错了\n应该是 28.9").status_code == 303
    after = coop.entry(entry)
    assert after.state is State.FAILED
    assert "王老师 said no: 价格写错了 应该是 28.9" in str(after.reason)
    assert "价格写错了" in coop.phone.get(link).text


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u202e"])
def test_nobody_answers_without_a_name(coop: Coop, name: str) -> None:
    entry = coop.waiting(f"没有名字 {name.encode().hex()}")
    answered = coop.say(coop.link(entry), answer="yes", name=name)
    assert answered.status_code == 422
    assert "请写上你的名字" in answered.text
    assert all(given.release_id != entry.id for given in coop.decisions())


def test_opening_a_link_never_approves_however_often_and_by_whatever_asks(coop: Coop) -> None:
    entry = coop.waiting("聊天软件会先打开链接")
    link, before = coop.link(entry), (coop.here.workspace / "ledger.db").read_bytes()
    for path in (link, f"{link}?answer=yes&name=bot", f"{link}/video", f"{link}/cover/0"):
        assert coop.phone.get(path).status_code == 200
        assert coop.phone.head(path).status_code == 200
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS"):
        assert coop.phone.request(method, link, data={"answer": "yes", "name": "x"}, headers={"origin": ADDRESS}).status_code == 405
    assert all(given.release_id != entry.id for given in coop.decisions())
    assert (coop.here.workspace / "ledger.db").read_bytes() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "https://127.0.0.1:4312"},
        {"origin": "http://127.0.0.1:4313"},
        {"origin": "http://127.0.0.1:4312.evil.example"},
        {"referer": "http://evil.example/127.0.0.1:4312"},
        {},
    ],
)
def test_a_form_of_another_page_is_refused(coop: Coop, headers: dict[str, str]) -> None:
    entry = coop.waiting(f"别处的表单 {headers}")
    assert coop.phone.post(coop.link(entry), data={"name": "x", "answer": "yes"}, headers=headers).status_code == 403
    assert all(given.release_id != entry.id for given in coop.decisions())


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:4312",
        "127.0.0.1.evil.example:4312",
        "127.0.0.1",
        "127.0.0.1:80",
        "192.168.1.5:4312",
        "x@127.0.0.1:4312",
        "",
    ],
)
def test_a_name_that_was_pointed_at_this_machine_is_refused(coop: Coop, host: str) -> None:
    entry = coop.waiting(f"别的名字 {host}")
    link = coop.link(entry)
    assert coop.phone.get(link, headers={"host": host}).status_code == 421
    assert coop.phone.post(link, data={"name": "x", "answer": "yes"}, headers={"host": host, "origin": f"http://{host}"}).status_code == 421
    assert all(given.release_id != entry.id for given in coop.decisions())


@pytest.mark.parametrize("address", ["http://192.168.8.20:4312", "http://127.0.0.1:4999"])
def test_the_address_at_which_a_phone_came_in_is_taken(coop: Coop, address: str) -> None:
    entry = coop.waiting(f"手机 {address}")
    phone = coop.another_phone(address)
    assert phone.get(coop.link(entry)).status_code == 200
    assert phone.post(coop.link(entry), data={"name": "x", "answer": "yes"}, headers={"origin": address}).status_code == 303


def other_letter(text: str, at: int) -> str:
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


def test_a_token_that_was_touched_anywhere_is_none_of_ours(coop: Coop) -> None:
    token, other = coop.token(coop.waiting("碰过的链接")), coop.token(coop.waiting("另一条"))
    release, expires, question, signature = token.split(".")
    made_up = [
        f"{release}.{int(expires, 16) + 86400:x}.{question}.{signature}",
        f"{other.split('.')[0]}.{expires}.{question}.{signature}",
        f"{release}.{expires}.{other.split('.')[2]}.{signature}",
        f"{release}.{expires}.{question}.{other.split('.')[3]}",
        other_letter(token, len(token) - 10),
        token[:-1],
        f"{token}A",
        f"{release}.{expires}.{question}.",
        "x",
        f"{release}%2f..%2f{release}.{expires}.{question}.{signature}",
        f"%00{token}",
        "村里的链接",
        "a" * 3000,
    ]
    coop.phone = coop.another_phone()
    for number, wrong in enumerate(made_up):
        coop.passed_s = 700.0 * number
        assert coop.phone.get(f"/a/{wrong}").status_code == 404, wrong
        assert coop.say(f"/a/{wrong}", answer="yes").status_code in (404, 405), wrong
    assert all(given.release_id not in (release, other.split(".")[0]) for given in coop.decisions())


def test_a_release_with_an_odd_name_has_a_link_as_any_other(coop: Coop) -> None:
    for name in ("-._".replace(".", "-") + "x" * 60, "A" * 64, "--", "__"):
        entry = coop.waiting(f"编号 {name}", id=name)
        assert coop.phone.get(coop.link(entry)).status_code == 200
        assert coop.say(coop.link(entry), answer="yes").status_code == 303
        assert coop.decisions()[0].release_id == name


def test_a_link_that_has_expired_says_so_and_decides_nothing(coop: Coop) -> None:
    entry = coop.waiting("过期的链接")
    link = coop.link(entry)
    coop.late = timedelta(days=6, hours=23)
    assert coop.phone.get(link).status_code == 200
    coop.late = timedelta(days=7, hours=1)
    page = coop.phone.get(link)
    assert page.status_code == 410
    assert "有效期到" in page.text
    assert "再发一个新的" in page.text
    assert coop.phone.get(f"{link}/video").status_code == 404
    coop.say(link, answer="yes")
    assert all(given.release_id != entry.id for given in coop.decisions())


def change_end(_: Entry) -> dict[str, Any]:
    return {"offer": OfferShown(sku="TD10", name="高山土豆", price="¥29.9", unit="10斤", offer_ends=datetime(2999, 1, 1, tzinfo=UTC))}


def change_cover(was: Entry) -> dict[str, Any]:
    [cover] = was.release.covers
    other = Path(cover.path).with_name("other.jpg")
    other.write_bytes(Path(cover.path).read_bytes() + b"!")
    changes = {"path": str(other), "sha256": file_sha256(other), "size_bytes": other.stat().st_size}
    return {"covers": (cover.model_copy(update=changes),)}


def change_hour(was: Entry) -> dict[str, Any]:
    return {"planned_at": (was.release.planned_at or datetime.now(UTC)) + timedelta(hours=1)}


@pytest.mark.parametrize("change", [change_end, change_cover, change_hour], ids=["the offer's end", "the cover", "the hour"])
def test_an_answer_to_what_was_changed_since_is_none_to_what_is_there_now(coop: Coop, change: Callable[[Entry], dict[str, Any]]) -> None:
    before = coop.waiting(f"改过 {change.__name__}")
    link = coop.link(before)
    assert coop.say(link, answer="no", reason="重做").status_code == 303
    after = coop.waiting(before.release.captions.text, **change(before))
    assert after.id == before.id
    page = coop.phone.get(link)
    assert "没有同意" in page.text  # what was said to the old version stands on its link, and is no answer to the new one
    assert coop.phone.get(coop.link(after)).status_code == 200
    assert coop.say(link, answer="yes").status_code == 303
    assert coop.entry(after).state is State.PREPARED
    assert [given.answer for given in coop.decisions() if given.release_id == after.id] == ["no"]


def test_a_link_whose_release_was_prepared_anew_without_an_answer_is_void(coop: Coop) -> None:
    before = coop.waiting("先失败一次")
    link = coop.link(before)
    with open_ledger(coop.here.workspace / "ledger.db") as ledger:
        ledger.advance(before, State.FAILED, by=before.by, at=datetime.now(UTC), reason=M("The clip is gone."))
    coop.waiting("先失败一次")
    page = coop.phone.get(link)
    assert page.status_code == 409
    assert "内容改过了" in page.text
    assert "<form" not in page.text
    coop.say(link, answer="yes")
    assert all(given.release_id != before.id for given in coop.decisions())


def test_what_could_not_go_out_anyway_is_not_asked(coop: Coop) -> None:
    ended = OfferShown(sku="TD10", name="高山土豆", price="¥29.9", unit="10斤", offer_ends=datetime.now(UTC) + timedelta(days=1))
    entry = coop.waiting("优惠先到期", offer=ended)
    page = coop.phone.get(coop.link(entry))
    assert page.status_code == 409
    assert "不管同不同意，这一版都发不了" in page.text
    coop.say(coop.link(entry), answer="yes")
    assert all(given.release_id != entry.id for given in coop.decisions())


def test_a_file_that_was_changed_behind_the_ledger_voids_the_link(coop: Coop, video: Path) -> None:
    entry, whole = coop.waiting("文件被换过"), video.read_bytes()
    try:
        video.write_bytes(whole[:-1] + b"!")
        assert coop.phone.get(coop.link(entry)).status_code == 409
        coop.say(coop.link(entry), answer="yes")
        assert all(given.release_id != entry.id for given in coop.decisions())
    finally:
        video.write_bytes(whole)
    assert coop.phone.get(coop.link(entry)).status_code == 200


def test_the_video_is_served_in_parts_as_a_phone_asks_for_it(coop: Coop, video: Path) -> None:
    link = f"{coop.link(coop.waiting('分段'))}/video"
    whole = video.read_bytes()
    assert coop.phone.get(link).content == whole
    part = coop.phone.get(link, headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole)}"
    assert coop.phone.get(link, headers={"range": "bytes=-50"}).content == whole[-50:]
    assert coop.phone.get(link, headers={"range": f"bytes={len(whole)}-"}).status_code == 416
    assert part.headers["accept-ranges"] == "bytes"


ELSEWHERE = (
    "video/../../../fieldcut.toml", "..%2f..%2ffieldcut.toml", "video%2f..%2f..%2fledger.db", "cover/../../ledger.db", "cover/-1",
    "cover/1", "cover/0x0", "cover/9999999999999999999999", "video/x", "%2e%2e/%2e%2e/ledger.db", "video%00.mp4",
)  # fmt: skip


@pytest.mark.parametrize("rest", ELSEWHERE)
def test_no_address_leads_to_another_file(coop: Coop, rest: str) -> None:
    answer = coop.phone.get(f"{coop.link(coop.waiting('别的文件 ' + rest))}/{rest}")
    assert answer.status_code == 404
    assert b"approval" not in answer.content
    assert b"SQLite" not in answer.content


def test_who_guesses_is_soon_answered_no_more_and_a_right_link_still_is(coop: Coop) -> None:
    link = coop.link(coop.waiting("有人乱猜"))
    answers = [coop.phone.get(f"/a/guess-{number}").status_code for number in range(12)]
    assert answers == [404] * 10 + [429] * 2
    limited = coop.phone.get("/a/guess")
    assert 0 < int(limited.headers["retry-after"]) <= 601
    assert coop.phone.get(link).status_code == 200
    coop.passed_s = 601.0
    assert coop.phone.get("/a/guess").status_code == 404


def test_nothing_secret_is_logged(coop: Coop, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger().addHandler(handler)
    names = ("starlette", "fastapi", "uvicorn", "uvicorn.access", "uvicorn.error", "fieldcut", "sqlalchemy")
    try:
        token = coop.token(coop.waiting("日志"))
        for path in (f"/a/{token}", f"/a/{token}/video", f"/a/{token}x"):
            coop.phone.get(path)
        coop.say(f"/a/{token}", answer="yes")
    finally:
        logging.getLogger().removeHandler(handler)
    heard = "\n".join(record.getMessage() for record in caplog.records if record.name.partition(".")[0] in names) + log.getvalue()
    own = "\n".join(line for line in heard.splitlines() if "HTTP Request" not in line)  # the phone's own log
    assert token.rpartition(".")[2] not in own


def test_every_answer_says_what_a_browser_may_do_with_it(coop: Coop) -> None:
    link = coop.link(coop.waiting("规矩"))
    for path in (link, "/", "/a/x", f"{link}/nothing", f"{link}/video"):
        headers = coop.phone.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    assert "form-action 'self'" in coop.phone.get(link).headers["content-security-policy"]
    assert coop.phone.get(link).headers["cache-control"] == "no-store"


def test_what_is_no_form_or_too_long_is_refused(coop: Coop) -> None:
    link, own = coop.link(coop.waiting("不是表单")), {"origin": ADDRESS}
    assert coop.phone.post(link, json={"answer": "yes", "name": "x"}, headers=own).status_code == 415
    assert coop.phone.post(link, data={"answer": "yes", "name": "x" * 20_000}, headers=own).status_code == 413
    assert coop.phone.post(link, data={"answer": "perhaps", "name": "x"}, headers=own).status_code == 400
    assert coop.phone.post(link, data={"name": "x"}, headers=own).status_code == 400
    for path in ("/docs", "/openapi.json", "/redoc", "/a", "/a/"):
        assert coop.phone.get(path).status_code == 404, path


def test_the_page_speaks_english_where_that_is_set(coop: Coop) -> None:
    phone = TestClient(desk_app(coop.here.workspace, "en", coop.now), base_url=ADDRESS)
    page = phone.get(coop.link(coop.waiting("English")))
    assert "May this go out? It waits for a yes or a no." in page.text
    assert '<html lang="en">' in page.text
