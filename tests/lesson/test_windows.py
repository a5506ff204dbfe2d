"""The report says which shots are shown wider than usual, and why."""

import pytest

from pipeline.documents.clip import Clips
from pipeline.documents.edit import Cut, Edit, Framing, FramingReason
from pipeline.documents.message import M
from pipeline.language import say
from pipeline.lesson.windows import window_rows
from tests import builders


def told(*reasons: FramingReason | None) -> list[str]:
    clip = builders.clip(name="鹅.mp4")
    cuts = [Cut(clip_id=clip.id if why else "", source_start_s=0, frames=60, role="scenic", reason=M("x")) for why in reasons]
    edit = Edit(fps=30, cuts=tuple(cuts), heard=(), decisions=(), led_by="music")
    framing = Framing(aspect="9:16", paths=(None,) * len(cuts), reasons=reasons)
    return [say(row, "zh") for row in window_rows(edit, framing, Clips(clips=(clip,), set_aside=()))]


def test_the_shots_are_counted_and_the_wider_ones_named():
    summary, fast, unsure = told("face", "moving", "fast", "interest", "unsure", None)
    assert summary == "5 个镜头里：1 个对着人脸，1 个跟着在动的东西，1 个停在最有看头的地方，2 个放宽了画面。"
    assert fast.startswith("第 3 个镜头（第 4.0 秒，鹅.mp4）")
    assert "动得太快" in fast
    assert "拿不准" in unsure
    assert "--frame 5=" in unsure


@pytest.mark.parametrize("reasons", [("whole", "whole", None), ()])
def test_nothing_is_told_where_nothing_is_cropped(reasons):
    assert told(*reasons) == []
