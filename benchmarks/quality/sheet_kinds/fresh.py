"""Kinds of sheets of the third set."""

from decimal import Decimal
from random import Random
from typing import Any

from benchmarks.quality.sheet_kinds.layout import Cell, Good, Kind, Reading, Sheet, amount, same_pack
from benchmarks.quality.sheet_kinds.table import CENT, asked, packs, prices, sold, table
from benchmarks.quality.sheet_kinds.words import Wording


def tabs_for_groups(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A hidden tab with other prices behind the open one."""
    now = {rng.choice(words.price): prices(goods), rng.choice(words.pack): packs(goods)}
    other = table(rng, words, goods, {rng.choice(words.price): prices(goods, Decimal("1.3")), rng.choice(words.pack): packs(goods)})
    return Sheet(table(rng, words, goods, now), sold(goods), workbook=True, tabs=[("备份", other, rng.random() < 0.5)])


def name_with_pack(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The pack stands in the name and in its column."""
    rows = table(rng, words, goods, {rng.choice(words.price): prices(goods), rng.choice(words.pack): packs(goods)}, noise=False)
    for row, good in zip(rows[1:], goods, strict=True):
        row[0] = f"{good.name} {good.pack}"
    return Sheet(rows, [Reading(f"{g.name} {g.pack}", g.price, same_pack(g)) for g in goods])


def three_prices(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """What the co-op pays, what buyers pay, and the price before."""
    columns = {
        rng.choice(words.purchase): prices(goods, Decimal("0.6")),
        rng.choice(words.before): [amount(good.before) for good in goods],
        rng.choice(words.now): prices(goods),
        rng.choice(words.pack): packs(goods),
    }
    return Sheet(table(rng, words, goods, columns), [Reading(g.name, g.price, same_pack(g), g.before, struck=False) for g in goods])


def price_of_two_channels(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A price for those who come and one for those who get it sent."""
    one, other = rng.sample(["自提价", "快递价", "到店价", "邮寄价", "同城配送价"], 2)
    columns = {one: prices(goods), other: prices(goods, Decimal("1.2")), rng.choice(words.pack): packs(goods)}
    return Sheet(table(rng, words, goods, columns), asked(goods), everyday=False)


def repeated_line(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The first product stands twice, with two prices."""
    rows = table(rng, words, goods, {rng.choice(words.price): prices(goods), rng.choice(words.pack): packs(goods)}, noise=False)
    again = [amount(goods[0].price + 5) if cell == amount(goods[0].price) else cell for cell in rows[1]]
    rows.append(again)
    return Sheet(rows, [*asked(goods[:1]), *sold(goods[1:])], everyday=False)


def blank_price(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """One product has no price yet."""
    columns = {rng.choice(words.price): ["", *prices(goods)[1:]], rng.choice(words.pack): packs(goods)}
    return Sheet(table(rng, words, goods, columns), [*asked(goods[:1]), *sold(goods[1:])], everyday=False)


def shown_money(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A workbook's prices with the format of money, and formulas' rounding errors."""
    title = rng.choice(words.price)
    cells: list[Cell] = [float(good.price) + 1e-9 for good in goods]
    rows = table(rng, words, goods, {title: cells, rng.choice(words.pack): packs(goods)}, noise=False)
    column = rows[0].index(title) + 1
    shape = rng.choice(['"¥"#,##0.00', "¥#,##0.00;[Red]-¥#,##0.00", '0.00"元"', "_ ¥* #,##0.00_ ", "[$¥-804]#,##0.00"])

    def finish(sheet: Any) -> None:
        for line in range(2, sheet.max_row + 1):
            sheet.cell(line, column).number_format = shape

    return Sheet(rows, sold(goods), workbook=True, finish=finish)


def price_format_with_unit(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A workbook's prices whose format says for what."""
    goods = [good for good in goods if good.measure == "斤"]
    title = rng.choice(words.price)
    cells: list[Cell] = [float(good.each.quantize(CENT)) for good in goods]
    rows = table(rng, words, goods, {title: cells}, noise=False)
    column = rows[0].index(title) + 1

    def finish(sheet: Any) -> None:
        for line in range(2, sheet.max_row + 1):
            sheet.cell(line, column).number_format = rng.choice(['0.00"元/斤"', '"每斤"0.00"元"'])

    return Sheet(rows, [Reading(g.name, g.each.quantize(CENT), ("斤",)) for g in goods], workbook=True, finish=finish)


def order_form(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A form with a quantity to fill in and its sum, which is nought."""
    columns = {
        rng.choice(words.pack): packs(goods),
        "单价(元)": prices(goods),
        "订购数量": ["" for _ in goods],
        "小计": ["0" for _ in goods],
    }
    return Sheet(table(rng, words, goods, columns), sold(goods), everyday=False)


def start_and_end(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A column for the start and one for the end."""
    columns: dict[str, list[Cell]] = {
        rng.choice(words.price): prices(goods),
        rng.choice(words.pack): packs(goods),
        rng.choice(["开始日期", "活动开始日期", "上架日期"]): ["2026-12-01" for _ in goods],
        rng.choice(["结束日期", "截止日期"]): ["2026/12/31" for _ in goods],
    }
    return Sheet(table(rng, words, goods, columns), sold(goods, ends="2026-12-31 23:59"))


KINDS = tuple(
    Kind(make.__name__, make)
    for make in (
        tabs_for_groups,
        name_with_pack,
        three_prices,
        price_of_two_channels,
        repeated_line,
        blank_price,
        shown_money,
        price_format_with_unit,
        order_form,
        start_and_end,
    )
)
