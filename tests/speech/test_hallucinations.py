"""What nobody said is not written."""

from pipeline.documents.base import Span
from pipeline.documents.transcript import Word
from pipeline.speech.hallucinations import remove_hallucinations
from pipeline.speech.recognition import Segment

SPEECH = [Span(start_s=0.0, end_s=20.0)]


def segment(text: str, start_s: float = 0.0, *, probability: float = 0.9, no_speech: float = 0.0, each_s: float = 0.25) -> Segment:
    words = tuple(
        Word(start_s=start_s + at * each_s, end_s=start_s + (at + 1) * each_s, text=letter, probability=probability)
        for at, letter in enumerate(text)
    )
    return Segment(words=words, log_probability=-0.3, no_speech=no_speech, compression=1.0)


def text(words: list[Word]) -> str:
    return "".join(word.text for word in words)


def test_a_credit_that_the_recogniser_doubts_is_dropped() -> None:
    segments = [segment("土豆又沙又甜"), segment("字幕由志愿者提供", 3.0, probability=0.4)]
    assert text(remove_hallucinations(segments, SPEECH)) == "土豆又沙又甜"


def test_a_farewell_in_silence_is_dropped() -> None:
    segments = [segment("土豆又沙又甜"), segment("谢谢观看", 30.0)]
    assert text(remove_hallucinations(segments, SPEECH)) == "土豆又沙又甜"


def test_a_farewell_that_was_spoken_stays() -> None:
    assert text(remove_hallucinations([segment("谢谢大家的观看")], SPEECH)) == "谢谢大家的观看"


def test_an_ordinary_sentence_with_low_confidence_stays() -> None:
    assert text(remove_hallucinations([segment("请订阅我们村的蔬菜", probability=0.3)], SPEECH)) == "请订阅我们村的蔬菜"


def test_a_loop_is_written_once() -> None:
    assert text(remove_hallucinations([segment("大桥土豆" + "苹果很甜" * 5)], SPEECH)) == "大桥土豆苹果很甜"


def test_a_repetition_that_people_speak_stays() -> None:
    assert text(remove_hallucinations([segment("一箱一箱慢慢装")], SPEECH)) == "一箱一箱慢慢装"


def test_a_sentence_said_twice_at_one_time_counts_once() -> None:
    assert text(remove_hallucinations([segment("土豆又沙又甜", 1.0), segment("土豆又沙又甜", 1.1)], SPEECH)) == "土豆又沙又甜"


def test_a_sentence_said_again_later_counts_twice() -> None:
    assert text(remove_hallucinations([segment("点小黄车", 1.0), segment("点小黄车", 8.0)], SPEECH)) == "点小黄车点小黄车"


def test_a_note_about_sounds_is_no_speech() -> None:
    assert text(remove_hallucinations([segment("[音乐]"), segment("土豆", 3.0)], SPEECH)) == "土豆"
