"""Kinds of sheets of the fifth set: each is one writer's habit, in words of its own."""

from decimal import Decimal
from random import Random
from typing import Any

from openpyxl.styles import Font

from benchmarks.quality.sheet_kinds.layout import Cell, Good, Kind, Reading, Sheet, amount, same_pack
from benchmarks.quality.sheet_kinds.table import CENT, asked, packs, prices, sold, table
from benchmarks.quality.sheet_kinds.words import Wording

DIGITS = "零一二三四五六七八九"


def said(value: Decimal) -> str:
    """An amount under 1,000 in characters: 二十九块九, 一百八十五块."""
    whole, tenth = divmod(int(value * 10), 10)
    hundreds, rest = divmod(whole, 100)
    tens, ones = divmod(rest, 10)
    text = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += f"{DIGITS[tens]}十" if tens > 1 or hundreds else "十"
    elif hundreds and ones:
        text += "零"
    text += DIGITS[ones] if ones else ""
    return f"{text}块{DIGITS[tenth]}" if tenth else f"{text}块"


def weighed(goods: list[Good]) -> list[Good]:
    """The goods that are sold by weight, whose price for one is a whole number of cents."""
    return [good for good in goods if good.measure == "斤" and good.each == good.each.quantize(CENT)] or [_SPARE]


_SPARE = Good("冬储白菜", ((20, "斤", Decimal(24)), (10, "斤", Decimal(13)), (40, "斤", Decimal(46))), Decimal(30), "河北玉田")


def by_weight(goods: list[Good], times: int = 1, units: tuple[str, ...] = ("斤", "1斤", "一斤"), **more: Any) -> list[Reading]:
    """The readings of goods that are sold by one unit of weight."""
    return [Reading(good.name, good.each * times, units, **more) for good in goods]


def pack_pairs(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Two packs of each product in one line, each with its price."""
    head = rng.choice(
        [
            ("规格1", "价格1", "规格2", "价格2"),
            ("小份", "小份价格", "大份", "大份价格"),
            ("规格一", "售价一", "规格二", "售价二"),
            ("规格", "价格", "规格", "价格"),
            ("包装A", "A价", "包装B", "B价"),
            ("规格①", "价①", "规格②", "价②"),
        ]
    )
    rows: list[list[Cell]] = [[rng.choice(words.name), *head]]
    readings = []
    for good in goods:
        row: list[Cell] = [good.name]
        for index in (1, 0):
            count, measure, price = good.packs[index]
            row += [f"{count}{measure}", amount(price)]
            readings.append(Reading(good.name, price, same_pack(good, index)))
        rows.append(row)
    return Sheet(rows, readings)


def two_lines_of_headings(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A heading over two others, merged."""
    rows: list[list[Cell]] = [[words.name[0], rng.choice(["价格（元）", "销售价格", "价格"]), None, "规格"], [None, "原价", "现价", None]]
    rows += [[good.name, amount(good.before), amount(good.price), good.pack] for good in goods]

    def finish(sheet: Any) -> None:
        for cells in ("A1:A2", "B1:C1", "D1:D2"):
            sheet.merge_cells(cells)

    return Sheet(rows, [Reading(g.name, g.price, same_pack(g), g.before) for g in goods], workbook=True, finish=finish)


def groups(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Lines that name a group of products."""
    rows: list[list[Cell]] = [[rng.choice(words.name), rng.choice(words.price), rng.choice(words.pack)]]
    names = rng.choice([("【鲜货】", "【干货】"), ("一、生鲜", "二、其它"), ("▼水果蔬菜", "▼土特产"), ("新鲜区", "干货区")])
    for index, good in enumerate(goods):
        if index in (0, 3):
            rows.append([names[index // 3], "", ""])
        rows.append([good.name, amount(good.price), good.pack])
    return Sheet(rows, sold(goods))


def validity_sentence(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A sentence says until when all prices hold."""
    sentence = rng.choice(
        [
            "本表价格有效期至12月31日",
            "以上价格执行到2026年12月31日",
            "价格有效期：即日起至12月31日",
            "有效期：2026.12.1-2026.12.31",
            "活动时间：12月1日—12月31日",
            "此价格截止到12月31日，过期另议",
            "Prices valid until 2026-12-31",
        ]
    )
    rows = table(rng, words, goods, {"价格": prices(goods), "规格": packs(goods)}, noise=False)
    rows.insert(rng.choice([0, len(rows)]), [sentence, "", ""])
    return Sheet(rows, sold(goods, ends="2026-12-31 23:59"))


def validity_in_days(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A sentence says that all prices hold for days that nobody can count."""
    sentence = rng.choice(["以下价格三天内有效", "报价3日内有效", "价格当天有效", "以上价格仅限本周", "本价格一周内有效", "优惠到月底"])
    rows = table(rng, words, goods, {"价格": prices(goods), "规格": packs(goods)}, noise=False)
    rows.insert(rng.choice([0, len(rows)]), [sentence, "", ""])
    return Sheet(rows, asked(goods), everyday=False)


def typed_on_a_phone(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Text with the commas and digits of a Chinese keyboard."""
    wide = str.maketrans("0123456789.", "０１２３４５６７８９．")
    rows: list[list[Cell]] = [["品名，规格，价格"] if rng.random() < 0.5 else ["品名", "规格", "价格"]]
    for good in goods:
        cells = [good.name, good.pack, f"{amount(good.price)}元"]
        if rng.random() < 0.5:
            cells = [cell.translate(wide) for cell in cells]
        rows.append(["，".join(cells)] if len(rows[0]) == 1 else list(cells))
    return Sheet(rows, sold(goods), workbook=False)


def without_headings(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Products, packs and prices, and no headings."""
    return Sheet([[good.name, good.pack, f"{amount(good.price)}元"] for good in goods], sold(goods), everyday=False)


def turned(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A column for each product."""
    rows: list[list[Cell]] = [["品名", *(g.name for g in goods)], ["规格", *packs(goods)], ["价格", *prices(goods)]]
    return Sheet(rows, sold(goods), everyday=False)


def other_language(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Headings in Traditional characters or English."""
    name, pack, before, price, origin = rng.choice(
        [
            ("品名", "規格", "原價", "現價", "產地"),
            ("商品名稱", "包裝規格", "市價", "優惠價", "來源"),
            ("Product", "Pack size", "Was", "Now", "Origin"),
            ("Product name", "Unit", "List price", "Sale price (RMB)", "From"),
            ("Goods", "Specification", "Regular price", "Special price", "Village"),
        ]
    )
    rows: list[list[Cell]] = [[name, origin, pack, before, price]]
    rows += [[g.name, g.origin, g.pack, amount(g.before), amount(g.price)] for g in goods]
    return Sheet(rows, [Reading(g.name, g.price, same_pack(g), g.before) for g in goods])


def price_forms(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Prices as people write them by hand."""
    cells: list[Cell] = []
    for good in goods:
        price, (whole, tenth) = amount(good.price), divmod(int(good.price * 10), 10)
        forms = [
            f"{price}块",
            f"￥{price}元",
            f"RMB{price}",
            f"{price}元整",
            f"{price}（包邮）",
            f"{price} 元",
            said(good.price),
            f"{price}/份",
        ]
        forms += (
            [f"{whole}元{tenth}角", f"{whole}块{tenth}", f"{whole}。{tenth}", f"{whole}.{tenth}0元"]
            if tenth
            else [f"{whole}.00", f"{whole}块钱"]
        )
        cells.append(rng.choice(forms))
    return Sheet(table(rng, words, goods, {"售价": cells, "规格": packs(goods)}), sold(goods))


def yuan_per_unit_column(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The unit's column says yuan for what."""
    goods = weighed(goods)
    unit: list[Cell] = [rng.choice(["元/斤", "元／斤", "￥/斤", "斤"]) for _ in goods]
    columns: dict[str, list[Cell]] = {rng.choice(["单价", "价格", "今日价"]): [amount(g.each) for g in goods], "单位": unit}
    return Sheet(table(rng, words, goods, columns), by_weight(goods))


def ladder(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A price for one, and prices for those who take many."""
    first, second = rng.choice([("10箱以上", "50箱以上"), ("10件起批", "100件起批"), ("满10份", "满30份"), ("≥10", "≥50")])
    columns = {
        rng.choice(["零售价", "单件价格", "零售"]): prices(goods),
        first: prices(goods, Decimal("0.9")),
        second: prices(goods, Decimal("0.8")),
        "规格": packs(goods),
    }
    return Sheet(table(rng, words, goods, columns), sold(goods), everyday=False)


def instructions_tab(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A tab that says how to fill the sheet in stands before it."""
    rows = table(rng, words, goods, {rng.choice(words.price): prices(goods), rng.choice(words.pack): packs(goods)})
    return Sheet(rows, sold(goods), workbook=True, tabs=[("填写说明", [["1. 价格填数字"], ["2. 规格填清楚"]], True)])


def remark_sold_out(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A remark says that the first product is sold out."""
    notes: list[Cell] = [rng.choice(["已卖完", "没货了", "今天的抢完了", "缺货，下周到"]), *("现摘现发" for _ in goods[1:])]
    rows = table(rng, words, goods, {"价格": prices(goods), "规格": packs(goods), rng.choice(["备注", "说明"]): notes}, noise=False)
    return Sheet(rows, [*sold(goods[:1], sold_out=True), *sold(goods[1:])], everyday=False)


def remark_other_price(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A remark says that the first product's price is not the one in its column, or not for everybody."""
    notes = ["12月1日起涨到{q}元", "这个价只给老客户", "以{q}元为准", "价格写错了，应该是{q}", "实际卖{q}", "今天改{q}", "降到{q}了"]
    cells: list[Cell] = [rng.choice(notes).format(q=amount(goods[0].price + 7)), *("现摘现发" for _ in goods[1:])]
    rows = table(rng, words, goods, {"价格": prices(goods), "规格": packs(goods), rng.choice(["备注", "说明"]): cells}, noise=False)
    return Sheet(rows, [*asked(goods[:1]), *sold(goods[1:])], everyday=False)


def struck_cell(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The first product's price alone is struck through."""
    rows = table(rng, words, goods, {"价格": prices(goods), "规格": packs(goods)}, noise=False)
    column = rows[0].index("价格") + 1

    def finish(sheet: Any) -> None:
        sheet.cell(2, column).font = Font(strike=True)

    return Sheet(rows, [*asked(goods[:1]), *sold(goods[1:])], everyday=False, workbook=True, finish=finish)


def merged_unit(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """One unit is merged down the table."""
    goods = weighed(goods)
    rows: list[list[Cell]] = [["品名", "单位", rng.choice(["单价", "价格"])]]
    rows += [[good.name, None if index else "斤", amount(good.each)] for index, good in enumerate(goods)]

    def finish(sheet: Any) -> None:
        sheet.merge_cells(start_row=2, end_row=sheet.max_row, start_column=2, end_column=2)

    return Sheet(rows, by_weight(goods), workbook=True, finish=finish)


def name_once(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Text saved from a sheet with merged names: the second pack's line has none."""
    rows: list[list[Cell]] = [["品名", "规格", "价格"]]
    readings = []
    for good in goods:
        for index, (count, measure, price) in enumerate(good.packs[:2]):
            rows.append(["" if index else good.name, f"{count}{measure}", amount(price)])
            readings.append(Reading(good.name, price, same_pack(good, index)))
    return Sheet(rows, readings, everyday=False, workbook=False)


def ditto(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Units that say: as above."""
    goods = weighed(goods)
    unit: list[Cell] = ["斤", *(rng.choice(["同上", "〃", "″"]) for _ in goods[1:])]
    return Sheet(table(rng, words, goods, {"价格": [amount(g.each) for g in goods], "单位": unit}), by_weight(goods), everyday=False)


def pack_range(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A pack that may be one of several."""
    cells: list[Cell] = [rng.choice(["9-10斤", "8~10斤", "5斤或10斤", "5/10斤", "5斤、10斤", "三五斤"]), *packs(goods[1:])]
    rows = table(rng, words, goods, {"价格": prices(goods), "规格": cells})
    return Sheet(rows, [*asked(goods[:1]), *sold(goods[1:])], everyday=False)


def buyers(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A price for anybody and one for some."""
    one, other = rng.choice(
        [("散客价", "团体价"), ("单买价", "5人团价"), ("普通价", "熟人价"), ("门市价", "企业采购价"), ("一般客户", "大客户")]
    )
    columns = {one: prices(goods), other: prices(goods, Decimal("0.9")), "规格": packs(goods)}
    return Sheet(table(rng, words, goods, columns), sold(goods), everyday=False)


def days(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A column of prices for each day, of which the last is today's."""
    columns_of = [("11月27日", "11月28日", "11月29日"), ("11.27", "11.28", "11.29"), ("周五", "周六", "周日"), ("前天", "昨天", "今天")]
    heads = rng.choice(columns_of)
    columns = {head: prices(goods, factor) for head, factor in zip(heads, (Decimal("0.8"), Decimal("0.9"), Decimal(1)), strict=True)}
    rows: list[list[Cell]] = [["品名", "规格", *columns]]
    rows += [[good.name, good.pack, *(cells[index] for cells in columns.values())] for index, good in enumerate(goods)]
    return Sheet(rows, sold(goods), everyday=False)


KINDS = tuple(
    Kind(make.__name__, make)
    for make in (
        pack_pairs,
        two_lines_of_headings,
        groups,
        validity_sentence,
        validity_in_days,
        typed_on_a_phone,
        without_headings,
        turned,
        other_language,
        price_forms,
        yuan_per_unit_column,
        ladder,
        instructions_tab,
        remark_sold_out,
        remark_other_price,
        struck_cell,
        merged_unit,
        name_once,
        ditto,
        pack_range,
        buyers,
        days,
    )
)
