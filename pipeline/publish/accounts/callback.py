"""The OAuth callback: the page on this machine that the browser returns to after a login."""

import html
import os
import threading
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit, urlunsplit

from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.secrets.secret import Secret

HOST = "127.0.0.1"
MAX_ERROR_CHARACTERS = 200
REQUEST_TIMEOUT_S = 10.0
"""How long a browser may take to send its request, seconds."""


class BrowserAnswer:
    """The person's decision in the browser. code: None when they refused; error: the platform's reason then."""

    def __init__(self, code: Secret | None, error: str = "") -> None:
        self.code = code
        self.error = error


def parse_answer(query: str, state: str) -> BrowserAnswer | None:
    """Read the answer from the query of a redirect; None when it does not belong to the login with this state."""
    fields = {name: values[0] for name, values in parse_qs(query).items()}
    if not compare_digest(fields.get("state", "").encode(), state.encode()):
        return None
    if fields.get("code"):
        return BrowserAnswer(Secret(fields["code"]))
    error = fields.get("error", "")
    return BrowserAnswer(None, error[:MAX_ERROR_CHARACTERS] if error.isprintable() else "") if "error" in fields else None


class Callback:
    """A server on 127.0.0.1 for one login. `with Callback(redirect, state) as callback: callback.wait(300)`.

    redirect: the registered address, whose port is taken; empty for any free port. The first answer that carries the state counts: a
    second one, or one of another login, changes nothing.
    """

    def __init__(self, redirect: str, state: str) -> None:
        parts = urlsplit(redirect or f"http://{HOST}/")
        port = (parts.port or 80) if redirect else 0
        self._path = parts.path or "/"
        self._state = state
        self._answer: BrowserAnswer | None = None
        self._arrived = threading.Event()
        self._lock = threading.Lock()
        self.foreign_visits = 0
        try:
            self._server = _Server((HOST, port), self._handler())
        except (OSError, OverflowError):
            raise UserMistake(
                M(
                    "Port {port} of this machine is taken, so the login cannot come back. End the program that uses it, or register "
                    "another redirect address and write it into fieldcut.toml.",
                    port=port,
                )
            ) from None
        self.redirect = redirect or urlunsplit(("http", f"{HOST}:{self._server.server_address[1]}", self._path, "", ""))

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="login callback", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait(self, timeout_s: float) -> BrowserAnswer | None:
        """Wait for the answer; None when none came within `timeout_s` seconds."""
        self._arrived.wait(timeout_s)
        return self._answer

    def _take(self, query: str) -> tuple[int, Message]:
        """Take the answer from a visit's query; return the HTTP status and the message to show."""
        answer = parse_answer(query, self._state)
        with self._lock:
            if answer is None:
                self.foreign_visits += 1
                return 400, M("This page does not belong to the login that is waiting. Start again from the terminal.")
            if self._answer is None:
                self._answer = answer
            if self._answer.code is None:
                return 200, M("You said no, and nothing was saved. This page can be closed.")
            return 200, M("Thank you. Go back to the terminal; this page can be closed.")

    def _signal(self) -> None:
        if self._answer is not None:
            self._arrived.set()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        callback = self

        class Handler(BaseHTTPRequestHandler):
            timeout = REQUEST_TIMEOUT_S
            server_version, sys_version = "FieldCut", ""

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                # Another host name means DNS rebinding: a foreign page whose name was made to resolve to this machine.
                named = urlsplit(f"//{self.headers.get('Host', '')}").hostname in (HOST, "localhost")
                if not named or parts.path != callback._path:
                    self._show(404, M("There is nothing here."))
                    return
                try:
                    self._show(*callback._take(parts.query))
                finally:
                    # Not before: the waiting caller may end this process, and the page would never arrive.
                    callback._signal()

            def _show(self, status: int, message: Message) -> None:
                lines = "".join(f'<p lang="{language}">{html.escape(say(message, language))}</p>' for language in ("zh", "en"))
                page = f'<!doctype html><meta charset="utf-8"><title>FieldCut</title>{lines}'.encode()
                self.send_response(status)
                for name, value in _HEADERS.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_: Any) -> None:
                """Log nothing: the address of a visit holds the code."""

        return Handler


_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    # The page's own address holds the code.
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'",
    "Connection": "close",
}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # On Windows it would let two programs share the port; on POSIX it only frees a port that the last login has just left.
    allow_reuse_address = os.name == "posix"
    allow_reuse_port = False

    def server_bind(self) -> None:
        # HTTPServer looks up this machine's name here, which can take seconds without a network.
        TCPServer.server_bind(self)

    def handle_error(self, *_: Any) -> None:
        """Ignore a browser that hung up: the traceback would show its request."""
