"""The few questions FieldCut asks of its Prefect server, each of which may be asked again: a server on SQLite turns away who comes while
another writes."""

import ssl
import time
from collections.abc import Mapping, Sequence
from typing import Any, Self

import httpx

from pipeline.documents.message import M
from pipeline.errors import Fault
from pipeline.network.broken_connection import why_no_answer

TRIES = 20
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0
"""With growing pauses twenty tries never gave up while ten wrote at once (SQLite answers 503 or drops the connection)."""
ANSWER_S = 30.0
MOST_RUNS = 200
"""The most that the server gives at once."""
FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
"""Types of the states in which a run has ended."""


class ServerUnreachable(Fault):
    """The server did not answer, however often it was asked."""


class PrefectApi:
    """One server's REST interface, closed at the end of a `with`. Not shared between threads."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None, trusts: ssl.SSLContext | None = None) -> None:
        """url: with `/api` at its end, as in PREFECT_API_URL. headers: that go with every call. trusts: whose certificates; None for the
        usual signers."""
        self.url = url
        self._client = httpx.Client(base_url=url, headers=headers, verify=trusts or True, timeout=ANSWER_S, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str) -> Any:
        """Read. Returns None for what is not there."""
        return self._ask("GET", path, None)

    def post(self, path: str, content: Mapping[str, Any] | Sequence[Any] | None = None) -> Any:
        """Write what may be written twice without harm, or carries an idempotency key. Returns None for what is not there."""
        return self._ask("POST", path, content or {})

    def patch(self, path: str, content: Mapping[str, Any]) -> None:
        """Change something."""
        self._ask("PATCH", path, content)

    def delete(self, path: str) -> None:
        """Delete something; it may be gone already."""
        self._ask("DELETE", path, None)

    def order_run(self, deployment: str, key: str, name: str = "", parameters: Mapping[str, Any] | None = None) -> str | None:
        """Order a run of a deployment; the server makes one for each key. Returns its id, None while the server knows no such deployment.

        deployment: `flow/deployment`. name: of the run; the server finds one for an empty one.
        """
        known = self.get(f"/deployments/name/{deployment}")
        if known is None:
            return None
        order = {"parameters": dict(parameters or {}), "idempotency_key": key, **({"name": name} if name else {})}
        return str(self.post(f"/deployments/{known['id']}/create_flow_run", order)["id"])

    def find_runs(self, query: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The runs that a filter of the server's takes in, at most MOST_RUNS. query: as `/flow_runs/filter` wants it."""
        return list(self.post("/flow_runs/filter", {**query, "limit": MOST_RUNS}) or [])

    def run_state(self, run: str) -> str | None:
        """The type of a run's state; None once it has ended, and for one that nobody knows any more."""
        answer = self.get(f"/flow_runs/{run}")
        return None if answer is None or answer["state_type"] in FINAL else str(answer["state_type"])

    def _ask(self, method: str, path: str, content: Mapping[str, Any] | Sequence[Any] | None) -> Any:
        """Raises ServerUnreachable after all tries, Fault for an answer that no further try would change."""
        pause_s, why = FIRST_PAUSE_S, M("it took too long")
        for _ in range(TRIES):
            try:
                answer = self._client.request(method, path, json=content)
            except httpx.TransportError as error:
                why = why_no_answer(error)
            else:
                if answer.status_code == httpx.codes.NOT_FOUND:
                    return None
                if answer.is_success:
                    return answer.json() if answer.content else None
                why = M("HTTP {status}", status=answer.status_code)
                if not answer.is_server_error and answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                    raise Fault(
                        M(
                            "The Prefect server refused {what}: {reason}",
                            what=f"{method} {path}",
                            reason=f"{answer.status_code} {answer.text[:300]}",
                        )
                    )
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        raise ServerUnreachable(M("The Prefect server at {url} does not answer: {why}.", url=self.url, why=why))
