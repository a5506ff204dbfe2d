"""The few questions FieldCut asks of its Prefect server, each of which may be asked again: a server on SQLite turns away who comes while
another writes."""

import time
from collections.abc import Mapping
from typing import Any

import httpx

from pipeline.documents.message import M
from pipeline.errors import Fault

TRIES = 20
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0
"""With growing pauses twenty tries never gave up while ten wrote at once (SQLite answers 503 or drops the connection)."""
ANSWER_S = 30.0


class ServerUnreachable(Fault):
    """The server did not answer, however often it was asked."""


class PrefectApi:
    """One server's REST interface. Not shared between threads."""

    def __init__(self, url: str) -> None:
        """url: with `/api` at its end, as in PREFECT_API_URL."""
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=ANSWER_S, trust_env=False)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, path: str) -> Any:
        """Read. Returns None for what is not there."""
        return self._ask("GET", path, None)

    def post(self, path: str, content: Mapping[str, Any] | None = None) -> Any:
        """Write what may be written twice without harm, or carries an idempotency key. Returns None for what is not there."""
        return self._ask("POST", path, content or {})

    def patch(self, path: str, content: Mapping[str, Any]) -> None:
        """Change something."""
        self._ask("PATCH", path, content)

    def delete(self, path: str) -> None:
        """Delete something; it may be gone already."""
        self._ask("DELETE", path, None)

    def _ask(self, method: str, path: str, content: Mapping[str, Any] | None) -> Any:
        """Raises ServerUnreachable after all tries, Fault for an answer that no further try would change."""
        pause_s, reason = FIRST_PAUSE_S, ""
        for _ in range(TRIES):
            try:
                answer = self._client.request(method, path, json=content)
            except httpx.TransportError as error:
                reason = type(error).__name__
            else:
                if answer.status_code == httpx.codes.NOT_FOUND:
                    return None
                if answer.is_success:
                    return answer.json() if answer.content else None
                reason = f"{answer.status_code}"
                if not answer.is_server_error and answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                    raise Fault(
                        M("The Prefect server refused {what}: {reason}", what=f"{method} {path}", reason=f"{reason} {answer.text[:300]}")
                    )
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        raise ServerUnreachable(M("The Prefect server at {url} does not answer ({reason}).", url=self.url, reason=reason))
