"""The pack's page is read by day and by night on a phone and on a desk, and it has every cover that its steps ask for."""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.publish import load_destination
from pipeline.publish.handoff.form import form_names, load_form
from tests.fakes.accessibility import serious_findings


@pytest.mark.system
@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_keeps_anybody_from_using_the_pack(language: str, pack: Callable[..., Any], tab: Callable[[], Any]) -> None:
    page = pack("douyin").folder / "index.html"
    with tab() as opened:
        assert serious_findings(opened, page, before=f"document.documentElement.dataset.lang = '{language}'") == []
        assert opened.said == []


@pytest.mark.parametrize("name", form_names())
def test_the_pack_has_every_cover_that_its_steps_ask_for(name: str) -> None:
    shapes = [tuple(map(int, shape.split(":"))) for shape in load_destination(name).cover_shapes]
    steps = " ".join(step.zh for step in load_form(name).steps)
    assert "横封面" not in steps or any(wide > high for wide, high in shapes)
    assert "竖封面" not in steps or any(wide < high for wide, high in shapes)
    assert all(f"{wide}:{high} 的封面" not in steps or (wide, high) in shapes for wide in range(1, 17) for high in range(1, 17))
