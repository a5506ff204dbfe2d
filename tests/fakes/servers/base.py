"""What every platform's server has in common: the socket loop, the faults of the plan, the log, the truth, a side door for tests."""

import json
import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from tests.fakes.servers.exchange import Exchange
from tests.fakes.servers.fault_plan import Fault, Plan, Role
from tests.fakes.servers.http_wire import Answer, Breaker, Cut, Line, NotHttp, Request, parse
from tests.fakes.servers.oauth import Grants
from tests.fakes.servers.record import Clock, CommonSettings, Record
from tests.fakes.servers.truth import Call

DOOR = "/-/"
"""Paths below are the tests' side door: no plan, no log, no platform has them."""
RECEIVE_BUFFER = 128 * 1024
"""What the system may take in ahead of us: small, so that a cut line has not swallowed megabytes nobody counted."""


class Refused(Exception):
    """The platform says no. answer: how."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.code)
        self.answer = answer


@dataclass(frozen=True)
class Route:
    """One endpoint. path: a regular expression for the whole path. handler: the method's name, the endpoint's when empty.

    upload_key: the query field that names the transfer its bytes belong to. streams: the handler reads the body itself.
    when: tells apart calls that differ in more than method and path.
    """

    name: str
    role: Role
    methods: str
    path: str
    handler: str = ""
    upload_key: str = ""
    streams: bool = False
    when: Callable[[Request], bool] = lambda _: True


class Server(Record):
    """A platform on 127.0.0.1, in a thread. `with Server(plan) as server:` starts and ends it.

    plan: what goes wrong. clock: aware datetimes. state: a file that always holds the truth, written before an answer leaves,
    so that it can be read after a client or this process died. port: 0 is any free one.
    """

    routes: ClassVar[tuple[Route, ...]] = ()
    Settings: ClassVar[type[CommonSettings]] = CommonSettings

    def __init__(
        self,
        plan: Plan | None = None,
        *,
        settings: CommonSettings | None = None,
        clock: Callable[[], datetime] | None = None,
        state: Path | None = None,
        port: int = 0,
    ) -> None:
        super().__init__(plan or Plan(), settings or self.Settings(), clock or Clock(), state)
        self.grants = Grants(self.common.tokens, self.clock)
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self.host = "{}:{}".format(*self._listener.getsockname())
        self.url = f"http://{self.host}"
        self._breaker = Breaker(self.plan.break_every)
        self._stopped = threading.Event()
        self._lines: dict[int, Line] = {}
        self._connections = 0
        self.mistakes: list[Exception] = []
        self.set_up()

    def set_up(self) -> None:
        """Whatever a platform needs besides, before the first call."""

    @classmethod
    def endpoints(cls) -> dict[str, Role]:
        """Every endpoint's name and what it is for: what `random_plan` takes."""
        return {route.name: route.role for route in cls.routes}

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
        if self.mistakes and error is None:
            # A test must not pass because its server fell over.
            raise self.mistakes[0]

    def start(self) -> Self:
        """Answer from now on."""
        self.write_state()
        threading.Thread(target=self._accept, name=f"{self.platform} server", daemon=True).start()
        return self

    def stop(self) -> None:
        """Hang up on everybody."""
        self._stopped.set()
        with self.lock:
            lines = list(self._lines.values())
        with suppress(OSError):  # not every system lets a listener be shut down
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in lines:
            line.close()

    def heal(self, plan: Plan | None = None) -> None:
        """From now on this plan, or nothing, goes wrong; calls go on being counted."""
        with self.lock:
            self.plan = plan or Plan()
            self._breaker.set(self.plan.break_every)

    def trouble(self, status: int) -> Answer:
        """How this platform, or the gateway before it, says 429, 500, 502 or 503."""
        return Answer(status, body=f"<html><h1>{status}</h1></html>".encode(), headers={"Content-Type": "text/html"}, code=str(status))

    noes: ClassVar[tuple[str, ...]] = ()
    """Errors of its own that it may answer any call with."""

    def says_no(self, code: str) -> Answer:
        """How this platform says one of its `noes`."""
        raise NotImplementedError(code)

    def no_such_path(self) -> Answer:
        """What a path that the platform does not have is told."""
        return Answer(404, body=b"no such path", headers={"Content-Type": "text/plain"}, code="path")

    # The line

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self._connections += 1
                line = self._lines[self._connections] = Line(sock, self._connections, self._breaker)
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: Line) -> None:
        try:
            while (head := line.head()) is not None and self._one(line, head):
                pass
        except NotHttp as error:
            with suppress(Cut):
                line.send(Answer(400, body=str(error).encode()).encode(self._date()))
        except Cut as cut:
            # Only now, when the log and the truth have it: what the client does next finds them up to date.
            if cut.by == "plan":
                line.reset()
        except Exception as error:
            self.mistakes.append(error)
        finally:
            line.close()
            with self.lock:
                self._lines.pop(line.number, None)

    def _one(self, line: Line, head: bytes) -> bool:
        """Answer one request; whether the line goes on."""
        request = parse(head, line)
        line.pace = 0
        if request.path.startswith(DOOR):
            request.content = request.body.read()
            line.send(self._door(request).encode(self._date()))
            return True
        line.count_head(len(head) + 4)
        route = next((r for r in self.routes if request.method in r.methods.split("|") and self._fits(r, request)), None)
        name = route.name if route else "unknown"
        with self.lock:
            nth, number = self.next_of(name), self.next_of("*")
        request.faults = faults = self.plan.at(name, nth, number) if route else ()
        self._prepare(line, faults)
        exchange = Exchange(line, request, faults, self.clock())
        cut = "plan"
        try:
            exchange.act(lambda asked: self._run(route, asked), self.trouble, self.says_no, streams=bool(route and route.streams))
            cut = "" if exchange.status else "plan"
        except Cut as broken:
            cut = broken.by
            raise
        finally:
            self._note(exchange, route, name, (nth, number), cut)
        return exchange.reply(self._stopped)

    def _prepare(self, line: Line, faults: tuple[Fault, ...]) -> None:
        with self.lock:
            for fault in faults:
                match fault.kind:
                    case "expired_token":
                        self.grants.expire_all()
                    case "revoked_token":
                        self.grants.revoke_all()
                    case "lost_upload":
                        self.lose_uploads()
                    case "slow":
                        line.pace = fault.amount

    def _run(self, route: Route | None, request: Request) -> Answer:
        if route is None:
            return self.no_such_path()
        handler: Callable[[Request], Answer] = getattr(self, route.handler or route.name)
        try:
            if route.streams:
                return handler(request)
            with self.lock:
                return handler(request)
        except Refused as refused:
            return refused.answer

    @staticmethod
    def _fits(route: Route, request: Request) -> bool:
        return bool(re.fullmatch(route.path, request.path)) and route.when(request)

    def _note(self, exchange: Exchange, route: Route | None, name: str, nth: tuple[int, int], cut: str) -> None:
        request = exchange.request
        call = Call(
            number=nth[1], at=self.clock(), endpoint=name, nth=nth[0], method=request.method, path=request.path,
            connection=exchange.line.number, status=0 if cut else exchange.status, code=exchange.answer.code, effect=exchange.effect,
            cut=cut, bytes_in=exchange.taken, faults=tuple(fault.kind for fault in exchange.faults),
        )  # fmt: skip
        self.write_down(call, request.query.get(route.upload_key, "") if route and route.upload_key else "")

    def _date(self) -> str:
        return format_datetime(self.clock().astimezone(UTC), usegmt=True)

    def _door(self, request: Request) -> Answer:
        match request.method, request.path.removeprefix(DOOR):
            case "GET", "truth":
                return Answer(body=self.truth().model_dump_json().encode(), headers={"Content-Type": "application/json"})
            case "POST", "plan":
                self.heal(Plan.model_validate_json(request.content))
                return Answer(204)
            case "POST", "clock" if isinstance(self.clock, Clock):
                self.clock.advance(float(json.loads(request.content)["advance_s"]))
                return Answer(204)
            case "POST", "grant":
                wanted = json.loads(request.content)
                grant = self.grants.give(wanted["account"], tuple(wanted["scopes"]))
                return Answer(data={"access_token": grant.access, "refresh_token": grant.refresh})
        return Answer(404)
