"""A small story with everything a report can tell, made here."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from pipeline.documents.analysis import Analysis, Defect
from pipeline.documents.clip import Clip, Clips, SetAside
from pipeline.documents.edit import Cut, Decision, Edit
from pipeline.documents.job import Job
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Choice, Offer
from pipeline.documents.rendition import Finding, Inspection, Rendition
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.documents.transcript import Repair, Transcript
from pipeline.lesson import ShownVideo, write_report
from pipeline.media import FFMPEG, run_media
from pipeline.store import Store
from tests import builders

QUICK = ("-pix_fmt", "yuv420p", "-preset", "ultrafast")
DARK = M("too dark: mean brightness {level} of 255", level=9)
LIGHT = M("Film before sunset, or turn so that the light falls on what you film.")


def film(path: Path, *arguments: str) -> Path:
    """A film made by ffmpeg."""
    run_media([FFMPEG, "-hide_banner", "-nostdin", "-v", "error", "-y", *arguments, str(path)], name=path.name)
    return path


def clip_of(path: Path, clip_id: str, **facts: Any) -> Clip:
    """The facts of a clip of four seconds."""
    size = path.stat().st_size if path.is_file() else 0
    known: dict[str, Any] = {"width": 320, "height": 180, "frame_rate": 25.0, "longest_gap_s": 0.04, "duration_s": 4.0}
    return builders.clip(**{"id": clip_id, "name": path.name, "path": str(path), "size_bytes": size, **known, **facts})


DARKNESS = Defect(kind="dark", measured=9, reason=DARK, advice=LIGHT)


@dataclass(frozen=True)
class Story:
    """Everything that `write_report` is given."""

    folder: Path
    clips: Clips
    analyses: dict[str, Analysis]
    edit: Edit
    transcripts: dict[str, Transcript] = field(default_factory=dict)
    subtitles: Subtitles | None = None
    rendition: Rendition | None = None
    inspection: Inspection | None = None
    video: Path | None = None
    language: str = "zh"
    warnings: tuple[Message, ...] = ()
    videos: tuple[ShownVideo, ...] = ()

    def page(self, name: str = "report.html", store: Store | None = None) -> str:
        """The report's text. store: None for one that keeps nothing yet, since stories of these tests share made-up hashes."""
        now = datetime(2026, 10, 12, 8, 0, tzinfo=UTC)
        offer = Offer(sku="P-1", name="土豆 <新>", price=Decimal("29.90"), unit="10斤")
        path = write_report(
            self.folder / name,
            store=store or Store(Path(mkdtemp(dir=self.folder))),
            job=Job(story="村里 & co", source="/in", workspace="/out", now=now, width=180, height=320),
            clips=self.clips,
            analyses=self.analyses,
            transcripts=self.transcripts,
            choice=Choice(offer=offer, reason=M("{product} was asked for ({sku}).", product=offer.name, sku=offer.sku)),
            edit=self.edit,
            subtitles=self.subtitles,
            rendition=self.rendition,
            inspection=self.inspection,
            video=self.video,
            seconds_per_stage={"footage": 0.5, "render": 4.0},
            warnings=self.warnings,
            language=self.language,
            videos=self.videos,
        )
        return path.read_text(encoding="utf-8")

    def but(self, **changes: Any) -> "Story":
        """The same story with something else about it."""
        return replace(self, **changes)


@pytest.fixture(scope="session")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of landscape picture whose name tries to break the page."""
    folder = tmp_path_factory.mktemp("reel")
    return film(folder / "村里 [1]'s <b>.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25", "-t", "4", *QUICK)


@pytest.fixture
def story(reel: Path, tmp_path: Path) -> Story:
    """A finished story of one good and one dark clip."""
    clips = Clips(
        clips=(clip_of(reel, "a" * 16), clip_of(reel, "b" * 16, name="夜里.mp4")),
        set_aside=(SetAside(name="坏.mp4", path="/in/坏.mp4", kind="truncated", reason=M("{name} was broken off.", name="坏.mp4")),),
    )
    decisions = (
        Decision(clip_id="a" * 16, start_s=0.5, end_s=2.0, kept=True, reason=M("said clearly"), words="我们的土豆"),
        Decision(clip_id="a" * 16, start_s=2.0, end_s=3.5, kept=False, reason=M("a slip: the speaker takes it back"), words="呃不对"),
        Decision(clip_id="b" * 16, start_s=0.0, end_s=4.0, kept=False, reason=DARK, advice=LIGHT),
    )
    cut = Cut(clip_id="a" * 16, source_start_s=0.5, frames=100, role="talk", reason=M("the speaker is seen"))
    finding = Finding(check="black", passed=False, message=M("The picture is black."), at_s=1.5)
    good = Finding(check="length", passed=True, message=M("All {count} frames are there.", count=100))
    return Story(
        folder=tmp_path,
        clips=clips,
        analyses={
            "a" * 16: builders.analysis("a" * 16, builders.shot(0, 4)),
            "b" * 16: builders.analysis("b" * 16, builders.shot(0, 4, DARKNESS)),
        },
        edit=Edit(fps=25, cuts=(cut,), heard=(), decisions=decisions, led_by="talk", warnings=(M("Only one clip can be shown."),)),
        transcripts={
            "a" * 16: Transcript(
                clip_id="a" * 16, language="zh", phrases=(), repairs=(Repair(at_s=1, heard="面宁", written="冕宁", why="glossary"),)
            )
        },
        subtitles=Subtitles(
            fps=25,
            cues=(
                Cue(start_frame=0, end_frame=40, lines=("我们的土豆",), clip_id="a" * 16, source_start_s=0.5, source_end_s=2),
                Cue(
                    start_frame=60,
                    end_frame=80,
                    lines=("听不清",),
                    clip_id="a" * 16,
                    source_start_s=3,
                    source_end_s=3.5,
                    confidence=0.2,
                    held=True,
                ),
            ),
        ),
        rendition=Rendition(
            file=str(reel), sha256="0", destination="shelf", width=180, height=320, fps=25, frames=100, loudness_lufs=-14, true_peak_dbtp=-2
        ),
        inspection=Inspection(rendition_sha256="0", findings=(good, finding)),
        video=reel,
    )


@pytest.fixture(scope="session")
def turned(reel: Path) -> Clip:
    """The reel, stored lying and played standing."""
    path = reel.with_name("turned.mp4")
    film(path, "-display_rotation:v:0", "90", "-i", str(reel), "-c", "copy")
    return clip_of(path, "a" * 16, width=180, height=320, rotation=270)


@pytest.fixture(scope="session")
def hdr(reel: Path) -> Clip:
    """A wall of reference white in PQ: 10-bit code 58 % of the limited range."""
    path = reel.with_name("hdr.mp4")
    tags = "setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc:range=tv"
    wall = f"format=yuv420p10le,geq=lum=573:cb=512:cr=512,{tags}"
    film(
        path, "-f", "lavfi", "-i", "color=gray:s=320x180:r=25", "-t", "1", "-vf", wall, "-c:v", "libx265", "-x265-params", "log-level=error"
    )
    return clip_of(path, "a" * 16, transfer="pq", duration_s=1.0)


@pytest.fixture(scope="session")
def grainy(reel: Path) -> Clip:
    """Noise: the largest JPEGs there are."""
    path = reel.with_name("grainy.mp4")
    film(path, "-f", "lavfi", "-i", "nullsrc=s=256x144:r=25,geq=random(1)*255:128:128", "-t", "4", *QUICK, "-g", "10")
    return clip_of(path, "c" * 16, name="grainy.mp4", width=256, height=144)
