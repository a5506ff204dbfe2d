"""Kinds of sheets of the fifth set that are kept for work: with columns, lines and words that buyers never see."""

from decimal import Decimal
from random import Random

from benchmarks.quality.sheet_kinds.layout import Cell, Good, Kind, Reading, Sheet, amount, same_pack
from benchmarks.quality.sheet_kinds.table import asked, packs, prices, sold, table
from benchmarks.quality.sheet_kinds.villages import by_weight, weighed
from benchmarks.quality.sheet_kinds.words import Wording


def per_kilogram(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The heading's unit is a kilogram."""
    goods = weighed(goods)
    heading = rng.choice(["价格（元/公斤）", "元/kg", "每公斤（元）", "公斤价", "单价(元/千克)", "售价/KG"])
    cells: list[Cell] = [amount(good.each * 2) for good in goods]
    units = ("公斤", "kg", "KG", "千克", "1公斤", "1kg", "1千克")
    return Sheet(table(rng, words, goods, {heading: cells}), by_weight(goods, 2, units))


def carriage(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """What sending costs stands beside the price."""
    cost: list[Cell] = [rng.choice(["8", "包邮", "12", "0"]) for _ in goods]
    columns = {rng.choice(["价格", "售价"]): prices(goods), rng.choice(["运费", "快递费(元)", "邮费"]): cost, "规格": packs(goods)}
    return Sheet(table(rng, words, goods, columns), sold(goods), everyday=False)


def headings_again(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The headings stand again in the middle, as on a second page."""
    rows = table(rng, words, goods, {rng.choice(words.price): prices(goods), rng.choice(words.pack): packs(goods)}, noise=False)
    rows.insert(4, list(rows[0]))
    if rng.random() < 0.5:
        rows.insert(4, ["" for _ in rows[0]])
    return Sheet(rows, sold(goods))


def side_by_side(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Two tables beside each other, to save paper."""
    goods = goods[: len(goods) // 2 * 2]
    half = len(goods) // 2
    rows: list[list[Cell]] = [["品名", "规格", "价格", "", "品名", "规格", "价格"]]
    for left, right in zip(goods[:half], goods[half:], strict=True):
        rows.append([left.name, left.pack, amount(left.price), "", right.name, right.pack, amount(right.price)])
    return Sheet(rows, sold(goods), everyday=False)


def deposit(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A part is paid first."""
    first, rest = rng.choice([("定金", "尾款"), ("预付款", "余款"), ("订金(元)", "到货再付")])
    columns = {first: ["10" for _ in goods], rest: [amount(g.price - 10) for g in goods], "价格": prices(goods), "规格": packs(goods)}
    return Sheet(table(rng, words, goods, columns), sold(goods), everyday=False)


def profit(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """What the co-op earns and pays stands beside the price."""
    heading = rng.choice(["毛利", "利润", "每份利润(元)", "包装成本", "快递成本", "平台扣点", "人工费", "净赚", "主播分成"])
    columns = {rng.choice(["售价", "零售价"]): prices(goods), heading: prices(goods, Decimal("0.2")), "规格": packs(goods)}
    return Sheet(table(rng, words, goods, columns), sold(goods))


def sales(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """How many were sold, which may be none."""
    counts: list[Cell] = ["0", *(rng.choice(["12", "0", "130"]) for _ in goods[1:])]
    heading = rng.choice(["已售", "销量", "订单数", "上周卖出", "今日成交", "累计销量(份)"])
    columns = {rng.choice(["售价", "价格"]): prices(goods), heading: counts, "规格": packs(goods)}
    return Sheet(table(rng, words, goods, columns), sold(goods))


def stock_words(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Stock in words; there is some of everything."""
    cells: list[Cell] = [
        rng.choice(["约300", "300+", "几百份", "很多", "不多了", "仅剩3份", "100箱/天", "有", "有货", "少量", "√"]) for _ in goods
    ]
    columns = {"价格": prices(goods), rng.choice(["库存", "现货"]): cells, "规格": packs(goods)}
    return Sheet(table(rng, words, goods, columns), sold(goods))


def decorated_headings(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Headings with line breaks, stars, arrows and spaces."""
    heads = rng.choice(
        [
            ("品名*", "*规格", "售价\n(元)"),
            ("📦品名", "📏规格", "💰价格"),
            ("品 名", "规  格", "价  格（元）"),
            ("【品名】", "【规格】", "【价格】"),
            ("品名：", "规格：", "价格："),
            ("1.品名", "2.规格", "3.售价"),
            ("品名▼", "规格▼", "价格▼"),
            ("品名(必填)", "规格(必填)", "售价(必填，元)"),
        ]
    )
    rows: list[list[Cell]] = [list(heads), *([good.name, good.pack, amount(good.price)] for good in goods)]
    return Sheet(rows, sold(goods))


def unit_of_the_sheet(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A line above the table says what every price is for."""
    goods = weighed(goods)
    line = rng.choice(["单位：元/斤", "（单位：元/斤）", "计价：元/斤", "以下均为每斤价格"])
    rows = table(rng, words, goods, {rng.choice(["价格", "今日价"]): [amount(good.each) for good in goods]}, noise=False)
    return Sheet([[line, ""], *rows], by_weight(goods))


def market(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """What others ask for the same weight."""
    goods = weighed(goods)
    theirs, ours = rng.choice([("市场价/斤", "本社价/斤"), ("超市（元/斤）", "合作社（元/斤）"), ("外面卖（元/斤）", "我们卖（元/斤）")])
    columns: dict[str, list[Cell]] = {theirs: [amount(g.each + 2) for g in goods], ours: [amount(g.each) for g in goods]}
    readings = [Reading(g.name, g.each, ("斤", "1斤", "一斤"), g.each + 2, struck=False) for g in goods]
    return Sheet(table(rng, words, goods, columns), readings)


def grades(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A column of prices for each grade."""
    one, other = rng.choice([("一级", "二级"), ("大果", "中果"), ("A级价", "B级价"), ("特级(元)", "普通(元)"), ("精装价", "简装价")])
    columns = {one: prices(goods), other: prices(goods, Decimal("0.8")), "规格": packs(goods)}
    return Sheet(table(rng, words, goods, columns), asked(goods), everyday=False)


def state_column(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A column says what is on sale; the first product is not."""
    heading, no, yes = rng.choice(
        [
            ("是否在售", "否", "是"),
            ("上架", "×", "√"),
            ("状态", "停售", "在售"),
            ("在售", "N", "Y"),
            ("能不能卖", "不能", "能"),
            ("状态", "已结束", "进行中"),
        ]
    )
    cells: list[Cell] = [no, *(yes for _ in goods[1:])]
    rows = table(rng, words, goods, {"价格": prices(goods), "规格": packs(goods), heading: cells}, noise=False)
    return Sheet(rows, [*asked(goods[:1]), *sold(goods[1:])])


def pack_in_the_name(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The pack stands behind the name."""
    form = rng.choice(["{n}（{p}）", "{n}{p}装", "{n} {p}/箱", "{n}-{p}"])
    names: list[Cell] = [form.format(n=good.name, p=good.pack) for good in goods]
    rows: list[list[Cell]] = [["品名", "价格"], *([name, amount(good.price)] for name, good in zip(names, goods, strict=True))]
    readings = [Reading(str(name), g.price, same_pack(g), also=g.name) for name, g in zip(names, goods, strict=True)]
    return Sheet(rows, readings)


def code_columns(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Codes, dates and percentages of the shop's export."""
    columns: dict[str, list[Cell]] = {
        rng.choice(["商品ID", "SKU编码", "69码", "条码"]): [str(6900000000000 + rng.randrange(10**6)) for _ in goods],
        rng.choice(["创建时间", "更新日期", "采摘日期"]): ["2026-11-20" for _ in goods],
        rng.choice(["保质期", "毛利率", "好评率", "损耗"]): [rng.choice(["15天", "12%"]) for _ in goods],
        rng.choice(["销售价", "商品价格", "SKU价格"]): prices(goods),
        rng.choice(["SKU规格", "销售规格", "规格名称"]): packs(goods),
    }
    return Sheet(table(rng, words, goods, columns, noise=False), sold(goods))


def price_raised(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The price from next month on beside the one now."""
    later = rng.choice(["12月起", "下月价格", "元旦后价格", "调整后(12月10日起)", "明年价", "预计涨到"])
    columns = {rng.choice(["现价", "目前售价"]): prices(goods), later: prices(goods, Decimal("1.2")), "规格": packs(goods)}
    return Sheet(table(rng, words, goods, columns), sold(goods), everyday=False)


def second_one(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A price for the second piece, or for several."""
    other = rng.choice(["第二件", "两件价", "2份价", "第二件价格", "买三份"])
    columns = {rng.choice(["价格", "单件价"]): prices(goods), other: prices(goods, Decimal("0.5")), "规格": packs(goods)}
    return Sheet(table(rng, words, goods, columns), sold(goods), everyday=False)


KINDS = tuple(
    Kind(make.__name__, make)
    for make in (
        per_kilogram,
        carriage,
        headings_again,
        side_by_side,
        deposit,
        profit,
        sales,
        stock_words,
        decorated_headings,
        unit_of_the_sheet,
        market,
        grades,
        state_column,
        pack_in_the_name,
        code_columns,
        price_raised,
        second_one,
    )
)
