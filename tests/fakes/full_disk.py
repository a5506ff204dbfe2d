"""A small disk that fills up under a run; runs in a mount namespace of its own and prints what happened as JSON.

Called as `python -m tests.fakes.full_disk WHAT DISK JOB`, where DISK is a folder that a small tmpfs is mounted on.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import av
from PIL import Image

from pipeline.documents.plan import RenderPlan
from pipeline.errors import FieldCutError
from pipeline.render import render
from pipeline.store import Store, load_document
from pipeline.store.inventory import list_items
from tests.demo_story import look_at_faces
from tests.fakes.killed_process import forked
from tests.flows.conftest import environment

PATIENCE_S = 120.0
SHARES = (0.0, 0.02, 0.2, 0.5, 0.8, 0.95)
"""Of what a render writes: the room that it finds."""


def fill(disk: Path, leave: int) -> None:
    """Take all room but so many bytes, though others may be writing."""
    with (disk / "filler").open("ab") as out:
        while (more := shutil.disk_usage(disk).free - leave) > 0:
            with suppress(OSError):
                os.posix_fallocate(out.fileno(), os.fstat(out.fileno()).st_size, more)


def make_room(disk: Path) -> None:
    (disk / "filler").unlink()


def wrong_in(workspace: Path) -> list[str]:
    """Files under a final name that are not whole, and files that a run left which had time to clear up."""
    wrong = [f"left: {path}" for path in workspace.rglob("*") if ".part" in path.name]
    store = Store(workspace / "cache")
    for item in list_items(store):
        if item.what == "leftover" or (item.what == "entry" and item.path.is_file() and not store.holds(item.path)):
            wrong.append(f"not whole: {item.path}")
    for folder in (workspace / "stories", workspace / "outbox", workspace / "shelf"):
        wrong += [f"broken: {path}" for path in folder.rglob("*") if path.is_file() and not opens(path)]
    return wrong


def opens(path: Path) -> bool:
    try:
        match path.suffix:
            case ".json":
                return bool(json.loads(path.read_bytes())) or path.read_bytes().strip() in (b"[]", b"{}")
            case ".mp4":
                with av.open(str(path)) as container:
                    return sum(1 for _ in container.decode(video=0)) == container.streams.video[0].frames
            case ".jpg" | ".png":
                Image.open(path).load()
            case ".html":
                return path.read_text(encoding="utf-8").rstrip().endswith("</html>")
            case ".srt" | ".toml":
                return path.read_text(encoding="utf-8").endswith("\n")
        return True
    except (OSError, ValueError, av.FFmpegError):
        return False


def renders(disk: Path, job: dict[str, Any]) -> list[dict[str, Any]]:
    """A plan rendered with too little room, then with enough; from nothing, and with much of it there already."""
    plan = load_document(Path(job["plan"]), RenderPlan)
    whole = disk / "whole"
    assert attempt(plan, whole)["code"] == 0
    wanted = (whole / "result").read_text()
    told = []
    for name, kept in (("all", ()), ("chunks", ("voices", "sound", "fonts")), ("join", ("voices", "sound", "fonts", "chunks"))):
        needed = sum(path.stat().st_size for path in (whole / "cache").glob("*/*") if path.is_file() and path.parent.name not in kept)
        for share in SHARES:
            workspace = disk / f"{name} {share}"
            for kind in kept:
                shutil.copytree(whole / "cache" / kind, workspace / "cache" / kind)
            (workspace / "tmp").mkdir(parents=True)
            fill(disk, int(needed * share))
            first = attempt(plan, workspace)
            wrong = wrong_in(workspace)
            make_room(disk)
            again = attempt(plan, workspace)
            same = again["code"] == 0 and (workspace / "result").read_text() == wanted
            told.append({"place": name, "share": share, **first, "wrong": wrong, "again": again, "same": same})
            shutil.rmtree(workspace)
    return told


def attempt(plan: RenderPlan, workspace: Path) -> dict[str, Any]:
    """One render, as the command line ends it: its exit code, and its one line."""
    (workspace / "tmp").mkdir(parents=True, exist_ok=True)
    said = Path(tempfile.gettempdir()) / "said"

    def work() -> None:
        tempfile.tempdir = str(workspace / "tmp")
        try:
            result = render(plan, Store(workspace / "cache"))
        except FieldCutError as error:
            said.write_text(f"{error.exit_code} {error}")
            os._exit(error.exit_code)
        (workspace / "result").write_text(result.sha256)

    said.unlink(missing_ok=True)
    code = forked(work)
    return {"code": code, "said": said.read_text() if said.exists() else ""}


def newer(path: Path, than: float) -> bool:
    return path.is_file() and path.stat().st_mtime > than


def part_in(workspace: Path, kind: str) -> bool:
    return any((workspace / "cache" / kind).glob("*.part*"))


def signs(workspace: Path) -> dict[str, tuple[Callable[[float], bool], int]]:
    """What shows that a run has come to a place, and how many bytes it finds there."""
    story = workspace / "stories" / "果园"
    video = story / "renditions" / "shelf-270x480"
    return {
        "beginning": (lambda t: newer(story / ".began", t), 0),
        "analysis": (lambda t: newer(story / "clips.json", t), 12_000),
        "speech": (lambda t: newer(story / "analyses.json", t), 20_000_000),
        "overlays": (lambda t: newer(video / "framing.json", t), 40_000),
        "voices": (lambda _: part_in(workspace, "voices"), 100_000),
        "sound": (lambda _: part_in(workspace, "sound"), 50_000),
        "chunks": (lambda _: part_in(workspace, "chunks"), 30_000),
        "join": (lambda _: part_in(workspace, "renditions"), 50_000),
        "outbox": (lambda t: newer(video / "inspection.json", t), 100_000),
        "report": (lambda t: newer(video / "outbox.json", t), 8192),
        "shelf": (lambda t: newer(story / "report.html", t), 100_000),
    }


def story(disk: Path, job: dict[str, Any]) -> list[dict[str, Any]]:
    """The command line, again and again on one story; each time the disk fills up at another place."""
    workspace, scratch = disk / "workspace", disk / "tmp"
    scratch.mkdir()
    look_at_faces(workspace, "果园")
    env = environment(TMPDIR=str(scratch), FIELDCUT_USER_CACHE=str(disk / "user cache"))
    told = []
    for place, (sign, leave) in signs(workspace).items():
        begun = time.time()
        with Path(tempfile.gettempdir(), "out").open("w+") as out, Path(tempfile.gettempdir(), "err").open("w+") as err:
            run = subprocess.Popen(job["command"], env=env, stdout=out, stderr=err, start_new_session=True)
            while run.poll() is None and not sign(begun - 0.01):
                assert time.time() - begun < PATIENCE_S
                time.sleep(0.001)
            reached = run.poll() is None
            if reached:
                os.killpg(run.pid, signal.SIGSTOP)
                fill(disk, leave)
                os.killpg(run.pid, signal.SIGCONT)
            code = run.wait(PATIENCE_S)
            out.seek(0)
            err.seek(0)
            told.append({"place": place, "reached": reached, "code": code, "out": out.read(), "err": err.read()})
        told[-1]["wrong"] = wrong_in(workspace) if reached else []
        if reached:
            make_room(disk)
    last = subprocess.run(job["command"], env=env, capture_output=True, text=True, check=False)
    told.append({"place": "", "code": last.returncode, "out": last.stdout, "err": last.stderr, "wrong": wrong_in(workspace)})
    told[-1]["scratch"] = [path.name for path in scratch.iterdir() if path.name.startswith("fieldcut")]
    return told


if __name__ == "__main__":
    what, where, asked = sys.argv[1:]
    work: Callable[[Path, dict[str, Any]], list[dict[str, Any]]] = {"renders": renders, "story": story}[what]
    print(json.dumps(work(Path(where), json.loads(Path(asked).read_text()))))
