"""The server turns away who comes while another writes: every question is asked again, and gives up in one line."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from flows import prefect_api
from flows.prefect_api import PrefectApi, ServerUnreachable
from pipeline.errors import Fault


@dataclass
class Asked:
    """What a server was asked, and how it answers next: a status, or 0 to drop the connection."""

    answers: list[int]
    lines: list[str] = field(default_factory=list)


@contextmanager
def server(*answers: int) -> Iterator[tuple[PrefectApi, Asked]]:
    asked = Asked(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline()
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            self.rfile.read(int(self.headers.get("content-length", 0)))
            asked.lines.append(f"{self.command} {self.path}")
            status = asked.answers.pop(0) if asked.answers else 200
            self.close_connection = True
            if not status:
                return
            body = b"" if status == 204 else b'{"id": "run"}'
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
        with PrefectApi(f"http://127.0.0.1:{listening.server_port}/api") as api:
            yield api, asked
        listening.shutdown()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefect_api, "FIRST_PAUSE_S", 0.001)


def test_a_busy_server_and_a_dropped_connection_are_asked_again() -> None:
    with server(503, 0, 500, 429, 201) as (api, asked):
        assert api.post("/deployments/1/create_flow_run", {"idempotency_key": "k"}) == {"id": "run"}
        assert asked.lines == ["POST /api/deployments/1/create_flow_run"] * 5


def test_what_is_not_there_is_none_and_an_empty_answer_too() -> None:
    with server(404, 204) as (api, _):
        assert api.get("/flow_runs/1") is None
        assert api.post("/work_pools/") is None


def test_a_refusal_is_told_at_once_with_what_was_asked() -> None:
    with server(422) as (api, asked):
        with pytest.raises(Fault, match=r"POST /deployments/: 422|refused POST /deployments/"):
            api.post("/deployments/")
        assert len(asked.lines) == 1


def test_a_server_that_is_gone_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefect_api, "LONGEST_PAUSE_S", 0.001)
    with server(*[503] * 40) as (api, asked):
        with pytest.raises(ServerUnreachable, match="503"):
            api.get("/health")
        assert len(asked.lines) == prefect_api.TRIES
