"""Bilibili's server keeps the contract: signatures, parts, review."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.fakes.servers import bilibili
from tests.fakes.servers.bilibili import BilibiliServer, BilibiliSettings
from tests.fakes.servers.fault_plan import Fault, Plan
from tests.fakes.servers.record import Clock

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
DAY_S = 86_400
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(100))
PIECES = [bytes([number]) * 70_000 for number in range(3)]
VIDEO = b"".join(PIECES)
SHA = hashlib.sha256(VIDEO).hexdigest()


class Bili:
    """Bilibili's calls, each once, signed by this test's own hand."""

    def __init__(self, server: BilibiliServer) -> None:
        self.server = server
        self.access = server.grants.give("coop", bilibili.SCOPES).access
        self.http = httpx.Client(base_url=server.url, trust_env=False)

    def headers(self, body: bytes, **changed: str) -> dict[str, str]:
        headers = {
            "X-Bili-Accesskeyid": bilibili.CLIENT_ID,
            "X-Bili-Content-Md5": hashlib.md5(body).hexdigest(),
            "X-Bili-Signature-Method": "HMAC-SHA256",
            "X-Bili-Signature-Nonce": str(uuid4()),
            "X-Bili-Signature-Version": "2.0",
            "X-Bili-Timestamp": str(int(self.server.clock().timestamp())),
            **{name: value for name, value in changed.items() if name.startswith("X-")},
        }
        text = "\n".join(f"{name.lower()}:{headers[name]}" for name in sorted(headers))
        secret = changed.get("secret", bilibili.CLIENT_SECRET)
        headers["Authorization"] = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return {**headers, "Access-Token": self.access}

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.http.get(f"/arcopen/fn/{path}", params=query, headers=self.headers(b"")).json()
        return answer

    def post(self, path: str, body: Any = None, changed: dict[str, str] | None = None, **query: Any) -> dict[str, Any]:
        content = b"" if body is None else json.dumps(body).encode()
        headers = {**self.headers(content, **(changed or {})), "Content-Type": "application/json"}
        answer: dict[str, Any] = self.http.post(f"/arcopen/fn/{path}", params=query, content=content, headers=headers).json()
        return answer

    def start(self, utype: str = "0") -> str:
        token: str = self.post("archive/video/init", {"name": "x.mp4", "utype": utype})["data"]["upload_token"]
        return token

    def part(self, token: str, number: int, piece: bytes) -> int:
        query: dict[str, str | int] = {"upload_token": token, "part_number": number}
        code: int = self.http.post("/video/v2/part/upload", params=query, content=piece).json()["code"]
        return code

    def uploaded(self) -> str:
        token = self.start()
        assert [self.part(token, number, piece) for number, piece in enumerate(PIECES, 1)] == [0, 0, 0]
        assert self.post("archive/video/complete", upload_token=token)["code"] == 0
        return token

    def cover(self) -> str:
        answer = self.http.post("/arcopen/fn/archive/cover/upload", files={"file": ("c.jpg", JPEG)}, headers=self.headers(b""))
        url: str = answer.json()["data"]["url"]
        return url

    def add(self, token: str, **changed: Any) -> dict[str, Any]:
        body = {"title": "土豆", "tid": 21, "cover": self.cover(), "tag": "三农,土豆", "desc": "产地直发", "copyright": 1, "no_reprint": 1}
        return self.post("archive/add-by-utoken", {**body, **changed}, upload_token=token)


@contextmanager
def bili(*faults: Fault, clock: Clock | None = None, **settings: Any) -> Iterator[Bili]:
    with BilibiliServer(Plan(faults=faults), settings=BilibiliSettings(**settings), clock=clock or Clock(NOW)) as server:
        yield Bili(server)


def test_bilibili_signatures_are_the_documented_ones() -> None:
    headers = {
        "x-bili-accesskeyid": "id", "x-bili-content-md5": "99914b932bd37a50b983c5e7c90ae93b", "x-bili-signature-method": "HMAC-SHA256",
        "x-bili-signature-nonce": "n-1", "x-bili-signature-version": "2.0", "x-bili-timestamp": "1790000000",
    }  # fmt: skip
    # Made with `openssl dgst -sha256 -hmac secret` over the six lines.
    assert bilibili.signature(headers, "secret") == "1b6517d5c46080f8055d64a5bf943db7c278c9b5c1cf393c520d8effd9829340"


def test_bilibili_takes_parts_and_reviews_the_post() -> None:
    with bili() as b:
        made = b.add(b.uploaded())["data"]["resource_id"]
        states = [b.get("archive/view", resource_id=made)["data"]["addit_info"]["state"] for _ in range(2)]
        assert states == [-1, 0]
        assert [post["resource_id"] for post in b.get("archive/viewlist", ps=10, pn=1)["data"]["list"]] == [made]
        (post,) = b.server.posts
        assert (post.sha256, post.title, post.caption, post.fields["tag"]) == (SHA, "土豆", "产地直发", "三农,土豆")
        assert post.cover_sha256 == hashlib.sha256(JPEG).hexdigest()


def test_bilibili_takes_a_small_file_without_completing() -> None:
    with bili() as b:
        token = b.start("1")
        assert b.http.post("/video/v2/upload", params={"upload_token": token}, content=VIDEO).json()["code"] == 0
        assert b.add(token)["code"] == 0
        assert b.server.posts[0].sha256 == SHA


def test_bilibili_can_refuse_after_the_review() -> None:
    with bili(Fault(kind="processing_then_refused", endpoint="post", amount=1)) as b:
        made = b.add(b.uploaded())["data"]["resource_id"]
        answers = [b.get("archive/view", resource_id=made)["data"]["addit_info"] for _ in range(2)]
        assert [answer["state"] for answer in answers] == [-1, -2]
        assert answers[1]["reject_reason"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"secret": "wrong"}, 4002), ({"X-Bili-Timestamp": "1700000000"}, 4003), ({"X-Bili-Signature-Version": "1.0"}, 4006),
     ({"X-Bili-Content-Md5": "0" * 32}, 4002), ({"X-Bili-Accesskeyid": "other"}, 4001), ({"X-Bili-Signature-Method": "MD5"}, 4005)],
)  # fmt: skip
def test_bilibili_refuses_wrong_signatures(changed: dict[str, str], code: int) -> None:
    with bili() as b:
        assert b.post("archive/video/init", {"name": "x.mp4", "utype": "0"}, changed)["code"] == code
        assert b.server.uploads == ()


def test_bilibili_takes_a_nonce_once() -> None:
    with bili() as b:
        codes = [b.post("archive/video/init", {"name": "x.mp4", "utype": "0"}, {"X-Bili-Signature-Nonce": "n"})["code"] for _ in range(2)]
        assert codes == [0, 4004]


def test_bilibili_refuses_a_token_that_ran_out() -> None:
    clock = Clock(NOW)
    with bili(clock=clock) as b:
        clock.advance(31 * DAY_S)
        assert b.get("user/account/info")["code"] == 127001


def test_bilibili_completes_only_parts_without_a_gap() -> None:
    with bili() as b:
        token = b.start()
        for number in (1, 3):
            b.part(token, number, PIECES[0])
        assert b.post("archive/video/complete", upload_token=token)["code"] == 127100
        assert b.add(token)["code"] == 127022


@pytest.mark.parametrize(("reading", "code", "sha"), [("overwrites", 0, PIECES[1]), ("refused", 127100, PIECES[0])])
def test_bilibili_reads_a_part_sent_twice_as_the_test_chooses(reading: str, code: int, sha: bytes) -> None:
    with bili(resent_part=reading) as b:
        token = b.start()
        assert [b.part(token, 1, piece) for piece in PIECES[:2]] == [0, code]
        b.post("archive/video/complete", upload_token=token)
        b.add(token)
        assert b.server.posts[0].sha256 == hashlib.sha256(sha).hexdigest()


@pytest.mark.parametrize(("reading", "posts"), [("refused", 1), ("second_post", 2), ("same_post", 1)])
def test_bilibili_reads_a_second_publish_as_the_test_chooses(reading: str, posts: int) -> None:
    with bili(second_publish=reading) as b:
        token = b.uploaded()
        b.add(token)
        assert (b.add(token)["code"] == 123007) == (reading == "refused")
        assert len(b.server.posts) == posts


@pytest.mark.parametrize(
    "wrong", [{"title": "字" * 81}, {"tid": 0}, {"cover": "http://elsewhere/x.jpg"}, {"tag": ""}, {"copyright": 2}, {"desc": "字" * 251}]
)
def test_bilibili_refuses_fields_that_are_wrong(wrong: dict[str, Any]) -> None:
    with bili() as b:
        assert b.add(b.uploaded(), **wrong)["code"] == 127100
        assert b.server.posts == ()


@pytest.mark.parametrize(("reading", "path"), [("refresh_token", "refresh_token"), ("token", "token"), ("either", "token")])
def test_bilibili_refreshes_where_the_test_chooses(reading: str, path: str) -> None:
    with bili(refresh_path=reading) as b:
        form = {"client_id": bilibili.CLIENT_ID, "client_secret": bilibili.CLIENT_SECRET, "grant_type": "refresh_token"}
        form["refresh_token"] = b.server.grants.give("coop", bilibili.SCOPES).refresh
        answers = [b.http.post(f"/x/account-oauth2/v1/{path}", data=form).json()["code"] for _ in range(2)]
        assert answers == [0, 122007]
