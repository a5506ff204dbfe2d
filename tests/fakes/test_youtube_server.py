"""YouTube's server keeps the contract: sessions, offsets, the post with the last byte, quotas, schedules."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.fakes.servers import youtube
from tests.fakes.servers.fault_plan import Fault, Plan
from tests.fakes.servers.record import Clock
from tests.fakes.servers.youtube import YouTubeServer, YouTubeSettings

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
DAY_S = 86_400
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(100))
BLOCK = 256 * 1024
PIECES = [bytes([number]) * 70_000 for number in range(3)]
VIDEO = b"".join(PIECES)


class Yt:
    """YouTube's calls, each once."""

    def __init__(self, server: YouTubeServer, scopes: tuple[str, ...]) -> None:
        self.server = server
        access = server.grants.give("coop", scopes).access
        self.http = httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {access}"}, trust_env=False)

    def session(self, total: int, snippet: dict[str, Any] | None = None, **status: Any) -> httpx.Response:
        body = {"snippet": {"title": "土豆", "description": "买 https://shop.example.com/p", **(snippet or {})}, "status": status}
        headers = {"X-Upload-Content-Length": str(total), "X-Upload-Content-Type": "video/mp4"}
        return self.http.post("/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status", json=body, headers=headers)

    def put(self, place: str, start: int, piece: bytes, total: int, **headers: str) -> httpx.Response:
        span = f"bytes {start}-{start + len(piece) - 1}/{total}"
        return self.http.put(place, content=piece, headers={"Content-Range": span, **headers})

    def ask(self, place: str, total: int) -> httpx.Response:
        return self.http.put(place, headers={"Content-Range": f"bytes */{total}"})

    def video(self, video: str) -> dict[str, Any]:
        found = self.http.get("/youtube/v3/videos", params={"part": "snippet,status,processingDetails", "id": video}).json()
        item: dict[str, Any] = found["items"][0]
        return item

    def uploaded(self, **status: Any) -> str:
        place = self.session(len(VIDEO), **status).headers["location"]
        made: str = self.put(place, 0, VIDEO, len(VIDEO)).json()["id"]
        return made


@contextmanager
def tube(*faults: Fault, clock: Clock | None = None, scopes: tuple[str, ...] = youtube.SCOPES, **settings: Any) -> Iterator[Yt]:
    with YouTubeServer(Plan(faults=faults), settings=YouTubeSettings(**settings), clock=clock or Clock(NOW)) as server:
        yield Yt(server, scopes)


def reason(answer: httpx.Response) -> str:
    found: str = answer.json()["error"]["errors"][0]["reason"]
    return found


def test_youtube_makes_the_post_with_the_last_byte() -> None:
    data = VIDEO * 3
    with tube() as yt:
        place = yt.session(len(data), privacyStatus="unlisted", containsSyntheticMedia=True).headers["location"]
        assert "range" not in yt.ask(place, len(data)).headers
        first = yt.put(place, 0, data[:BLOCK], len(data))
        assert (first.status_code, first.headers["range"]) == (308, f"bytes=0-{BLOCK - 1}")
        assert not yt.server.posts
        made = yt.put(place, BLOCK, data[BLOCK:], len(data))
        (post,) = yt.server.posts
        assert (made.status_code, made.json()["id"]) == (200, post.id)
        assert (post.sha256, post.privacy, post.fields["status"]["containsSyntheticMedia"]) == (
            hashlib.sha256(data).hexdigest(), "unlisted", True,
        )  # fmt: skip
        states = [yt.video(post.id)["status"]["uploadStatus"] for _ in range(2)]
        assert states == ["uploaded", "processed"]


def test_youtube_gives_the_same_video_to_a_session_that_asks_again() -> None:
    with tube() as yt:
        place = yt.session(len(VIDEO)).headers["location"]
        made = yt.put(place, 0, VIDEO, len(VIDEO)).json()["id"]
        assert yt.ask(place, len(VIDEO)).json()["id"] == made
        assert yt.put(place, 0, VIDEO, len(VIDEO)).json()["id"] == made
        assert len(yt.server.posts) == 1


def test_youtube_refuses_a_chunk_that_is_no_multiple_of_256_kib() -> None:
    with tube() as yt:
        place = yt.session(len(VIDEO)).headers["location"]
        assert yt.put(place, 0, VIDEO[:100_000], len(VIDEO)).status_code == 400
    with tube(unaligned="keeps_blocks") as yt:
        place = yt.session(BLOCK * 3).headers["location"]
        assert yt.put(place, 0, bytes(BLOCK + 100_000), BLOCK * 3).headers["range"] == f"bytes=0-{BLOCK - 1}"


def test_youtube_refuses_bytes_beyond_what_it_has_and_skips_those_it_has() -> None:
    total = BLOCK * 3
    data = bytes(BLOCK) + b"\1" * BLOCK + b"\2" * BLOCK
    with tube() as yt:
        place = yt.session(total).headers["location"]
        assert yt.put(place, BLOCK, data[BLOCK:], total).status_code == 503
        yt.put(place, 0, data[: 2 * BLOCK], total)
        assert yt.put(place, BLOCK, data[BLOCK:], total).status_code == 200
        assert yt.server.posts[0].sha256 == hashlib.sha256(data).hexdigest()


def test_youtube_refuses_ranges_that_do_not_agree() -> None:
    with tube() as yt:
        place = yt.session(BLOCK * 2).headers["location"]
        assert yt.put(place, 0, bytes(BLOCK), BLOCK * 4).status_code == 400
        answer = yt.http.put(place, content=bytes(BLOCK), headers={"Content-Range": f"bytes 0-{BLOCK}/{BLOCK * 2}"})
        assert answer.status_code == 400
        assert yt.server.uploads[0].bytes_kept == 0


@pytest.mark.parametrize("claimed", [BLOCK, -BLOCK])
def test_youtube_may_claim_another_offset_than_it_has(claimed: int) -> None:
    with tube(Fault(kind="wrong_offset", endpoint="state", amount=claimed)) as yt:
        place = yt.session(BLOCK * 4).headers["location"]
        yt.put(place, 0, bytes(BLOCK * 2), BLOCK * 4)
        first, second = (yt.ask(place, BLOCK * 4).headers["range"] for _ in range(2))
        assert (first, second) == (f"bytes=0-{BLOCK * 2 + claimed - 1}", f"bytes=0-{BLOCK * 2 - 1}")


def test_youtube_forgets_a_session_after_a_week() -> None:
    clock = Clock(NOW)
    with tube(clock=clock, session_needs_token=False) as yt:
        place = yt.session(len(VIDEO)).headers["location"]
        clock.advance(7 * DAY_S + 1)
        assert yt.ask(place, len(VIDEO)).status_code == 404


@pytest.mark.parametrize(("needs", "status"), [(True, 401), (False, 308)])
def test_youtube_may_or_may_not_ask_a_session_for_the_token(needs: bool, status: int) -> None:
    with tube(Fault(kind="expired_token", endpoint="chunk"), session_needs_token=needs) as yt:
        place = yt.session(BLOCK * 2).headers["location"]
        assert yt.put(place, 0, bytes(BLOCK), BLOCK * 2).status_code == status


def test_youtube_publishes_at_the_hour_and_not_before() -> None:
    clock = Clock(NOW)
    at = (NOW + timedelta(minutes=50)).isoformat()
    with tube(clock=clock) as yt:
        made = yt.uploaded(privacyStatus="private", publishAt=at)
        assert yt.video(made)["status"]["privacyStatus"] == "private"
        clock.advance(51 * 60)
        assert yt.video(made)["status"]["privacyStatus"] == "public"
        assert reason(yt.session(5, privacyStatus="public", publishAt=at)) == "invalidPublishAt"


def test_youtube_may_lock_uploads_to_private() -> None:
    with tube(locks_private=True) as yt:
        assert yt.video(yt.uploaded(privacyStatus="public"))["status"]["privacyStatus"] == "private"


@pytest.mark.parametrize(
    ("snippet", "why"),
    [({"title": "字" * 101}, "invalidTitle"), ({"title": "<b>"}, "invalidTitle"), ({"tags": ["x" * 501]}, "invalidTags"),
     ({"description": "字" * 1700}, "invalidDescription"), ({"categoryId": "news"}, "invalidCategoryId")],
)  # fmt: skip
def test_youtube_refuses_words_over_its_limits(snippet: dict[str, Any], why: str) -> None:
    with tube() as yt:
        assert reason(yt.session(5, snippet)) == why


def test_youtube_refuses_without_scope_and_over_quota() -> None:
    with tube(scopes=(youtube.READ,)) as yt:
        assert reason(yt.session(5)) == "insufficientPermissions"
    with tube(inserts_per_day=1) as yt:
        assert [yt.session(5).status_code for _ in range(2)] == [200, 403]
        assert reason(yt.session(5)) == "quotaExceeded"


def test_youtube_hangs_thumbnail_and_captions_on_the_video() -> None:
    with tube(scopes=(youtube.UPLOAD, youtube.FORCE_SSL)) as yt:
        made = yt.uploaded()
        answer = yt.http.post(f"/upload/youtube/v3/thumbnails/set?videoId={made}", content=JPEG, headers={"Content-Type": "image/jpeg"})
        assert answer.status_code == 200
        meta = json.dumps({"snippet": {"videoId": made, "language": "zh", "name": ""}})
        body = f"--b\r\nContent-Type: application/json\r\n\r\n{meta}\r\n--b\r\nContent-Type: text/plain\r\n\r\n1\r\n--b--\r\n"
        place = "/upload/youtube/v3/captions?uploadType=multipart&part=snippet"
        put = yt.http.post(place, content=body, headers={"Content-Type": "multipart/related; boundary=b"})
        assert put.status_code == 200
        (post,) = yt.server.posts
        assert (post.cover_sha256, post.captions) == (hashlib.sha256(JPEG).hexdigest(), ("zh",))


def test_youtube_lists_what_the_channel_uploaded() -> None:
    with tube() as yt:
        made = [yt.uploaded() for _ in range(3)]
        mine = yt.http.get("/youtube/v3/channels?part=contentDetails&mine=true").json()["items"][0]
        query = {"playlistId": mine["contentDetails"]["relatedPlaylists"]["uploads"], "maxResults": 2, "part": "snippet"}
        first = yt.http.get("/youtube/v3/playlistItems", params=query).json()
        rest = yt.http.get("/youtube/v3/playlistItems", params={**query, "pageToken": first["nextPageToken"]}).json()
        assert [item["snippet"]["resourceId"]["videoId"] for item in first["items"] + rest["items"]] == made[::-1]


def test_youtube_read_back_may_lack_the_link() -> None:
    with tube(Fault(kind="link_does_not_stick", endpoint="post")) as yt:
        assert "https://" not in yt.video(yt.uploaded())["snippet"]["description"]


def test_youtube_checks_the_verifier_and_keeps_the_refresh_token() -> None:
    with tube() as yt:
        asked = {"client_id": youtube.CLIENT_ID, "response_type": "code", "scope": youtube.UPLOAD, "redirect_uri": "http://127.0.0.1:9/"}
        form = {"client_id": youtube.CLIENT_ID, "client_secret": youtube.CLIENT_SECRET, "redirect_uri": "http://127.0.0.1:9/"}

        def exchange(verifier: str) -> httpx.Response:
            challenge = {"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"}
            page = yt.http.get("/o/oauth2/v2/auth", params={**asked, **challenge})
            code = parse_qs(urlsplit(page.headers["location"]).query)["code"][0]
            return yt.http.post("/token", data={**form, "grant_type": "authorization_code", "code": code, "code_verifier": verifier})

        assert exchange("wrong").json()["error"] == "invalid_grant"
        # Verifier and challenge are the example of RFC 7636, appendix B.
        tokens = exchange("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").json()
        again = {**form, "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        answers = [yt.http.post("/token", data=again).json() for _ in range(2)]
        assert ["access_token" in answer and "refresh_token" not in answer for answer in answers] == [True, True]
