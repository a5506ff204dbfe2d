"""A person's cuts win wholly: in edit.json, and by `fieldcut cut`; what contradicts itself is refused with its line."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.actions.compare_edits import compare_edits
from pipeline.actions.shots import change_story_shots, list_story_shots
from pipeline.documents.edit import Edit, Framing, HandFraming
from pipeline.documents.job import Job
from pipeline.documents.offer import Offer
from pipeline.edit import ShotChanges
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.stages.hand_cut import LAST_EDIT
from pipeline.stages.registry import load_stage
from pipeline.stages.renditions import renditions
from pipeline.workspace import StoryContext
from tests.edit.conftest import Story, phrase_at

SAID = ("乡亲们好我是老罗", "我家的脐橙皮薄汁多", "雷波脐橙五斤三十九块九", "下单以后两天就到家")
OFFER = Offer(sku="K7", name="雷波脐橙", aliases=("脐橙",), price=Decimal("39.9"), unit="5斤")


class CutStory:
    """A story that was cut once, without a file behind its clips, and can be cut again as often as a person changes it."""

    def __init__(self, root: Path, offer: Offer) -> None:
        story, at = Story(), 1.0
        for number in range(4):
            story.add(f"view-{number}.mp4", 8.0)
        said = []
        for sentence in SAID:
            said.append(phrase_at(at, sentence))
            at = round(said[-1].end_s + 1.5, 3)
        story.add("talk.mp4", at + 1, phrases=said)
        now = datetime(2026, 11, 3, tzinfo=UTC)
        job = Job(story="橙子", source=str(root), workspace=str(root), width=270, height=480, music="none", now=now)
        self.context = StoryContext(job)
        self.path = self.context.path("edit.json")
        story.write(self.context, offer)
        self.cut()

    def cut(self) -> Edit:
        load_stage("edit").run(self.context, lambda _: None)
        return self.context.read("edit.json", Edit)

    def change(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Write in edit.json as a person does."""
        data = json.loads(self.path.read_text(encoding="utf-8"))
        change(data)
        self.path.write_text(json.dumps(data, ensure_ascii=False, indent=2), encoding="utf-8")

    def ask(self, **changes: Any) -> list[str]:
        return change_story_shots("橙子", self.context.root, ShotChanges(**changes), "zh").lines

    def listed(self) -> list[str]:
        return list_story_shots("橙子", self.context.root, "zh").lines


@pytest.fixture
def oranges(tmp_path: Path) -> CutStory:
    return CutStory(tmp_path, OFFER)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> CutStory:
    """A story whose edit.json is as it was after each test that has it."""
    return CutStory(tmp_path_factory.mktemp("untouched"), OFFER)


def heard(edit: Edit) -> str:
    speech = sorted((piece for piece in edit.heard if piece.kind == "speech"), key=lambda piece: piece.at_frame)
    return "".join(piece.words for piece in speech).replace(" ", "")


def body(edit: Edit) -> int:
    return edit.frames - (edit.cuts[-1].frames if edit.cuts[-1].role == "end_card" else 0)


def test_the_last_sentence_taken_out_of_edit_json_is_not_heard_under_the_end_card(oranges: CutStory) -> None:
    before = oranges.cut()
    oranges.change(lambda data: data["cuts"].pop(-2))
    after = oranges.cut()
    assert SAID[-1] in heard(before)
    assert SAID[-1] not in heard(after)
    assert max(piece.at_frame + piece.frames for piece in after.heard) <= body(after)
    assert oranges.context.edited_by_hand("edit.json")
    (video,) = renditions(oranges.context)
    assert len(video.read("framing.json", Framing).paths) == len(after.cuts)


def test_two_changes_one_after_the_other_are_both_kept(oranges: CutStory) -> None:
    oranges.change(lambda data: data["cuts"].pop(0))
    once = oranges.cut()
    assert once.cuts[0].role == "talk"
    oranges.change(lambda data: data["cuts"].pop(-2))
    twice = oranges.cut()
    assert twice.cuts[0] == once.cuts[0]
    assert SAID[-1] not in heard(twice)
    assert oranges.cut() == twice


def test_a_change_that_is_taken_back_leaves_the_edit_to_fieldcut_again(oranges: CutStory) -> None:
    before, text = oranges.cut(), oranges.path.read_text(encoding="utf-8")
    oranges.change(lambda data: data["cuts"].pop(0))
    assert oranges.cut() != before
    oranges.path.write_text(text, encoding="utf-8")
    assert oranges.cut() == before
    assert not oranges.context.edited_by_hand("edit.json")


def contradictory(key: str, index: int, **values: Any) -> Callable[[dict[str, Any]], object]:
    return lambda data: data[key][index].update(values)


@pytest.mark.parametrize(
    ("change", "line_of", "told"),
    [
        (lambda data: data["cuts"].append(data["cuts"].pop(0)), "cuts:-2", "片尾最多一个"),
        (contradictory("cuts", 1, clip_id=""), "cuts:1", "没写是哪个片段"),
        (contradictory("cuts", 1, clip_id="f" * 16), "cuts:1", "不在这个故事里"),
        (contradictory("cuts", 1, source_start_s=900.0), "cuts:1", "900"),
        (contradictory("cuts", 0, frames=-4), "cuts:0", "没有画面"),
        (contradictory("heard", 1, at_frame=9000), "heard:1", "片尾之前的画面"),
        (contradictory("heard", 1, source_start_s=900.0), "heard:1", "声音只有"),
        (lambda data: data.update(product_frame=9000), '"product_frame"', "商品卡"),
        (lambda data: data.update(cuts=[]), '"cuts"', "一个镜头也没剩下"),
        (contradictory("cuts", 1, role="hero"), '"role": "hero"', "cuts.1.role"),
    ],
)
def test_an_edit_that_contradicts_itself_is_refused_with_its_line(untouched: CutStory, change, line_of: str, told: str) -> None:
    before = untouched.path.read_bytes()
    untouched.change(change)
    written = untouched.path.read_text(encoding="utf-8")
    with pytest.raises(UserMistake) as refused:
        untouched.cut()
    assert untouched.path.read_text(encoding="utf-8") == written
    untouched.path.write_bytes(before)
    message = say(refused.value.message, "zh")
    lines = written.splitlines()
    if ":" in line_of and not line_of.startswith('"'):
        key, index = line_of.split(":")
        first = next(number for number, line in enumerate(lines) if line.startswith(f'  "{key}"'))
        entries = [number for number, line in enumerate(lines, 1) if number > first + 1 and line == "    {"]
        expected = entries[int(index) % len(json.loads(written)[key])]
    else:
        expected = next(number for number, line in enumerate(lines, 1) if line_of in line)
    assert re.search(rf"第 {expected} 行", message), message
    assert told in message


def test_the_list_numbers_what_is_shown_and_then_what_is_not_with_words_and_reasons(untouched: CutStory) -> None:
    lines = untouched.listed()
    shown = len(untouched.cut().cuts) - 1
    assert f"{shown} 个镜头" in lines[0]
    assert [line.split()[0] for line in lines[1 : shown + 1]] == [str(number) for number in range(1, shown + 1)]
    assert "开头" in lines[1]
    assert any("脐橙" in line for line in lines)
    assert "没用上的：" in lines
    assert not [line for line in lines if "停顿" in line]


def test_a_shot_dropped_and_taken_in_again_is_where_it_was(oranges: CutStory) -> None:
    before = oranges.cut()
    oranges.ask(drop=(len(before.cuts) - 1,))
    assert SAID[-1] not in heard(oranges.cut())
    number = next(int(line.split()[0]) for line in oranges.listed() if SAID[-1] in line)
    oranges.ask(restore=(number,))
    after = oranges.cut()
    assert heard(after) == heard(before)
    # taken in by hand, all of it is seen: none is left for the end card
    assert before.frames - 10 <= after.frames <= before.frames + 1.5 * before.fps
    assert after.cuts[-2].role == "talk"


def test_a_picture_is_exchanged_for_one_that_was_left_out_and_nothing_said_is_lost(oranges: CutStory) -> None:
    before = oranges.cut()
    number = next(int(line.split()[0]) for line in oranges.listed() if "view-" in line and "秒起" not in line)
    cover = next(index for index, cut in enumerate(before.cuts) if cut.role == "cover")
    oranges.ask(swap=((cover + 1, number),))
    after = oranges.cut()
    assert after.cuts[cover].clip_id not in {cut.clip_id for cut in before.cuts}
    assert heard(after) == heard(before)
    assert after.frames == before.frames


def test_a_view_that_is_taken_in_lies_over_the_longest_view_of_the_speaker(oranges: CutStory) -> None:
    oranges.ask(drop=tuple(number for number, cut in enumerate(oranges.cut().cuts, 1) if cut.role == "cover"))
    before = oranges.cut()
    number = next(int(line.split()[0]) for line in oranges.listed() if "view-" in line and "秒起" not in line)
    oranges.ask(restore=(number,))
    after = oranges.cut()
    assert heard(after) == heard(before)
    assert after.frames == before.frames
    assert sum(cut.role == "cover" for cut in after.cuts) == sum(cut.role == "cover" for cut in before.cuts) + 1


def test_a_moved_shot_stands_where_it_was_put_and_speaks_there(oranges: CutStory) -> None:
    last = len(oranges.cut().cuts) - 1
    oranges.ask(move=((last, 1),))
    after = oranges.cut()
    assert heard(after).startswith(SAID[-1])
    assert after.cuts[0].role == "talk"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"drop": (99,)}, "没有第 99 个镜头"),
        ({"restore": (1,)}, "已经在视频里了"),
        ({"swap": ((1, 2),)}, "一个在说话，一个没有"),
        ({"move": ((1, 50),)}, "没有第 50 个位置"),
        ({"frame": ((99, HandFraming(show="whole")),)}, "没有第 99 个镜头"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_written(untouched: CutStory, changes: dict[str, Any], told: str) -> None:
    written = untouched.path.read_bytes()
    with pytest.raises(UserMistake) as refused:
        untouched.ask(**changes)
    assert told in say(refused.value.message, "zh")
    assert untouched.path.read_bytes() == written


def test_what_a_person_made_of_the_cut_stands_beside_what_fieldcut_makes(oranges: CutStory) -> None:
    untouched_cut = oranges.context.read("edit.json", Edit)
    with pytest.raises(UserMistake, match="Nobody has changed"):
        compare_edits("橙子", oranges.context.root, "zh")
    oranges.ask(drop=(2,))
    report, page = compare_edits("橙子", oranges.context.root, "zh")
    gone = len(untouched_cut.cuts) - len(oranges.context.read(LAST_EDIT, Edit).cuts)
    assert f"只有前一种用的 {gone} 个，只有后一种用的 0 个" in report.lines[2]
    text = page.read_text(encoding="utf-8")
    assert text.count("Only here") == gone
    assert text.count('class="pair ') == len(untouched_cut.cuts)  # the head, and a row for each but the end card
    assert all(sentence[:4] in text for sentence in SAID)


def test_a_story_is_compared_with_its_cut_in_another_style_and_with_another_story_of_its_clips(oranges: CutStory, tmp_path: Path) -> None:
    report, _ = compare_edits("橙子", oranges.context.root, "en", template="original")
    assert "in the style Original" in report.lines[1]
    assert "original" not in oranges.context.read("job.json", Job).template
    kept = tmp_path / "kept.json"
    kept.write_bytes(oranges.path.read_bytes())
    oranges.change(lambda data: data["cuts"].pop(0))
    oranges.cut()
    report, _ = compare_edits("橙子", oranges.context.root, "en", other=str(kept))
    assert "1 only in the second" in report.lines[2]
    stranger = json.loads(kept.read_text(encoding="utf-8"))
    stranger["cuts"][0]["clip_id"] = "f" * 16
    kept.write_text(json.dumps(stranger), encoding="utf-8")
    with pytest.raises(UserMistake, match="1 of its clips are others"):
        compare_edits("橙子", oranges.context.root, "en", other=str(kept))


def test_a_framing_that_a_person_set_wins_and_outlives_every_other_change(oranges: CutStory) -> None:
    before = oranges.cut()
    talk = next(number for number, cut in enumerate(before.cuts, 1) if cut.role == "talk")
    lines = oranges.ask(frame=((talk, HandFraming(show="whole")), (1, HandFraming(show="place", x=0.2))))
    assert "整幅画面" in lines[talk]
    assert "0.2" in lines[1]
    once = oranges.cut()
    assert [cut.model_copy(update={"framing": None}) for cut in once.cuts] == list(before.cuts)
    assert once.heard == before.heard
    (video,) = renditions(oranges.context)
    framing = video.read("framing.json", Framing)
    assert [framing.reasons[index] for index in (0, talk - 1)] == ["hand", "hand"]
    shown = framing.paths[talk - 1]
    assert shown is not None
    assert shown.width == 1
    assert shown.on_ground
    oranges.ask(drop=(len(before.cuts) - 1,))
    twice = oranges.cut()
    assert [cut.framing for cut in twice.cuts if cut.framing] == [cut.framing for cut in once.cuts if cut.framing]
    oranges.ask(frame=((talk, None), (1, None)))
    assert not any(cut.framing for cut in oranges.cut().cuts)


def test_a_picture_that_comes_instead_of_another_has_not_its_framing(oranges: CutStory) -> None:
    before = oranges.cut()
    cover = next(number for number, cut in enumerate(before.cuts, 1) if cut.role == "cover")
    oranges.ask(frame=((cover, HandFraming(show="follow")),))
    number = next(int(line.split()[0]) for line in oranges.listed() if "view-" in line and "秒起" not in line and "跟着走" not in line)
    oranges.ask(swap=((cover, number),))
    after = oranges.cut()
    assert after.cuts[cover - 1].clip_id != before.cuts[cover - 1].clip_id
    assert not any(cut.framing for cut in after.cuts)


@pytest.mark.parametrize(
    ("framing", "told"),
    [
        ({"show": "place"}, "没写在哪"),
        ({"show": "whole", "x": 0.5}, "却又写了位置：去掉 x"),
        ({"show": "follow", "y": 0.5}, "却又写了位置：去掉 y"),
        ({"show": "place", "x": 1.4}, "x 写的是 1.4"),
        ({"show": "place", "x": 0.4, "y": -0.1}, "y 写的是 -0.1"),
    ],
)
def test_a_framing_that_contradicts_itself_is_refused_with_its_line(oranges: CutStory, framing: dict[str, Any], told: str) -> None:
    oranges.change(lambda data: data["cuts"][1].update(framing=framing))
    with pytest.raises(UserMistake) as refused:
        oranges.cut()
    text = say(refused.value.message, "zh")
    assert told in text
    line = re.search(r"第 (\d+) 行", text)
    assert line
    assert '"framing"' in oranges.path.read_text(encoding="utf-8").splitlines()[int(line[1]) - 1]


def test_an_end_card_has_no_framing(oranges: CutStory) -> None:
    oranges.change(lambda data: data["cuts"][-1].update(framing={"show": "whole"}))
    with pytest.raises(UserMistake, match=r"nothing to frame|没有取景"):
        oranges.cut()
