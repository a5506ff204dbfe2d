"""The whole edit: what is heard, what is seen, and why."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.documents.edit import Cut, Edit
from pipeline.documents.offer import Brief
from pipeline.edit import card_frames
from pipeline.edit.scenes import MARGIN_S
from pipeline.edit.voice_over_card import MOST_VOICE_S
from pipeline.errors import PersonNeeded

FPS = 30
GOOD = (
    "大家好我们是大桥镇的种植户",
    "我们的土豆长在海拔两千米的高山上",
    "昼夜温差大又沙又甜",
    "土豆十斤二十九块九",
    "点下面的小黄车就可以买",
)
PEOPLE = ("老王", "小李", "大婶", "大叔", "奶奶", "爷爷", "孩子", "支书", "会计")


def speech(edit: Edit) -> list:
    return [piece for piece in edit.heard if piece.kind == "speech"]


def talk_story(story, talk, sentences=GOOD, *, scenes: int = 3, **clip):
    """A talk clip and a few scenic ones. Returns the talk's id and phrases."""
    said = talk(*sentences)
    talker = story.add("talk.mp4", said[-1].end_s + 2.0, phrases=said, **clip)
    for number in range(scenes):
        story.add(f"scene {number}.mp4", 4.0 + number)
    return talker, said


def holds(edit: Edit, story) -> None:
    """What is true of every edit."""
    clips = story.document
    starts = edit.starts()
    assert all(cut.frames > 0 for cut in edit.cuts)
    assert edit.frames == sum(cut.frames for cut in edit.cuts) == starts[-1] + edit.cuts[-1].frames
    assert edit.cuts[-1].role == "end_card"
    for cut in edit.cuts[:-1]:
        assert cut.source_start_s >= 0
        assert cut.source_start_s + cut.frames / FPS <= clips.by_id(cut.clip_id).duration_s + 1 / FPS, cut
    end = starts[-1]
    for piece in edit.heard:
        assert piece.at_frame >= 0
        assert piece.at_frame + piece.frames <= min(end + round(MOST_VOICE_S * FPS), edit.frames)
    for before, after in pairwise(sorted(speech(edit), key=lambda piece: piece.at_frame)):
        assert before.at_frame + before.frames <= after.at_frame
    for clip in clips.clips:
        decisions = [decision for decision in edit.decisions if decision.clip_id == clip.id]
        for shot in story.analyses[clip.id].shots:
            assert any(d.start_s < shot.end_s and d.end_s > shot.start_s for d in decisions), (clip.name, shot.start_s)
        for phrase in story.transcripts[clip.id].phrases:
            about = [d for d in decisions if d.words and d.start_s >= phrase.start_s - 0.01 and d.end_s <= phrase.end_s + 0.01]
            assert "".join(d.words for d in about).replace(" ", "") == phrase.text.replace(" ", ""), phrase.text
    assert all(str(decision.reason) for decision in edit.decisions)


def test_talk_leads_and_every_sentence_is_heard_whole(story, talk):
    talker, said = talk_story(story, talk)
    edit = story.cut()
    holds(edit, story)
    assert edit.led_by == "talk"
    assert edit.cuts[0].role == "opening"
    for phrase in said:
        spans = [(piece.source_start_s, piece.source_start_s + piece.frames / FPS) for piece in speech(edit)]
        assert any(start <= phrase.start_s and end >= phrase.end_s for start, end in spans), phrase.text
    assert {piece.clip_id for piece in speech(edit)} == {talker}


@pytest.mark.parametrize("pause_s", [0.3, 0.55, 0.61, 0.7, 1.0, 4.0])
def test_long_pauses_are_closed_and_short_ones_left(story, talk, pause_s):
    said = talk(*GOOD, pause_s=pause_s)
    story.add("talk.mp4", said[-1].end_s + 2.0, phrases=said)
    edit = story.cut()
    holds(edit, story)
    pieces = speech(edit)
    longest = 0.0
    for before, after in pairwise(said):
        first = next(p for p in pieces if p.source_start_s <= before.start_s < p.source_start_s + p.frames / FPS)
        second = next(p for p in pieces if p.source_start_s <= after.start_s < p.source_start_s + p.frames / FPS)
        gap = second.at_frame / FPS + after.start_s - second.source_start_s - (first.at_frame / FPS + before.end_s - first.source_start_s)
        longest = max(longest, gap)
    assert longest == pytest.approx(pause_s if pause_s <= 0.6 else 0.3, abs=1.1 / FPS)


def test_picture_and_sound_of_the_speaker_stay_together(story, talk):
    """Lips: where the speaker is seen, picture and voice show the same source time to the frame."""
    talker, _ = talk_story(story, talk)
    edit = story.cut()
    seen = 0
    for start, cut in zip(edit.starts(), edit.cuts, strict=True):
        if cut.role != "talk":
            continue
        piece = next(p for p in speech(edit) if p.at_frame <= start < p.at_frame + p.frames)
        assert cut.source_start_s == pytest.approx(piece.source_start_s + (start - piece.at_frame) / FPS, abs=0.001)
        assert start + cut.frames <= piece.at_frame + piece.frames
        seen += 1
    assert seen
    assert talker


def test_a_false_start_is_neither_heard_nor_seen(story, talk):
    _, said = talk_story(story, talk, ("大家好我们是种植户", "我们的土豆长在，呃，长在那个", "我们的土豆长在高山上", "点小黄车就可以买"))
    edit = story.cut()
    holds(edit, story)
    bad = said[1]
    for piece in speech(edit):
        assert piece.source_start_s >= bad.end_s or piece.source_start_s + piece.frames / FPS <= bad.start_s + 1 / FPS
    (decision,) = [d for d in edit.decisions if d.words == bad.text]
    assert not decision.kept
    assert "我们的土豆长在高山上" in str(decision.reason)


@pytest.mark.parametrize("gap_s", [0.12, 0.2, 0.4])
def test_nothing_of_a_dropped_neighbour_is_heard_however_near(story, phrase, gap_s):
    first = phrase(1.0, "我们的土豆长在那个")
    second = phrase(round(first.end_s + gap_s, 3), "我们的土豆长在高山上又沙又甜")
    story.add("talk.mp4", 12.0, phrases=[first, second])
    (piece,) = speech(story.cut())
    assert first.end_s <= piece.source_start_s <= second.start_s


def test_a_first_try_inside_a_phrase_is_not_heard(story, phrase):
    said = phrase(1.0, "我们的土豆长在我们的土豆长在高山上", breaths=(7,))
    story.add("talk.mp4", 12.0, phrases=[said])
    edit = story.cut()
    holds(edit, story)
    (piece,) = speech(edit)
    assert said.words[6].end_s <= piece.source_start_s <= said.words[7].start_s


@pytest.mark.parametrize("seconds", [10.0, 15.0, 20.0, 30.0, 60.0])
@pytest.mark.parametrize("pause_s", [0.3, 0.58, 1.5])
def test_the_length_asked_for_is_never_exceeded(story, talk, seconds, pause_s):
    """Short pauses stay in the talk, so they count."""
    words = ("土豆", "高山", "阳光", "雨水", "红土", "老王", "孩子", "集市", "货车", "味道")
    sentences = [f"这是第{'一二三四五六七八九十'[n]}句关于{word}的话" for n, word in enumerate(words)]
    said = talk(*sentences, pause_s=pause_s)
    story.add("talk.mp4", said[-1].end_s + 1, phrases=said)
    for number in range(3):
        story.add(f"scene {number}.mp4", 6.0)
    edit = story.cut(seconds=seconds)
    holds(edit, story)
    assert edit.frames <= seconds * FPS
    assert speech(edit)


def test_the_price_the_product_and_the_call_outlast_everything_else(story, talk, potatoes):
    filler = [f"村里的{word}今天也都来帮忙了大家都很高兴" for word in PEOPLE[:8]]
    wanted = ["我们的土豆长在高山上", "土豆十斤二十九块九", "点下面的小黄车就可以买"]
    said = talk(*filler[:3], wanted[0], *filler[3:5], wanted[1], *filler[5:], wanted[2])
    story.add("talk.mp4", said[-1].end_s + 2, phrases=said)
    edit = story.cut(offer=potatoes, seconds=15.0)
    holds(edit, story)
    heard = " ".join(piece.words for piece in speech(edit))
    assert [sentence for sentence in wanted if sentence not in heard] == []
    assert edit.frames <= 15 * FPS


def test_the_card_comes_when_the_product_is_first_named(story, talk, potatoes):
    _, said = talk_story(story, talk)
    edit = story.cut(offer=potatoes)
    naming = next(phrase for phrase in said if "土豆" in phrase.text)
    piece = next(p for p in speech(edit) if p.source_start_s <= naming.start_s < p.source_start_s + p.frames / FPS)
    assert edit.product_frame == pytest.approx(piece.at_frame + (naming.start_s - piece.source_start_s) * FPS, abs=1)
    assert card_frames(edit) >= 3 * FPS


@pytest.mark.parametrize("seconds", [4.4, 6.3])
def test_one_short_clip_that_sells_something_is_shown_in_full(story, potatoes, seconds):
    story.add("only.mp4", seconds)
    edit = story.cut(offer=potatoes, shot_s=3.1, card_s=4.25)
    shown = sum(cut.frames for cut in edit.cuts if cut.clip_id) / FPS
    assert shown == pytest.approx(seconds - 2 * MARGIN_S, abs=2 / FPS)
    assert edit.product_frame is not None


def test_short_clips_are_shown_for_as_long_as_title_and_card_need(story, potatoes):
    for name in ("first.mp4", "second.mp4"):
        story.add(name, 5.0)
    with_card, without = (story.cut(offer=offer, shot_s=3.0, card_s=4.25) for offer in (potatoes, None))
    lengths = [sum(cut.frames for cut in edit.cuts if cut.clip_id) / FPS for edit in (with_card, without)]
    assert lengths == [pytest.approx(2.6 + 4.25, abs=0.1), pytest.approx(6.0, abs=0.1)]
    assert [len({cut.clip_id for cut in edit.cuts if cut.clip_id}) for edit in (with_card, without)] == [2, 2]


@pytest.mark.parametrize("card_s", [3.2, 4.25, 5.5])
def test_a_product_named_at_the_end_leaves_its_card_the_time_its_code_needs(story, talk, potatoes, card_s):
    sentences = ("村里的张叔今天也来帮忙了", "大家从早上一直忙到现在", "地里的活儿总算干完了", "这就是我们的土豆")
    said = talk(*sentences)
    story.add("talk.mp4", said[-1].end_s + 1, phrases=said)
    edit = story.cut(offer=potatoes, card_s=card_s)
    assert card_frames(edit, card_s) >= card_s * FPS


def test_without_a_product_there_is_no_card(story, talk):
    talk_story(story, talk)
    edit = story.cut()
    assert (edit.product_frame, card_frames(edit)) == (None, 0)


def test_points_of_the_note_are_kept_before_other_sentences(story, talk):
    filler = [f"村里的{word}今天也都来帮忙了大家都很高兴" for word in PEOPLE[:5]]
    said = talk(*filler[:3], "这里的水是雪山上流下来的", *filler[3:])
    story.add("talk.mp4", said[-1].end_s + 2, phrases=said)
    edit = story.cut(brief=Brief(points=("雪山",)), seconds=10.0)
    assert "雪山" in " ".join(piece.words for piece in speech(edit))


def test_a_breathless_minute_is_cut_between_its_sentences(story, phrase, potatoes):
    """One phrase without a single pause, with the price near its end."""
    text = "，".join(f"村里的{word}今天也都来帮忙了大家都很高兴" for word in PEOPLE)
    said = phrase(1.0, text + "，高山土豆十斤二十九块九，点下面的小黄车就可以买。")
    story.add("talk.mp4", said.end_s + 1, phrases=[said])
    edit = story.cut(offer=potatoes, seconds=15.0)
    holds(edit, story)
    assert edit.frames <= 15 * FPS
    assert "二十九块九" in " ".join(piece.words for piece in speech(edit))


@pytest.mark.parametrize("offered", ["冕宁土豆", "会理石榴", "盐源苹果"])
def test_a_replay_of_two_minutes_becomes_half_a_minute_about_its_product(footage: Path, story, phrase, potatoes, offered):
    truth = json.loads((footage / "stories" / "live-replay.truth.json").read_text(encoding="utf-8"))
    said = [phrase(s["start"], s["text"], end_s=s["end"]) for s in truth["直播回放_20261015.mp4"]["speech"]]
    story.add("replay.mp4", 138.1, phrases=said)
    offer = potatoes.model_copy(update={"name": offered, "aliases": (offered[2:],)})
    edit = story.cut(offer=offer, seconds=30.0)
    holds(edit, story)
    assert edit.frames <= 30 * FPS
    heard = " ".join(piece.words for piece in speech(edit))
    assert offered in heard
    assert {"冕宁土豆": "二十九块九", "会理石榴": "四十五块", "盐源苹果": "三十五块八"}[offered] in heard


def unusable_seconds(edit: Edit, story, roles: tuple[str, ...]) -> float:
    """Seconds of cuts of these roles that show a defect."""
    shown = 0.0
    for cut in edit.cuts[:-1]:
        if cut.role not in roles:
            continue
        first, last = cut.source_start_s, cut.source_start_s + cut.frames / FPS
        bad = [shot for shot in story.analyses[cut.clip_id].shots if shot.defects]
        shown += sum(max(0.0, min(last, shot.end_s) - max(first, shot.start_s)) for shot in bad)
    return shown


@pytest.mark.parametrize("scenes", [1, 2, 5])
def test_openings_and_covers_show_nothing_unusable(story, talk, scenes):
    talk_story(story, talk, scenes=scenes)
    story.add("dark.mp4", 6.0, defects=[(0.0, 6.0, "dark")])
    story.add("half.mp4", 6.0, defects=[(3.0, 6.0, "shaky")])
    edit = story.cut()
    holds(edit, story)
    assert unusable_seconds(edit, story, ("opening", "cover", "scenic")) == 0
    refused = [d for d in edit.decisions if not d.kept and d.advice is not None]
    assert len(refused) == 2


@pytest.mark.parametrize("scenes", [1, 2, 5])
def test_a_speaker_whose_picture_is_bad_is_covered_throughout(story, talk, scenes):
    """Also when the only other scene opened the video."""
    talk_story(story, talk, scenes=scenes, defects=[(0.0, 60.0, "dark")])
    story.clips[0] = story.clips[0].model_copy(update={"duration_s": 60.0})
    edit = story.cut()
    holds(edit, story)
    assert unusable_seconds(edit, story, ("opening", "cover", "scenic", "talk")) < 0.7


def test_what_is_said_under_a_bad_picture_that_nothing_can_cover_is_left_out(story, phrase):
    said = [phrase(1.0, "我们的土豆长在高山上又沙又甜"), phrase(8.0, "天黑了看不见土豆在哪里了")]
    story.add("talk.mp4", 14.0, phrases=said, defects=[(7.0, 14.0, "dark")])
    edit = story.cut()
    holds(edit, story)
    assert [piece.words for piece in speech(edit)] == ["我们的土豆长在高山上又沙又甜"]
    assert unusable_seconds(edit, story, ("talk",)) == 0


@pytest.mark.parametrize("seconds", [12.0, 30.0, 45.0])
def test_without_talk_the_music_leads_in_the_order_of_filming(story, seconds):
    for number in range(6):
        story.add(f"scene {number}.mp4", 3.0 + number, cuts=[2.0] if number == 3 else [])
    story.add("dark.mp4", 8.0, defects=[(0.0, 8.0, "dark")])
    edit = story.cut(seconds=seconds)
    holds(edit, story)
    assert edit.led_by == "music"
    assert edit.frames <= seconds * FPS
    assert unusable_seconds(edit, story, ("opening", "scenic")) == 0
    order = [cut.clip_id for cut in edit.cuts[1:-1]]
    assert order == sorted(order)
    assert edit.cuts[0].role == "opening"
    assert min(cut.frames for cut in edit.cuts) >= 0.7 * FPS


def test_a_call_across_the_field_does_not_lead_a_video(story, phrase):
    story.add("scene.mp4", 8.0, phrases=[phrase(2.0, "老王")])
    story.add("other.mp4", 8.0)
    edit = story.cut()
    holds(edit, story)
    assert edit.led_by == "music"
    assert not speech(edit)
    assert [d.kept for d in edit.decisions if d.words] == [False]


def test_a_picture_that_came_twice_is_shown_once(story, talk):
    talk_story(story, talk, scenes=2)
    story.add("sent again.mp4", 4.0, fingerprint=story.analyses[story.clips[1].id].shots[0].fingerprint, sharpness=0.6)
    edit = story.cut()
    holds(edit, story)
    assert story.clips[3].id not in {cut.clip_id for cut in edit.cuts}
    assert any("looks the same as scene 0.mp4" in str(d.reason) for d in edit.decisions)


def test_twenty_minutes_in_one_clip_are_cut_in_a_moment(story, phrase, potatoes):
    words = ("老王", "小李", "大婶", "大叔", "奶奶", "爷爷", "孩子", "支书", "会计", "医生")
    said = [phrase(2.0 + 4.0 * n, f"第{n}个来帮忙的是{words[n % 10]}他家住在村子{'东南西北'[n % 4]}头") for n in range(290)]
    said[200] = phrase(802.0, "高山土豆十斤二十九块九")
    story.add("long.mp4", 1200.0, phrases=said, cuts=[float(n) for n in range(60, 1200, 60)])
    edit = story.cut(offer=potatoes)
    holds(edit, story)
    assert edit.frames <= 30 * FPS
    assert "二十九块九" in " ".join(piece.words for piece in speech(edit))


def test_twenty_minutes_without_a_word_are_cut_in_a_moment(story):
    story.add("long.mp4", 1200.0)
    edit = story.cut()
    holds(edit, story)
    assert 15 * FPS < edit.frames <= 30 * FPS


def test_the_same_story_is_cut_the_same_twice(story, talk, potatoes):
    talk_story(story, talk, scenes=5)
    assert story.cut(offer=potatoes) == story.cut(offer=potatoes)


def test_too_little_to_show_asks_for_a_person_and_names_what_to_film_again(story):
    story.add("night.mp4", 20.0, defects=[(0.0, 20.0, "dark")])
    story.add("short.mp4", 1.5)
    with pytest.raises(PersonNeeded, match=r"night\.mp4: too dark") as needed:
        story.cut()
    assert "\n" not in str(needed.value)


def test_clips_that_are_good_and_too_short_are_asked_for_longer(story):
    story.add("a.mp4", 1.4)
    with pytest.raises(PersonNeeded, match="hold each clip for five seconds"):
        story.cut()


def test_talk_alone_without_another_scene_is_enough(story, talk):
    talk_story(story, talk, scenes=0)
    edit = story.cut()
    holds(edit, story)
    assert {cut.role for cut in edit.cuts} == {"talk", "end_card"}


def test_two_speakers_are_heard_one_after_the_other(story, talk):
    for name, sentences in (("a.mp4", GOOD[:2]), ("b.mp4", GOOD[2:])):
        said = talk(*sentences)
        story.add(name, said[-1].end_s + 1, phrases=said)
    edit = story.cut()
    holds(edit, story)
    assert "".join(piece.words for piece in speech(edit)).replace(" ", "") == "".join(GOOD)


def test_a_short_pause_at_a_clips_very_edges_is_not_run_over(story, phrase):
    said = phrase(0.02, "我们的土豆长在高山上又沙又甜")
    story.add("tight.mp4", said.end_s + 0.01, phrases=[said])
    story.add("scene.mp4", 5.0)
    edit = story.cut()
    holds(edit, story)
    assert isinstance(edit.cuts[0], Cut)
