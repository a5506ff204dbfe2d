"""The store, the group robot and the plain webhook keep their contracts."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3  # type: ignore[import-untyped]
import botocore.exceptions  # type: ignore[import-untyped]
import httpx
import pytest
from botocore.config import Config  # type: ignore[import-untyped]

from tests.fakes.servers import s3, wecom
from tests.fakes.servers.fault_plan import Fault, Plan
from tests.fakes.servers.record import Clock
from tests.fakes.servers.s3 import S3Server
from tests.fakes.servers.webhook import WebhookServer
from tests.fakes.servers.wecom import WeComServer

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
DAY_S = 86_400
VIDEO = bytes(range(256)) * 16


@contextmanager
def robot(clock: Clock | None = None) -> Iterator[tuple[WeComServer, Callable[..., dict[str, Any]]]]:
    with WeComServer(clock=clock or Clock(NOW)) as server, httpx.Client(base_url=server.url, trust_env=False) as http:

        def send(message: Any, key: str = wecom.KEY) -> dict[str, Any]:
            answer: dict[str, Any] = http.post("/cgi-bin/webhook/send", params={"key": key}, json=message).json()
            return answer

        yield server, send


def test_a_robot_says_what_it_is_told_twenty_times_a_minute() -> None:
    clock = Clock(NOW)
    with robot(clock) as (server, send):
        message = {"msgtype": "text", "text": {"content": "完成了 #7"}}
        assert [send(message)["errcode"] for _ in range(21)] == [0] * 20 + [45009]
        clock.advance(60)
        assert send(message)["errcode"] == 0
        assert server.messages == [message] * 21


@pytest.mark.parametrize(
    ("message", "code"),
    [({"msgtype": "text", "text": {"content": "字" * 683}}, 45002), ({"msgtype": "markdown", "markdown": {"content": ""}}, 44004),
     ({"msgtype": "poem"}, 40008), ({"msgtype": "text"}, 40058), ({"msgtype": "file", "file": {"media_id": "x"}}, 40007),
     ({"msgtype": "image", "image": {"base64": "/9j/4A==", "md5": "0" * 32}}, 301019)],
)  # fmt: skip
def test_a_robot_refuses_what_is_wrong(message: Any, code: int) -> None:
    with robot() as (server, send):
        assert send(message)["errcode"] == code
        assert server.messages == []


def test_a_robot_that_left_the_group_says_nothing() -> None:
    with robot() as (_, send):
        assert send({"msgtype": "text", "text": {"content": "x"}}, key="another")["errcode"] == 93000


def test_a_robots_file_lives_three_days() -> None:
    clock = Clock(NOW)
    with robot(clock) as (server, send):
        place = f"{server.url}/cgi-bin/webhook/upload_media?key={wecom.KEY}&type=file"
        media = httpx.post(place, files={"media": ("片.mp4", VIDEO)}, trust_env=False).json()["media_id"]
        assert send({"msgtype": "file", "file": {"media_id": media}})["errcode"] == 0
        clock.advance(3 * DAY_S)
        assert send({"msgtype": "file", "file": {"media_id": media}})["errcode"] == 40007


def test_a_webhook_keeps_what_came_and_takes_json_only() -> None:
    with WebhookServer() as server, httpx.Client(base_url=server.url, trust_env=False) as http:
        assert http.post("/hook/1", json={"event": "live"}).status_code == 204
        assert http.post("/hook/1", content=b"hello").status_code == 400
        assert [(message["path"], message["body"]) for message in server.messages] == [("/hook/1", {"event": "live"})]


@contextmanager
def bucket(*faults: Fault, secret: str = s3.SECRET_KEY, clock: Clock | None = None) -> Iterator[tuple[S3Server, Any]]:
    # botocore signs with the real time, so the store must live in it too, unless a test is about that.
    with S3Server(Plan(faults=faults), clock=clock or Clock()) as server:
        config = Config(retries={"total_max_attempts": 1}, read_timeout=20, s3={"addressing_style": "path"})
        yield server, boto3.client(
            "s3", endpoint_url=server.url, aws_access_key_id=s3.ACCESS_KEY, aws_secret_access_key=secret, region_name="us-east-1",
            config=config,
        )  # fmt: skip


def test_a_store_holds_files_of_any_name_in_one_piece_or_in_parts() -> None:
    with bucket() as (server, client):
        client.put_object(Bucket=server.bucket, Key="架子/a b+c.html", Body=b"page", ContentType="text/html")
        upload = client.create_multipart_upload(Bucket=server.bucket, Key="v.mp4")["UploadId"]
        parts = []
        for number, piece in enumerate((bytes(5 << 20), b"end"), 1):
            tag = client.upload_part(Bucket=server.bucket, Key="v.mp4", UploadId=upload, PartNumber=number, Body=piece)["ETag"]
            parts.append({"PartNumber": number, "ETag": tag})
        assert "v.mp4" not in server.objects()
        client.complete_multipart_upload(Bucket=server.bucket, Key="v.mp4", UploadId=upload, MultipartUpload={"Parts": parts})
        names = [item["Key"] for item in client.list_objects_v2(Bucket=server.bucket)["Contents"]]
        assert names == ["v.mp4", "架子/a b+c.html"]
        assert client.get_object(Bucket=server.bucket, Key="架子/a b+c.html")["Body"].read() == b"page"
        assert client.head_object(Bucket=server.bucket, Key="架子/a b+c.html")["ContentType"] == "text/html"
        assert server.truth().objects["v.mp4"] == hashlib.sha256(bytes(5 << 20) + b"end").hexdigest()
        assert {call.endpoint for call in server.calls} >= {"put_object", "upload_part", "complete_multipart", "get_object", "list"}


@pytest.mark.parametrize(
    ("secret", "clock", "code"),
    [("wrong", None, "SignatureDoesNotMatch"), (s3.SECRET_KEY, Clock(NOW - timedelta(days=400)), "RequestTimeTooSkewed")],
)
def test_a_store_refuses_wrong_signatures_and_wrong_clocks(secret: str, clock: Clock | None, code: str) -> None:
    with bucket(secret=secret, clock=clock) as (server, client):
        with pytest.raises(botocore.exceptions.ClientError) as error:
            client.put_object(Bucket=server.bucket, Key="x", Body=b"x")
        assert error.value.response["Error"]["Code"] == code
        assert server.objects() == {}


@pytest.mark.parametrize("done", [True, False])
def test_a_stores_line_can_break_whether_it_was_done_or_not(done: bool) -> None:
    with bucket(Fault(kind="reset_during", endpoint="put_object", done=done)) as (server, client):
        with pytest.raises(botocore.exceptions.HTTPClientError):
            client.put_object(Bucket=server.bucket, Key="x", Body=b"x")
        assert len(server.objects()) == done
