"""A request ends in an answer, in the certainty that nothing has left, or in neither; and nothing secret comes out of it."""

import logging
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest

from pipeline.network.client import open_client
from pipeline.network.errors import OutcomeUnknown, PlatformError
from pipeline.network.http import NotSent, check_safe_address, is_host_of, retry_after_s, send

SECRET = "access-token-5f1d7c0e9a8b4c3d"
Talk = Callable[[socket.socket], None]


@contextmanager
def talking(talk: Talk) -> Iterator[str]:
    """A server that does with each connection what `talk` does; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    try:
                        talk(connection)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def head(connection: socket.socket) -> bytes:
    """Read a request as far as its empty line."""
    got = b""
    while b"\r\n\r\n" not in got:
        piece = connection.recv(65536)
        if not piece:
            break
        got += piece
    return got


def saying(answer: bytes) -> Talk:
    def talk(connection: socket.socket) -> None:
        head(connection)
        connection.sendall(answer)

    return talk


def silent(connection: socket.socket) -> None:
    """Until the other side hangs up."""
    while connection.recv(65536):
        pass


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with open_client(answer_s=0.5) as opened:
        yield opened


def test_an_answer_is_an_answer_whatever_its_status(client: httpx.Client) -> None:
    with talking(
        saying(b"HTTP/1.1 503 Busy\r\nDate: Tue, 01 Dec 2026 11:30:00 GMT\r\nRetry-After: 90\r\nContent-Length: 2\r\n\r\n{}")
    ) as url:
        answer = send(client, "GET", url)
    assert (answer.status, answer.json(), answer.retry_after_s) == (503, {}, 90)
    assert answer.at == datetime(2026, 12, 1, 11, 30, tzinfo=UTC)


def test_nothing_has_left_when_nobody_listens(client: httpx.Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotSent):
        send(client, "POST", f"http://127.0.0.1:{port}/", content=b"x")


def test_nothing_has_left_when_the_name_is_unknown(client: httpx.Client) -> None:
    with pytest.raises(NotSent):
        send(client, "POST", "https://no-such-host.invalid/", content=b"x")


def test_nothing_has_left_when_no_secure_line_comes_about(client: httpx.Client) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"this is not TLS at all\r\n\r\n")

    with talking(talk) as url, pytest.raises(NotSent):
        send(client, "POST", url.replace("http://", "https://"), content=b"x")


def test_nothing_has_left_when_a_secure_line_is_kept_waiting(client: httpx.Client) -> None:
    client.timeout = httpx.Timeout(0.5, connect=0.3)
    with talking(silent) as url, pytest.raises(NotSent):
        send(client, "POST", url.replace("http://", "https://"), content=b"x")


def test_nothing_has_left_when_the_proxy_gives_no_tunnel() -> None:
    asked: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        asked.append(head(connection))
        connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")

    with talking(talk) as url, httpx.Client(proxy=url, timeout=2) as client, pytest.raises(NotSent):
        send(client, "POST", "https://open.kuaishou.com/", params={"access_token": SECRET}, content=b"x")
    assert asked
    assert SECRET.encode() not in asked[0]


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", b"HTTP/1.1 200 OK\r\nContent-Le", b"\x00\x01\x02\r\n\r\n",
     b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"],
    ids=["none", "half", "half a head", "rubbish", "not unpacked"],
)  # fmt: skip
def test_without_a_whole_answer_nobody_knows(client: httpx.Client, answer: bytes) -> None:
    with talking(saying(answer)) as url, pytest.raises(OutcomeUnknown):
        send(client, "POST", url, content=b"x")


def test_silence_says_nothing(client: httpx.Client) -> None:
    with talking(silent) as url, pytest.raises(OutcomeUnknown):
        send(client, "POST", url, content=b"x")


def test_an_answer_that_is_no_json_is_none(client: httpx.Client) -> None:
    for content in (b"<html>", b"[1]", b"{" * 5000, b"\xff\xfe"):
        with talking(saying(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(content), content))) as url:
            answer = send(client, "GET", url)
        with pytest.raises(OutcomeUnknown):
            answer.json()


def test_an_endless_answer_is_not_taken_in(client: httpx.Client) -> None:
    sent: list[int] = []

    def talk(connection: socket.socket) -> None:
        head(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(10_000):
            sent.append(connection.send(bytes(65536)))

    with talking(talk) as url, pytest.raises(OutcomeUnknown, match="too long"):
        send(client, "GET", url, max_bytes=100_000)
    assert sum(sent) < 50_000_000


def test_a_redirect_is_an_answer_and_is_not_followed(client: httpx.Client) -> None:
    asked: list[bytes] = []
    with talking(lambda connection: asked.append(head(connection))) as other:
        moved = f"HTTP/1.1 307 There\r\nLocation: {other}/\r\nContent-Length: 0\r\n\r\n".encode()
        with talking(saying(moved)) as url:
            assert send(client, "POST", url, params={"access_token": SECRET}, content=b"x").status == 307
    assert not asked


def test_every_request_has_a_connection_of_its_own(client: httpx.Client) -> None:
    heads: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        while got := head(connection):
            heads.append(got)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with talking(talk) as url:
        for _ in range(3):
            send(client, "GET", url)
    assert len(heads) == 3
    assert all(b"connection: close" in each.lower() for each in heads)


@pytest.mark.parametrize(
    "address",
    [
        "http://open.kuaishou.com/",
        "http://localhost/",
        "ftp://x.gifshow.com/",
        "//open.kuaishou.com/",
        "https:///x",
        "http://[::2]/",
        "file:///x",
    ],
)
def test_secrets_go_over_secure_lines_only(client: httpx.Client, address: str) -> None:
    with pytest.raises(ValueError, match="https only"):
        send(client, "GET", address, params={"access_token": SECRET})


def test_plain_http_is_for_a_host_whose_contract_says_so() -> None:
    check_safe_address("http://upload.gifshow.com/", plain_http=True)
    with pytest.raises(ValueError, match="https only"):
        check_safe_address("ftp://upload.gifshow.com/", plain_http=True)


@pytest.mark.parametrize("host", ["gifshow.com", "up-1.gifshow.com", "UP.GIFSHOW.COM", "a.b.kwimgs.com:8080"])
def test_a_host_on_the_list_is_known(host: str) -> None:
    assert is_host_of(host, ("gifshow.com", ".kwimgs.com"))


@pytest.mark.parametrize(
    "host",
    [
        *("evilgifshow.com", "gifshow.com.evil.cn", "evil.cn/gifshow.com", "evil.cn?.gifshow.com", "evil.cn#.gifshow.com"),
        *("a@gifshow.com", "gifshow.com@evil.cn", "gifshow.com:0", "gifshow.com:99999", "", "127.0.0.1:80", "[::1]"),
        *("gifshow.com\r\nX: 1", "https://gifshow.com", "up.gifshow.com\n"),
    ],
)
def test_a_host_that_only_looks_like_it_is_not(host: str) -> None:
    assert not is_host_of(host, ("gifshow.com",))


def test_retry_after_is_a_number_or_a_date() -> None:
    now = datetime(2026, 12, 1, 11, 30, tzinfo=UTC)
    assert retry_after_s("120", now) == 120
    assert retry_after_s(" Tue, 01 Dec 2026 11:31:30 GMT ", now) == 90
    assert retry_after_s("Tue, 01 Dec 2026 11:00:00 GMT", now) == 0
    assert retry_after_s("9" * 400, now) == retry_after_s("Fri, 01 Jan 2049 00:00:00 GMT", now) == 86_400
    assert [retry_after_s(text, now) for text in ("", "soon", "-5", "1.5", "٣")] == [None] * 5


def test_nothing_secret_is_in_what_is_raised_or_logged(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    problems: list[Exception] = []
    answers = (b"", b"HTTP/1.1 200 OK\r\nLocation: https://x/?s=" + SECRET.encode() + b"\r\nContent-Length: 90\r\n\r\n{")
    for answer in answers:
        with talking(saying(answer)) as url, pytest.raises(PlatformError) as raised:
            send(client, "POST", url, params={"access_token": SECRET}, headers={"Authorization": f"Bearer {SECRET}"}, data={"x": SECRET})
        problems.append(raised.value)
    for address, header in (("http://127.0.0.1:1/", SECRET + "\r\n"), ("http://127.0.0.1:1/", SECRET + "字")):
        with pytest.raises((PlatformError, RuntimeError)) as odd:
            send(client, "POST", address, headers={"Authorization": header})
        problems.append(odd.value)
    told = "".join("".join(traceback.format_exception(problem)) + repr(problem) for problem in problems)
    assert SECRET not in told + caplog.text
    assert all(problem.__context__ is None and problem.__cause__ is None for problem in problems)
