"""Lines of a table that are no products: sums, remarks, titles of groups, headings once more."""

import re
from decimal import Decimal

from pipeline.catalog.headings import Headings
from pipeline.catalog.price_cells import read_price
from pipeline.catalog.spreadsheet import Row, normalize_text
from pipeline.catalog.vocabulary import cell_key, cell_words

_LEAST_SUMMED = 3
_LONGEST_NAME = 12
"""Letters of a name that stands alone in its line; more are a sentence."""
_REMARK = re.compile(
    r"以[上下]|有效|截[止至]|优惠到|仅限|满\d|\d\s*[小时天].{0,4}发|包赔|请|本表|价格|更新|联系|报价|解释权|如有|仅供|^[^:：]{1,6}[:：]"
)
_SECTION = re.compile(r"^[※•·=(\[【★☆*#]|^[一二三四五六七八九十]{1,2}[、.]|(?:类|系列|专区|区|专场)$|[:：]$")


def is_no_product(row: Row, headings: Headings) -> bool:
    """Tell a sum, a remark and a group's title from a product, wherever in the row the word stands."""
    filled = [(column, cell) for column, cell in enumerate(row.cells) if cell]
    names = headings.fields["name"]
    before_prices = [cell for column, cell in filled if column in names or column < min(names) or column == filled[0][0]]
    if any(_opens_with(cell, "sums") or _opens_with(cell, "remarks") or cell.startswith("#") for cell in before_prices):
        return True
    if any(_is_sum(cell) for _, cell in filled) and not any(column in names for column, _ in filled):
        return True
    alone = len({cell for _, cell in filled}) == 1
    said = filled[0][1]
    return alone and (filled[0][0] not in names or bool(_SECTION.search(said) or _REMARK.search(said)) or len(said) > _LONGEST_NAME)


class SummedLines:
    """The numbers of the lines so far, to know a line that only sums them up, by whatever word it is called."""

    def __init__(self, headings: Headings) -> None:
        self._headings = headings
        self._totals: dict[int, Decimal] = {}
        self._count = 0

    def is_sum(self, row: Row) -> bool:
        """Whether a line without a unit or pack has the sum of the prices above it, or their mean; any other line is counted in."""
        amounts = {column: amount for column in self._headings.prices if (amount := _amount(row, column))}
        measured = any(_text(row, column) for name in ("unit", "pack") for column in self._headings.fields.get(name, ()))
        if self._count >= _LEAST_SUMMED and not measured and any(self._sums_up(column, amount) for column, amount in amounts.items()):
            return True  # and not counted in, as the next line may be their mean
        if amounts:
            self._count += 1
            self._totals = {c: self._totals.get(c, Decimal(0)) + amounts.get(c, Decimal(0)) for c in {*self._totals, *amounts}}
        return False

    def _sums_up(self, column: int, amount: Decimal) -> bool:
        total = self._totals.get(column, Decimal(0))
        measured = bool({"unit", "pack"} & self._headings.fields.keys())
        return amount == total or (measured and amount == (total / self._count).quantize(Decimal("0.01")))


def _text(row: Row, column: int) -> str:
    return row.cells[column] if column < len(row.cells) else ""


def _amount(row: Row, column: int) -> Decimal | None:
    try:
        return read_price(_text(row, column)).amount
    except ValueError:
        return None


def _is_sum(cell: str) -> bool:
    return cell_key(re.sub(r"[(（【\[].*?[)）】\]]", "", cell)) in cell_words("sums")


def _opens_with(cell: str, kind: str) -> bool:
    """Whether a cell is one of the words, or begins with it before a colon, a bracket, a number or a blank."""
    key = cell_key(re.sub(r"[(（【\[].*?[)）】\]]", "", cell))
    if key in cell_words(kind):
        return True
    if (kind == "sums" and key.startswith(tuple(cell_words("sum_stems")))) or key.endswith(tuple(cell_words("sum_stems"))):
        return kind == "sums"
    first = re.match(r"^(\D+?)(?:[:：]|\s*\d|\s+\S{0,6}$)", normalize_text(cell))
    return bool(first) and cell_key(first[1] if first else "") in cell_words(kind)


def repeats_headings(row: Row, headings: Headings) -> bool:
    return all(column < len(row.cells) and row.cells[column] == headings.titles[column] for column in headings.known_columns)
