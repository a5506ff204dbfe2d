"""A server as a process of its own, so that a client that was killed meets it again."""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from pipeline.resources import ROOT
from tests.fakes.servers.base import Server
from tests.fakes.servers.fault_plan import Plan
from tests.fakes.servers.record import Clock, CommonSettings
from tests.fakes.servers.truth import Truth


def main(make: type[Server]) -> int:
    """Serve until standard input ends; the first line of standard output is JSON: url, host."""
    parser = argparse.ArgumentParser(description=make.__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 is any free one")
    parser.add_argument("--plan", type=Path, help="what goes wrong, as JSON")
    parser.add_argument("--settings", type=Path, help="how the platform reads its contract, as JSON")
    parser.add_argument("--state", type=Path, help="file that always holds the truth")
    parser.add_argument("--now", type=datetime.fromisoformat, help="where the server's clock starts, with its zone")
    given = parser.parse_args()
    plan = Plan.model_validate_json(given.plan.read_bytes()) if given.plan else Plan()
    settings = make.Settings.model_validate_json(given.settings.read_bytes()) if given.settings else None
    with make(plan, settings=settings, clock=Clock(given.now), state=given.state, port=given.port) as server:
        print(json.dumps({"url": server.url, "host": server.host}), flush=True)
        # The end of standard input is the end of whoever started this, also when it was killed.
        sys.stdin.buffer.read()
    return 0


@dataclass(frozen=True)
class Spawned:
    """A server in another process. url, host: where it answers. process: it, to be killed by a test that wants to."""

    url: str
    host: str
    process: "subprocess.Popen[bytes]"

    def truth(self) -> Truth:
        """What happened so far, by the side door."""
        return Truth.model_validate_json(httpx.get(f"{self.url}/-/truth", trust_env=False).content)

    def grant(self, account: str, scopes: tuple[str, ...]) -> dict[str, str]:
        """access_token and refresh_token for an account, without a browser."""
        answer = httpx.post(f"{self.url}/-/grant", json={"account": account, "scopes": scopes}, trust_env=False)
        tokens: dict[str, str] = answer.raise_for_status().json()
        return tokens

    def advance(self, seconds: float) -> None:
        """Put the server's clock forward."""
        httpx.post(f"{self.url}/-/clock", json={"advance_s": seconds}, trust_env=False).raise_for_status()

    def heal(self, plan: Plan | None = None) -> None:
        """From now on this plan, or nothing, goes wrong."""
        httpx.post(f"{self.url}/-/plan", content=(plan or Plan()).model_dump_json(), trust_env=False).raise_for_status()


@contextmanager
def spawned(
    name: str, plan: Plan, folder: Path, *, settings: CommonSettings | None = None, now: datetime | None = None
) -> Iterator[Spawned]:
    """Run `tests.fakes.servers.<name>` in its own process; its truth is always in `folder/<name>.state.json`."""
    files: dict[str, Any] = {"plan": plan, "settings": settings}
    command = [sys.executable, "-m", f"tests.fakes.servers.{name}", "--state", str(folder / f"{name}.state.json")]
    for kind, document in files.items():
        if document is not None:
            path = folder / f"{name}.{kind}.json"
            path.write_text(document.model_dump_json(), encoding="utf-8")
            command += [f"--{kind}", str(path)]
    command += ["--now", now.isoformat()] if now else []
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        line = process.stdout.readline()
        assert line, f"the {name} server did not start"
        yield Spawned(**json.loads(line), process=process)
    finally:
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
