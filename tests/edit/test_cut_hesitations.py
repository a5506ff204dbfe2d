"""Where silence lies on both sides of a hesitation it goes out of sound and picture; elsewhere the sound stays as it was said."""

import pytest

from pipeline.documents.base import Span
from pipeline.documents.transcript import Hesitation, HesitationKind, Transcript
from pipeline.edit.hesitations import cut_hesitations
from pipeline.edit.takes import Take

TEXT = "大家好呃我们是种橘子的"
BREATHS = (3, 4)
"""A breath of 0.3 s before 呃, and one after it."""


def transcript_of(said, *, quiet: bool = True, kind: HesitationKind = "filler", words: str = "呃") -> Transcript:
    at = TEXT.index(words)
    first, last = said.words[at], said.words[at + len(words) - 1]
    spans = [Span(start_s=first.start_s - 0.29, end_s=first.start_s - 0.01), Span(start_s=last.end_s + 0.01, end_s=last.end_s + 0.29)]
    hesitation = Hesitation(start_s=first.start_s, end_s=last.end_s, words=words, kind=kind)
    return Transcript(clip_id="a", language="zh", phrases=(said,), hesitations=(hesitation,), quiet=tuple(spans) if quiet else ())


def judged(said, transcript: Transcript) -> list[tuple[str, bool]]:
    return [(take.phrase.text, take.stands) for take in cut_hesitations([Take("a", said)], {"a": transcript})]


def test_a_hesitation_between_two_silences_is_cut(phrase):
    said = phrase(1.0, TEXT, breaths=BREATHS)
    assert judged(said, transcript_of(said)) == [("大家好", True), ("呃", False), ("我们是种橘子的", True)]


def test_where_the_sound_is_not_quiet_nothing_is_cut(phrase):
    said = phrase(1.0, TEXT, breaths=BREATHS)
    assert judged(said, transcript_of(said, quiet=False)) == [(TEXT, True)]


@pytest.mark.parametrize("breaths", [(), (3,), (4,)])
def test_without_a_pause_on_both_sides_nothing_is_cut(phrase, breaths):
    said = phrase(1.0, TEXT, breaths=breaths)
    assert judged(said, transcript_of(said)) == [(TEXT, True)]


def test_a_stretch_too_long_for_its_words_has_other_words_in_it(phrase):
    said = phrase(1.0, TEXT, breaths=BREATHS)
    longer = [word.model_copy(update={"end_s": word.end_s + 0.8 * (at >= 3), "start_s": word.start_s + 0.8 * (at > 3)})
              for at, word in enumerate(said.words)]  # fmt: skip
    said = said.model_copy(update={"words": tuple(longer), "end_s": said.end_s + 0.8})
    assert judged(said, transcript_of(said)) == [(TEXT, True)]


def test_a_word_that_is_only_partly_hesitation_stays(phrase):
    said = phrase(1.0, TEXT, breaths=BREATHS)
    one = said.words[3].model_copy(update={"text": "呃我"})
    said = said.model_copy(update={"words": (*said.words[:3], one, *said.words[5:])})
    hesitation = Hesitation(start_s=one.start_s, end_s=one.end_s, words="呃", kind="filler")
    around = Transcript(clip_id="a", language="zh", phrases=(said,), hesitations=(hesitation,), quiet=(Span(start_s=0, end_s=9),))
    assert all(stands for _, stands in judged(said, around))


def test_the_video_is_shorter_by_the_hesitation_and_says_why(story, phrase):
    said = phrase(1.0, TEXT, breaths=BREATHS)
    clip = story.add("talk.mp4", 8.0, phrases=[said])
    story.add("scene.mp4", 5.0)
    whole = story.cut()
    story.transcripts[clip] = transcript_of(said).model_copy(update={"clip_id": clip})
    cut = story.cut()
    before, after = (sum(piece.frames for piece in edit.heard if piece.kind == "speech") for edit in (whole, cut))
    assert 8 <= before - after <= 20  # 0.22 s of 呃 and the silence beside it, at 30 frames a second
    (gone,) = [decision for decision in cut.decisions if decision.words == "呃"]
    assert "filler" in str(gone.reason)
    assert not any(
        piece.source_start_s < gone.end_s and gone.start_s < piece.source_start_s + piece.frames / cut.fps
        for piece in cut.heard
        if piece.kind == "speech"
    )


def test_a_sentence_that_opens_the_video_moves_whole_when_a_hesitation_is_cut_out_of_it(story, phrase, potatoes):
    greeting = phrase(1.0, "大家好我是老周")
    said = phrase(round(greeting.end_s + 1.5, 3), "山上的土豆呃又沙又面又香", breaths=(5, 6))
    price = phrase(round(said.end_s + 1.5, 3), "土豆二十九块九")
    clip = story.add("talk.mp4", price.end_s + 2, phrases=[greeting, said, price])
    at = said.words[5]
    quiet = (Span(start_s=at.start_s - 0.29, end_s=at.start_s - 0.01), Span(start_s=at.end_s + 0.01, end_s=at.end_s + 0.29))
    hesitation = Hesitation(start_s=at.start_s, end_s=at.end_s, words="呃", kind="filler")
    known = story.transcripts[clip]
    story.transcripts[clip] = known.model_copy(update={"hesitations": (hesitation,), "quiet": quiet})
    heard = sorted((piece for piece in story.cut(offer=potatoes).heard if piece.kind == "speech"), key=lambda piece: piece.at_frame)
    words = "".join(piece.words for piece in heard).replace(" ", "")
    assert words.startswith("山上的土豆又沙又面又香大家好")
