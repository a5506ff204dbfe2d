"""Kinds of sheets of the tenth set: what phones and offices do to a table, and what stands round a number."""

from datetime import datetime
from random import Random
from typing import Any

from benchmarks.quality.sheet_kinds.layout import Cell, Good, Kind, Reading, Sheet, amount, same_pack
from benchmarks.quality.sheet_kinds.table import asked, packs, prices, sold, table
from benchmarks.quality.sheet_kinds.words import Wording


def _of_three(rng: Random, goods: list[Good], cells: list[Cell], names: list[Cell] | None = None) -> list[list[Cell]]:
    head: list[Cell] = [rng.choice(["品名", "商品", "产品"]), rng.choice(["规格", "包装"]), rng.choice(["售价", "价格", "零售价"])]
    return [head, *([n, g.pack, c] for n, g, c in zip(names or [g.name for g in goods], goods, cells, strict=True))]


def chosen_by_flag(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A column says which products are in the sale; only those have its price."""
    joins: list[Cell] = [rng.choice(["是", "否"]) for _ in goods]
    columns: dict[str, list[Cell]] = {
        "日常价": [amount(good.before) for good in goods],
        rng.choice(["活动价", "秒杀价"]): prices(goods),
        rng.choice(["是否参加活动", "参与秒杀", "报名活动"]): joins,
        "规格": packs(goods),
    }
    readings = [
        Reading(g.name, g.price, same_pack(g), g.before, struck=False) if join == "是" else Reading(g.name, g.before, same_pack(g))
        for g, join in zip(goods, joins, strict=True)
    ]
    return Sheet(table(rng, words, goods, columns, noise=False), readings, everyday=False)


def money_as_typed(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Amounts with what phones and forms put round them."""
    form = rng.choice(
        ["RMB {p}", "人民币{p}元整", "{p}元（包邮）", "包邮{p}", "{p}🔥", "￥ {p}", "{p} 元", "{p}块钱", "{p}RMB", "¥{p}顺丰包邮"]
    )
    return Sheet(_of_three(rng, goods, [form.format(p=amount(good.price)) for good in goods]), sold(goods))


def with_thousands(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Prices of a thousand and more, with a comma."""
    cells: list[Cell] = [f"{good.price * 40:,.2f}" for good in goods]
    rows = [["商品", "规格", "售价(元)"], *([g.name, f"{g.count * 40}{g.measure}", c] for g, c in zip(goods, cells, strict=True))]
    return Sheet(rows, [Reading(g.name, g.price * 40, (f"{g.count * 40}{g.measure}",)) for g in goods], workbook=False)


def red_lines(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A remark says what a colour means; the first line has that colour."""
    said = rng.choice(["红色的为缺货", "标红：已下架", "红字商品暂不卖", "（标黄的等价格）", "底色红=售罄"])

    def paint(sheet: Any) -> None:
        from openpyxl.styles import Font, PatternFill

        for cell in sheet[2]:
            cell.font = Font(color="FFFF0000")
            cell.fill = PatternFill("solid", fgColor="FFFF9999")

    rows = [*_of_three(rng, goods, prices(goods)), [said, "", ""]]
    return Sheet(rows, [*asked(goods[:1]), *sold(goods[1:])], everyday=False, workbook=True, finish=paint)


def unit_row(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Under the headings stands a line with the units of the bare numbers."""
    goods = [good for good in goods if good.measure == "斤"]
    units: list[Cell] = rng.choice([["", "(斤)", "(元)"], ["", "斤", "元"], ["—", "单位：斤", "单位：元"]])
    rows: list[list[Cell]] = [["品名", rng.choice(["规格", "净重", "重量"]), "售价"], units]
    rows += [[good.name, str(good.count), amount(good.price)] for good in goods]
    return Sheet(rows, sold(goods))


def bilingual(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Every heading twice, in Chinese and in English."""
    mark = rng.choice(["{a} {b}", "{a}/{b}", "{a}（{b}）", "{a}\n{b}"])
    pairs = [("品名", "Product"), ("规格", "Pack"), ("售价", "Price"), ("产地", "Origin")]
    head: list[Cell] = [mark.format(a=a, b=b) for a, b in pairs]
    return Sheet([head, *([g.name, g.pack, amount(g.price), g.origin] for g in goods)], sold(goods))


def decorated_names(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Names with the marks of a shop window."""
    form = rng.choice(["🍎{n}🔥", "【新品】{n}", "★{n}", "{n}（主推）", "{n}[热卖]", "✅{n}", "爆款｜{n}", "{n} HOT"])
    names: list[Cell] = [form.format(n=good.name) for good in goods]
    readings = [Reading(str(n), g.price, same_pack(g), also=g.name) for n, g in zip(names, goods, strict=True)]
    return Sheet(_of_three(rng, goods, prices(goods), names), readings)


def pack_turned_date(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The spreadsheet made a date of a pack like 3-5."""
    rows = _of_three(rng, goods, prices(goods))
    rows[1][1] = datetime(2026, rng.randrange(1, 12), rng.randrange(1, 28))
    return Sheet(rows, [*asked(goods[:1]), *sold(goods[1:])], everyday=False, workbook=True)


def price_turned_date(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The spreadsheet made a date or a time of a price like 12.8."""
    rows = _of_three(rng, goods, prices(goods))
    rows[1][2] = datetime(2026, rng.randrange(1, 12), rng.randrange(1, 28))
    return Sheet(rows, [*asked(goods[:1]), *sold(goods[1:])], everyday=False, workbook=rng.random() < 0.5)


def formula_without_value(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A formula that no program has worked out yet."""

    def write(sheet: Any) -> None:
        sheet["C2"] = "=D2*0.9"
        sheet["D2"] = 50

    rows = _of_three(rng, goods, prices(goods))
    return Sheet(rows, [*asked(goods[:1]), *sold(goods[1:])], everyday=False, workbook=True, finish=write)


def one_heading_twice(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Two columns have the same heading; the first product's numbers differ."""
    rows: list[list[Cell]] = [["商品", "价格", "规格", "价格"]]
    rows += [[g.name, amount(g.price), g.pack, amount(g.before if index == 0 else g.price)] for index, g in enumerate(goods)]
    return Sheet(rows, [*asked(goods[:1]), *sold(goods[1:])], everyday=False)


def days_as_written(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The last day as people and programs write it."""
    day, ends = rng.choice(
        [
            ("31-Dec-26", "2026-12-31 23:59"),
            ("Dec 31, 2026", "2026-12-31 23:59"),
            ("2026年12月31日24时", "2026-12-31 23:59"),
            ("2026年12月20日18时", "2026-12-20 17:59"),
            ("12月20日（周日）", "2026-12-20 23:59"),
            ("２０２６．１２．１８", "2026-12-18 23:59"),
            ("20261215", "2026-12-15 23:59"),
            ("26/12/15", "2026-12-15 23:59"),
            ("12月15号晚上8点", "2026-12-15 19:59"),
        ]
    )
    columns: dict[str, list[Cell]] = {
        "售价": prices(goods),
        "规格": packs(goods),
        rng.choice(["截止日期", "优惠截止", "活动结束"]): [day] * len(goods),
    }
    return Sheet(table(rng, words, goods, columns, noise=False), sold(goods, ends=ends), workbook=False)


def cards(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A card for each product, a line for each of its facts."""
    rows: list[list[Cell]] = []
    for good in goods:
        rows += [["品名", good.name], ["规格", good.pack], ["售价", amount(good.price)], ["产地", good.origin], ["", ""]]
    return Sheet(rows, sold(goods), everyday=False)


def two_lines_each(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A second line under each product says what it costs in a shop, or who grew it."""
    rows: list[list[Cell]] = [["商品", "规格", "售价"]]
    for good in goods:
        rows += [
            [good.name, good.pack, amount(good.price)],
            [rng.choice(["（超市价）", "  超市同款", "市场参考"]), good.pack, amount(good.before)],
        ]
    return Sheet(rows, sold(goods), everyday=False)


def none_left(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Nought in all its forms, for the first product."""
    none = rng.choice(["0份", "0.0", "-2", "0/200", "剩0", "0（等补货）", "０", "零箱", "已抢完0", "余0件"])
    stock: list[Cell] = [none, *(f"{rng.randrange(20, 300)}" for _ in goods[1:])]
    columns: dict[str, list[Cell]] = {"售价": prices(goods), "规格": packs(goods), rng.choice(["库存", "剩余", "库存(份)"]): stock}
    first = Reading(goods[0].name, goods[0].price, same_pack(goods[0]), sold_out=True)
    return Sheet(table(rng, words, goods, columns, noise=False), [first, *sold(goods[1:])], workbook=False)


def ticked(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """What is on sale has a tick, and the first product none."""
    tick = rng.choice(["√", "✔", "Y", "1", "●"])
    columns: dict[str, list[Cell]] = {
        "售价": prices(goods),
        "规格": packs(goods),
        rng.choice(["上架", "在售", "本周卖"]): ["", *[tick] * (len(goods) - 1)],
    }
    return Sheet(table(rng, words, goods, columns, noise=False), [*asked(goods[:1]), *sold(goods[1:])], everyday=False, workbook=False)


def whose_prices(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A line under or over the table says that its prices are not everybody's, or not yet."""
    said = rng.choice(
        [
            "以上均为团长拿货价",
            "此表为批发报价，零售另议",
            "本表价格仅供社员",
            "以上价格12月10日起执行",
            "（渠道价，勿外传）",
            "价格仅限到场自提",
            "以上为产地收购价",
        ]
    )
    rows = _of_three(rng, goods, prices(goods))
    rows.insert(rng.choice([0, len(rows)]), [said, "", ""])
    return Sheet(rows, asked(goods), everyday=False)


def of_no_matter(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Columns that a shop keeps and that change no price."""
    columns: dict[str, list[Cell]] = {
        "是否包邮": [rng.choice(["是", "否", "包"]) for _ in goods],
        "预售": [rng.choice(["否", "是"]) for _ in goods],
        "发货地": [good.origin for good in goods],
        "快递": [rng.choice(["顺丰", "中通", "邮政"]) for _ in goods],
        "热度": [rng.choice(["★★★", "★★★★★"]) for _ in goods],
        "卖点": [rng.choice(["粉糯", "脆甜", "现挖现发"]) for _ in goods],
        "储存方式": [rng.choice(["阴凉", "冷藏", "常温"]) for _ in goods],
        "拍摄完成": [rng.choice(["√", "×"]) for _ in goods],
    }
    chosen = dict(rng.sample(sorted(columns.items()), rng.randrange(2, 5)))
    return Sheet(table(rng, words, goods, {"售价": prices(goods), "规格": packs(goods), **chosen}, noise=False), sold(goods))


def ladder_in_cell(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The first cell has a price for one and one for two."""
    one, two = amount(goods[0].price), amount(goods[0].price * 2 - 5)
    said = rng.choice(["1份{a} 2份{b}", "{a}，两份{b}", "{a}（2件{b}）", "单件{a}/双件{b}", "首件{a} 次件半价"]).format(a=one, b=two)
    rows = _of_three(rng, goods, [said, *prices(goods)[1:]])
    first = [Reading(goods[0].name, None)]
    return Sheet(rows, [*first, *sold(goods[1:])], everyday=False, workbook=False)


def marked_in_doubt(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The first price has a mark of doubt."""
    form = rng.choice(
        ["{p}?", "{p}（待定）", "{p}左右", "约{p}", "{p}+", "{p}~", "≤{p}", "{p}(暂)", "{p}上下", "先写{p}", "{p}以内", "不高于{p}"]
    )
    rows = _of_three(rng, goods, [form.format(p=amount(goods[0].price)), *prices(goods)[1:]])
    return Sheet(rows, [*asked(goods[:1]), *sold(goods[1:])], everyday=False, workbook=False)


def parts_of_a_good(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A product without a price, and its sizes below it."""
    rows = _of_three(rng, goods[1:], prices(goods[1:]))
    big, small = rng.choice([("其中：大果", "小果"), ("　大果", "　小果"), ("- 一级", "- 二级")])
    rows += [[goods[0].name, "", ""], [big, goods[0].pack, amount(goods[0].before)], [small, goods[0].pack, amount(goods[0].price)]]
    return Sheet(rows, [*sold(goods[1:]), *asked(goods[:1])], everyday=False)


def nested_pack(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A pack of several small ones, with what it comes to."""
    goods = [good for good in goods if good.measure == "斤" and good.count % 2 == 0] or goods[:1]
    form = rng.choice(["{n}{m}（{h}{m}×2袋）", "{h}{m}*2袋", "2袋×{h}{m}", "{h}{m}×2"])
    written = [form.format(n=g.count, m=g.measure, h=amount(g.price.__class__(g.count) / 2)) for g in goods]
    rows: list[list[Cell]] = [["商品", "规格", "售价"], *([g.name, w, amount(g.price)] for g, w in zip(goods, written, strict=True))]
    readings = [
        Reading(g.name, g.price, (w.replace("（", "(").replace("）", ")"), *same_pack(g), w.replace("*", "×"), f"2袋({g.pack})"))
        for g, w in zip(goods, written, strict=True)
    ]
    return Sheet(rows, readings)


def stars_below(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A star at the first price, which a line below explains."""
    said = rng.choice(["*仅限会员", "* 满两件", "*号为预售价，12月底发货", "*需用券", "注：带*为团购价"])
    rows = [*_of_three(rng, goods, [f"{amount(goods[0].price)}*", *prices(goods)[1:]]), [said, "", ""]]
    return Sheet(rows, [*asked(goods[:1]), *sold(goods[1:])], everyday=False)


KINDS = tuple(
    Kind(make.__name__, make)
    for make in (
        chosen_by_flag,
        money_as_typed,
        with_thousands,
        red_lines,
        unit_row,
        bilingual,
        decorated_names,
        pack_turned_date,
        price_turned_date,
        formula_without_value,
        one_heading_twice,
        days_as_written,
        cards,
        two_lines_each,
        none_left,
        ticked,
        whose_prices,
        of_no_matter,
        ladder_in_cell,
        marked_in_doubt,
        parts_of_a_good,
        nested_pack,
        stars_below,
    )
)
