"""Kinds of sheets of the sixth set: of market stalls, group leaders, shop systems and offices."""

from decimal import Decimal
from random import Random
from typing import Any

from openpyxl.comments import Comment

from benchmarks.quality.sheet_kinds.layout import Cell, Good, Kind, Reading, Sheet, amount, same_pack
from benchmarks.quality.sheet_kinds.table import asked, packs, prices, sold, table
from benchmarks.quality.sheet_kinds.villages import said, weighed
from benchmarks.quality.sheet_kinds.words import Wording


def group_post(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A post of a group, line by line in one column, under a heading."""
    form = rng.choice(["{i}. {n} {u} {p}元", "{i}、{n}（{u}）{p}元", "{n}：{p}元/{u}", "{n} {p}元{u}"])
    rows: list[list[Cell]] = [["今日团购"]]
    rows += [[form.format(i=i, n=g.name, u=g.pack, p=amount(g.price))] for i, g in enumerate(goods, 1)]
    return Sheet(rows, sold(goods), everyday=False)


def shop_export(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """What a shop's system gives out, with columns that nobody needs."""
    columns: dict[str, list[Cell]] = {
        "商品编码": [f"SP{rng.randrange(10**6):06}" for _ in goods],
        "类目": ["生鲜" for _ in goods],
        "品牌": ["自有" for _ in goods],
        "售价": prices(goods),
        "成本": prices(goods, Decimal("0.6")),
        "规格": packs(goods),
        "库存": [str(rng.randrange(20, 500)) for _ in goods],
        "累计销量": [str(rng.randrange(0, 900)) for _ in goods],
        "上架时间": ["2026-10-01 08:00" for _ in goods],
        "状态": ["上架" for _ in goods],
    }
    return Sheet(table(rng, words, goods, columns, noise=False), sold(goods, ends=""))


def bureau(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """An office's table of market prices: highest, lowest, mean."""
    goods = weighed(goods)
    low: list[Cell] = [amount(good.each - Decimal("0.3")) for good in goods]
    high: list[Cell] = [amount(good.each + Decimal("0.3")) for good in goods]
    mean: list[Cell] = [amount(good.each) for good in goods]
    columns = {"最低价": low, "最高价": high, rng.choice(["平均价", "均价", "大宗价"]): mean, "单位": ["元/公斤" for _ in goods]}
    return Sheet(table(rng, words, goods, columns, noise=False), asked(goods), everyday=False)


def menu(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Small and large portions, named by their size in the heading and by their weight in brackets."""
    goods = [good for good in goods if good.measure == "斤"]
    small, large = rng.choice([("小份", "大份"), ("小箱", "大箱"), ("尝鲜装", "家庭装"), ("半箱", "整箱")])
    rows: list[list[Cell]] = [["品名", small, large]]
    readings = []
    for good in goods:
        pairs = [good.packs[1], good.packs[0]]
        rows.append([good.name, *(f"{count}斤/{amount(price)}元" for count, _, price in pairs)])
        readings += [Reading(good.name, price, same_pack(good, index)) for index, (_, _, price) in ((1, pairs[0]), (0, pairs[1]))]
    return Sheet(rows, readings, everyday=False)


def sizes(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Two prices by the size of the fruit, in cells or in headings."""
    one, other = rng.choice([("大", "小"), ("80以上", "70-80"), ("特大果", "中果"), ("优", "良")])
    rows: list[list[Cell]] = [["品名", "规格", one, other]]
    rows += [[good.name, good.pack, amount(good.price), amount(good.price - 5)] for good in goods]
    return Sheet(rows, asked(goods), everyday=False)


def grouped_by_village(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The village is merged over its products, before the name."""
    rows: list[list[Cell]] = [[rng.choice(["村", "社员", "合作社"]), "产品", "规格", "零售价"]]
    for index, good in enumerate(goods):
        rows.append([f"{index // 2 + 1}组" if index % 2 == 0 else None, good.name, good.pack, amount(good.price)])

    def finish(sheet: Any) -> None:
        for line in range(2, sheet.max_row, 2):
            sheet.merge_cells(start_row=line, end_row=line + 1, start_column=1, end_column=1)

    return Sheet(rows, sold(goods), workbook=True, finish=finish)


def free_columns(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Empty columns and lines between, and the table begins far from the corner."""
    rows: list[list[Cell]] = [
        ["", "", "", "", "", ""],
        ["", "", rng.choice(words.titles), "", "", ""],
        ["", "", "品名", "", "规格", "价格"],
    ]
    for good in goods:
        rows.append(["", "", good.name, "", good.pack, amount(good.price)])
        if rng.random() < 0.3:
            rows.append(["", "", "", "", "", ""])
    return Sheet(rows, sold(goods))


def shipping_by_place(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Prices with carriage to near and far."""
    near, far = rng.choice([("省内包邮", "省外包邮"), ("江浙沪", "其他地区"), ("近区", "远区"), ("市区", "外县")])
    columns = {near: prices(goods), far: prices(goods, Decimal("1.2")), "规格": packs(goods)}
    return Sheet(table(rng, words, goods, columns), asked(goods), everyday=False)


def comments(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A cell has a note that somebody else wrote; the table is as it is."""
    rows = table(rng, words, goods, {"价格": prices(goods), "规格": packs(goods)}, noise=False)

    def finish(sheet: Any) -> None:
        sheet.cell(1, 1).comment = Comment("请核对", "小周")

    return Sheet(rows, sold(goods), workbook=True, finish=finish)


def words_for_amounts(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Prices and packs in characters."""
    tens = {2: "两", 3: "三", 4: "四", 5: "五", 10: "十", 30: "三十"}
    columns: dict[str, list[Cell]] = {
        "价格": [said(good.price) for good in goods],
        "规格": [f"{tens[good.count]}{good.measure}" if rng.random() < 0.5 else good.pack for good in goods],
    }
    readings = [Reading(g.name, g.price, (*same_pack(g), f"{tens[g.count]}{g.measure}")) for g in goods]
    return Sheet(table(rng, words, goods, columns), readings)


def tax(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A price with tax and one without."""
    one, other = rng.choice([("含税价", "不含税价"), ("含税单价", "未税单价"), ("开票价", "不开票价")])
    columns = {one: prices(goods), other: prices(goods, Decimal("0.9")), "规格": packs(goods)}
    return Sheet(table(rng, words, goods, columns), asked(goods), everyday=False)


def presale(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The price before the harvest and the price after it."""
    one, other = rng.choice([("预售价", "现货价"), ("早鸟价", "开园后价"), ("预订价", "到店价")])
    columns = {one: prices(goods, Decimal("0.9")), other: prices(goods), "规格": packs(goods)}
    return Sheet(table(rng, words, goods, columns), asked(goods), everyday=False)


def pieces(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Pack, count of packs in a carton, and the price of a pack."""
    columns: dict[str, list[Cell]] = {
        "规格": packs(goods),
        rng.choice(["箱规", "每件包数", "装箱数"]): [rng.choice(["10", "12", "6"]) for _ in goods],
        "零售价": prices(goods),
    }
    return Sheet(table(rng, words, goods, columns), sold(goods), everyday=False)


def double_unit(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The same weight in two measures."""
    goods = [good for good in goods if good.measure == "斤"]
    cells: list[Cell] = [f"{good.count}斤（{amount(Decimal(good.count) / 2)}kg）" for good in goods]
    readings = [Reading(g.name, g.price, (*same_pack(g), f"{g.count}斤({amount(Decimal(g.count) / 2)}kg)")) for g in goods]
    return Sheet(table(rng, words, goods, {"价格": prices(goods), "规格": cells}), readings)


def crossed_out_by_text(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The old price stands before the new one in a cell."""
    form = rng.choice(["原价{b} 现价{p}", "原{b}元，现{p}元", "{p}元（原价{b}元）", "特价{p}（原{b}）", "~{b}~ {p}"])
    cells: list[Cell] = [form.format(b=amount(good.before), p=amount(good.price)) for good in goods]
    readings = [Reading(g.name, g.price, same_pack(g), g.before, struck=False) for g in goods]
    return Sheet(table(rng, words, goods, {"价格": cells, "规格": packs(goods)}), readings, everyday=False)


def weights_in_kilos(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A pack in kilos, the price of one jin, and the price of the pack."""
    goods = weighed(goods)
    columns: dict[str, list[Cell]] = {
        "规格": [f"{amount(Decimal(good.count) / 2)}公斤" for good in goods],
        rng.choice(["每斤价格", "折合每斤"]): [amount(good.each) for good in goods],
        rng.choice(["售价", "每箱价格"]): prices(goods),
    }
    ways = [f"{amount(Decimal(good.count) / 2)}公斤" for good in goods]
    readings = [
        Reading(g.name, g.price, (way, f"箱({way})", f"{way}/箱", way.removeprefix("1") if way == "1公斤" else way))
        for g, way in zip(goods, ways, strict=True)
    ]
    return Sheet(table(rng, words, goods, columns), readings)


def who_may_buy(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A column says who gets the price; the first product's is not everybody's."""
    title, some, every = rng.choice(
        [("对象", "会员", "所有人"), ("适用客户", "团购客户", "全部"), ("谁能买", "社员", "都行"), ("客户类型", "批发商", "散客")]
    )
    cells: list[Cell] = [some, *(every for _ in goods[1:])]
    rows = table(rng, words, goods, {"价格": prices(goods), "规格": packs(goods), title: cells}, noise=False)
    return Sheet(rows, [*asked(goods[:1]), *sold(goods[1:])], everyday=False)


def validity_in_two_cells(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A word and the day beside it, over the table."""
    word = rng.choice(["有效期至", "价格截止", "活动截止日期", "本期截止："])
    rows = table(rng, words, goods, {"价格": prices(goods), "规格": packs(goods)}, noise=False)
    return Sheet([[word, "2026-12-31", ""], *rows], sold(goods, ends="2026-12-31 23:59"))


def dash_lists(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Lines of dashes between groups, and the headings in square brackets."""
    rows: list[list[Cell]] = [["[品名]", "[规格]", "[单价]"]]
    for good in goods:
        rows.append([good.name, good.pack, amount(good.price)])
        if rng.random() < 0.3:
            rows.append(["------", "------", "------"])
    return Sheet(rows, sold(goods))


KINDS = tuple(
    Kind(make.__name__, make)
    for make in (
        group_post,
        shop_export,
        bureau,
        menu,
        sizes,
        grouped_by_village,
        free_columns,
        shipping_by_place,
        comments,
        words_for_amounts,
        tax,
        presale,
        pieces,
        double_unit,
        crossed_out_by_text,
        weights_in_kilos,
        who_may_buy,
        validity_in_two_cells,
        dash_lists,
    )
)
