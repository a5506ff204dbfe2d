"""Kinds of sheets that nobody looked at while the reader was written."""

import io
import zipfile
from decimal import Decimal
from random import Random
from typing import Any

from PIL import Image as Picture

from benchmarks.quality.sheet_kinds.layout import Cell, Good, Kind, Reading, Sheet, amount, same_pack
from benchmarks.quality.sheet_kinds.table import CENT, asked, befores, packs, prices, sold, table
from benchmarks.quality.sheet_kinds.words import Wording


def headings_in_two_lines(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """One heading over two: 价格 over 原价 and 现价."""
    rows: list[list[Cell]] = [["货品", rng.choice(["价格", "售价(元)"]), "", rng.choice(words.pack)], ["", "原价", "现价", ""]]
    rows += [[good.name, amount(good.before), amount(good.price), good.pack] for good in goods]

    def finish(sheet: Any) -> None:
        for block in ("A1:A2", "B1:C1", "D1:D2"):
            sheet.merge_cells(block)

    return Sheet(rows, [Reading(g.name, g.price, same_pack(g), g.before) for g in goods], workbook=True, finish=finish)


def grades(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A column for each grade, whose fruit the video does not name."""
    columns = {"大果价": prices(goods), "小果价": prices(goods, Decimal("0.7")), rng.choice(words.pack): packs(goods)}
    return Sheet(table(rng, words, goods, columns), asked(goods), everyday=False)


def discount(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A price and a discount on it: which of the two is the price now?"""
    columns = {rng.choice(words.price): prices(goods), "折扣": ["8折" for _ in goods], rng.choice(words.pack): packs(goods)}
    return Sheet(table(rng, words, goods, columns), asked(goods), everyday=False)


def state_column(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A column that says what is on sale."""
    columns: dict[str, list[Cell]] = {
        rng.choice(words.price): prices(goods),
        rng.choice(words.pack): packs(goods),
        rng.choice(["状态", "上架状态", "销售状态"]): [rng.choice(words.taken_down), *("在售" for _ in goods[1:])],
    }
    return Sheet(table(rng, words, goods, columns), [*asked(goods[:1]), *sold(goods[1:])])


def sold_out_in_name(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A name that says that there is none left."""
    rows = table(rng, words, goods, {rng.choice(words.price): prices(goods), rng.choice(words.pack): packs(goods)}, noise=False)
    rows[1][0] = f"{goods[0].name}{rng.choice(['（已售罄）', '(售完)', '【缺货】'])}"
    return Sheet(rows, [*sold(goods[:1], sold_out=True), *sold(goods[1:])])


def unit_sentence(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A line over the headings says for what all prices are."""
    goods = [good for good in goods if good.measure == "斤"]
    each: list[Cell] = [amount(good.each.quantize(CENT)) for good in goods]
    rows = table(rng, words, goods, {rng.choice(words.price): each}, noise=False)
    rows.insert(0, [rng.choice(["单位：元/斤", "计价单位：元/斤", "（单位：元/斤）"]), ""])
    return Sheet(rows, [Reading(g.name, g.each.quantize(CENT), ("斤",)) for g in goods])


def piece_and_box(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A price for one and a price for the box, in their own columns, which are two offers."""
    goods = [good for good in goods if good.measure == "斤"]
    each: list[Cell] = [amount((good.each * Decimal("1.1")).quantize(CENT)) for good in goods]
    columns = {"每斤价": each, "整箱价": prices(goods), "每箱": packs(goods)}
    readings = [Reading(g.name, (g.each * Decimal("1.1")).quantize(CENT), ("斤",)) for g in goods]
    readings += [Reading(g.name, g.price, (*same_pack(g), "箱")) for g in goods]
    return Sheet(table(rng, words, goods, columns), readings, everyday=False)


def section_lines(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Lines that name a group of goods, between them."""
    rows = table(rng, words, goods, {rng.choice(words.price): prices(goods), rng.choice(words.pack): packs(goods)}, noise=False)
    rows.insert(1, ["一、水果类", "", ""])
    rows.insert(3, ["二、干货", "", ""])
    return Sheet(rows, sold(goods))


def picture_in_cell(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Pictures inside cells, as WPS keeps them: =DISPIMG and a part of its own."""
    rows = table(
        rng, words, goods, {"商品图片": ["" for _ in goods], rng.choice(words.price): prices(goods), "规格": packs(goods)}, noise=False
    )
    column = "ABCDE"[rows[0].index("商品图片")]

    def finish(sheet: Any) -> None:
        for line in range(2, len(goods) + 2):
            sheet[f"{column}{line}"] = f'=_xlfn.DISPIMG("ID_{line:032X}",1)'

    return Sheet(rows, sold(goods, photo=True), workbook=True, finish=finish, package=lambda data: _with_cell_images(data, len(goods)))


def _with_cell_images(data: bytes, count: int) -> bytes:
    draw, etc = "http://schemas.openxmlformats.org/drawingml/2006", "http://www.wps.cn/officeDocument/2017/etCustomData"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    pictures = "".join(
        f'<etc:cellImage><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="{line}" name="ID_{line:032X}"/><xdr:cNvPicPr/></xdr:nvPicPr>'
        f'<xdr:blipFill><a:blip r:embed="rId{line}"/></xdr:blipFill><xdr:spPr/></xdr:pic></etc:cellImage>'
        for line in range(2, count + 2)
    )
    relations = "".join(
        f'<Relationship Id="rId{line}" Type="{office}/image" Target="media/image{line}.png"/>' for line in range(2, count + 2)
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr(
            "xl/cellimages.xml",
            f'<etc:cellImages xmlns:etc="{etc}" xmlns:xdr="{draw}/spreadsheetDrawing" xmlns:a="{draw}/main" xmlns:r="{office}">'
            f"{pictures}</etc:cellImages>",
        )
        new.writestr(
            "xl/_rels/cellimages.xml.rels",
            f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relations}</Relationships>',
        )
        for line in range(2, count + 2):
            picture = io.BytesIO()
            Picture.new("RGB", (50, 50), (line * 7, 60, 30)).save(picture, "PNG")
            new.writestr(f"xl/media/image{line}.png", picture.getvalue())
    return out.getvalue()


def ranged_pack(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Weights that are a range: the buyer gets ten jin, or nine."""
    sizes: list[Cell] = [f"{good.count - 1}-{good.count}{good.measure}" if good.count > 1 else "1-2斤" for good in goods]
    return Sheet(
        table(rng, words, goods, {rng.choice(words.price): prices(goods), rng.choice(words.pack): sizes}), asked(goods), everyday=False
    )


def ten_thousands(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """A machine's price in ten thousands."""
    columns: dict[str, list[Cell]] = {"价格(万元)": ["1.28"], "单位": ["台"]}
    reading = Reading("手扶拖拉机", Decimal("12800"), ("台", "1台"))
    tractor = Good(reading.name, ((1, "台", Decimal(12800)),), Decimal(15000), goods[0].origin)
    return Sheet(table(rng, words, [tractor], columns), [reading], everyday=False)


def future_price(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """Today's price and next week's."""
    columns = {
        rng.choice(words.now): prices(goods),
        rng.choice(["下周价格", "明日价格", "节后价"]): prices(goods, Decimal("1.1")),
        rng.choice(words.pack): packs(goods),
    }
    return Sheet(table(rng, words, goods, columns), sold(goods), everyday=False)


def old_pack_prices(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """The pack's price before and now, each with the pack in its heading."""
    goods = [good for good in goods if good.pack == goods[0].pack]
    columns = {f"{goods[0].pack}原价": befores(goods), f"{goods[0].pack}现价": prices(goods)}
    return Sheet(table(rng, words, goods, columns), [Reading(g.name, g.price, same_pack(g), g.before) for g in goods])


def english(rng: Random, words: Wording, goods: list[Good]) -> Sheet:
    """English headings."""
    names = ["Mountain honey", "Dried persimmon", "Walnuts", "Pepper", "Tea"]
    goods = [Good(name, ((2, "kg", good.price),), good.before, good.origin) for name, good in zip(names, goods, strict=False)]
    rows = table(
        rng,
        words,
        goods,
        {"Cost price": prices(goods, Decimal("0.5")), "Retail price": prices(goods), "Package": packs(goods)},
        noise=False,
    )
    rows[0][0] = "Product name"
    return Sheet(rows, sold(goods))


KINDS = tuple(
    Kind(make.__name__, make)
    for make in (
        headings_in_two_lines,
        grades,
        discount,
        state_column,
        sold_out_in_name,
        unit_sentence,
        piece_and_box,
        section_lines,
        picture_in_cell,
        ranged_pack,
        ten_thousands,
        future_price,
        old_pack_prices,
        english,
    )
)
