"""What people say while looking for words is found, and the same words with a meaning of their own are left alone."""

import numpy as np
import pytest

from benchmarks.quality import fillers
from pipeline.documents.base import Span
from pipeline.documents.transcript import Phrase
from pipeline.speech.hesitations import find_hesitations, quiet_spans
from pipeline.speech.selling_talk import SELLING_TALK


def found(text: str) -> list[str]:
    """The hesitations of a sentence; a comma is a short pause, | a long one."""
    return [hesitation.words for hesitation in find_hesitations([fillers.written_phrase(text)])]


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ("村口的橘子呃刚刚摘下来", ["呃"]),
        ("村口的橘子饿刚刚摘下来", ["饿"]),
        ("这批花生|嗯|晒了三天", ["嗯"]),
        ("那个现在正是挖笋的时候", ["那个"]),
        ("想要的话那个赶紧下单", ["那个"]),
        ("我们家我们家的蜂蜜不掺糖", ["我们家"]),
        ("咱们咱们先看看鸡舍", ["咱们"]),
        ("蜂箱放在|呃|放在油菜地边上", ["放在呃"]),
        ("一瓶五十六不对五十八块", ["五十六不对"]),
        ("三斤装四十块|说错了|三十块", ["四十块说错了"]),
        ("今天|不是|明天发货", ["今天不是"]),
        ("我们养鸭，不对，我们养的是鹅", ["我们养鸭不对"]),
        ("这个|呃|这个蘑菇是野生的", ["这个呃"]),
        ("当天摘|嗯|当天榨", ["嗯"]),
        ("枣子，你|你尝一口就知道", ["你"]),
    ],
)
def test_what_is_said_while_looking_for_words_is_found(said: str, gone: list[str]) -> None:
    assert found(said) == gone


@pytest.mark.parametrize(
    "said",
    [
        "那个橘子是刚摘的",
        "我要那个大的",
        "就是这个味道",
        "我们的长处就是不打药",
        "然后放进坛子里腌",
        "天天摘天天发",
        "慢慢熬才香",
        "您试试就知道",
        "家家户户都养蜂",
        "一箱一箱搬上车",
        "一个一个挑出来",
        "三块三一斤",
        "研究研究再定",
        "尝尝看尝尝看",
        "非常非常甜",
        "好吃好吃再来一碗",
        "肚子饿了就吃一个",
        "他不饿",
        "额头上都是汗",
        "恩施的茶很香",
        "味道不对我们退钱",
        "颜色不对称没关系",
        "五斤装不是十斤装",
        "原价五十块现在三十块",
        "是是是都是我们种的",
        "又大又甜又大又红",
        "土鸡蛋三十枚五十八块",
    ],
)
def test_words_with_a_meaning_stay(said: str) -> None:
    assert found(said) == []


@pytest.mark.parametrize("sound", ["哈哈哈哈", "嘿嘿", "哎哎哎", "啦啦啦啦", "嗨哟嗨哟"])
def test_laughter_calls_and_song_are_no_text(sound: str) -> None:
    assert found(f"今年收成好，{sound}，快来看") == [sound]
    assert found(sound) == [sound]


@pytest.mark.parametrize("said", ["娃哈哈一箱三十块", "哈密瓜真甜啊", "哇这么大", "喂猪喂羊都行"])
def test_words_with_the_syllables_of_laughter_stay(said: str) -> None:
    assert found(said) == []


def test_a_phrase_that_is_nothing_but_a_hesitation_is_left_to_the_edit() -> None:
    assert found("呃") == []
    assert found("嗯|那个") == []


def test_a_sentence_broken_off_and_begun_again_after_a_pause_loses_its_broken_end() -> None:
    first, second = fillers.written_phrase("我们的蜂箱放在"), fillers.written_phrase("放在油菜地边上")
    shift_s = first.end_s - 0.3
    later = [word.model_copy(update={"start_s": word.start_s + shift_s, "end_s": word.end_s + shift_s}) for word in second.words]
    again = Phrase(start_s=later[0].start_s, end_s=later[-1].end_s, words=tuple(later))
    assert [(hesitation.words, hesitation.kind) for hesitation in find_hesitations([first, again])] == [("放在", "repeat")]


def test_of_the_planted_sentences_nine_in_ten_hesitations_go_and_no_word_with_them() -> None:
    import yaml

    stories = yaml.safe_load(fillers.STORIES.read_text("utf-8"))
    score = fillers.total([fillers.written_score(story) for story in stories])
    assert score.planted > 40
    assert score.out / score.planted >= 0.9
    assert score.lost == 0


def test_no_sentence_of_the_selling_talk_loses_a_word() -> None:
    sentences = [line for line in SELLING_TALK.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    assert len(sentences) > 100
    assert {line: found(line) for line in sentences if found(line)} == {}


def test_quiet_is_measured_from_the_speech() -> None:
    curve = np.full(300, -15.0)
    curve[100:130], curve[200:230], curve[250:252] = -51.0, -48.0, -60.0
    assert quiet_spans(list(curve), [Span(start_s=0.0, end_s=3.0)]) == (Span(start_s=1.0, end_s=1.3),)
    assert quiet_spans(list(curve), []) == ()
