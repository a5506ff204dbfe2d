"""Kuaishou's server keeps the contract: what is right goes through to a post, what is wrong is refused as the platform does."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.fakes.servers.kuaishou import APP_ID, APP_SECRET, SCOPES, KuaishouServer, KuaishouSettings
from tests.fakes.servers.oauth import TokenRules
from tests.fakes.servers.record import Clock

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
DAY_S = 86_400
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(100))
PIECES = [bytes([number]) * 70_000 for number in range(3)]
VIDEO = b"".join(PIECES)
SHA = hashlib.sha256(VIDEO).hexdigest()


class Ks:
    """Kuaishou's calls, each once."""

    def __init__(self, server: KuaishouServer, scopes: tuple[str, ...] = SCOPES) -> None:
        self.server = server
        self.access = server.grants.give("coop-main", scopes).access
        self.http = httpx.Client(base_url=server.url, trust_env=False)

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.http.get(path, params={"app_id": APP_ID, "access_token": self.access, **query}).json()
        return answer

    def post(self, path: str, query: dict[str, Any], **more: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.http.post(path, params={"app_id": APP_ID, "access_token": self.access, **query}, **more).json()
        return answer

    def start(self) -> dict[str, Any]:
        return self.post("/openapi/photo/start_upload", {})

    def fragment(self, token: str, number: int, piece: bytes) -> dict[str, Any]:
        return self.post("/api/upload/fragment", {"upload_token": token, "fragment_id": number}, content=piece)

    def complete(self, token: str, count: int) -> dict[str, Any]:
        return self.post("/api/upload/complete", {"upload_token": token, "fragment_count": count})

    def uploaded(self) -> str:
        token: str = self.start()["upload_token"]
        for number, piece in enumerate(PIECES):
            assert self.fragment(token, number, piece)["result"] == 1
        assert self.complete(token, len(PIECES))["result"] == 1
        return token

    def publish(self, token: str, *, query: dict[str, str] | None = None, **fields: Any) -> dict[str, Any]:
        form = {"caption": "十斤土豆 29.9 元", **fields}
        files = {"cover": ("封面.jpg", JPEG, "image/jpeg")}
        return self.post("/openapi/photo/publish", {"upload_token": token, **(query or {})}, data=form, files=files)


@contextmanager
def kuaishou(scopes: tuple[str, ...] = SCOPES, *, clock: Clock | None = None, **settings: Any) -> Iterator[Ks]:
    with KuaishouServer(settings=KuaishouSettings(**settings), clock=clock or Clock(NOW)) as server:
        yield Ks(server, scopes)


def test_kuaishou_takes_fragments_and_makes_one_post() -> None:
    with kuaishou() as ks:
        token = ks.uploaded()
        made = ks.publish(token, merchant_product_id="123456")["video_info"]
        assert made["pending"] is True
        looks = [ks.get("/openapi/photo/info", photo_id=made["photo_id"]) for _ in range(3)]
        assert looks[0]["result"] == 100120001
        assert [look["video_info"]["pending"] for look in looks[1:]] == [True, False]
        assert looks[2]["video_info"]["merchant_product_id"] == "123456"
        assert [post["photo_id"] for post in ks.get("/openapi/photo/list")["video_list"]] == [made["photo_id"]]
        (post,) = ks.server.posts
        assert (post.sha256, post.caption, post.product, post.account) == (SHA, "十斤土豆 29.9 元", "123456", "coop-main")
        assert post.cover_sha256 == hashlib.sha256(JPEG).hexdigest()
        assert ks.server.uploads[0].bytes_received == len(VIDEO)


def test_kuaishou_takes_small_files_in_one_piece_raw_or_as_a_form() -> None:
    with kuaishou() as ks:
        raw, form = ks.start()["upload_token"], ks.start()["upload_token"]
        assert ks.post("/api/upload", {"upload_token": raw}, content=VIDEO)["result"] == 1
        assert ks.post("/api/upload/multipart", {"upload_token": form}, files={"file": ("v.mp4", VIDEO)})["result"] == 1
        assert [ks.publish(token)["result"] for token in (raw, form)] == [1, 1]
        assert {post.sha256 for post in ks.server.posts} == {SHA}
        big = ks.start()["upload_token"]
        assert ks.post("/api/upload", {"upload_token": big}, content=bytes(10 * 1024 * 1024))["result"] != 1


def test_kuaishou_says_which_fragments_it_has() -> None:
    with kuaishou() as ks:
        token = ks.start()["upload_token"]
        assert ks.get("/api/upload/resume", upload_token=token)["fragment_index"] == -1
        ks.fragment(token, 0, PIECES[0])
        ks.fragment(token, 2, PIECES[2])
        answer = ks.get("/api/upload/resume", upload_token=token)
        assert (answer["existed"], answer["fragment_index"], answer["fragment_index_bytes"]) == (False, 0, len(PIECES[0]))
        assert [(piece["id"], piece["size"]) for piece in answer["fragment_list"]] == [(0, 70_000), (2, 70_000)]


@pytest.mark.parametrize(("sent", "count"), [((0, 2), 3), ((0, 1), 3), ((0, 1, 2), 2), ((1, 2), 2), ((), 0)])
def test_kuaishou_completes_only_what_is_whole(sent: tuple[int, ...], count: int) -> None:
    with kuaishou() as ks:
        token = ks.start()["upload_token"]
        for number in sent:
            ks.fragment(token, number, PIECES[number])
        assert ks.complete(token, count)["result"] == 100400
        assert ks.publish(token)["result"] == 120002


def test_kuaishou_refuses_a_fragment_over_ten_mebibytes() -> None:
    with kuaishou() as ks:
        assert ks.fragment(ks.start()["upload_token"], 0, bytes(10 * 1024 * 1024 + 1))["result"] == 100400


@pytest.mark.parametrize(("reading", "posts", "result"), [("refused", 1, 100400), ("second_post", 2, 1), ("same_post", 1, 1)])
def test_kuaishou_reads_a_second_publish_as_the_test_chooses(reading: str, posts: int, result: int) -> None:
    with kuaishou(second_publish=reading) as ks:
        token = ks.uploaded()
        first, second = ks.publish(token), ks.publish(token)
        assert (len(ks.server.posts), second["result"]) == (posts, result)
        if reading == "same_post":
            assert second["video_info"]["photo_id"] == first["video_info"]["photo_id"]


@pytest.mark.parametrize(("place", "product"), [("form", "1"), ("query", "2"), ("either", "1")])
def test_kuaishou_looks_for_the_product_where_the_test_chooses(place: str, product: str) -> None:
    with kuaishou(product_field=place) as ks:
        ks.publish(ks.uploaded(), query={"merchant_product_id": "2"}, merchant_product_id="1")
        assert ks.server.posts[0].product == product


def test_kuaishou_may_not_show_a_product_at_all() -> None:
    with kuaishou(product_in_info=False) as ks:
        assert "merchant_product_id" not in ks.publish(ks.uploaded(), merchant_product_id="1")["video_info"]


@pytest.mark.parametrize("fields", [{"caption": ""}, {"stereo_type": "FLAT"}, {"merchant_product_id": "potato"}])
def test_kuaishou_refuses_fields_that_are_wrong(fields: dict[str, Any]) -> None:
    with kuaishou() as ks:
        assert ks.publish(ks.uploaded(), **fields)["result"] == 100400
        assert ks.server.posts == ()


def test_kuaishou_asks_for_the_scope() -> None:
    with kuaishou(("user_info",)) as ks:
        assert ks.start()["error"] == "ACCESS_DENIED"


def test_kuaishou_tokens_run_out_and_rotate() -> None:
    clock = Clock(NOW)
    with kuaishou(clock=clock) as ks:
        refresh = ks.server.grants.give("coop-main", SCOPES).refresh
        clock.advance(2 * DAY_S + 1)
        assert ks.start()["result"] == 100200108
        query = {"app_secret": APP_SECRET, "grant_type": "refresh_token", "refresh_token": refresh}
        new = ks.get("/oauth2/refresh_token", **query)
        assert new["expires_in"] > 2 * DAY_S - 60
        ks.access = new["access_token"]
        assert ks.start()["result"] == 1
        assert ks.get("/oauth2/refresh_token", **query)["result"] == 100200102
        clock.advance(181 * DAY_S)
        assert ks.get("/oauth2/refresh_token", **{**query, "refresh_token": new["refresh_token"]})["result"] == 100200113


@pytest.mark.parametrize(("extends", "result"), [(True, 1), (False, 100200113)])
def test_kuaishou_refresh_may_or_may_not_extend_the_half_year(extends: bool, result: int) -> None:
    clock = Clock(NOW)
    rules = TokenRules(access_life_s=2 * DAY_S, refresh_life_s=180 * DAY_S, extends=extends)
    with kuaishou(clock=clock, tokens=rules) as ks:
        query = {"app_secret": APP_SECRET, "grant_type": "refresh_token"}
        token = ks.server.grants.give("coop-main", SCOPES).refresh
        for _ in range(2):
            clock.advance(100 * DAY_S)
            answer = ks.get("/oauth2/refresh_token", refresh_token=token, **query)
            token = answer.get("refresh_token", token)
        assert answer["result"] == result


def test_kuaishou_upload_tokens_have_a_life() -> None:
    clock = Clock(NOW)
    with kuaishou(clock=clock, upload_life_s=3600) as ks:
        token = ks.start()["upload_token"]
        clock.advance(3601)
        assert ks.fragment(token, 0, PIECES[0])["result"] == 100400


def test_kuaishou_counts_the_calls_of_a_day() -> None:
    clock = Clock(NOW)
    with kuaishou(clock=clock, calls_per_day=3) as ks:
        assert [ks.start()["result"] for _ in range(4)] == [1, 1, 1, 100100402]
        clock.advance(DAY_S)
        assert ks.start()["result"] == 1


def test_kuaishou_lists_in_pages_and_may_list_late() -> None:
    clock = Clock(NOW)
    with kuaishou(clock=clock, list_hidden_s=60) as ks:
        made = [ks.publish(ks.uploaded())["video_info"]["photo_id"] for _ in range(3)]
        assert ks.get("/openapi/photo/list")["video_list"] == []
        clock.advance(61)
        first = [post["photo_id"] for post in ks.get("/openapi/photo/list", count=2)["video_list"]]
        rest = [post["photo_id"] for post in ks.get("/openapi/photo/list", count=2, cursor=first[-1])["video_list"]]
        assert first + rest == made[::-1]


def test_a_browser_carries_a_code_back_that_is_good_once() -> None:
    with kuaishou() as ks:
        asked = {"app_id": APP_ID, "response_type": "code", "scope": "user_info,user_video_publish", "state": "s1"}
        page = ks.http.get("/oauth2/authorize", params={**asked, "redirect_uri": "http://127.0.0.1:9/back"})
        back = parse_qs(urlsplit(page.headers["location"]).query)
        assert (page.status_code, back["state"]) == (302, ["s1"])
        query = {"app_secret": APP_SECRET, "grant_type": "authorization_code", "code": back["code"][0]}
        given = ks.get("/oauth2/access_token", **query)
        assert (given["result"], given["scopes"]) == (1, ["user_info", "user_video_publish"])
        assert ks.get("/oauth2/access_token", **query)["result"] == 100200105
        assert ks.get("/oauth2/access_token", **{**query, "app_secret": "wrong"})["result"] == 100200101
