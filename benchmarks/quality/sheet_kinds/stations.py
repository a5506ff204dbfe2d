"""Kinds of sheets of the ninth set: film crews' product lists and sorting houses' tables, with what stands round a price and is none."""

from decimal import Decimal
from random import Random

from benchmarks.quality.sheet_kinds.layout import GOODS, Cell, Good, Kind, Reading, Sheet, amount, same_pack
from benchmarks.quality.sheet_kinds.table import asked, packs, prices, sold, table
from benchmarks.quality.sheet_kinds.words import Wording


def _plain(rng: Random, words: Wording, goods: list[Good], more: dict[str, list[Cell]]) -> list[list[Cell]]:
    columns: dict[str, list[Cell]] = {
        rng.choice(["售价", "价格", "零售价"]): prices(goods),
        rng.choice(["规格", "包装"]): packs(goods),
        **more,
    }
    return table(rng, words, goods, columns, noise=False)


def _above(rows: list[list[Cell]], *lines: str) -> list[list[Cell]]:
    return [*([line, *[""] * (len(rows[0]) - 1)] for line in lines), *rows]


def sorting_house(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """What a sorting house measures of the fruit, beside the pack that is sold."""
    columns: dict[str, list[Cell]] = {
        "单果重": [rng.choice(["200-250g", "约180克", "3两左右"]) for _ in goods],
        "果径": [rng.choice(["75-80mm", "80#", "65以上"]) for _ in goods],
        "糖度": [rng.choice(["14度", "12-13", "≥11"]) for _ in goods],
        "着色": ["80%以上" for _ in goods],
        "纸箱尺寸": ["30*20*15" for _ in goods],
    }
    chosen = dict(rng.sample(sorted(columns.items()), rng.randrange(2, 5)))
    return Sheet(_plain(rng, words, goods, chosen), sold(goods))


def gross_and_net(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """What the box weighs with and without its paper."""
    goods = [good for good in goods if good.measure == "斤"]
    gross: list[Cell] = [f"{good.count + 1}斤" for good in goods]
    columns: dict[str, list[Cell]] = {
        "售价": prices(goods),
        rng.choice(["毛重", "带箱重", "连皮重"]): gross,
        rng.choice(["净重", "果净重"]): packs(goods),
    }
    return Sheet(table(rng, words, goods, columns, noise=False), sold(goods))


def count_of_pieces(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """How many pieces come in the pack, about."""
    pieces: list[Cell] = [rng.choice(["约20个", "18-22枚", "二十来个", "不少于15个"]) for _ in goods]
    return Sheet(_plain(rng, words, goods, {rng.choice(["个数", "大概几个", "颗数", "参考数量"]): pieces}), sold(goods))


def per_metric(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The heading says for how many grams; there is no pack."""
    goods = [good for good in goods if good.measure == "斤"]
    head, units = rng.choice(
        [
            ("价格（元/500g）", ("500g", "500克")),
            ("售价(元/500克)", ("500克", "500g")),
            ("每500克售价", ("500克", "500g")),
            ("元/市斤", ("市斤", "斤", "1斤", "1市斤")),
        ]
    )
    each: list[Cell] = [amount(good.each.quantize(Decimal("0.01"))) for good in goods]
    readings = [Reading(good.name, good.each.quantize(Decimal("0.01")), (*units, "斤", "1斤", "一斤")) for good in goods]
    return Sheet(table(rng, words, goods, {head: each}, noise=False), readings)


def numbered_names(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The names begin with a number."""
    form = rng.choice(["{i}、{n}", "{i}. {n}", "({i}){n}", "No.{i} {n}", "{i}）{n}"])
    names: list[Cell] = [form.format(i=index, n=good.name) for index, good in enumerate(goods, 1)]
    rows: list[list[Cell]] = [["品名", "规格", "售价"], *([n, g.pack, amount(g.price)] for n, g in zip(names, goods, strict=True))]
    readings = [Reading(str(n), g.price, same_pack(g), also=g.name) for n, g in zip(names, goods, strict=True)]
    return Sheet(rows, readings)


def other_names(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The villages' own word for it stands in brackets, or in a column beside."""
    called = ["洋芋", "冰糖心", "软籽", "伦晚", "土猪", "薄皮", "百花", "秋耳", "土鸡蛋", "吊饼"]
    if rng.random() < 0.5:
        columns: dict[str, list[Cell]] = {rng.choice(["别名", "俗称", "品种", "本地叫法"]): [rng.choice(called) for _ in goods]}
        return Sheet(_plain(rng, words, goods, columns), sold(goods))
    rows: list[list[Cell]] = [["商品", "规格", "价格"]]
    readings = []
    for good in goods:
        name = f"{good.name}（{rng.choice(called)}）"
        rows.append([name, good.pack, amount(good.price)])
        readings.append(Reading(name, good.price, same_pack(good), also=good.name))
    return Sheet(rows, readings)


def lines_of_praise(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Under each product a line says what is good about it."""
    praise = ["现挖现发，沙糯", "树上熟，不催红", "自家养的，放心", "老人孩子都爱", "烟熏半个月", "坏一赔一"]
    rows: list[list[Cell]] = [["产品", "规格", "售价"]]
    for good in goods:
        rows += [[good.name, good.pack, amount(good.price)], [f"—— {rng.choice(praise)}", "", ""]]
    return Sheet(rows, sold(goods))


def empty_template(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The form has more numbered lines than there are products."""
    rows: list[list[Cell]] = [["序号", "品名", "规格", "零售价", "备注"]]
    rows += [[str(index), good.name, good.pack, amount(good.price), ""] for index, good in enumerate(goods, 1)]
    rows += [[str(index), "", "", "", ""] for index in range(len(goods) + 1, len(goods) + rng.randrange(3, 9))]
    rows += [["", "填表人：", "小何", "", "审核："]]
    return Sheet(rows, sold(goods))


def money_columns(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Currency, tax and discount have columns of their own, and change nothing."""
    columns: dict[str, list[Cell]] = {
        "币种": [rng.choice(["CNY", "人民币", "RMB"])] * len(goods),
        "税率": [rng.choice(["9%", "免税", "0"])] * len(goods),
        "折扣": [rng.choice(["无", "—", "不打折", "0%"])] * len(goods),
        "开票": ["可开" for _ in goods],
    }
    chosen = dict(rng.sample(sorted(columns.items()), rng.randrange(1, 4)))
    return Sheet(_plain(rng, words, goods, chosen), sold(goods))


def money_of_one(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The first product has a discount."""
    head, first, rest = rng.choice([("折扣", "9折", "无"), ("折扣", "85%", "—"), ("优惠", "减5元", ""), ("折扣", "0.8", "无")])
    rows = _plain(rng, words, goods, {head: [first, *(rest for _ in goods[1:])]})
    return Sheet(rows, [*asked(goods[:1]), *sold(goods[1:])], everyday=False)


def seasons(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """When it is picked, and when it is sent; neither is an end of the offer."""
    columns: dict[str, list[Cell]] = {
        "上市期": [rng.choice(["10月-次年2月", "全年", "冬季"]) for _ in goods],
        "采摘时间": [rng.choice(["11月中旬", "11.20", "霜降后"]) for _ in goods],
        "发货时间": [rng.choice(["48小时内", "次日", "每天下午4点"]) for _ in goods],
        "赏味期": [rng.choice(["15天", "2个月", "当季"]) for _ in goods],
    }
    chosen = dict(rng.sample(sorted(columns.items()), rng.randrange(1, 4)))
    return Sheet(_plain(rng, words, goods, chosen), sold(goods))


def crew_list(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A film crew's list: shots, files, lengths and who speaks."""
    columns: dict[str, list[Cell]] = {
        "镜号": [str(rng.randrange(1, 90)) for _ in goods],
        "素材": [f"IMG_{rng.randrange(1000, 9999)}.MOV" for _ in goods],
        "时长": [rng.choice(["15秒", "0:45", "1分20秒"]) for _ in goods],
        "口播": [rng.choice(["老杨", "村支书", "旁白"]) for _ in goods],
        "机位": [rng.choice(["2", "主机", "航拍"]) for _ in goods],
    }
    chosen = dict(rng.sample(sorted(columns.items()), rng.randrange(2, 5)))
    return Sheet(_plain(rng, words, goods, chosen), sold(goods))


def carriage_above(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Sentences over the table say how to order and when sending is free."""
    lines = [
        "满99元包邮，不足收8元",
        "下单：群里接龙",
        "客服电话 13800002222（8:00-20:00）",
        "每周二、五发车",
        "一人一单，开箱验货",
        "两单以上送布袋",
    ]
    return Sheet(_above(_plain(rng, words, goods, {}), *rng.sample(lines, rng.randrange(1, 4))), sold(goods))


def named_packs(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A column for each pack, which has a name and its weight."""
    goods = [good for good in goods if good.measure == "斤" and {count for count, _, _ in good.packs} >= {5, 10}] or list(GOODS[:2])
    small, large = rng.choice([("尝鲜装", "家庭装"), ("小份", "大份"), ("单人份", "全家份"), ("自吃装", "囤货装")])
    rows: list[list[Cell]] = [["商品", f"{small}（5斤）", f"{large}（10斤）"]]
    readings = []
    for good in goods:
        by_count = {count: (index, price) for index, (count, _, price) in enumerate(good.packs)}
        rows.append([good.name, amount(by_count[5][1]), amount(by_count[10][1])])
        readings += [Reading(good.name, by_count[count][1], same_pack(good, by_count[count][0])) for count in (5, 10)]
    return Sheet(rows, readings)


def grams_by_sentence(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Bare numbers, and a line says that they are grams."""
    goods = [good for good in goods if good.measure == "斤"]
    grams: list[Cell] = [str(good.count * 500) for good in goods]
    said = rng.choice(["净含量单位：克", "注：规格均以克计", "（规格单位为g）"])
    rows = table(rng, words, goods, {"售价": prices(goods), rng.choice(["净含量", "规格"]): grams}, noise=False)
    readings = [Reading(g.name, g.price, (f"{g.count * 500}克", f"{g.count * 500}g")) for g in goods]
    return Sheet(_above(rows, said), readings, everyday=False)


def piece_weight_only(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The fruit's weight stands there, and not what the price buys."""
    head = rng.choice(["单果重", "平均果重", "个头", "每颗重", "株产", "最大果"])
    columns: dict[str, list[Cell]] = {"价格": prices(goods), head: [rng.choice(["200g", "3两", "半斤", "1斤"]) for _ in goods]}
    return Sheet(table(rng, words, goods, columns, noise=False), asked(goods), everyday=False)


def void_sheet(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A line says that the sheet does not hold, or not yet."""
    said = rng.choice(
        [
            "此表作废，以群公告为准",
            "价格为初稿，未定",
            "（测试数据）",
            "样表，请勿使用",
            "旧表存档",
            "价格待领导审批",
            "内部测算，不对外",
            "以下为去年价格",
        ]
    )
    return Sheet(_above(_plain(rng, words, goods, {}), said), asked(goods), everyday=False)


def price_of_another_kind(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The only amount is no price at which it is sold."""
    head = rng.choice(["起拍价", "认养价/年", "积分价", "评估价", "保底价", "预算价", "目标价", "赔付价", "投保金额", "竞价"])
    return Sheet(table(rng, words, goods, {head: prices(goods), "规格": packs(goods)}, noise=False), asked(goods), everyday=False)


def condition_in_cell(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The first price's cell says for whom, from how many, or where."""
    said = rng.choice(["(两件起)", "（自提）", " 三份起", "（村民）", "，满50份", "（开园前）", "（不含税）", "(散客)", "（十箱以上）"])
    cells: list[Cell] = [f"{amount(goods[0].price)}{said}", *prices(goods)[1:]]
    rows = table(rng, words, goods, {"售价": cells, "规格": packs(goods)}, noise=False)
    return Sheet(rows, [*asked(goods[:1]), *sold(goods[1:])], everyday=False)


def two_in_one_line(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The first line sells two things together, or one of two."""
    form = rng.choice(["{a}+{b}", "{a}/{b}", "{a}或{b}", "{a}、{b}各半", "{a}搭{b}"])
    name = form.format(a=goods[0].name, b=goods[1].name)
    rows: list[list[Cell]] = [["品名", "规格", "价格"], [name, "各5斤", "59"], *([g.name, g.pack, amount(g.price)] for g in goods[2:])]
    return Sheet(rows, [Reading(name, None), *sold(goods[2:])], everyday=False)


def crossed_by_signs(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The old price stands before the new one, crossed out by signs."""
    form = rng.choice(["~~{b}~~ {p}", "×{b} √{p}", "{b}(划掉) {p}", "-{b}- {p}"])
    cells: list[Cell] = [form.format(b=amount(good.before), p=amount(good.price)) for good in goods]
    rows = table(rng, words, goods, {"售价": cells, "规格": packs(goods)}, noise=False)
    return Sheet(rows, [Reading(g.name, g.price, same_pack(g), g.before, struck=False) for g in goods], everyday=False)


def see_elsewhere(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The first product's price or pack stands somewhere else."""
    said = rng.choice(["同8号", "见群公告", "见附件", "参照苹果", "#REF!", "=C5", "#N/A", "见背面", "待补", "xx", "？？", "TBD"])
    in_price = rng.random() < 0.5
    first = [said if in_price else amount(goods[0].price), goods[0].pack if in_price else said]
    rows: list[list[Cell]] = [["商品", "售价", "规格"], [goods[0].name, *first], *([g.name, amount(g.price), g.pack] for g in goods[1:])]
    return Sheet(rows, [*asked(goods[:1]), *sold(goods[1:])], everyday=False, workbook=False)


KINDS = tuple(
    Kind(make.__name__, make)
    for make in (
        sorting_house,
        gross_and_net,
        count_of_pieces,
        per_metric,
        numbered_names,
        other_names,
        lines_of_praise,
        empty_template,
        money_columns,
        money_of_one,
        seasons,
        crew_list,
        carriage_above,
        named_packs,
        grams_by_sentence,
        piece_weight_only,
        void_sheet,
        price_of_another_kind,
        condition_in_cell,
        two_in_one_line,
        crossed_by_signs,
        see_elsewhere,
    )
)
