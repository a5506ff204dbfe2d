"""What a person takes out, moves or exchanges in the cuts of an edit takes its voice, its sound and the card's time with it."""

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest

from pipeline.documents.edit import Cut, Edit
from pipeline.documents.offer import Offer
from pipeline.edit import contradictions, follow_cuts, product_frame

SAID = ("大家好我是村口的老周", "我们的土豆长在高山上", "昼夜温差大又沙又甜", "高山土豆十斤二十九块九", "明天中午到店里来拿")

LONG = "地里的土豆一锄头下去就是一大窝挖出来个个有拳头大回家蒸一锅又面又香老人孩子都爱吃"


def followed(story, before: Edit, cuts: Sequence[Cut], offer: Offer | None = None, **changes: object) -> Edit:
    """The edit with these cuts, carried through, and seen to contradict itself nowhere."""
    given = before.model_copy(update={"cuts": tuple(cuts), **changes})

    def card(cuts, heard, said):
        return product_frame(cuts, heard, said, offer, before.fps, 3.2)

    after = follow_cuts(before, given, story.analyses, story.transcripts, card)
    assert list(contradictions(after, story.document)) == []
    return after


def words(edit: Edit) -> list[str]:
    """The sentences that are heard whole, in order."""
    speech = [piece for piece in edit.heard if piece.kind == "speech"]
    text = " ".join(piece.words for piece in sorted(speech, key=lambda piece: piece.at_frame)).replace(" ", "")
    return sorted((one for one in SAID if one in text), key=text.index)


def voice_frames(edit: Edit) -> int:
    return sum(piece.frames for piece in edit.heard if piece.kind == "speech")


@pytest.fixture
def market(story, talk, potatoes):
    """A talk of five sentences with three views, its edit with an opening and covers, and the product of its sheet."""
    said = talk(*SAID)
    for number in range(4):
        story.add(f"view-{number}.mp4", 9.0)
    story.add("talk.mp4", said[-1].end_s + 2, phrases=said)
    return story, story.cut(offer=potatoes), potatoes


def shots_that_say(edit: Edit, sentence: str) -> list[int]:
    """Indices of the speaker's shots that show some of a sentence."""
    phrase = next(one for one in edit.decisions if one.words == sentence)
    return [
        index
        for index, cut in enumerate(edit.cuts)
        if cut.role == "talk" and cut.source_start_s < phrase.end_s and cut.source_start_s + cut.frames / edit.fps > phrase.start_s
    ]


@pytest.mark.parametrize("sentence", SAID)
def test_a_removed_shot_takes_its_whole_sentence_with_it_and_no_other(market, sentence: str) -> None:
    story, edit, potatoes = market
    gone = shots_that_say(edit, sentence)
    after = followed(story, edit, [cut for index, cut in enumerate(edit.cuts) if index not in gone], potatoes)
    assert words(after) == [one for one in words(edit) if one != sentence]
    taken = next(one for one in after.decisions if one.words == sentence)
    assert not taken.kept
    assert "by hand" in str(taken.reason)


def test_the_last_shot_removed_leaves_no_voice_under_the_end_card(market) -> None:
    story, edit, potatoes = market
    last = max(index for index, cut in enumerate(edit.cuts) if cut.role == "talk")
    after = followed(story, edit, [*edit.cuts[:last], *edit.cuts[last + 1 :]], potatoes)
    body = after.frames - after.cuts[-1].frames
    assert max(piece.at_frame + piece.frames for piece in after.heard) <= body
    assert after.frames < edit.frames


def test_a_removed_cover_shows_the_speaker_and_costs_no_word(market) -> None:
    story, edit, potatoes = market
    for index in (index for index, cut in enumerate(edit.cuts) if cut.role == "cover"):
        after = followed(story, edit, [*edit.cuts[:index], *edit.cuts[index + 1 :]], potatoes)
        assert words(after) == words(edit)
        assert after.frames == edit.frames
        assert sum(cut.role == "cover" for cut in after.cuts) == sum(cut.role == "cover" for cut in edit.cuts) - 1


def test_a_shorter_cover_lets_the_speaker_be_seen_sooner_and_a_longer_one_later(market) -> None:
    story, edit, potatoes = market
    index = next(index for index, cut in enumerate(edit.cuts) if cut.role == "cover")
    for frames in (-20, 15):
        cuts = list(edit.cuts)
        cuts[index] = cuts[index].model_copy(update={"frames": cuts[index].frames + frames})
        after = followed(story, edit, cuts, potatoes)
        assert words(after) == words(edit)
        assert after.frames == edit.frames
        assert next(cut for cut in after.cuts if cut.role == "cover").frames == cuts[index].frames


def test_a_cover_that_was_lengthened_at_the_cost_of_the_next_shot_loses_no_voice(market) -> None:
    story, edit, potatoes = market
    index = next(index for index, cut in enumerate(edit.cuts) if cut.role == "cover")
    cuts = list(edit.cuts)
    cuts[index] = cuts[index].model_copy(update={"frames": cuts[index].frames + 12})
    later = {"frames": cuts[index + 1].frames - 12, "source_start_s": cuts[index + 1].source_start_s + 12 / edit.fps}
    cuts[index + 1] = cuts[index + 1].model_copy(update=later)
    after = followed(story, edit, cuts, potatoes)
    assert [cut.frames for cut in after.cuts] == [cut.frames for cut in cuts]
    assert voice_frames(after) == voice_frames(edit)


def test_a_picture_exchanged_for_another_keeps_the_voice_under_it(market) -> None:
    story, edit, potatoes = market
    covers = [index for index, cut in enumerate(edit.cuts) if cut.role == "cover"]
    cuts = list(edit.cuts)
    cuts[covers[0]], cuts[covers[1]] = cuts[covers[1]], cuts[covers[0]]
    after = followed(story, edit, cuts, potatoes)
    assert words(after) == words(edit)
    assert [cut.clip_id for cut in after.cuts if cut.role == "cover"][:2] == [edit.cuts[covers[1]].clip_id, edit.cuts[covers[0]].clip_id]
    ambient = {piece.at_frame: piece.clip_id for piece in after.heard if piece.kind == "ambient"}
    for start, cut in zip(after.starts(), after.cuts, strict=True):
        assert ambient.get(start, cut.clip_id) == cut.clip_id


def test_sentences_change_places_with_their_shots(market) -> None:
    story, edit, potatoes = market
    first, second = shots_that_say(edit, words(edit)[0])[0], shots_that_say(edit, SAID[-1])[-1]
    cuts = list(edit.cuts)
    cuts[first], cuts[second] = cuts[second], cuts[first]
    after = followed(story, edit, cuts, potatoes)
    assert sorted(words(after)) == sorted(SAID)
    assert words(after)[0] == SAID[-1]


def test_the_card_comes_when_the_product_is_named_in_the_new_order(market) -> None:
    story, edit, potatoes = market
    gone = shots_that_say(edit, SAID[1])
    after = followed(story, edit, [cut for index, cut in enumerate(edit.cuts) if index not in gone], potatoes)
    named = next(piece for piece in after.heard if SAID[3] in piece.words.replace(" ", ""))
    assert after.product_frame is not None
    assert named.at_frame <= after.product_frame < named.at_frame + named.frames


def test_a_card_that_a_person_placed_stays_there(market) -> None:
    story, edit, potatoes = market
    assert followed(story, edit, edit.cuts[1:], potatoes, product_frame=40).product_frame == 40


def test_a_shortened_shot_says_no_more_than_it_shows(market) -> None:
    story, edit, potatoes = market
    index = shots_that_say(edit, SAID[-1])[-1]
    cuts = list(edit.cuts)
    cuts[index] = cuts[index].model_copy(update={"frames": cuts[index].frames - 10})
    after = followed(story, edit, cuts, potatoes)
    assert voice_frames(after) == voice_frames(edit) - 10


@pytest.mark.parametrize("frames", [8, 40, 90])
def test_an_opening_of_another_length_lies_over_the_same_voice(market, frames: int) -> None:
    story, edit, potatoes = market
    after = followed(story, edit, [edit.cuts[0].model_copy(update={"frames": frames}), *edit.cuts[1:]], potatoes)
    assert words(after) == words(edit)
    assert after.cuts[0].frames == frames
    assert after.frames - edit.frames == (0 if frames > 18 else frames - 18)


def test_a_sound_that_was_taken_out_stays_out_when_the_cuts_change_too(market) -> None:
    story, edit, potatoes = market
    ambient = [piece for piece in edit.heard if piece.kind == "ambient"]
    left = tuple(piece for piece in edit.heard if piece != ambient[1])
    after = followed(story, edit, edit.cuts[1:], potatoes, heard=left)
    assert ambient[1].clip_id not in {piece.clip_id for piece in after.heard}


def test_a_sound_that_a_person_set_anew_is_hers(market) -> None:
    story, edit, _ = market
    louder = (edit.heard[0].model_copy(update={"at_frame": 3}), *edit.heard[1:])
    given = edit.model_copy(update={"cuts": edit.cuts[:-1], "heard": louder})
    assert follow_cuts(edit, given, story.analyses, story.transcripts, lambda *_: None) == given


def test_shots_without_talk_move_and_go_with_their_own_sound(story) -> None:
    for number in range(5):
        story.add(f"view-{number}.mp4", 7.0)
    edit = story.cut(shot_s=3.0)
    cuts = [edit.cuts[3], *edit.cuts[:3], *edit.cuts[5:]]
    after = followed(story, edit, cuts)
    assert [cut.clip_id for cut in after.cuts] == [cut.clip_id for cut in cuts]
    starts = dict(zip(after.starts(), after.cuts, strict=True))
    for piece in after.heard:
        assert (piece.clip_id, piece.source_start_s) == (starts[piece.at_frame].clip_id, starts[piece.at_frame].source_start_s)


@pytest.mark.parametrize("seed", range(25))
def test_whatever_is_done_to_the_cuts_the_edit_never_contradicts_itself(story, talk, phrase, potatoes, seed: int) -> None:
    chance = random.Random(seed)
    said = talk(*chance.sample(SAID, k=chance.randint(2, 5)), pause_s=chance.choice([0.4, 1.5]))
    said += [phrase(said[-1].end_s + 1.2, LONG, breaths=(11, 23))] if chance.random() < 0.5 else []
    for number in range(chance.randint(0, 5)):
        story.add(f"view-{number}.mp4", chance.uniform(2.0, 9.0))
    defects = [(4.0, 6.0, "blurred")] if chance.random() < 0.4 else []
    story.add("talk.mp4", said[-1].end_s + 2, phrases=said, defects=defects)
    edit = story.cut(offer=potatoes)
    again = followed(story, edit, [cut.model_copy(update={"reason": edit.cuts[0].reason}) for cut in edit.cuts], potatoes)
    shown = [(cut.clip_id, cut.frames, cut.role) for cut in edit.cuts]
    assert [(cut.clip_id, cut.frames, cut.role) for cut in again.cuts] == shown
    assert [(piece.clip_id, piece.at_frame, piece.frames) for piece in sorted(again.heard, key=lambda p: (p.kind, p.at_frame))] == [
        (piece.clip_id, piece.at_frame, piece.frames) for piece in sorted(edit.heard, key=lambda p: (p.kind, p.at_frame))
    ]
    cuts = list(edit.cuts[:-1])
    for _ in range(chance.randint(1, 3)):
        index = chance.randrange(len(cuts))
        match chance.choice(["drop", "move", "swap", "trim"]):
            case "drop" if len(cuts) > 1:
                cuts.pop(index)
            case "move":
                cuts.insert(chance.randrange(len(cuts)), cuts.pop(index))
            case "swap":
                other = chance.randrange(len(cuts))
                cuts[index], cuts[other] = cuts[other], cuts[index]
            case _:
                cuts[index] = cuts[index].model_copy(update={"frames": max(10, cuts[index].frames - 12)})
    after = followed(story, edit, [*cuts, edit.cuts[-1]], potatoes)
    speech = [piece for piece in after.heard if piece.kind == "speech"]
    assert sum(piece.frames for piece in speech) <= voice_frames(edit)
    assert min(cut.frames for cut in after.cuts) >= 1
    for one, two in pairwise(after.cuts):
        assert (one.role, one.clip_id, one.zoom) != (two.role, two.clip_id, two.zoom) or one.role != "talk", "a jump in one framing"


def test_what_is_heard_under_the_end_card_stays_there_whatever_changes_before(story, talk, potatoes) -> None:
    said = talk(*SAID)
    story.add("talk.mp4", said[-1].end_s + 2, phrases=said)
    edit = story.cut(offer=potatoes)

    def under(one: Edit) -> int:
        return max(piece.at_frame + piece.frames for piece in one.heard) - one.starts()[-1]

    assert under(edit) > 0.3 * edit.fps
    after = followed(story, edit, edit.cuts[1:], potatoes)
    assert after.cuts[-1] == edit.cuts[-1]
    assert under(after) == under(edit)
