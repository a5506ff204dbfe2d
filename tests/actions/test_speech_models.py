"""`fieldcut model get`: nothing is fetched that is not what the hub says, and a model fetched by hand needs no network."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipeline.actions import speech_models
from pipeline.errors import Fault, UserMistake
from pipeline.settings import SpeechSettings
from pipeline.speech.known_models import known_models, model_folder
from pipeline.store.user_store import USER_CACHE
from tests.speech import tiny_models

NAME = "sensevoice-small"
REPOSITORY = known_models()[NAME].repository


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user who has fetched nothing."""
    monkeypatch.setenv(USER_CACHE, str(tmp_path / "cache"))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)


@pytest.fixture
def by_hand(tmp_path: Path) -> Path:
    """A folder into which a person fetched the model."""
    folder = tiny_models.sense_voice(tmp_path / "下载")
    (folder / "model.onnx").rename(folder / "model.int8.onnx")
    return folder


class Hub(ThreadingHTTPServer):
    """A model hub on the loopback address, as `huggingface_hub` asks one. content: what is given; stated: what is said of it."""

    content: dict[str, bytes]
    stated: dict[str, bytes]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class HubAnswers(BaseHTTPRequestHandler):
    server: Hub

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        path = self.path.partition("?")[0]
        if path.startswith(f"/api/models/{REPOSITORY}/tree/main"):
            entries = [self._entry(name, data) for name, data in self.server.stated.items()]
            body, headers = json.dumps(entries).encode(), {"Content-Type": "application/json"}
        elif (name := path.rpartition("/")[2]) in self.server.content:
            body = self.server.content[name]
            headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()}"', "X-Repo-Commit": "0" * 40, "Accept-Ranges": "bytes"}
        else:
            self.send_error(404)
            return
        self.send_response(200)
        for key, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(key, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    @staticmethod
    def _entry(name: str, data: bytes) -> dict[str, object]:
        blob = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
        entry: dict[str, object] = {"type": "file", "path": name, "size": len(data), "oid": blob}
        if name.endswith(".onnx"):
            entry["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
        return entry


@pytest.fixture
def hub(by_hand: Path) -> Iterator[Hub]:
    with Hub(("127.0.0.1", 0), HubAnswers) as server:
        server.content = {name: (by_hand / name).read_bytes() for name in known_models()[NAME].file_names}
        server.stated = dict(server.content)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_model_is_fetched_from_the_hub_that_the_settings_name(hub: Hub) -> None:
    shares: list[float] = []
    sums = speech_models.get_model(NAME, SpeechSettings(hub=hub.address), shares.append)
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in sorted(hub.content.items())}
    assert {path.name for path in model_folder(NAME).iterdir()} == set(hub.content)
    assert shares[-1] == 1.0


def test_the_mirror_is_asked_instead_of_the_hub(hub: Hub) -> None:
    speech_models.get_model(NAME, SpeechSettings(hub="http://127.0.0.1:9", mirror=hub.address), lambda _: None)
    assert model_folder(NAME).is_dir()


@pytest.mark.parametrize("damaged", ["model.int8.onnx", "tokens.txt"])
def test_what_is_not_what_the_hub_states_is_not_kept(hub: Hub, damaged: str) -> None:
    hub.content[damaged] = hub.content[damaged][:-1] + b"?"
    with pytest.raises(Fault, match=damaged):
        speech_models.get_model(NAME, SpeechSettings(hub=hub.address), lambda _: None)
    assert not model_folder(NAME).exists()
    assert not list(model_folder(NAME).parent.glob(".*"))


def test_a_hub_that_does_not_answer_names_the_files_to_fetch_by_hand() -> None:
    with pytest.raises(Fault, match=r"--from FOLDER: http://127\.0\.0\.1:9/.*/model\.int8\.onnx .*tokens\.txt"):
        speech_models.get_model(NAME, SpeechSettings(hub="http://127.0.0.1:9"), lambda _: None)


def test_a_model_fetched_by_hand_is_taken_with_its_checksum(by_hand: Path) -> None:
    right = hashlib.sha256((by_hand / "model.int8.onnx").read_bytes()).hexdigest()
    with pytest.raises(UserMistake, match=right):
        speech_models.get_model(NAME, SpeechSettings(), lambda _: None, source=by_hand, sha256="0" * 64)
    assert not model_folder(NAME).exists()
    sums = speech_models.get_model(NAME, SpeechSettings(), lambda _: None, source=by_hand, sha256=right.upper())
    assert sums["model.int8.onnx"] == right
    listed = {model.name: model for model in speech_models.list_models(NAME)}
    assert listed[NAME].present
    assert listed[NAME].chosen
    assert not listed["large-v3-turbo"].present


def test_a_folder_without_the_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserMistake, match="lacks"):
        speech_models.get_model(NAME, SpeechSettings(), lambda _: None, source=tmp_path / "empty")
    with pytest.raises(UserMistake, match="large-v3-turbo"):
        speech_models.get_model("base", SpeechSettings(), lambda _: None)
