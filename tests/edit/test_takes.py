"""Which of the said phrases stand."""

import pytest

from pipeline.edit.takes import Take, judge_takes, split_long


def stands(phrases) -> list[str]:
    """The words that stand, phrase by phrase."""
    return [take.phrase.text for take in judge_takes([Take("a", phrase) for phrase in phrases]) if take.stands]


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("我们的土豆长在，呃，长在那个。", "我们的土豆长在海拔两千米的大凉山上。"),
        ("我们的柚子种在 一种在哪个", "我们的柚子种在河边的沙地里"),
        ("我们的柚子站在 一种在哪个", "我们的柚子种在河边的沙地里"),
        ("我们的土豆长在", "我们的土豆长在高山上"),
        ("大家好我是", "大家好我是村里的果农"),
        ("这个苹果是从", "这个苹果是从树上现摘的"),
        ("冕宁土豆十斤", "冕宁土豆十斤二十九块九"),
        ("点下面的", "点下面的小黄车就可以买"),
        ("今天我们在那个", "今天我们在果园里摘苹果"),
        ("our potatoes grow in the", "our potatoes grow in the mountains"),
    ],
)
def test_a_false_start_goes_and_the_sentence_stays(talk, first, again):
    assert stands(talk(first, again, "欢迎大家来村里看看")) == [again, "欢迎大家来村里看看"]


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("我们的土豆长在海拔两千米的大凉山上", "我们的土豆长在海拔两千米的大凉山上"),
        ("昼夜温差大所以又沙又甜", "昼夜温差大所以又沙又甜"),
        ("我们的头都长在海拔两千米的大两山上", "我们的土豆长在海拔两千米的大凉山上"),
        ("昼夜温茶大又沙又甜", "昼夜温差大又沙又甜"),
        ("呃今晚十点前下单明天到店自提", "今晚十点前下单，明天中午到店自提"),
    ],
)
def test_of_two_takes_the_last_stays(talk, first, again):
    """Also when the recogniser wrote one of them by other characters that sound alike."""
    assert stands(talk(first, again)) == [again]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("我们的土豆又沙又甜", "我们的土豆长在高山上"),
        ("又大又甜", "又脆又甜"),
        ("这个苹果又大又甜", "这个苹果又脆又甜"),
        ("我们的苹果又大又甜", "我们的苹果又脆又甜"),
        ("一斤三块九", "一斤四块九"),
        ("土豆十斤二十九块九", "土豆五斤十九块九"),
        ("第一款是冕宁土豆", "第二款是会理石榴"),
        ("左边是红皮土豆", "右边是黄皮土豆"),
        ("可以炒着吃", "可以炖着吃"),
        ("早上摘下来", "中午就发走"),
        ("我们不打农药", "我们不用化肥"),
        ("买一箱送一斤", "买两箱送三斤"),
        ("五十里路外有一条河", "五十里路外有一座山"),
        ("we grow red apples", "we grow sweet apples"),
    ],
)
def test_parallel_sentences_are_not_takes_of_each_other(talk, one, other):
    assert stands(talk(one, other)) == [one, other]


def test_what_is_taken_back_goes_with_the_words_that_take_it_back(talk):
    said = talk("我们的苹果又脆又甜", "五斤三十八块", "不对", "五斤三十五块八毛", "点小黄车就能买")
    assert stands(said) == ["我们的苹果又脆又甜", "五斤三十五块八毛", "点小黄车就能买"]


def test_a_correction_keeps_its_words_and_loses_the_slip(talk):
    said = talk("我们在高山上种土豆", "一共有五十亩地", "说错了，一共有八十亩地")
    assert stands(said) == ["我们在高山上种土豆", "一共有八十亩地"]


@pytest.mark.parametrize("marker", ["重来", "重来一遍", "再来一次", "不对不对", "错了错了重来", "不是不是", "sorry", "let me start over"])
def test_every_way_to_take_it_back_is_known(talk, marker):
    said = talk("欢迎来到我们的村子", "这里的土壤特别肥", "", "这里的土是红色的沙土")
    said[2] = talk(marker, start_s=said[1].end_s + 0.8)[0]
    said[3] = talk("这里的土是红色的沙土", start_s=said[2].end_s + 0.8)[0]
    assert stands(said) == ["欢迎来到我们的村子", "这里的土是红色的沙土"]


@pytest.mark.parametrize(
    "sentence", ["不是我吹这苹果真甜", "不是大棚的是露天种的", "不对称的苹果也一样甜", "again we offer free delivery", "重量都是足斤足两"]
)
def test_a_sentence_that_only_begins_like_a_slip_takes_nothing_back(talk, sentence):
    first = "欢迎来到我们的果园" if not sentence.isascii() else "welcome to our orchard"
    assert stands(talk(first, sentence)) == [first, sentence]


def test_a_first_try_inside_a_phrase_goes_without_the_second(phrase):
    said = phrase(1.0, "我们的土豆长在我们的土豆长在高山上", breaths=(7,))
    takes = judge_takes([Take("a", said)])
    assert [(take.phrase.text, take.stands) for take in takes] == [("我们的土豆长在", False), ("我们的土豆长在高山上", True)]
    assert takes[1].phrase.start_s == said.words[7].start_s
    assert takes[0].phrase.end_s == said.words[6].end_s


def test_no_word_is_cut_into_where_the_speaker_takes_no_breath(phrase):
    assert stands([phrase(1.0, "我们的土豆我们的土豆长在高山上")]) == ["我们的土豆我们的土豆长在高山上"]


@pytest.mark.parametrize("filler", ["嗯", "呃，那个", "啊", "那个那个", "uh um", "饿"])
def test_a_filler_says_nothing(talk, filler):
    assert stands(talk(filler, "我们的土豆又沙又甜")) == ["我们的土豆又沙又甜"]


@pytest.mark.parametrize("sentence", ["那个土豆又沙又甜", "这个是刚挖的", "嗯，真甜啊"])
def test_a_sentence_with_a_filler_in_it_stands_whole(talk, sentence):
    assert stands(talk(sentence)) == [sentence]


def test_words_that_nobody_understands_do_not_stand(phrase):
    takes = judge_takes([Take("a", phrase(1.0, "机器听到的杂音", probability=0.2)), Take("a", phrase(5.0, "我们的土豆又沙又甜"))])
    assert [take.stands for take in takes] == [False, True]
    assert "20 %" in str(takes[0].verdict)


def test_the_same_said_minutes_later_is_said_again_on_purpose(phrase):
    said = [phrase(1.0, "点下面的小黄车就可以买"), phrase(60.0, "点下面的小黄车就可以买")]
    assert len(stands(said)) == 2


def test_a_take_is_repeated_in_another_clip(phrase):
    takes = judge_takes([Take("a", phrase(1.0, "昼夜温差大所以又沙又甜")), Take("b", phrase(1.0, "昼夜温差大所以又沙又甜"))])
    assert [take.stands for take in takes] == [False, True]


def test_what_is_taken_back_in_one_clip_leaves_another_clip_alone(phrase):
    takes = judge_takes(
        [Take("a", phrase(1.0, "昼夜温差大所以又沙又甜")), Take("b", phrase(1.0, "不对")), Take("b", phrase(3.0, "这里种的是苹果"))]
    )
    assert [take.phrase.text for take in takes if take.stands] == ["昼夜温差大所以又沙又甜", "这里种的是苹果"]


def test_breathless_talk_is_parted_between_clauses_and_nothing_is_lost(phrase):
    text = "我们的土豆长在高山上，昼夜温差特别大，所以又沙又甜，今天十斤只要二十九块九，点下面的小黄车就可以买。"
    said = phrase(2.0, text)
    parts = split_long(Take("a", said), 5.0)
    assert "".join(part.phrase.text for part in parts) == text
    assert all(part.phrase.end_s - part.phrase.start_s <= 5.0 for part in parts)
    assert all(part.phrase.text.endswith(("，", "。")) for part in parts)
    assert (parts[0].phrase.start_s, parts[-1].phrase.end_s) == (said.start_s, said.end_s)
