"""When the offer's price is said on the timeline."""

from decimal import Decimal

from pipeline.documents.edit import Cut, Edit, Heard
from pipeline.documents.message import M
from pipeline.documents.offer import Offer
from pipeline.documents.transcript import Phrase, Transcript, Word
from pipeline.edit import spoken_price_spans

FPS = 25
OFFER = Offer(sku="1", name="野生木耳", price=Decimal("45.5"), list_price=Decimal(60), unit="2斤", row=2)


def said(*texts: str, clip: str = "a") -> Transcript:
    """A clip in which each character takes 0.2 s, each phrase begins a second after the one before."""
    phrases, at = [], 1.0
    for text in texts:
        words = tuple(
            Word(start_s=at + 0.2 * index, end_s=at + 0.2 * index + 0.2, text=letter, probability=0.9) for index, letter in enumerate(text)
        )
        phrases.append(Phrase(start_s=at, end_s=words[-1].end_s, words=words))
        at = words[-1].end_s + 1
    return Transcript(clip_id=clip, language="zh", phrases=tuple(phrases))


def edit(*heard: Heard) -> Edit:
    cut = Cut(clip_id="a", source_start_s=0, frames=1000, role="talk", reason=M("A test."))
    return Edit(fps=FPS, cuts=(cut,), heard=heard, decisions=(), led_by="talk")


def piece(source_s: float, at: int, frames: int) -> Heard:
    return Heard(clip_id="a", source_start_s=source_s, at_frame=at, frames=frames, kind="speech")


def test_the_price_is_found_from_its_first_word_to_its_last() -> None:
    transcript = said("木耳两斤四十五块五")
    (span,) = spoken_price_spans(edit(piece(1.0, 100, 100)), {"a": transcript}, OFFER)
    assert span == (100 + round(0.8 * FPS), 100 + round(1.8 * FPS))


def test_an_old_price_another_pack_and_a_reduction_are_not_the_price() -> None:
    transcript = said("原来六十块", "一斤二十五", "便宜四十五块五")
    assert spoken_price_spans(edit(piece(0, 0, 1000)), {"a": transcript}, OFFER) == ()


def test_a_piece_that_is_moved_takes_its_price_along_and_one_that_is_taken_out_takes_it_away() -> None:
    transcript = said("今天四十五块五", "记住四十五块五")
    both = spoken_price_spans(edit(piece(1.0, 0, 60), piece(3.0, 60, 80)), {"a": transcript}, OFFER)
    assert len(both) == 2
    moved = spoken_price_spans(edit(piece(1.0, 200, 60)), {"a": transcript}, OFFER)
    assert moved == ((200 + both[0][0], 200 + both[0][1]),)


def test_ambient_sound_and_a_story_without_an_offer_have_none() -> None:
    ambient = piece(0, 0, 200).model_copy(update={"kind": "ambient"})
    assert spoken_price_spans(edit(ambient), {"a": said("四十五块五")}, OFFER) == ()
    assert spoken_price_spans(edit(piece(0, 0, 200)), {"a": said("四十五块五")}, None) == ()
