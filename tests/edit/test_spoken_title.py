"""A title out of what is said: what is good about it, heard surely; else none."""

import pytest

from pipeline.documents.transcript import Transcript
from pipeline.edit.spoken_title import spoken_title


@pytest.mark.parametrize(
    ("said", "title"),
    [
        (["大家好我是李婶，", "今天带大家看看。", "我们后山的杨梅又大又甜，都是早上摘的。"], "我们后山的杨梅又大又甜"),
        (["哎这个地方海拔一千八，种出来的荞麦特别香啊"], "种出来的荞麦特别香"),
        (["十块钱三斤又甜又脆", "喜欢的点小黄车"], ""),
        (["今天天气不错", "我们走一走"], ""),
        (["所以特别甜"], ""),
        ([], ""),
    ],
)
def test_the_clause_that_praises_best_is_the_title(phrase, said, title):
    phrases = tuple(phrase(3.0 * place, text) for place, text in enumerate(said))
    assert spoken_title({"a": Transcript(clip_id="a", language="zh", phrases=phrases)}) == title


def test_what_was_not_heard_surely_is_none(phrase):
    unsure = phrase(1.0, "后山的杨梅又大又甜", probability=0.6)
    doubtful = phrase(1.0, "后山的杨梅又大又甜").model_copy(update={"trust": 0.4})
    for said in (unsure, doubtful):
        assert not spoken_title({"a": Transcript(clip_id="a", language="zh", phrases=(said,))})
