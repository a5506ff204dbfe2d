"""Each adapter's table of answers: every row says what it proves of a publishing call and which line of the contract says so."""

import pytest
from pydantic import ValidationError

from pipeline.publish.platforms.answer_table import AnswerRow, AnswerTable, load_answers

TABLES = ("bilibili", "kuaishou", "shelf", "youtube")
UNSURE = AnswerRow(codes=("7", "-500", "4000..4009"), means="busy", publishing_proves="unclear", contract="busy: retry")


@pytest.mark.parametrize("name", TABLES)
def test_only_a_named_post_proves_one_and_every_row_has_its_line(name: str) -> None:
    table = load_answers(name)
    # A store's yes has no body: what it did is read back.
    assert [row.means for row in table.rows if row.publishing_proves == "a_post"] == (["done"] if name != "shelf" else [])
    assert not any(row.publishing_proves == "nothing_happened" for row in table.rows), "name the line that proves it"
    assert all(len(row.contract) > 10 for row in table.rows)
    assert table.contract


@pytest.mark.parametrize(
    ("code", "listed"), [(7, True), (-500, True), (4000, True), (4009, True), (4010, False), (3999, False), ("x", False)]
)
def test_a_code_is_found_by_itself_and_in_a_range(code: int | str, listed: bool) -> None:
    table = AnswerTable(name="a", contract="b", rows=(UNSURE,))
    assert (table.row(code) is not None) is listed


def test_the_first_code_that_is_listed_counts() -> None:
    other = AnswerRow(codes=("403",), means="permission", publishing_proves="unclear", contract="forbidden")
    table = AnswerTable(name="a", contract="b", rows=(other, UNSURE))
    assert table.row("7", 403) is UNSURE
    assert table.row("", 403) is other
    assert table.row("", 404) is None


def test_a_code_means_one_thing() -> None:
    with pytest.raises(ValidationError, match="listed twice"):
        AnswerTable(name="a", contract="b", rows=(UNSURE, UNSURE))
