"""Plans by hand, and what is rendered from them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.documents.clip import Clip, Clips
from pipeline.documents.edit import CropKey, CropPath, Cut, Edit, Framing
from pipeline.documents.look import Layer, Look, Typography
from pipeline.documents.message import M
from pipeline.documents.plan import Picture, RenderPlan, SoundPlan
from pipeline.render import plan as planning
from pipeline.render.chunks import make_chunks
from pipeline.resources import FONTS
from pipeline.store import Store

FPS = 30
WHOLE = CropPath(width=1, height=1, keys=(CropKey(frame=0, x=0.5, y=0.5),))
LETTERS = Typography(
    font="Noto Sans SC",
    size_px=20,
    bold=False,
    colour="#FFFFFF",
    outline_colour="#000000",
    outline_px=1,
    shadow_px=0,
    box=False,
    margin_bottom_px=40,
    margin_side_px=10,
    line_width=10,
)


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> Callable[..., RenderPlan]:
    """A render plan from (clip, seconds, frames) spans; chunks may be made shorter than usual so that there are more joins."""

    def plan(
        spans: Sequence[tuple[Clip, float, int]],
        *,
        size: tuple[int, int] = (160, 96),
        layers: Sequence[Layer] = (),
        ass: Callable[[int, int], str] = lambda *_: "",
        crops: Sequence[CropPath] = (),
        shortest_s: float = planning.SHORTEST_CHUNK_S,
        longest_s: float = planning.LONGEST_CHUNK_S,
    ) -> RenderPlan:
        monkeypatch.setattr(planning, "SHORTEST_CHUNK_S", shortest_s)
        monkeypatch.setattr(planning, "LONGEST_CHUNK_S", longest_s)
        cuts = tuple(Cut(clip_id=c.id, source_start_s=start, frames=n, role="talk", reason=M("x")) for c, start, n in spans)
        edit = Edit(fps=FPS, cuts=cuts, heard=(), decisions=(), led_by="music")
        width, height = size
        return planning.plan_render(
            edit,
            Framing(aspect="x", paths=tuple(crops) or tuple(WHOLE for _ in cuts)),
            Clips(clips=tuple({clip.id: clip for clip, _, _ in spans}.values()), set_aside=()),
            Look(style="plain", width=width, height=height, fps=FPS, layers=tuple(layers), typography=LETTERS),
            picture=Picture(width=width, height=height, fps=FPS, crf=18, speed="ultrafast", lut="", lut_sha256="", fonts=str(FONTS)),
            sound=SoundPlan(length_s=edit.frames / FPS, voices=(), music=None),
            ass_under=ass,
            story="s",
            destination="shelf",
        )

    return plan


@pytest.fixture(scope="session")
def frames_of() -> Callable[..., list[np.ndarray]]:
    """Every frame of a plan, rendered chunk by chunk, as luma or in another format."""

    def frames(plan: RenderPlan, store: Store, format: str = "gray") -> list[np.ndarray]:
        files, _ = make_chunks(plan, store, at_once=2, progress=lambda _: None)
        shown: list[np.ndarray] = []
        for file in files:
            with av.open(str(file)) as container:
                shown.extend(frame.to_ndarray(format=format) for frame in container.decode(video=0))
        return shown

    return frames


@pytest.fixture(scope="session")
def sound_of(tmp_path_factory: pytest.TempPathFactory, run_ffmpeg, sound_options) -> Callable[[float], Path]:
    """A finished sound track of that many seconds."""
    folder = tmp_path_factory.mktemp("sound")
    return lambda seconds: run_ffmpeg("-f", "lavfi", "-i", f"sine=330:d={seconds}", *sound_options, out=folder / f"{seconds:.3f}.m4a")
