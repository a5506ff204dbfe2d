"""`fieldcut worker`: what keeps it from starting is one line; two of them render one long video with the story's own machine."""

import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from flows.batch_machine import BatchMachine
from flows.batch_runs import ASKS_WITHIN, BatchRuns, is_recent
from flows.deployments import POOL, SPREAD_QUEUES
from flows.joined_worker import JoinedWorker
from flows.prefect_api import PrefectApi
from flows.sweep import sweep
from pipeline.documents.job import Job
from pipeline.documents.plan import Chunk, Picture, RenderPlan, SoundPlan
from pipeline.errors import UserMistake
from pipeline.media import die_with_parent
from pipeline.render import CpuBudget, chunk_batch, chunk_requests
from pipeline.render.chunk_command import ChunkRequest
from pipeline.render.chunks import make_all_chunks
from pipeline.resources import FONTS, fieldcut_version
from pipeline.stages.spreading import dividing_chunks
from pipeline.store import Store, file_sha256
from pipeline.store.disk import document_text
from pipeline.store.shared import SharedStore, travelling_name
from pipeline.store.shared_files import SharedFolder
from pipeline.workspace import StoryContext
from tests.builders import ffmpeg, piece
from tests.fakes.running_up import family, processes_of, within
from tests.flows.conftest import Run, command, environment

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@contextmanager
def server(answers: dict[str, tuple[int, Any]], certificate: Path | None = None) -> Iterator[str]:
    """What stands where a server of `fieldcut up` should: answers by path, 404 for the rest; by TLS with a certificate and its key."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, content = answers.get(self.path, (404, {"detail": "Not Found"}))
            if code == 200 and "password" in answers and self.headers.get("Authorization") != answers["password"][1]:
                code, content = 401, {}
            self.send_response(code)
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            running.socket = context.wrap_socket(running.socket, server_side=True)
        Thread(target=running.serve_forever, daemon=True).start()
        yield f"http{'s' if certificate else ''}://127.0.0.1:{running.server_port}"
        running.shutdown()


QUEUES = {f"/api/work_pools/{POOL}/queues/{queue}": (200, {}) for queue in SPREAD_QUEUES}
GOOD = {"/api/admin/version": (200, version("prefect")), **QUEUES}
ASKS = {**GOOD, "password": (200, "Basic ZmllbGRjdXQ6b3Blbi1zZXNhbWU=")}


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "不是 `fieldcut up` 的服务"),
        ({**GOOD, "/api/admin/version": (200, "2.0.0")}, "2.0.0"),
        ({"/api/admin/version": GOOD["/api/admin/version"]}, "更旧的版本"),
        (ASKS, "不认这个密码"),
    ],
    ids=["another server", "another Prefect", "an older FieldCut", "no password"],
)
def test_a_server_that_cannot_be_helped_is_said_to_be_none(
    answers: dict[str, tuple[int, Any]], said: str, tmp_path: Path, run_here: Run
) -> None:
    with server(answers) as address:
        answer = run_here("worker", "--join", address, "--store", tmp_path, "--folder", tmp_path / "helper")
    assert answer.code != 0
    assert said in answer.err
    assert len(answer.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--join", "coop.example", "--store", "/"), "不是服务的地址"),
        (("--join", "http://127.0.0.1:9", "--store", "/"), "没有回应"),
        (("--join", "http://127.0.0.1:9", "--store", "/not/mounted"), "挂上共享盘"),
        (("--join", "http://127.0.0.1:9", "--store", "/", "--password-file", "/not/there"), "读不了密码文件"),
    ],
)
def test_what_was_typed_wrong_is_one_line(options: tuple[str, ...], said: str, tmp_path: Path, run_here: Run) -> None:
    answer = run_here("worker", *options, "--folder", tmp_path / "helper")
    assert answer.code != 0
    assert said in answer.err


def joined(address: str, tmp_path: Path, password: str = "") -> JoinedWorker:
    return JoinedWorker(address, BatchMachine(str(tmp_path), tmp_path / "cache"), tmp_path / "prefect", "helper", password, lambda _: None)


def test_the_password_goes_with_every_call_and_into_no_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.joined_worker.KeptProcess.start", lambda _: None)
    with server(ASKS) as address:
        worker = joined(address, tmp_path, "open-sesame")
        with worker.running():
            [kept] = worker.kept
            assert "sesame" not in " ".join(kept.command)
            assert json.loads(kept.environment["PREFECT_CLIENT_CUSTOM_HEADERS"]) == {"Authorization": ASKS["password"][1]}
    assert "PREFECT_CLIENT_CUSTOM_HEADERS" not in joined("http://127.0.0.1:9", tmp_path).environment


def test_a_password_never_goes_through_a_network_in_the_clear(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="https"), joined("http://coop.example:4310", tmp_path, "open-sesame").running():
        pass


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of 127.0.0.1 that nobody but itself has signed, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a.lan")])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    built = built.not_valid_before(NOW.replace(year=2020)).not_valid_after(NOW.replace(year=2120))
    built = built.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path / "a.pem"
    path.write_bytes(key.private_bytes(*plain) + built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return path


def test_a_certificate_that_nobody_knows_is_refused_until_it_is_named(
    certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.joined_worker.KeptProcess.start", lambda _: None)
    with server(ASKS, certificate) as address:
        with pytest.raises(UserMistake, match="--ca-file"), joined(address, tmp_path, "open-sesame").running():
            pass
        named = replace(joined(address, tmp_path, "open-sesame"), ca_file=certificate)
        with named.running():
            assert named.environment["PREFECT_API_SSL_CERT_FILE"] == str(certificate)


def test_one_worker_in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.joined_worker.KeptProcess.start", lambda _: None)
    with (
        server(GOOD) as address,
        joined(address, tmp_path).running(),
        pytest.raises(Exception, match="already"),
        joined(address, tmp_path).running(),
    ):
        pass


def test_a_machine_finds_in_the_environment_what_was_put_there(tmp_path: Path) -> None:
    machine = BatchMachine("s3://bucket/folder", tmp_path / "缓存", 7.5, 2, "https://store.example", "cn-north-1")
    assert BatchMachine.here(machine.environment) == machine


@pytest.mark.parametrize(
    ("moment", "recent"),
    [
        ((NOW - timedelta(seconds=2)).isoformat(), True),
        ((NOW - ASKS_WITHIN).isoformat(), False),
        ("2026-11-30T08:59:58.5Z", True),
        ("2026-11-30T17:00:00+08:00", True),
        (None, False),
        ("yesterday", False),
        ("2026-11-30T09:00:00", False),
    ],
)
def test_a_worker_is_there_while_it_asks(moment: str | None, recent: bool) -> None:
    assert is_recent(moment, NOW) is recent


class Runs(PrefectApi):
    """A server with these runs."""

    def __init__(self, runs: list[dict[str, Any]]) -> None:
        super().__init__("http://127.0.0.1:9/api")
        self.runs, self.crashed = runs, list[str]()

    def post(self, path: str, content: Any = None) -> Any:
        del content
        if path == "/flow_runs/filter":
            return self.runs
        self.crashed.append(path.split("/")[2])
        return {}


def test_what_other_machines_have_taken_is_not_swept_with_what_died_here() -> None:
    queues = ("default", "render", "publish", None)
    began = datetime.now(UTC) - timedelta(minutes=5)
    runs = [{"id": str(queue), "work_queue_name": queue, "start_time": began.isoformat()} for queue in queues]
    forgotten = {"id": "forgotten", "work_queue_name": "render", "start_time": (began - timedelta(days=1)).isoformat()}
    api = Runs([*runs, forgotten])
    assert sweep(api) == 4
    assert api.crashed == ["default", "publish", "None", "forgotten"]


def long_video(folder: Path, seconds: int = 16) -> RenderPlan:
    """A plan of that many chunks of a second each, slow enough to be killed in the middle of one."""
    clip = ffmpeg("-f", "lavfi", "-i", f"testsrc2=s=640x360:r=30:d={seconds}", "-preset", "ultrafast", out=folder / "很长 long.mp4")
    sha256 = file_sha256(clip)
    chunks = tuple(
        Chunk(start_frame=30 * at, frames=30, pieces=(piece(sha256, clip, float(at), 30, width=640, height=360),), laid=(), ass="")
        for at in range(seconds)
    )
    picture = Picture(width=640, height=360, fps=30, crf=18, speed="slow", lut="", lut_sha256="", fonts=str(FONTS))
    return RenderPlan(
        story="s", destination="shelf", picture=picture, chunks=chunks, sound=SoundPlan(length_s=float(seconds), voices=(), music=None)
    )


SET_UP = """
import os, sys
from pathlib import Path
from flows.deployments import SPREAD_QUEUES, deployments, set_up
from flows.prefect_api import PrefectApi
definitions = tuple(one for one in deployments(Path(sys.argv[1]), "en", "UTC") if one.queue in SPREAD_QUEUES)
set_up(PrefectApi(os.environ["PREFECT_API_URL"]), Path(sys.argv[1]), definitions)
"""
"""Sets up what helpers take, and no more."""


@pytest.fixture
def helpers(tmp_path: Path, prefect_server: dict[str, str]) -> Iterator[Callable[[str], Path]]:
    """`helpers(name)`: start `fieldcut worker` in a folder of that name, on one core. At the end nothing of them may be left."""
    subprocess.run([sys.executable, "-c", SET_UP, str(tmp_path)], env=environment(**prefect_server), check=True)
    started: dict[Path, subprocess.Popen[bytes]] = {}

    def start(name: str) -> Path:
        options = ("--join", prefect_server["PREFECT_API_URL"], "--store", tmp_path / "shared", "--threads", 1, "--name", name)
        started[tmp_path / name] = subprocess.Popen(
            command("worker", *options, "--folder", tmp_path / name), env=environment(), preexec_fn=die_with_parent
        )
        return tmp_path / name

    yield start
    for process in started.values():
        process.send_signal(signal.SIGTERM)
    for folder, process in started.items():
        process.wait(30)
        assert within(10, lambda: not family(folder)), family(folder)  # noqa: B023


@pytest.mark.system
def test_two_workers_and_the_storys_own_machine_render_one_video_though_one_is_killed(
    helpers: Callable[[str], Path], prefect_server: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "fieldcut.toml").write_text(f'[store]\nshared = "{tmp_path / "shared"}"\nbatch_seconds = 2\n', encoding="utf-8")
    first, second = helpers("first"), helpers("second")
    plan = long_video(tmp_path)
    alone, _ = make_all_chunks([plan], Store(tmp_path / "alone"), CpuBudget(), lambda _: None)
    context = StoryContext(Job(story="s", source=str(tmp_path), workspace=str(tmp_path / "w"), now=NOW))
    context.open()
    context.machines = runs = BatchRuns(prefect_server["PREFECT_API_URL"], "s", "a run", "en")
    assert within(30, lambda: runs.waiting("chunks") == 2), "both ask for work"

    def finished() -> dict[str, int]:
        return {seal.name.partition(".")[0]: seal.stat().st_mtime_ns for seal in (tmp_path / "shared" / "chunks").glob("*.seal")}

    def made_by(folder: Path) -> set[str]:
        return {path.name.partition(".")[0] for path in (folder / "cache" / "chunks").glob("*.mp4.seal")}

    with dividing_chunks(context, [plan]) as sharing:
        assert sharing == "last"
        assert within(40, lambda: made_by(first) and made_by(second)), (made_by(first), made_by(second))
        for pid in (*processes_of(first, "worker"), *processes_of(first, "run")):
            os.kill(pid, signal.SIGKILL)
        before = finished()
        files, missing = make_all_chunks([plan], context.store, CpuBudget(), lambda _: None, sharing)
    context.close()
    assert [file.read_bytes() for file in files[0]] == [file.read_bytes() for file in alone[0]], "the bytes of one machine"
    assert missing <= set(chunk_requests([plan]))
    assert {key: finished()[key] for key in before} == before, "what the dead one had finished was not made again"
    assert made_by(second) - made_by(first)
    [sent] = (tmp_path / "shared" / "files").iterdir()
    assert sent.suffix == ".mp4", "the clip travelled once"


@pytest.mark.system
def test_a_batch_that_is_cancelled_ends_at_once_and_the_next_one_is_taken_by_the_worker_that_replaces_it(
    helpers: Callable[[str], Path], prefect_server: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "shared").mkdir()
    store = SharedStore(tmp_path / "mine", SharedFolder(tmp_path / "shared"), strict=True)
    requests = list(chunk_requests([long_video(tmp_path)]).values())
    first = helpers("first")

    def order(batch_of: list[ChunkRequest]) -> str:
        batch = chunk_batch("s", fieldcut_version(), batch_of, travelling_name)
        for file in batch.files:
            store.send_file(Path(file.path), file.sha256)
        name = f"batches/{len(batch_of)}.json"
        store.shared.write(name, document_text(batch).encode())
        run = api.order_run("render-batch/render-batch", name, parameters={"batch": name, "language": "en"})
        assert run is not None
        return run

    def state(run: str) -> str:
        return str(api.get(f"/flow_runs/{run}")["state_type"])

    def made() -> int:
        return len(list((tmp_path / "shared" / "chunks").glob("*.seal")))

    with PrefectApi(prefect_server["PREFECT_API_URL"]) as api:
        run = order(requests)
        assert within(40, made), state(run)
        [worker] = processes_of(first, "worker")
        api.post(f"/flow_runs/{run}/set_state", {"state": {"type": "CANCELLING"}})
        assert within(10, lambda: state(run) == "CANCELLED" and worker not in family(first)), family(first)
        assert not [line for line in family(first).values() if "ffmpeg" in line]
        made_before = made()
        assert made_before < len(requests)
        again = order(requests[-2:])
        assert within(40, lambda: state(again) == "COMPLETED"), state(again)
        assert made() == made_before + 2
