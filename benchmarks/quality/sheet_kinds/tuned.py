"""Kinds of sheets that were looked at while the reader was written."""

import io
from decimal import Decimal
from random import Random
from typing import Any

from openpyxl.drawing.image import Image
from PIL import Image as Picture

from benchmarks.quality.sheet_kinds.layout import Cell, Good, Kind, Sheet, amount
from benchmarks.quality.sheet_kinds.table import asked, packs, prices, sold, table
from benchmarks.quality.sheet_kinds.words import Wording


def embedded_picture(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A picture laid over each line's cell."""
    rows = table(
        rng, words, goods, {"图片": ["" for _ in goods], rng.choice(words.price): prices(goods), "规格": packs(goods)}, noise=False
    )
    column = "ABCDE"[rows[0].index("图片")]

    def finish(sheet: Any) -> None:
        for line, shade in enumerate(range(40, 40 + 10 * len(goods), 10), start=2):
            data = io.BytesIO()
            Picture.new("RGB", (60, 40), (shade, 90, 40)).save(data, "PNG")
            sheet.add_image(Image(data), f"{column}{line}")

    return Sheet(rows, sold(goods, photo=True), workbook=True, finish=finish)


def cents(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Prices in cents, as cash registers export them."""
    cells: list[Cell] = [str(int(good.price * 100)) for good in goods]
    return Sheet(table(rng, words, goods, {"价格(分)": cells, rng.choice(words.pack): packs(goods)}), sold(goods), everyday=False)


def spoken_price(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Prices as one says them."""
    cells: list[Cell] = [f"{int(good.price)}块{int(good.price * 10) % 10 or ''}" for good in goods]
    return Sheet(table(rng, words, goods, {rng.choice(words.price): cells, rng.choice(words.pack): packs(goods)}), sold(goods))


def paired_cells(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Two prices in one cell and two packs in another."""
    both: list[Cell] = ["/".join(amount(price) for _, _, price in good.packs[:2]) for good in goods]
    sizes: list[Cell] = ["/".join(f"{count}{measure}" for count, measure, _ in good.packs[:2]) for good in goods]
    return Sheet(table(rng, words, goods, {rng.choice(words.price): both, rng.choice(words.pack): sizes}), asked(goods), everyday=False)


def market_and_member(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The market's price beside the members', and none for everybody."""
    columns = {
        rng.choice(words.before): prices(goods, Decimal("1.2")),
        rng.choice(words.member): prices(goods),
        rng.choice(words.pack): packs(goods),
    }
    return Sheet(table(rng, words, goods, columns), asked(goods), everyday=False)


def unit_against_count(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A measure in the unit's column and a bare number in the pack's: the price of one, or of all?"""
    goods = [good for good in goods if good.measure == "斤" and good.count > 1]
    columns: dict[str, list[Cell]] = {
        rng.choice(words.price): prices(goods),
        rng.choice(words.unit): [good.measure for good in goods],
        "规格": [str(good.count) for good in goods],
    }
    return Sheet(table(rng, words, goods, columns), asked(goods), everyday=False)


KINDS = tuple(
    Kind(make.__name__, make) for make in (embedded_picture, cents, spoken_price, paired_cells, market_and_member, unit_against_count)
)
