"""The main job from a dropped folder to the shelf, on real parts: the project's own demo material, and the shared footage where it lies."""

import json
import os
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import cn2an
import pytest
from pypinyin import lazy_pinyin

from pipeline.documents.clip import Clips
from pipeline.documents.edit import Edit
from pipeline.documents.look import Look
from pipeline.resources import ASSETS
from pipeline.store import load_document
from tests.demo_story import VIDEO, fingerprints, made_demo, make
from tests.demo_story import Made as Demo

SHARED = Path(os.environ.get("FIELDCUT_FOOTAGE") or Path(__file__).parents[2] / "shared" / "footage")


@pytest.fixture(scope="module")
def demo(demo_workspace: Path) -> Demo:
    """The demo, made once: outcome, workspace, and the dropped folder's files before it."""
    return made_demo(demo_workspace)


def documents(made: Demo) -> Path:
    return made[1] / "stories" / made[0].story


def spoken(edit: Edit) -> str:
    return "".join(piece.words for piece in edit.heard if piece.kind == "speech")


def sounds_in(text: str, heard: str) -> float:
    """Share of a sentence's syllables that come, in order, in what was heard."""
    wanted, there = (lazy_pinyin(cn2an.transform(said, "an2cn"), errors="ignore") for said in (text, heard))
    return sum(block.size for block in SequenceMatcher(None, wanted, there, autojunk=False).get_matching_blocks()) / len(wanted)


def test_the_demo_passes_its_inspection_and_stands_on_the_shelf(demo: Demo) -> None:
    outcome = demo[0]
    assert outcome.passed, [str(message) for message in outcome.failed]
    assert all(Path(path).is_file() for path in outcome.files.values())
    assert set(outcome.files) == {"video", "cover", "subtitles", "report", "page"}


def test_the_dropped_folder_is_left_as_it_was(demo: Demo) -> None:
    assert fingerprints(ASSETS / "demo" / "story") == demo[2]


def test_every_fault_of_the_demo_is_found_and_none_is_shown(demo: Demo) -> None:
    truth = json.loads((ASSETS / "demo" / "truth.json").read_text(encoding="utf-8"))
    clips, edit = load_document(documents(demo) / "clips.json", Clips), load_document(documents(demo) / "edit.json", Edit)
    shown = {clips.by_id(cut.clip_id).name for cut in edit.cuts if cut.clip_id}
    faulty = {name for name, facts in truth.items() if isinstance(facts, dict) and ("defect" in facts or "duplicate_of" in facts)}
    assert faulty
    assert not shown & faulty
    named = {item.name for item in clips.set_aside} | {clips.by_id(d.clip_id).name for d in edit.decisions if not d.kept and d.advice}
    assert faulty <= named


def test_the_false_start_is_gone_and_every_good_sentence_is_there(demo: Demo) -> None:
    truth = json.loads((ASSETS / "demo" / "truth.json").read_text(encoding="utf-8"))
    _check_sentences(truth, load_document(documents(demo) / "clips.json", Clips), load_document(documents(demo) / "edit.json", Edit))


def _check_sentences(truth: dict[str, Any], clips: Clips, edit: Edit) -> None:
    talk = next(clip for clip in clips.clips if isinstance(truth.get(clip.name), dict) and truth[clip.name].get("speech"))
    facts = truth[talk.name]
    kept = [(p.source_start_s, p.source_start_s + p.frames / edit.fps) for p in edit.heard if p.clip_id == talk.id and p.kind == "speech"]
    retakes = [tuple(span) for span in facts["retake"]]
    assert retakes
    for sentence in facts["speech"]:
        start, end = sentence["start"], sentence["end"]
        heard = sum(max(0.0, min(end, last) - max(start, first)) for first, last in kept) / (end - start)
        if (start, end) in retakes:
            assert heard < 0.05, f"the false start is heard: {sentence['text']}"
        else:
            # the true times include the synthetic voice's own silence at the edges
            assert heard > 0.85, f"cut into: {sentence['text']}"
            assert sounds_in(sentence["text"], spoken(edit)) > 0.8


def test_the_card_shows_the_price_of_the_sheet(demo: Demo) -> None:
    look = load_document(documents(demo) / VIDEO / "look.json", Look)
    card = next(layer for layer in look.layers if layer.kind == "card")
    assert {"高山苹果", "¥35.8", "/5斤"} <= set(card.texts)
    assert any(layer.kind == "end_card" for layer in look.layers)


def test_running_again_makes_nothing_again(demo: Demo) -> None:
    again = make(ASSETS / "demo" / "story", demo[1], catalog=str(ASSETS / "demo" / "catalog.csv"), template="liangshan")
    assert again.passed
    assert again.chunks[0] == 0
    assert again.chunks[1] > 3


def test_one_corrected_word_renders_only_the_chunks_under_it(demo: Demo) -> None:
    srt = documents(demo) / "subtitles.srt"
    text = srt.read_text(encoding="utf-8")
    assert "小黄车" in text
    srt.write_text(text.replace("小黄车", "购物车"), encoding="utf-8")
    again = make(ASSETS / "demo" / "story", demo[1], catalog=str(ASSETS / "demo" / "catalog.csv"), template="liangshan")
    assert again.passed, [str(message) for message in again.failed]
    assert 1 <= again.chunks[0] <= 2
    assert "购物车" in Path(again.files["subtitles"]).read_text(encoding="utf-8")


@pytest.mark.system
def test_potatoes_as_a_volunteer_drops_them(tmp_path: Path) -> None:
    if not (SHARED / "stories" / "potatoes").is_dir():
        pytest.skip(f"no shared footage at {SHARED}")
    outcome = make(SHARED / "stories" / "potatoes", tmp_path, catalog=str(SHARED / "catalog.csv"))
    assert outcome.passed, [str(message) for message in outcome.failed]
    story = tmp_path / "stories" / outcome.story
    clips, edit = load_document(story / "clips.json", Clips), load_document(story / "edit.json", Edit)
    truth = json.loads((SHARED / "stories" / "potatoes.truth.json").read_text(encoding="utf-8"))
    _check_sentences(truth, clips, edit)
    assert {item.kind for item in clips.set_aside} == {"duplicate", "truncated", "note"}
    shown = {clips.by_id(cut.clip_id).name for cut in edit.cuts if cut.clip_id}
    assert not shown & {"VID_20261012_190233.mp4", "VID_20261012_074501.mp4", "VID_20261012_075502.mp4"}
    look = load_document(story / VIDEO / "look.json", Look)
    assert any({"¥29.9", "/10斤"} <= set(layer.texts) for layer in look.layers if layer.kind == "card")


@pytest.mark.system
def test_a_story_without_talk_or_product_is_led_by_music(tmp_path: Path) -> None:
    if not (SHARED / "stories" / "orchard").is_dir():
        pytest.skip(f"no shared footage at {SHARED}")
    outcome = make(SHARED / "stories" / "orchard", tmp_path)
    assert outcome.passed, [str(message) for message in outcome.failed]
    edit = load_document(tmp_path / "stories" / outcome.story / "edit.json", Edit)
    assert edit.led_by == "music"
    assert outcome.warnings
