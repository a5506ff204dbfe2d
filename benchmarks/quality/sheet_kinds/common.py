"""Kinds of sheets that both halves have, each half in its own words."""

from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

from openpyxl.styles import Font

from benchmarks.quality.sheet_kinds.layout import Cell, Good, Kind, Reading, Sheet, amount, same_pack
from benchmarks.quality.sheet_kinds.table import CENT, asked, befores, packs, prices, sold, table
from benchmarks.quality.sheet_kinds.words import Wording


def plain(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A price and a pack."""
    return Sheet(table(rng, words, goods, {rng.choice(words.price): prices(goods), rng.choice(words.pack): packs(goods)}), sold(goods))


def struck_price(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The price now and the one before."""
    columns = {rng.choice(words.before): befores(goods), rng.choice(words.now): prices(goods), rng.choice(words.pack): packs(goods)}
    return Sheet(table(rng, words, goods, columns), [Reading(g.name, g.price, same_pack(g), g.before) for g in goods])


def deal(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The usual price and the deal's."""
    columns = {rng.choice(words.price): befores(goods), rng.choice(words.deal): prices(goods), rng.choice(words.pack): packs(goods)}
    return Sheet(table(rng, words, goods, columns), [Reading(g.name, g.price, same_pack(g), g.before) for g in goods])


def yesterday(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Another day's price beside the one now."""
    columns = {rng.choice(words.past): befores(goods), rng.choice(words.now): prices(goods), rng.choice(words.pack): packs(goods)}
    return Sheet(table(rng, words, goods, columns), [Reading(g.name, g.price, same_pack(g), g.before, struck=False) for g in goods])


def purchase(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """What the co-op pays beside what it asks."""
    paid = prices(goods, Decimal("0.6"))
    return Sheet(
        table(
            rng,
            words,
            goods,
            {rng.choice(words.purchase): paid, rng.choice(words.price): prices(goods), rng.choice(words.pack): packs(goods)},
        ),
        sold(goods),
    )


def purchase_only(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """What the co-op pays and nothing else: it is never shown."""
    columns = {rng.choice(words.purchase): prices(goods), rng.choice(words.pack): packs(goods)}
    return Sheet(table(rng, words, goods, columns), asked(goods), everyday=False)


def member(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Everybody's price beside the members'."""
    low = prices(goods, Decimal("0.9"))
    columns = {rng.choice(words.price): prices(goods), rng.choice(words.member): low, rng.choice(words.pack): packs(goods)}
    return Sheet(table(rng, words, goods, columns), sold(goods))


def live(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A price that holds in the live room, or with a coupon, beside the shop's: either may be meant."""
    low = prices(goods, Decimal("0.9"))
    columns = {rng.choice(words.price): prices(goods), rng.choice(words.live): low, rng.choice(words.pack): packs(goods)}
    return Sheet(table(rng, words, goods, columns), asked(goods), everyday=False)


_SAYS_WHICH = ("正", "到手", "执行", "執行")
"""Words of a usual price by which a clerk knows that it is the one before, or the one now."""


def two_deals(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Two prices that hold for everybody, and differ."""
    usual = [word for word in words.price if not any(said in word for said in _SAYS_WHICH)]
    one, other = rng.sample([*words.deal, rng.choice(words.price)], 2) if rng.random() < 0.5 else rng.sample(usual, 2)
    both_usual = one in words.price and other in words.price
    if not both_usual and (one in words.price or other in words.price):
        one, other = rng.sample(words.deal, 2)
    columns = {one: prices(goods), other: prices(goods, Decimal("0.8")), rng.choice(words.pack): packs(goods)}
    return Sheet(table(rng, words, goods, columns), asked(goods), everyday=False)


def unit_price_and_total(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The price of one unit, the pack, and the pack's price, which agree."""
    goods = [good for good in goods if good.measure == "斤" and good.each == good.each.quantize(CENT)]
    each: list[Cell] = [amount(good.each) for good in goods]
    columns = {rng.choice(words.each): each, rng.choice(words.pack): packs(goods), rng.choice(words.total): prices(goods)}
    return Sheet(table(rng, words, goods, columns), sold(goods))


def unit_price_and_wrong_total(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The price of one unit, the pack, and a total that is another."""
    goods = [good for good in goods if good.measure == "斤"]
    each: list[Cell] = [amount((good.each * Decimal("1.5")).quantize(CENT)) for good in goods]
    columns = {rng.choice(words.each): each, rng.choice(words.pack): packs(goods), rng.choice(words.total): prices(goods)}
    return Sheet(table(rng, words, goods, columns), asked(goods), everyday=False)


def unit_price_and_price(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The price of one unit with its unit, the pack, and the pack's price."""
    goods = [good for good in goods if good.measure == "斤" and good.each == good.each.quantize(CENT)]
    each: list[Cell] = [amount(good.each) for good in goods]
    unit: list[Cell] = [good.measure for good in goods]
    columns = {
        rng.choice(words.each): each,
        rng.choice(words.unit): unit,
        rng.choice(words.pack): [f"{good.pack}/{good.box}" for good in goods],
        rng.choice(words.price): prices(goods),
    }
    return Sheet(table(rng, words, goods, columns), sold(goods))


def priced_cell(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The pack stands in the price's cell."""
    form = rng.choice(words.priced)
    cells: list[Cell] = [form.format(p=amount(good.price), u=good.pack) for good in goods]
    return Sheet(table(rng, words, goods, {rng.choice(words.price): cells}), sold(goods))


def inexact_cell(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """One product's cell holds no exact price."""
    form, other = rng.choice(words.inexact), goods[0]
    (_, _, low), (count, measure, high) = other.packs[0], other.packs[1]
    odd = form.format(p=amount(min(low, high)), q=amount(max(low, high)), u=other.pack, v=f"{count}{measure}")
    cells: list[Cell] = [odd, *(f"{amount(good.price)}元/{good.pack}" for good in goods[1:])]
    return Sheet(table(rng, words, goods, {rng.choice(words.price): cells}), [*asked(goods[:1]), *sold(goods[1:])], everyday=False)


def price_per(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The heading of the price says for what."""
    goods = [good for good in goods if good.measure == "斤"] or [goods[0]]
    measure = goods[0].measure
    goods = [good for good in goods if good.measure == measure]
    each: list[Cell] = [amount(good.each.quantize(CENT)) for good in goods]
    readings = [Reading(g.name, g.each.quantize(CENT), (measure, f"1{measure}", f"一{measure}")) for g in goods]
    return Sheet(table(rng, words, goods, {rng.choice(words.price_per).format(u=measure): each}), readings)


def pack_columns(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A column for each pack."""
    goods = [good for good in goods if good.measure == "斤"]
    sizes = sorted({count for good in goods for count, _, _ in good.packs})
    form = rng.choice(words.pack_price)
    by_size: list[dict[int, Decimal]] = [{count: price for count, _, price in good.packs} for good in goods]
    columns: dict[str, list[Cell]] = {
        form.format(u=f"{size}斤"): [amount(each[size]) if size in each else "" for each in by_size] for size in sizes
    }
    readings = [Reading(g.name, price, same_pack(g, index)) for g in goods for index, (_, _, price) in enumerate(g.packs)]
    return Sheet(table(rng, words, goods, columns), readings)


def two_packs(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Two lines of one name, each with a pack of its own; merged in a workbook."""
    head = [rng.choice(words.name), rng.choice(words.pack), rng.choice(words.price)]
    rows: list[list[Cell]] = [list(head)]
    merged = rng.random() < 0.5
    for good in goods:
        for index, (count, measure, price) in enumerate(good.packs[:2]):
            rows.append([None if merged and index else good.name, f"{count}{measure}", amount(price)])

    def finish(sheet: Any) -> None:
        for line in range(2, sheet.max_row, 2):
            sheet.merge_cells(start_row=line, end_row=line + 1, start_column=1, end_column=1)

    readings = [Reading(g.name, price, same_pack(g, index)) for g in goods for index, (_, _, price) in enumerate(g.packs[:2])]
    return Sheet(rows, readings, workbook=True if merged else None, finish=finish if merged else None)


def unit_and_pack(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The box in one column, what is in it in another."""
    unit: list[Cell] = [good.box for good in goods]
    columns = {rng.choice(words.price): prices(goods), rng.choice(words.unit): unit, rng.choice(words.pack): packs(goods)}
    return Sheet(table(rng, words, goods, columns), sold(goods))


def weight_heading(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Bare numbers under a heading with the measure."""
    goods = [good for good in goods if good.measure == "斤"]
    counts: list[Cell] = [good.count for good in goods]
    return Sheet(
        table(rng, words, goods, {rng.choice(words.price): prices(goods), rng.choice(words.weight).format(m="斤"): counts}), sold(goods)
    )


def bare_number(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Bare numbers, and nothing says of what."""
    counts: list[Cell] = [good.count for good in goods]
    return Sheet(
        table(rng, words, goods, {rng.choice(words.price): prices(goods), rng.choice(words.pack): counts}), asked(goods), everyday=False
    )


def no_unit(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A word that is no unit where the only unit should stand."""
    cells: list[Cell] = [rng.choice(words.no_unit), *(good.pack for good in goods[1:])]
    columns = {rng.choice(words.price): prices(goods), rng.choice(words.pack): cells}
    return Sheet(table(rng, words, goods, columns), [*asked(goods[:1]), *sold(goods[1:])], everyday=False)


def number_format(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A workbook's numbers shown with their unit by the format alone."""
    goods = [good for good in goods if good.measure == "斤"]
    counts: list[Cell] = [good.count for good in goods]
    title = rng.choice(words.pack)
    rows = table(rng, words, goods, {rng.choice(words.price): prices(goods), title: counts}, noise=False)
    column = rows[0].index(title) + 1
    shape = rng.choice(['0"斤"', "0斤", '#,##0"斤"', 'General"斤"', '0.#"斤"'])

    def finish(sheet: Any) -> None:
        for line in range(2, sheet.max_row + 1):
            sheet.cell(line, column).number_format = shape

    return Sheet(rows, sold(goods), workbook=True, finish=finish)


def stock(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """One product is sold out, in the stock's column."""
    cells: list[Cell] = [rng.choice(words.sold_out), *(rng.choice(["600", "1,200箱", "充足", ""]) for _ in goods[1:])]
    columns = {rng.choice(words.price): prices(goods), rng.choice(words.pack): packs(goods), rng.choice(words.stock): cells}
    return Sheet(table(rng, words, goods, columns), [*sold(goods[:1], sold_out=True), *sold(goods[1:])])


def taken_down(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """One product is taken down, in the stock's column or where its price should stand."""
    word = rng.choice(words.taken_down)
    in_price = rng.random() < 0.5
    columns = {
        rng.choice(words.price): [word, *prices(goods)[1:]] if in_price else prices(goods),
        rng.choice(words.pack): packs(goods),
        rng.choice(words.stock): ["" if in_price else word, *("90" for _ in goods[1:])],
    }
    return Sheet(table(rng, words, goods, columns), [*asked(goods[:1]), *sold(goods[1:])], everyday=False)


def ends(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The day on which the offers end."""
    form = rng.choice(words.range_ends)
    columns = {
        rng.choice(words.price): prices(goods),
        rng.choice(words.pack): packs(goods),
        rng.choice(words.ends): [form for _ in goods],
    }
    return Sheet(table(rng, words, goods, columns), sold(goods, ends="2026-12-31 23:59"))


def unclear_end(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """An end that is no day."""
    cells: list[Cell] = [rng.choice(words.unclear_ends), *("2026-12-31" for _ in goods[1:])]
    columns = {rng.choice(words.price): prices(goods), rng.choice(words.pack): packs(goods), rng.choice(words.ends): cells}
    return Sheet(table(rng, words, goods, columns), [*asked(goods[:1]), *sold(goods[1:], ends="2026-12-31 23:59")], everyday=False)


def shared_link(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Links as apps share them."""
    links = [f"https://shop.example.com/{rng.randrange(10**6)}" for _ in goods]
    cells: list[Cell] = [rng.choice(words.shares).format(link=link) for link in links]
    columns = {rng.choice(words.price): prices(goods), rng.choice(words.pack): packs(goods), rng.choice(words.link): cells}
    readings = [Reading(g.name, g.price, same_pack(g), link=link) for g, link in zip(goods, links, strict=True)]
    return Sheet(table(rng, words, goods, columns), readings)


def two_links(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Two links in a cell: neither is used."""
    cells: list[Cell] = [
        rng.choice(["https://a.example.com/1{0}https://b.example.com/2"]).format(rng.choice([",", " ", "；"])) for _ in goods
    ]
    columns = {rng.choice(words.price): prices(goods), rng.choice(words.pack): packs(goods), rng.choice(words.link): cells}
    return Sheet(table(rng, words, goods, columns), sold(goods, link=""), everyday=False, workbook=True)


def totals(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A number before the name, and sums below."""
    head: list[Cell] = [rng.choice(words.number), rng.choice(words.name), rng.choice(words.price), rng.choice(words.pack)]
    rows = [head, *([str(index), good.name, amount(good.price), good.pack] for index, good in enumerate(goods, 1))]
    total = amount(sum((good.price for good in goods), Decimal(0)))
    below: list[list[Cell]] = [["", word, total, ""] for word in rng.sample(words.totals, 2)]
    return Sheet([*rows, *below], sold(goods))


def hidden_row(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """One line is hidden or struck through."""
    rows = table(
        rng,
        words,
        goods,
        {rng.choice(words.price): prices(goods), rng.choice(words.pack): packs(goods)},
        noise=False,
    )
    struck = rng.random() < 0.5

    def finish(sheet: Any) -> None:
        if not struck:
            sheet.row_dimensions[2].hidden = True
            return
        for cell in sheet[2]:
            cell.font = Font(strike=True)

    return Sheet(rows, [*asked(goods[:1]), *sold(goods[1:])], everyday=False, workbook=True, finish=finish)


def hidden_column(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A price column that is hidden."""
    hidden = rng.choice(words.deal)
    rows = table(
        rng,
        words,
        goods,
        {rng.choice(words.price): prices(goods), hidden: prices(goods, Decimal("0.8")), rng.choice(words.pack): packs(goods)},
        noise=False,
    )
    letter = "ABCDEFG"[rows[0].index(hidden)]

    def finish(sheet: Any) -> None:
        sheet.column_dimensions[letter].hidden = True

    return Sheet(rows, sold(goods), everyday=False, workbook=True, finish=finish)


def open_tab(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Last year's tab stands before the open one."""
    now = {rng.choice(words.price): prices(goods), rng.choice(words.pack): packs(goods)}
    old = table(rng, words, goods, {rng.choice(words.price): prices(goods, Decimal("0.8")), rng.choice(words.pack): packs(goods)})
    return Sheet(table(rng, words, goods, now), sold(goods), workbook=True, tabs=[("2025", old, True)])


def two_ends(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Two columns with different ends."""
    one, other = rng.sample(words.ends, 2)
    columns: dict[str, list[Cell]] = {
        rng.choice(words.price): prices(goods),
        rng.choice(words.pack): packs(goods),
        one: ["2026-12-31" for _ in goods],
        other: [datetime(2026, 12, 20) for _ in goods],
    }
    return Sheet(table(rng, words, goods, columns), asked(goods), everyday=False)


KINDS = tuple(
    Kind(make.__name__, make)
    for make in (
        plain,
        struck_price,
        deal,
        yesterday,
        purchase,
        purchase_only,
        member,
        live,
        two_deals,
        unit_price_and_total,
        unit_price_and_wrong_total,
        unit_price_and_price,
        priced_cell,
        inexact_cell,
        price_per,
        pack_columns,
        two_packs,
        unit_and_pack,
        weight_heading,
        bare_number,
        no_unit,
        number_format,
        stock,
        taken_down,
        ends,
        unclear_end,
        shared_link,
        two_links,
        totals,
        hidden_row,
        hidden_column,
        open_tab,
        two_ends,
    )
)
