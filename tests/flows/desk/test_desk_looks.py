"""Old people read the page on a small phone: large letters, wide buttons, enough contrast, by day and by night."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import flows.desk.approval_page
from pipeline.documents.release import VideoFile
from pipeline.documents.rendition import Inspection
from pipeline.media import die_with_parent
from pipeline.store import file_sha256, save_document
from tests import builders
from tests.flows.conftest import environment
from tests.flows.desk.conftest import Coop
from tests.publish.handoff.chrome import Tab, chromium, program

PAGES = Path(flows.desk.approval_page.__file__).parent / "pages"
CSS = (PAGES / "desk.css").read_text(encoding="utf-8")
APPROVAL = (PAGES / "approval.html.j2").read_text(encoding="utf-8")
BODY_PX = 20
PAIRS = [
    ("ink", "paper"),
    ("ink", "card"),
    ("quiet", "paper"),
    ("quiet", "card"),
    ("on", "yes"),
    ("no", "card"),
    ("wait", "paper"),
    ("wait", "card"),
]


def colours() -> dict[str, dict[str, str]]:
    """The named colours of each scheme."""
    light, dark = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    return {name: dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for name, block in (("light", light), ("dark", dark))}


def luminance(colour: str) -> float:
    """Relative luminance, https://www.w3.org/TR/WCAG21/#dfn-relative-luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back"), PAIRS)
def test_what_is_written_stands_out_from_what_it_is_written_on(scheme: str, front: str, back: str) -> None:
    named = colours()[scheme]
    bright, dim = sorted((luminance(named[front]), luminance(named[back])), reverse=True)
    assert (bright + 0.05) / (dim + 0.05) >= 4.5


def test_no_text_is_smaller_than_18_and_no_target_lower_than_60() -> None:
    style = CSS + APPROVAL
    assert f"font: {BODY_PX}px/1.6" in CSS
    sizes = [float(size) * (1 if unit == "px" else BODY_PX) for size, unit in re.findall(r"font-size: ([\d.]+)(px|rem|em)", style)]
    assert min(sizes) >= 18
    heights = dict(re.findall(r"^(input, textarea|textarea|button) \{[^}]*min-height: (\d+)px", APPROVAL, re.MULTILINE))
    assert {name: int(height) >= 60 for name, height in heights.items()} == {"input, textarea": True, "textarea": True, "button": True}


SERVE = """
import socket, sys
from datetime import UTC, datetime
from pathlib import Path
import uvicorn
from flows.desk.app import desk_app
with socket.socket() as listening:
    listening.bind(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    app = desk_app(Path(sys.argv[1]), "zh", lambda: datetime.now(UTC))
    uvicorn.Server(uvicorn.Config(app, access_log=False, log_level="error")).run([listening])
"""
BOX = "(selector => {const b = document.querySelector(selector).getBoundingClientRect(); return [b.width, b.height]})"

LOADED = "new Promise(done => {const v = document.querySelector('video'); v.onloadedmetadata = () => done(v.videoWidth); v.load()})"
"""How wide the video is, once the browser has it."""


@pytest.fixture
def served(coop: Coop) -> Iterator[str]:
    """The address at which a process of its own serves the co-op's desk."""
    command = [sys.executable, "-c", SERVE, str(coop.here.workspace)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment(), text=True, preexec_fn=die_with_parent) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.terminate()


@pytest.fixture
def tab(tmp_path: Path) -> Iterator[Tab]:
    """A browser's page."""
    if program() is None:
        missing = pytest.fail if os.environ.get("FIELDCUT_REQUIRE_ALL") == "1" else pytest.skip
        missing("Chromium is not installed, so the page cannot be looked at")
    with chromium(tmp_path / "profile") as opened:
        yield opened


@pytest.mark.system
def test_a_person_answers_in_a_real_browser_by_a_thumb_and_not_by_the_enter_key(coop: Coop, served: str, tab: Tab, tmp_path: Path) -> None:
    story = "很长的故事名" * 4
    entry = coop.waiting("一条很长很长没有空格的文案" * 8, story=story, video=filmed(coop, story))
    link = f"{served}{coop.link(entry)}"
    for width in (360, 390, 1280):
        for dark in (False, True):
            tab.open(link, width=width, dark=dark)
            tab.picture(tmp_path / f"{width}-{'dark' if dark else 'light'}.png")
            assert tab.look("document.documentElement.scrollWidth") <= width
            for selector in ("#name", "#reason", "button.yes", "button.no"):
                assert min(tab.look(f"{BOX}({selector!r})")) >= 60, selector
            assert tab.look(f"{BOX}('button[disabled]')") == [0, 0], "the button that Enter presses is seen by nobody"
    assert tab.look(LOADED) == 180
    tab.type("#name", "王老师")
    for kind in ("keyDown", "keyUp"):
        tab.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    time.sleep(0.5)
    assert coop.decisions(story) == [], "Enter answered"
    tab.tap("button.yes")
    assert within(10, lambda: "王老师 已同意" in str(tab.look("document.body ? document.body.innerText : ''")))
    [given] = coop.decisions(story)
    assert (given.by.name, given.answer, given.way, given.release_id) == ("王老师", "yes", "link", entry.id)
    assert tab.said == []


def filmed(coop: Coop, story: str) -> VideoFile:
    """A video that a browser can play, inspected as the story's."""
    path = builders.film(coop.here.workspace / "film.mp4")
    save_document(coop.here.workspace / "stories" / story / "inspection.json", Inspection(rendition_sha256=file_sha256(path), findings=()))
    return builders.video_file(path, length_s=2.0, width=180, height=320, fps=15)


def within(seconds: float, look: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not (seen := look()) and time.monotonic() < until:
        time.sleep(0.1)
    return seen
