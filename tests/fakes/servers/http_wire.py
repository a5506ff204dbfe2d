"""One line to a client, close to the socket: what must be cut in the middle, held, or slowed cannot hide behind a framework."""

import fcntl
import json
import re
import select
import socket
import struct
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

HEAD_LIMIT = 64 * 1024
BODY_LIMIT = 256 * 1024 * 1024
"""What is read into memory at once; only a streaming endpoint takes more."""
_FOREVER = 1 << 62


class Cut(Exception):
    """The line ends here. by: "plan" when the plan cuts it (and it is still to be reset), "client" when the client hung up."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class NotHttp(Exception):
    """What came in is no request that can be read."""


class Breaker:
    """Says when the line breaks: each time `every` bytes have come in over all connections; 0 is never."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._left = every
        self._lock = threading.Lock()

    def set(self, every: int) -> None:
        """From now on it breaks each time so many bytes have come in."""
        with self._lock:
            self._every = self._left = every

    def room(self) -> int:
        """How many bytes may still come in. Raises Cut when there are none, and starts anew."""
        with self._lock:
            if not self._every:
                return _FOREVER
            if self._left <= 0:
                self._left = self._every
                raise Cut("plan")
            return self._left

    def count(self, received: int) -> None:
        """So many bytes came in."""
        with self._lock:
            self._left -= received


class Line:
    """One connection. number: which one of the server's. pace: bytes a second it is read at, 0 is as fast as it goes."""

    def __init__(self, sock: socket.socket, number: int, breaker: Breaker) -> None:
        self.number = number
        self.pace = 0
        self._sock = sock
        self._breaker = breaker
        self._ahead = memoryview(b"")

    def head(self) -> bytes | None:
        """The next request's line and headers without the empty line; None when the client hung up between requests."""
        data = bytearray(self._ahead)
        self._ahead = memoryview(b"")
        while (end := data.find(b"\r\n\r\n")) < 0:
            if len(data) > HEAD_LIMIT:
                raise NotHttp("the head is too long")
            try:
                piece = self._sock.recv(HEAD_LIMIT)
            except OSError as error:
                raise Cut("client") from error
            if not piece:
                return None
            data += piece
        self._ahead = memoryview(bytes(data[end + 4 :]))
        return bytes(data[:end])

    def count_head(self, length: int) -> None:
        """The head's bytes count for the breaker like any other."""
        self._breaker.count(length)

    def read_into(self, view: memoryview) -> int:
        """Fill the beginning of `view` with what comes next and say how much it was, at least one byte. Raises Cut."""
        view = view[: self._breaker.room()]
        if self.pace:
            view = view[: max(1, self.pace // 20)]
        if self._ahead:
            size = min(len(view), len(self._ahead))
            view[:size] = self._ahead[:size]
            self._ahead = self._ahead[size:]
        else:
            try:
                size = self._sock.recv_into(view)
            except OSError as error:
                raise Cut("client") from error
            if not size:
                raise Cut("client")
        self._breaker.count(size)
        if self.pace:
            time.sleep(size / self.pace)
        return size

    def send(self, data: bytes) -> None:
        """Send everything. Raises Cut when the client has hung up."""
        try:
            self._sock.sendall(data)
        except OSError as error:
            raise Cut("client") from error

    def delivered(self) -> None:
        """Wait until the client's machine has all that was sent; a reset throws away what is still on the way."""
        until = time.monotonic() + 2
        while time.monotonic() < until:
            left = struct.unpack("i", fcntl.ioctl(self._sock, termios.TIOCOUTQ, b"\0\0\0\0"))[0]
            if not left:
                return
            time.sleep(0.001)

    def reset(self) -> None:
        """End with RST: no goodbye, unread bytes lost."""
        with suppress(OSError):  # the server may have been stopped meanwhile
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()

    def close(self) -> None:
        """End as one should; wakes a reader of the same line."""
        with suppress(OSError):  # the client may have been quicker
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    def hang(self, stopped: threading.Event) -> None:
        """Say nothing until the client hangs up or the server stops."""
        poll = select.poll()
        poll.register(self._sock, select.POLLIN | select.POLLHUP | select.POLLERR)
        while not stopped.is_set():
            if poll.poll(50):
                try:
                    if not self._sock.recv(HEAD_LIMIT):
                        return
                except OSError:
                    return


class Body:
    """A request's body, taken as it comes. taken: bytes read so far, also when the line broke meanwhile."""

    def __init__(self, length: int, read_into: Callable[[memoryview], int]) -> None:
        self.length = length
        self.taken = 0
        self._read_into = read_into

    def blocks(self, size: int) -> Iterator[memoryview]:
        """The body in blocks of exactly `size` bytes, the last may be shorter. Each is valid until the next; a broken block never comes."""
        buffer = memoryview(bytearray(min(size, max(self.length, 1))))
        while self.taken < self.length:
            want = min(len(buffer), self.length - self.taken)
            filled = 0
            while filled < want:
                got = self._read_into(buffer[filled:want])
                filled += got
                self.taken += got
            yield buffer[:want]

    def read(self) -> bytes:
        """All that is left. Raises NotHttp when that is more than a server takes at once."""
        if self.length > BODY_LIMIT:
            raise NotHttp("the body is too long")
        data = bytearray(self.length - self.taken)
        view = memoryview(data)
        filled = 0
        while filled < len(data):
            got = self._read_into(view[filled:])
            filled += got
            self.taken += got
        return bytes(data)

    def drain(self) -> None:
        """Read what is left and throw it away."""
        for _ in self.blocks(256 * 1024):
            pass


def read_chunked(line: Line) -> bytes:
    """A body in HTTP's chunked form, whole."""
    out = bytearray()
    while True:
        size = int(_text_line(line).split(b";")[0], 16)
        if not size:
            while _text_line(line):
                pass
            return bytes(out)
        piece = Body(size, line.read_into).read()
        out += piece
        _text_line(line)


def _text_line(line: Line) -> bytes:
    out = bytearray()
    one = memoryview(bytearray(1))
    while not out.endswith(b"\r\n"):
        if len(out) > 1024:
            raise NotHttp("a chunk's size is no line")
        line.read_into(one)
        out += one
    return bytes(out[:-2])


@dataclass
class Request:
    """What a client asks. headers: lower-case names. content: the body, read already unless the route streams it."""

    method: str
    target: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Body
    content: bytes = b""
    faults: tuple[Any, ...] = ()

    def amount_of(self, kind: str) -> int:
        """The `amount` of the fault of this kind that the plan has for this call, else 0."""
        return next((int(fault.amount) for fault in self.faults if fault.kind == kind), 0)

    @property
    def form(self) -> dict[str, str]:
        """The body as application/x-www-form-urlencoded; empty when it is something else."""
        if not self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return {}
        return dict(parse_qsl(self.content.decode("utf-8", "replace"), keep_blank_values=True))


def parse(head: bytes, line: Line) -> Request:
    """Read a request's head. Raises NotHttp."""
    first, *rest = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise NotHttp(first[:80])
    headers = {name.strip().lower(): value.strip() for name, _, value in (row.partition(":") for row in rest)}
    url = urlsplit(words[1])
    length = headers.get("content-length", "0")
    if not length.isdigit():
        raise NotHttp("Content-Length is no number")
    query = dict(parse_qsl(url.query, keep_blank_values=True))
    return Request(words[0], words[1], unquote(url.path), query, headers, Body(int(length), line.read_into))


@dataclass(frozen=True)
class Answer:
    """What the server says. data: becomes the JSON body; body: bytes as they are. code: the platform's own, for the log."""

    status: int = 200
    data: Any = None
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    code: str = ""

    def with_unknown_fields(self) -> "Answer":
        """The same with fields in every JSON object that no contract knows."""
        return Answer(self.status, _with_more(self.data), self.body, self.headers, self.code)

    def encode(self, date: str, *, bodiless: bool = False) -> bytes:
        """The bytes on the line. date: the Date header. bodiless: an answer to HEAD."""
        body = self.body
        headers = {"Date": date, "Server": "test", **self.headers}
        if self.data is not None:
            body = json.dumps(self.data, ensure_ascii=False).encode()
            headers.setdefault("Content-Type", "application/json; charset=utf-8")
        if self.status not in (204, 304):
            headers.setdefault("Content-Length", str(len(body)))
        rows = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {self.status} {_REASONS.get(self.status, 'Unknown')}\r\n{rows}\r\n".encode("latin-1")
        return head if bodiless else head + body


_REASONS = {200: "OK", 201: "Created", 204: "No Content", 302: "Found", 308: "Resume Incomplete", 400: "Bad Request", 401: "Unauthorized"}
_REASONS |= {403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 411: "Length Required", 413: "Content Too Large"}
_REASONS |= {429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable"}


def _with_more(data: Any) -> Any:
    if isinstance(data, dict):
        return {"field_of_tomorrow": {"list": [None, 1, "字"]}, **{key: _with_more(value) for key, value in data.items()}}
    return [_with_more(value) for value in data] if isinstance(data, list) else data


@dataclass(frozen=True)
class Part:
    """One field of a multipart form. headers: lower-case names."""

    name: str
    content: bytes
    filename: str
    headers: dict[str, str]

    @property
    def text(self) -> str:
        """The field as words."""
        return self.content.decode("utf-8", "replace")


def parts_of(request: Request) -> list[Part]:
    """The parts of a multipart body, in order; none when the body is something else or broken off."""
    found = re.match(r'multipart/[\w-]+;.*boundary="?([^";]+)', request.headers.get("content-type", ""))
    if not found:
        return []
    mark = b"--" + found[1].encode("latin-1")
    pieces = (b"\r\n" + request.content).split(b"\r\n" + mark)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        return []
    return [_part(piece.removeprefix(b"\r\n")) for piece in pieces[1:-1]]


def _part(piece: bytes) -> Part:
    head, _, content = piece.partition(b"\r\n\r\n")
    rows = (row.partition(":") for row in head.decode("utf-8", "replace").split("\r\n"))
    headers = {name.strip().lower(): value.strip() for name, _, value in rows}
    disposition = headers.get("content-disposition", "")
    name = re.search(r'\bname="([^"]*)"', disposition)
    filename = re.search(r'\bfilename="([^"]*)"', disposition)
    return Part(name[1] if name else "", content, filename[1] if filename else "", headers)
