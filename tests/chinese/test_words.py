"""One dictionary of Chinese words, and words of one's own over it."""

from pipeline.chinese import dictionary, dictionary_with, seller_words


def test_words_of_ones_own_stay_whole_and_nobody_else_learns_them() -> None:
    own = dictionary_with(["坨坨肉铺子"])
    assert "坨坨肉铺子" in own.lcut("镇上的坨坨肉铺子开了")
    assert "坨坨肉铺子" not in dictionary().lcut("镇上的坨坨肉铺子开了")
    assert "坨坨肉铺子" not in dictionary_with(["土豆王"]).lcut("镇上的坨坨肉铺子开了")


def test_the_dictionary_is_loaded_once() -> None:
    assert dictionary() is dictionary()
    assert dictionary_with([]).lcut("高山土豆现挖现发") == dictionary().lcut("高山土豆现挖现发")


def test_the_words_of_the_trade_have_no_comments_among_them() -> None:
    words = seller_words()
    assert "小黄车" in words
    assert not any(word.startswith("#") or not word.strip() for word in words)
