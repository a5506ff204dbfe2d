"""Lines break at words, never in a number or before a closing mark, and come out of like length."""

from pipeline.brand.wording import balanced, pieces, shortened


def width(text: str) -> float:
    return sum(1.0 if ord(character) > 0x2E7F else 0.5 for character in text)


def test_the_pieces_are_the_text_again() -> None:
    text = "今晚22:00前下单，自提点（西街店）ABC def 29.9元/10斤"
    assert "".join(pieces(text)) == text


def test_a_number_keeps_its_unit_and_its_sign() -> None:
    parts = [part.strip() for part in pieces("只要¥29.9元十斤 海拔2000米")]
    assert "¥29.9元" in parts
    assert "2000米" in parts


def test_no_line_begins_with_a_closing_mark() -> None:
    lines = balanced("又沙又甜，坏果包赔！现挖现发。", 8, width, 3)
    assert lines is not None
    assert all(line[0] not in "，！。" for line in lines)


def test_two_lines_are_of_like_length() -> None:
    lines = balanced("大凉山冕宁县高山沙地土豆", 11, width, 2)
    assert lines is not None
    assert len(lines) == 2
    assert abs(width(lines[0]) - width(lines[1])) <= 4


def test_what_cannot_fit_says_so() -> None:
    assert balanced("一二三四五六七八九十", 3, width, 2, tear=True) is None


def test_a_shortened_text_ends_in_an_ellipsis_and_fits() -> None:
    lines = shortened("大凉山冕宁县高山沙地黄心大土豆新鲜现挖", 6, width, 2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert all(width(line) <= 6 for line in lines)
