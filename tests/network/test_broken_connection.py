"""Why nothing came back from another machine is said in words, never with a library's name of it."""

import socket
import ssl
import threading
from collections.abc import Iterator

import httpx
import pytest

from pipeline.language import say
from pipeline.network.broken_connection import why_no_answer


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port of this machine on which something listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def failure(address: str, **more: float) -> BaseException:
    """What httpx raises for an address from which no answer comes."""
    with pytest.raises(httpx.TransportError) as error:
        httpx.get(address, trust_env=False, **more)
    return error.value


def test_a_port_on_which_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert "nothing listens" in str(why_no_answer(failure(f"http://127.0.0.1:{port}/")))


def test_a_server_that_keeps_silent(listener: socket.socket) -> None:
    assert "too long" in str(why_no_answer(failure(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout=0.2)))


def test_a_server_that_hangs_up(listener: socket.socket) -> None:
    threading.Thread(target=lambda: listener.accept()[0].close(), daemon=True).start()
    assert "broke off" in str(why_no_answer(failure(f"http://127.0.0.1:{listener.getsockname()[1]}/")))


def test_a_server_that_speaks_no_tls(listener: socket.socket) -> None:
    def answer() -> None:
        connection, _ = listener.accept()
        connection.recv(100)
        connection.sendall(b"HTTP/1.1 400 no\r\n\r\n")
        connection.close()

    threading.Thread(target=answer, daemon=True).start()
    assert "certificate" in str(why_no_answer(failure(f"https://127.0.0.1:{listener.getsockname()[1]}/")))


@pytest.mark.parametrize("cause", [socket.gaierror(-2, "Name or service not known"), ssl.SSLError(1, "bad"), ValueError("no words")])
def test_what_caused_it_is_looked_for_and_no_foreign_word_is_shown(cause: Exception) -> None:
    try:
        try:
            raise cause
        except Exception as inner:
            raise RuntimeError("[Errno -2] Name or service not known") from inner
    except RuntimeError as error:
        said = say(why_no_answer(error), "zh")
    assert said.isprintable()
    assert not any(letter.isascii() and letter.isalpha() for letter in said)
