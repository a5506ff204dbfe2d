"""The report is read by day and by night, on a phone and on a desk, with eyes or with ears; its videos play beside it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.documents.message import M
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.lesson import EditOnPage, RowOnPage, ShotOnPage, ShownVideo, seen_from, subtitle_track, write_comparison
from pipeline.store import Store
from tests.fakes.accessibility import serious_findings
from tests.publish.handoff.chrome import Tab, chromium, program

SAID = Subtitles(
    fps=25,
    cues=(
        Cue(start_frame=0, end_frame=30, lines=("鸡 & 鸭 <都有>",), clip_id="a" * 16, source_start_s=0, source_end_s=1),
        Cue(start_frame=30, end_frame=60, lines=("听不清",), clip_id="a" * 16, source_start_s=1, source_end_s=2, held=True, confidence=0.1),
    ),
)


@pytest.fixture
def videos(reel: Path) -> tuple[ShownVideo, ...]:
    track = subtitle_track(SAID)
    good = ShownVideo(name="抖音 320×180", file=reel.name, cover="", track=track, length_s=4, width=320, height=180)
    return good, replace(good, name="货架 320×180"), replace(good, name="小红书 320×180", file="", track="")


def test_subtitles_are_a_track_of_what_is_shown_and_nothing_else() -> None:
    import base64

    text = base64.b64decode(subtitle_track(SAID).partition(",")[2]).decode()
    assert text == "WEBVTT\n\n00:00:00.000 --> 00:00:01.200\n鸡 &amp; 鸭 &lt;都有&gt;"
    assert subtitle_track(Subtitles(fps=25, cues=())) == ""


def test_every_video_of_the_run_is_on_the_page_and_a_copy_elsewhere_finds_them(story: Any, videos: tuple[ShownVideo, ...]) -> None:
    page = story.but(videos=videos).page()
    assert page.count("<video ") == 2
    assert page.count(f'data-beside src="{videos[0].address}"') == 2
    assert "小红书 320×180" in page
    assert page.index("<video ") < page.index("<article")
    moved = seen_from(page, "../../outbox/x/")
    assert moved.count(f'src="../../outbox/x/{videos[0].address}"') == 2
    assert moved.count(f'href="../../outbox/x/{videos[0].address}"') == 2


def test_every_picture_says_what_it_shows_and_figures_stand_with_the_trainer(story: Any) -> None:
    page = story.page()
    assert 'alt=""' not in page
    assert page.index("LUFS") > page.index('class="trainer"')


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    if program() is None:
        pytest.skip("Chromium is not installed, so the page cannot be looked at")
    with chromium(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.mark.system
def test_nothing_keeps_anybody_from_reading_the_report(story: Any, videos: tuple[ShownVideo, ...], reel: Path, tab: Tab) -> None:
    story.but(videos=videos).page()
    page = reel.with_name("report.html")
    page.write_text((story.folder / "report.html").read_text(encoding="utf-8"), encoding="utf-8")
    assert serious_findings(tab, page, before="document.querySelectorAll('details').forEach(one => one.open = true)") == []
    tab.open(page)
    loaded = (
        "Promise.all([...document.querySelectorAll('video')].map(v => new Promise(d => {v.onloadedmetadata=()=>d(v.videoWidth);v.load()})))"
    )
    assert tab.look(loaded) == [320, 320]
    assert tab.said == []


@pytest.mark.system
def test_nothing_keeps_anybody_from_comparing_two_edits(story: Any, tmp_path: Path, tab: Tab) -> None:
    clip = story.clips.clips[0]
    why = M("a good shot: sharp, steady and well lit")
    shot = ShotOnPage(0.0, clip, 0.0, 2.0, "scenic", "鸡 & 鸭 <都有>", why)
    edits = tuple(EditOnPage(M("as it is now"), ((M("Length"), M("{seconds} s", seconds="9.0")),)) for _ in range(2))
    rows = [RowOnPage((shot, shot), "trimmed"), RowOnPage((shot, None), "only"), RowOnPage((None, shot), "moved")]
    write_comparison(tmp_path / "compare.html", store=Store(tmp_path), story="桃", edits=edits, rows=rows, language="zh")  # type: ignore[arg-type]
    assert serious_findings(tab, tmp_path / "compare.html") == []
