"""Kinds of sheets of the eighth set: of orchards, schools, offices and shop systems; what may change a price stands in many places."""

from decimal import Decimal
from random import Random

from benchmarks.quality.sheet_kinds.layout import Cell, Good, Kind, Reading, Sheet, amount, same_pack
from benchmarks.quality.sheet_kinds.table import asked, packs, prices, sold, table
from benchmarks.quality.sheet_kinds.words import Wording


def _plain(rng: Random, words: Wording, goods: list[Good], more: dict[str, list[Cell]]) -> list[list[Cell]]:
    columns: dict[str, list[Cell]] = {rng.choice(["零售价", "售价"]): prices(goods), rng.choice(["规格", "包装规格"]): packs(goods), **more}
    return table(rng, words, goods, columns, noise=False)


def wholesale_below(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A table for dealers stands under the one for buyers."""
    half = len(goods) // 2
    rows: list[list[Cell]] = [["品名", "规格", "零售价"], *([g.name, g.pack, amount(g.price)] for g in goods[:half])]
    rows += [["", "", ""]] if rng.random() < 0.5 else []
    rows += [["品名", "规格", rng.choice(["批发价", "供货价", "经销商价", "收购价"])]]
    rows += [[g.name, g.pack, amount(g.price - 5)] for g in goods[half:]]
    return Sheet(rows, [*sold(goods[:half]), *asked(goods[half:])], everyday=False)


def columns_change_below(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The second table has its columns in another order."""
    half = len(goods) // 2
    rows: list[list[Cell]] = [["品名", "规格", "售价"], *([g.name, g.pack, amount(g.price)] for g in goods[:half])]
    rows += [[rng.choice(["干货", "二、蛋类", "【其他】"]), "", ""]]
    rows += [["产品", "价格", "每份"], *([g.name, amount(g.price), g.pack] for g in goods[half:])]
    return Sheet(rows, sold(goods), everyday=False)


def off_for_all(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A line takes something off every price."""
    said = rng.choice(["店庆期间全部商品九折", "以下价格均可再减3元", "今天统统8.8折", "所有产品立减2元", "全单95折结算", "本周一律半价"])
    rows = _plain(rng, words, goods, {})
    blank: list[Cell] = [""] * (len(rows[0]) - 1)
    rows = [[said, *blank], *rows] if rng.random() < 0.5 else [*rows, [said, *blank]]
    return Sheet(rows, asked(goods), everyday=False)


def other_money(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A line says that the numbers are no yuan."""
    said = rng.choice(["金额单位：角", "（单位：分）", "价格单位为港币", "单位：百元", "报价币种：美元", "Prices in USD", "以下均以美元计"])
    rows = _plain(rng, words, goods, {})
    return Sheet([[said, *[""] * (len(rows[0]) - 1)], *rows], asked(goods), everyday=False)


def chatty_remarks(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Everyday sentences beside every product."""
    said = [
        "自家果园，不打蜡",
        "每天限量50份",
        "坏果24小时内联系，按比例赔",
        "48小时内发货，新疆西藏不发",
        "单果约200g，皮薄",
        "满2件送礼袋",
        "第二件半价",
        "孩子爱吃",
        "冷藏可放10天",
        "11月20日新摘",
        "顺丰空运，运费已含",
        "支持开票",
        "",
        "2025年评为金奖",
    ]
    remarks: list[Cell] = [rng.choice(said) for _ in goods]
    return Sheet(_plain(rng, words, goods, {rng.choice(["备注", "卖点", "说明", "推荐语", "其他"]): remarks}), sold(goods))


def telling_remark(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """One product's remark changes what is sold, for how much, to whom or until when."""
    said = rng.choice(
        [
            "实际发4斤",
            "标的是半箱的价",
            "一次要买两份",
            "12月3号起恢复原价",
            "明天起涨2块",
            "这是给食堂的价",
            "没货先别上",
            "再便宜3元",
            "只卖到周日",
            "改价：33.3",
            "价格待确认",
            "按个卖",
            "仅限本小区业主",
            "系统里是31.5元",
            "等下批，12月中旬到",
            "不含箱子5元",
            "折上9折",
            "预订价，现货另算",
        ]
    )
    remarks: list[Cell] = [said, *(rng.choice(["", "新货", "顺丰"]) for _ in goods[1:])]
    rows = _plain(rng, words, goods, {rng.choice(["备注", "说明", "其他", "小字", "老板批注"]): remarks})
    return Sheet(rows, [*asked(goods[:1]), *sold(goods[1:])], everyday=False)


def price_of_some(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The only price's heading has brackets that say whose, or when, or of which."""
    head = rng.choice(
        [
            "售价（食堂）",
            "价格(500份以上)",
            "售价【明年】",
            "价格（未含箱）",
            "单品价（大果）",
            "价格(已作废)",
            "售价（二级）",
            "价格（待定）",
        ]
    )
    return Sheet(table(rng, words, goods, {head: prices(goods), "规格": packs(goods)}, noise=False), asked(goods), everyday=False)


def price_with_help(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The headings tell how to fill them in."""
    head = rng.choice(
        ["售价（必填，数字）", "价格(单位:元)", "售价【请填写到手价】", "零售价(两位小数)", "价格（不要写单位）", "售价(CNY)", "*价格"]
    )
    pack = rng.choice(["规格（如10斤）", "规格（必填）", "净含量(带单位)", "*规格", "规格【填一份的量】"])
    return Sheet(table(rng, words, goods, {head: prices(goods), pack: packs(goods)}, noise=False), sold(goods))


def gifts(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """What is given beside, or how many must be ordered, is no pack."""
    head, cell = rng.choice(
        [("赠品", "小米1斤"), ("起订", "2箱"), ("随单赠送", "1斤"), ("最小起订量", "5件"), ("样品", "2斤"), ("每人限购", "3份")]
    )
    return Sheet(_plain(rng, words, goods, {head: [cell for _ in goods]}), sold(goods), everyday=False)


def gifts_without_pack(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A weight stands in the sheet, but not what the price buys."""
    head = rng.choice(["赠送", "样品重量", "起批量", "损耗", "批发包装", "日产", "平均单株"])
    columns: dict[str, list[Cell]] = {"价格": prices(goods), head: [f"{2 + index}斤" for index, _ in enumerate(goods)]}
    return Sheet(table(rng, words, goods, columns, noise=False), asked(goods), everyday=False)


def shops(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A price for each shop."""
    one, other = rng.choice([("城东店", "城西店"), ("一店售价", "二店售价"), ("老店价", "新店价"), ("县城", "乡镇"), ("堂食", "外带")])
    rows = table(rng, words, goods, {one: prices(goods), other: prices(goods, Decimal("1.1")), "规格": packs(goods)}, noise=False)
    return Sheet(rows, asked(goods), everyday=False)


def months(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A price for each month or round."""
    one, other = rng.choice([("10月价", "11月价"), ("第一批", "第二批"), ("11.15报价", "11.28报价"), ("初报", "终报"), ("旧", "新")])
    rows = table(rng, words, goods, {one: prices(goods, Decimal("1.1")), other: prices(goods), "规格": packs(goods)}, noise=False)
    readings = [Reading(g.name, g.price, same_pack(g), (g.price * Decimal("1.1")).quantize(Decimal("0.01")), struck=False) for g in goods]
    return Sheet(rows, readings, everyday=False)


def ticks(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A state for each product; the first is not sold."""
    down, up = rng.choice(
        [
            ("☐", "☑"),
            ("休", "开"),
            ("审核中", "销售中"),
            ("草稿", "已发布"),
            ("待采", "可发"),
            ("NO", "YES"),
            ("停更", "正常"),
            ("灰", "亮"),
        ]
    )
    rows = _plain(rng, words, goods, {rng.choice(["状态", "在售状态", "上架情况", "当前状态"]): [down, *(up for _ in goods[1:])]})
    return Sheet(rows, [*asked(goods[:1]), *sold(goods[1:])], everyday=False)


def named_for_some(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The first product's name says that it is not for everybody, or not now."""
    said = rng.choice(["（预售）", "（职工福利）", "(批发装)", "【已停】", "（样品不卖）", "(12月上架)", "（临期特价20元）", "（仅团购）"])
    rows = [["商品", "规格", "价格"], *([f"{g.name}{said if i == 0 else ''}", g.pack, amount(g.price)] for i, g in enumerate(goods))]
    return Sheet([[*row] for row in rows], [*asked(goods[:1]), *sold(goods[1:])], everyday=False)


def trends(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """An arrow, a mark or a word beside the price."""
    form = rng.choice(["{p}↑", "↓{p}", "★{p}", "{p}元！", "{p}（含税）", "{p} 元", "RMB{p}", "{p}.-", "{p}元(包邮)"])
    cells: list[Cell] = [form.format(p=amount(good.price)) for good in goods]
    return Sheet(table(rng, words, goods, {"价格": cells, "规格": packs(goods)}, noise=False), sold(goods), everyday=False)


def office_form(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """An office's form with many columns that are not about the offer."""
    columns: dict[str, list[Cell]] = {
        "帮扶村": ["大桥村" for _ in goods],
        "负责人": ["吴强" for _ in goods],
        "联系电话": ["13800001111" for _ in goods],
        "建档户数": [str(rng.randrange(3, 60)) for _ in goods],
        "规格型号": packs(goods),
        "销售单价（元）": prices(goods),
        "年产量（吨）": [str(rng.randrange(2, 90)) for _ in goods],
        "保质期": [rng.choice(["7天", "6个月", "常温30天"]) for _ in goods],
        "认证": [rng.choice(["绿色食品", "无", "有机"]) for _ in goods],
    }
    chosen = {head: cells for head, cells in columns.items() if head[:2] in ("规格", "销售") or rng.random() < 0.7}
    return Sheet(table(rng, words, goods, chosen, noise=False), sold(goods))


KINDS = tuple(
    Kind(make.__name__, make)
    for make in (
        wholesale_below,
        columns_change_below,
        off_for_all,
        other_money,
        chatty_remarks,
        telling_remark,
        price_of_some,
        price_with_help,
        gifts,
        gifts_without_pack,
        shops,
        months,
        ticks,
        named_for_some,
        trends,
        office_form,
    )
)
