"""One request on its way through the plan: what is read, whether it has its effect, what is said and how the line ends."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO

from tests.fakes.servers.fault_plan import MODIFIERS, OF_POSTS, Fault
from tests.fakes.servers.garbled import garbled
from tests.fakes.servers.http_wire import Answer, Body, Cut, Line, Request, read_chunked

_SILENT = ("timeout_done", "timeout_not_done")
_WITHOUT_EFFECT = ("timeout_not_done",)
_WITH_EFFECT = ("reset_after", "timeout_done")


class Exchange:
    """`act` does everything but the answer, so that the log and the truth are written before `reply` lets it go.

    status: what will be sent, 0 when no whole answer will. effect: the platform acted on the request. taken: body bytes that came.
    """

    def __init__(self, line: Line, request: Request, faults: tuple[Fault, ...], now: datetime) -> None:
        self.line, self.request, self.faults = line, request, faults
        self.answer = Answer(body=b"." * 64, headers={"Content-Type": "application/json"})
        self.effect = False
        self._wire = request.body
        self._now = now
        self._end = next((fault for fault in faults if fault.kind not in MODIFIERS | OF_POSTS), None)
        self._kind = self._end.kind if self._end else ""

    @property
    def taken(self) -> int:
        """Body bytes that came over the wire."""
        return self._wire.taken

    @property
    def status(self) -> int:
        """The answer's status, 0 when it does not arrive whole."""
        return 0 if self._kind in (*_SILENT, "reset_during", "reset_before") else self.answer.status

    def act(
        self, run: Callable[[Request], Answer], trouble: Callable[[int], Answer], says_no: Callable[[str], Answer], *, streams: bool
    ) -> None:
        """Read the request and do what it asks, or not. run: the platform. trouble, says_no: its words for 429 or 5xx, and for a code of
        its own. Raises Cut."""
        if self._kind == "reset_before":
            return
        if self.request.headers.get("expect", "").lower() == "100-continue":
            self.line.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._receive(streams)
        if self._has_effect():
            self.answer = self._run(run, streams)
            self.effect = True
        self.request.body.drain()
        if self._end and self._kind.startswith("http_"):
            self.answer = self._trouble(trouble(int(self._kind[5:])), self._end)
        if self._end and self._kind == "says_no":
            self.answer = says_no(self._end.code)
        if self._end and self._kind == "garbled":
            self.answer = garbled(self.answer, self._end.amount)
        if self._faulty("unknown_fields"):
            self.answer = self.answer.with_unknown_fields()

    def reply(self, stopped: threading.Event) -> bool:
        """Send the answer as the plan wants it sent; whether the line goes on. Raises Cut."""
        if self._kind in _SILENT:
            self.line.hang(stopped)
            return False
        if self._kind == "reset_before":
            raise Cut("plan")  # the body is still unread
        head = self.request.method == "HEAD"
        data = self.answer.encode(format_datetime(self._now.astimezone(UTC), usegmt=True), bodiless=head)
        if self._kind == "reset_during":
            body = data.find(b"\r\n\r\n") + 4
            self.line.send(data[: (body + len(data)) // 2 if body < len(data) else body // 2])
        else:
            self.line.send(data)
        if self._kind in ("reset_during", "reset_after"):
            self.line.delivered()
            raise Cut("plan")
        return self.request.headers.get("connection", "").lower() != "close"

    def _receive(self, streams: bool) -> None:
        request = self.request
        if request.headers.get("transfer-encoding", "").lower() == "chunked":
            request.content = read_chunked(self.line)
            self._wire.taken = self._wire.length = len(request.content)
        elif not streams or self._faulty("duplicate_fragment"):
            request.content = request.body.read()

    def _has_effect(self) -> bool:
        if self._end is None or self._kind in _WITH_EFFECT:
            return True
        return self._kind not in _WITHOUT_EFFECT and self._end.done

    def _run(self, run: Callable[[Request], Answer], streams: bool) -> Answer:
        answer = self.answer
        for _ in range(2 if self._faulty("duplicate_fragment") else 1):
            if streams and self.request.content:
                # What came whole is handed on as if it came over the line.
                self.request.body = Body(len(self.request.content), BytesIO(self.request.content).readinto)
            answer = run(self.request)
        return answer

    def _faulty(self, kind: str) -> bool:
        return any(fault.kind == kind for fault in self.faults)

    def _trouble(self, answer: Answer, fault: Fault) -> Answer:
        if fault.retry_after_s is None:
            return answer
        date = format_datetime((self._now + timedelta(seconds=fault.retry_after_s)).astimezone(UTC), usegmt=True)
        after = date if fault.as_date else str(fault.retry_after_s)
        return Answer(answer.status, answer.data, answer.body, {**answer.headers, "Retry-After": after}, answer.code)
