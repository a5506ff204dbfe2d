"""The faults of a plan happen on the wire: seen with a bare socket where a client library would hide them."""

import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.resources import ROOT
from tests.fakes.servers.fault_plan import OF_POSTS, Fault, Plan, random_plan
from tests.fakes.servers.kuaishou import APP_ID, SCOPES, KuaishouServer, KuaishouSettings
from tests.fakes.servers.record import Clock
from tests.fakes.servers.server_process import spawned
from tests.fakes.servers.truth import Truth
from tests.fakes.servers.youtube import SCOPES as YOUTUBE_SCOPES
from tests.fakes.servers.youtube import YouTubeServer

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
JPEG = b"\xff\xd8\xff\xe0" + bytes(64)
VIDEO = bytes(range(256)) * 16


class Kuaishou:
    """As much of a client as a fault needs to be seen. It never tries twice."""

    def __init__(self, server: KuaishouServer, scopes: tuple[str, ...] = SCOPES) -> None:
        self.server = server
        self.tokens = server.grants.give("coop-main", scopes)
        self.http = httpx.Client(base_url=server.url, timeout=20, trust_env=False)

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        query = {"app_id": APP_ID, "access_token": self.tokens.access, **more.pop("params", {})}
        return self.http.request(method, path, params=query, **more)

    def upload(self, *pieces: bytes) -> str:
        token: str = self.call("POST", "/openapi/photo/start_upload").json()["upload_token"]
        for number, piece in enumerate(pieces):
            self.fragment(token, number, piece)
        self.http.post("/api/upload/complete", params={"upload_token": token, "fragment_count": len(pieces)})
        return token

    def fragment(self, token: str, number: int, piece: bytes) -> httpx.Response:
        return self.http.post("/api/upload/fragment", params={"upload_token": token, "fragment_id": number}, content=piece)

    def publish(self, token: str, **fields: str) -> httpx.Response:
        form = {"caption": "十斤土豆 29.9", **fields}
        return self.call("POST", "/openapi/photo/publish", params={"upload_token": token}, data=form, files={"cover": ("c.jpg", JPEG)})

    def info(self, photo: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("GET", "/openapi/photo/info", params={"photo_id": photo}).json()
        return answer


@contextmanager
def kuaishou(*faults: Fault, break_every: int = 0, **settings: Any) -> Iterator[Kuaishou]:
    plan = Plan(faults=faults, break_every=break_every)
    with KuaishouServer(plan, settings=KuaishouSettings(hidden_looks=0, **settings), clock=Clock(NOW, still=True)) as server:
        yield Kuaishou(server)


def raw_publish(client: Kuaishou, token: str) -> tuple[bytes, bool]:
    """Publish over a bare socket: all bytes that came back, and whether the line ended with a reset."""
    query = {"app_id": APP_ID, "access_token": client.tokens.access, "upload_token": token}
    request = client.http.build_request(
        "POST", "/openapi/photo/publish", params=query, data={"caption": "x"}, files={"cover": ("c.jpg", JPEG)}
    )
    target = request.url.raw_path.decode()
    rows = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    host, port = client.server.host.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as sock:
        sock.sendall(f"POST {target} HTTP/1.1\r\n{rows}\r\n".encode() + request.read())
        got = b""
        try:
            while piece := sock.recv(65536):
                got += piece
        except ConnectionResetError:
            return got, True
    return got, False


def test_a_reset_before_sends_nothing_and_has_no_effect() -> None:
    with kuaishou(Fault(kind="reset_before", endpoint="publish")) as client:
        got, reset = raw_publish(client, client.upload(VIDEO))
        assert (got, reset) == (b"", True)
        assert client.server.posts == ()
        assert client.server.calls[-1].cut == "plan"


@pytest.mark.parametrize("done", [True, False])
def test_a_reset_during_the_answer_leaves_half_of_it(done: bool) -> None:
    with kuaishou(Fault(kind="reset_during", endpoint="publish", done=done)) as client:
        got, reset = raw_publish(client, client.upload(VIDEO))
        head, _, body = got.partition(b"\r\n\r\n")
        promised = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        assert head.startswith(b"HTTP/1.1 200 OK")
        assert 0 < len(body) < promised
        assert reset
        assert len(client.server.posts) == done


def test_a_reset_after_the_answer_comes_when_it_is_whole() -> None:
    with kuaishou(Fault(kind="reset_after", endpoint="publish")) as client:
        got, reset = raw_publish(client, client.upload(VIDEO))
        assert json.loads(got.partition(b"\r\n\r\n")[2])["video_info"]["photo_id"] == client.server.posts[0].id
        assert reset


@pytest.mark.parametrize("kind", ["timeout_done", "timeout_not_done"])
def test_a_time_out_says_nothing_whether_it_was_done_or_not(kind: Any) -> None:
    with kuaishou(Fault(kind=kind, endpoint="publish")) as client:
        token = client.upload(VIDEO)
        client.http.timeout = httpx.Timeout(20, read=0.5)
        with pytest.raises(httpx.ReadTimeout):
            client.publish(token)
        # On a busy machine the client may give up before the server has read what it was sent.
        until = time.monotonic() + 20
        while client.server.calls[-1].endpoint != "publish" and time.monotonic() < until:
            time.sleep(0.01)
        assert len(client.server.posts) == (kind == "timeout_done")
        assert client.server.calls[-1].status == 0


@pytest.mark.parametrize("as_date", [True, False])
def test_too_many_requests_says_when_to_come_again(as_date: bool) -> None:
    with kuaishou(Fault(kind="http_429", endpoint="publish", retry_after_s=90, as_date=as_date)) as client:
        answer = client.publish(client.upload(VIDEO))
        after = answer.headers["retry-after"]
        assert answer.status_code == 429
        assert client.server.posts == ()
        if as_date:
            assert (parsedate_to_datetime(after) - NOW).total_seconds() == 90
        else:
            assert after == "90"


def test_too_many_requests_may_say_nothing_more() -> None:
    with kuaishou(Fault(kind="http_429", endpoint="publish")) as client:
        assert "retry-after" not in client.publish(client.upload(VIDEO)).headers


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("status", [500, 502, 503])
def test_an_error_of_the_gateway_says_nothing_of_the_effect(status: int, done: bool) -> None:
    kind: Any = f"http_{status}"
    with kuaishou(Fault(kind=kind, endpoint="publish", done=done)) as client:
        assert client.publish(client.upload(VIDEO)).status_code == status
        assert len(client.server.posts) == done


def test_only_the_call_that_the_plan_names_goes_wrong() -> None:
    with kuaishou(Fault(kind="http_500", endpoint="fragment", nth=2)) as client:
        token = client.call("POST", "/openapi/photo/start_upload").json()["upload_token"]
        assert [client.fragment(token, number, VIDEO).status_code for number in (0, 1, 1)] == [200, 500, 200]


def test_a_fault_of_every_call_never_ends() -> None:
    with kuaishou(Fault(kind="http_503", endpoint="info", nth=0)) as client:
        assert [client.call("GET", "/openapi/photo/info").status_code for _ in range(3)] == [503] * 3


def test_an_expired_token_is_good_again_after_a_refresh() -> None:
    with kuaishou(Fault(kind="expired_token", endpoint="publish")) as client:
        token = client.upload(VIDEO)
        assert client.publish(token).json()["result"] == 100200108
        client.server.grants.refresh(client.tokens.refresh)
        assert client.publish(token).json()["result"] == 1


def test_a_permission_taken_back_in_the_middle_stays_taken_back() -> None:
    with kuaishou(Fault(kind="revoked_token", endpoint="fragment", nth=2)) as client:
        token = client.upload(VIDEO, VIDEO)
        assert client.publish(token).json()["result"] == 100200109
        query = {"app_id": APP_ID, "app_secret": "secret-of-the-kuaishou-app", "grant_type": "refresh_token"}
        answer = client.http.get("/oauth2/refresh_token", params={**query, "refresh_token": client.tokens.refresh})
        assert answer.json()["result"] == 100200109
        assert client.server.posts == ()


def test_a_lost_upload_must_be_started_again() -> None:
    with kuaishou(Fault(kind="lost_upload", endpoint="fragment", nth=2)) as client:
        token = client.call("POST", "/openapi/photo/start_upload").json()["upload_token"]
        assert [client.fragment(token, number, VIDEO).json()["result"] == 1 for number in (0, 1)] == [True, False]
        assert client.server.uploads[0].state == "gone"


@pytest.mark.parametrize(("off", "claimed"), [(-1, 0), (1, 2)])
def test_a_wrong_index_of_fragments_is_claimed_once(off: int, claimed: int) -> None:
    with kuaishou(Fault(kind="wrong_offset", endpoint="resume", amount=off)) as client:
        token = client.call("POST", "/openapi/photo/start_upload").json()["upload_token"]
        client.fragment(token, 0, VIDEO)
        client.fragment(token, 1, VIDEO)
        first, second = (client.http.get("/api/upload/resume", params={"upload_token": token}).json() for _ in range(2))
        assert (first["fragment_index"], second["fragment_index"]) == (claimed, 1)
        assert len(first["fragment_list"]) == claimed + 1


def test_a_request_delivered_twice_answers_for_the_second() -> None:
    with kuaishou(Fault(kind="duplicate_fragment", endpoint="fragment"), resent_fragment="refused") as client:
        token = client.call("POST", "/openapi/photo/start_upload").json()["upload_token"]
        assert client.fragment(token, 0, VIDEO).json()["error"] == "fragment exists"
        assert (client.server.uploads[0].bytes_kept, client.server.uploads[0].bytes_received) == (len(VIDEO), len(VIDEO))


def test_a_chunk_delivered_twice_is_kept_once() -> None:
    with YouTubeServer(Plan(faults=(Fault(kind="duplicate_fragment", endpoint="chunk"),))) as server:
        headers = {"Authorization": f"Bearer {server.grants.give('coop', YOUTUBE_SCOPES).access}"}
        with httpx.Client(base_url=server.url, headers=headers, trust_env=False) as http:
            place = "/upload/youtube/v3/videos?uploadType=resumable&part=snippet"
            session = http.post(place, json={"snippet": {"title": "x"}}).headers["location"]
            half = bytes(256 * 1024)
            answer = http.put(session, content=half, headers={"Content-Range": f"bytes 0-{len(half) - 1}/{len(half) * 2}"})
            assert answer.headers["range"] == f"bytes=0-{len(half) - 1}"
            http.put(session, content=half, headers={"Content-Range": f"bytes {len(half)}-{len(half) * 2 - 1}/{len(half) * 2}"})
        assert [post.sha256 for post in server.posts] == [hashlib.sha256(half * 2).hexdigest()]


def test_a_slow_line_takes_its_time() -> None:
    with kuaishou(Fault(kind="slow", endpoint="fragment", amount=20_000)) as client:
        token = client.call("POST", "/openapi/photo/start_upload").json()["upload_token"]
        began = time.monotonic()
        assert client.fragment(token, 0, VIDEO[:4000]).json()["result"] == 1
        assert time.monotonic() - began > 0.19


def test_unknown_fields_are_in_every_object_of_an_answer() -> None:
    with kuaishou(Fault(kind="unknown_fields", endpoint="*", nth=0)) as client:
        answer = client.publish(client.upload(VIDEO)).json()
        assert answer["result"] == 1
        assert "field_of_tomorrow" in answer
        assert "field_of_tomorrow" in answer["video_info"]


def test_processing_can_end_in_a_refusal() -> None:
    with kuaishou(Fault(kind="processing_then_refused", endpoint="post", amount=2)) as client:
        photo = client.publish(client.upload(VIDEO)).json()["video_info"]["photo_id"]
        answers = [client.info(photo) for _ in range(3)]
        assert [answer.get("video_info", {}).get("pending") for answer in answers] == [True, True, None]
        assert answers[2]["result"] == 120003
        assert client.server.posts[0].state == "refused"


def test_processing_can_last_long_and_end_well() -> None:
    with kuaishou(Fault(kind="processing_forever_until", endpoint="post", amount=5)) as client:
        photo = client.publish(client.upload(VIDEO)).json()["video_info"]["photo_id"]
        assert [client.info(photo)["video_info"]["pending"] for _ in range(6)] == [True] * 5 + [False]


def test_a_product_may_not_stick() -> None:
    with kuaishou(Fault(kind="link_does_not_stick", endpoint="post", nth=2)) as client:
        photos = [client.publish(client.upload(VIDEO), merchant_product_id="77").json()["video_info"]["photo_id"] for _ in range(2)]
        assert [client.info(photo)["video_info"]["merchant_product_id"] for photo in photos] == ["77", ""]
        assert [post.product for post in client.server.posts] == ["77", "77"]


def test_the_line_breaks_every_so_many_bytes_and_keeps_what_had_come() -> None:
    size, every, block = 6 << 20, 1 << 20, 256 * 1024
    data = os.urandom(block) * (size // block)
    with YouTubeServer(Plan(break_every=every)) as server:
        headers = {"Authorization": f"Bearer {server.grants.give('coop', YOUTUBE_SCOPES).access}"}
        with httpx.Client(base_url=server.url, headers=headers, trust_env=False) as http:
            place = "/upload/youtube/v3/videos?uploadType=resumable&part=snippet"
            session = http.post(place, json={"snippet": {"title": "x"}}).headers["location"]
            breaks, start = 0, 0
            for _ in range(40):
                span = {"Content-Range": f"bytes {start}-{size - 1}/{size}"}
                try:
                    answer = http.put(session, content=data[start:], headers=span)
                except httpx.TransportError:
                    breaks += 1
                    answer = http.put(session, headers={"Content-Range": f"bytes */{size}"})
                if answer.status_code == 200:
                    break
                start = int(answer.headers.get("range", "bytes=0--1").split("-", 1)[1]) + 1
        assert breaks >= size // every - 1
        assert server.posts[0].sha256 == hashlib.sha256(data).hexdigest()
        assert size < server.uploads[0].bytes_received < size + (breaks + 1) * block


def test_a_plan_is_the_same_for_the_same_seed_and_goes_through_json() -> None:
    plans = [random_plan(seed, KuaishouServer.endpoints()) for seed in range(400)]
    assert plans == [random_plan(seed, KuaishouServer.endpoints()) for seed in range(400)]
    assert all(Plan.model_validate_json(plan.model_dump_json()) == plan for plan in plans)
    assert len(set(plans)) > 350


def test_random_plans_reach_every_kind_of_fault() -> None:
    plans = [random_plan(seed, KuaishouServer.endpoints()) for seed in range(2000)]
    kinds = {fault.kind for plan in plans for fault in plan.faults}
    assert kinds == set(Fault.model_json_schema()["properties"]["kind"]["enum"])
    assert all((fault.endpoint == "post") == (fault.kind in OF_POSTS) for plan in plans for fault in plan.faults)
    assert any(plan.break_every for plan in plans)
    assert any(not plan.faults for plan in plans)


DYING = """
import os, signal, sys, httpx
url, access = sys.argv[1:]
http = httpx.Client(base_url=url, trust_env=False)
query = {"app_id": "ks-test-app", "access_token": access}
token = http.post("/openapi/photo/start_upload", params=query).json()["upload_token"]
http.post("/api/upload/fragment", params={"upload_token": token, "fragment_id": 0}, content=b"12345")
print(token, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.system
def test_a_killed_client_meets_the_server_again(tmp_path: Path) -> None:
    plan = Plan(faults=(Fault(kind="http_502", endpoint="complete"),))
    with spawned("kuaishou", plan, tmp_path, now=NOW) as server:
        access = server.grant("coop-main", SCOPES)["access_token"]
        command = [sys.executable, "-c", DYING, server.url, access]
        died = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert died.returncode == -9
        upload = {"upload_token": died.stdout.strip()}
        with httpx.Client(base_url=server.url, trust_env=False) as http:
            assert http.get("/api/upload/resume", params=upload).json()["fragment_index"] == 0
            finish = [http.post("/api/upload/complete", params={**upload, "fragment_count": 1}).status_code for _ in range(2)]
        assert finish == [502, 200]
        truth = server.truth()
        assert truth == Truth.model_validate_json((tmp_path / "kuaishou.state.json").read_bytes())
    assert [(upload.state, upload.bytes_kept) for upload in truth.uploads] == [("complete", 5)]


def test_the_clock_of_a_server_in_another_process_can_be_put_forward(tmp_path: Path) -> None:
    with spawned("kuaishou", Plan(), tmp_path, now=NOW) as server:
        query = {"app_id": APP_ID, "access_token": server.grant("coop-main", SCOPES)["access_token"]}
        before = httpx.get(f"{server.url}/openapi/photo/count", params=query, trust_env=False)
        server.advance(3 * 86_400)
        after = httpx.get(f"{server.url}/openapi/photo/count", params=query, trust_env=False)
        assert (before.json()["result"], after.json()["result"]) == (1, 100200108)
        assert (parsedate_to_datetime(after.headers["date"]) - NOW).days == 3


def test_a_server_that_falls_over_fails_the_test() -> None:
    class Broken(KuaishouServer):
        def info(self, request: Any) -> Any:
            raise KeyError(request.path)

    server = Broken(clock=Clock(NOW)).start()
    with httpx.Client(trust_env=False) as http, pytest.raises(httpx.TransportError):
        http.get(f"{server.url}/openapi/photo/info")
    with pytest.raises(KeyError):
        server.__exit__(None, None, None)
