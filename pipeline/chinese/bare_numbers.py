"""Numbers without a money word that may be amounts all the same: a price beside its quantity (十斤一百二十八, 260一晚), 省三十."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.chinese.amount_roles import BEFORE, TAKEN, is_called_price, role_before
from pipeline.chinese.amounts import MoneyAmount, last_place
from pipeline.chinese.numerals import DIGITS, NUMERAL, NUMERALS, is_digit_by_digit, read_number
from pipeline.chinese.quantities import COUNTS, UNIT, QuantityMention, read_quantities

_NUMBER = re.compile(
    rf"(?<![{NUMERALS}\d.第月几])(?<![^今去前明往每]年)(?P<whole>\d+(?:,\d{{3}})*(?:\.\d{{1,2}})?|{NUMERAL}{{2,}}|十)(?![\d.{NUMERALS}])(?!\s*(?:{UNIT}|{COUNTS}))"
)
_ROUGHLY = re.compile(
    rf"(?<![{NUMERALS}\d.第月几])(?<![^今去前明往每]年)(?P<whole>\d+|{NUMERAL}{{2,}})(?P<vague>[多来几])(?=\s*(?:$|[，。！？,.!?；;]|[啊呀吧呢了]))"
)
_ENDS = re.compile(rf"^\s*(?:$|[，。！？,.!?；;]|[啊呀吧了呢哦哈]|{TAKEN})")
_LOWERED_TO = re.compile(r"^\s*(?:直接|一下子?)?(?:降|跌|减|调|优惠)(?:到|至|成)")
_FORMER_GOODS = re.compile(r"^\s*的")
_LESS_SOMETHING = re.compile(r"^\s*减(?!到|至|成)")
_CALLED_OLD = re.compile(r"(?:原价|划线价|吊牌价|日常价|平时|平常|平日|原来|之前|昨天|上周)(?:是|为|都|要|卖|得|:|：|\s)*$")
_NO_AMOUNT_AFTER = re.compile(
    r"(?:百分之|分之|电话|号码|微信号|海拔|编号|邮编|国道|省道|果径|直径|规格|尺寸|型号|糖度|度数|含糖量?|备注|口令|库存|存货|剩|剩下|还有|北纬|东经|\b(?:no|number|model|size|page|phone|tel|room|version)\.?)\s*(?:是|有|在|了|：|:)?\s*$|[a-z]$",
    re.I,
)
_AGE = re.compile(
    r"(?:[爷奶爸妈爹娘叔婶伯公婆俺我他她娃]|老[人汉师伴]|师傅|大[哥姐爷妈娘]|丫头|孩子|支书|村长)[^，。！？,.!?；;]{0,6}今年(?:都|已经|有|整|快|刚|也|就)*\s*$"
    r"|(?:爷爷?|奶奶?|爸爸?|妈妈?|爹|娘|叔|婶|伯|公公|婆婆?|老[人汉伴]|师傅|大[爷妈娘])(?:都|已经|快|有|刚)*\s*$"
)
_LEAST_ALONE = 10
"""A smaller number that stands alone is counting: 三，二，一，上链接. Others are not: Chinese counts with a word for what is counted, so
that a number without one is most often a price, whatever follows: 三十八你拿走, 周末428可以住三个人. A recogniser loses what stood
around it, too: 1368韩雄走 for 一晚三百六十八，含双早."""
_RUN = re.compile(rf"(?<![{NUMERALS}\d.第月几])(?<![^今去前明往每]年){NUMERAL}{{3,}}")
_NEIGHBOURS = re.compile("一二|两三|二三|三四|四五|五六|六七|七八|八九")
"""A number said as two: 三四十, 一百二三十."""
_SPLIT = re.compile(rf"(?<![{NUMERALS}\d])(?P<whole>{NUMERAL}+[{DIGITS}十百千])(?P<count>[两{DIGITS}])(?P<unit>{UNIT})")
"""八十一桶: eighty-one 桶, or eighty for one 桶. 三十二三瓶: 32 to 33 瓶, or 32 for three."""
_COUNTDOWN = re.compile(r"(?:五?四?三二一|5?4?321)(?:走|上|开|来|准备|$|[，。！,.!])")


@dataclass(frozen=True)
class BareNumber:
    """A number that may be an amount. kind: beside a quantity, alone in its clause (九十八，拍拍拍), in a phrase that makes it
    money, or what goods are called by (138的米). perhaps: 29.9 for 二九九, which is said digit by digit.
    """

    amount: Decimal
    start: int
    end: int
    kind: str
    perhaps: Decimal | None = None


def bare_numbers(masked: str, quantities: Sequence[QuantityMention]) -> Iterator[BareNumber]:
    """Yield the numbers of a text that may be amounts. masked: the text with its amounts and quantities as #."""
    for match in _NUMBER.finditer(masked):
        value = read_number(match["whole"])
        if value and (kind := _kind(masked, match, quantities)):
            tenths = value / 10 if 2 <= len(match["whole"]) <= 4 and is_digit_by_digit(match["whole"]) else None
            yield BareNumber(value, *match.span("whole"), kind, tenths)
    yield from _run_together(masked)


def _run_together(masked: str) -> Iterator[BareNumber]:
    """Yield what stands at the beginning of numerals that are no one number: 七十八一大瓶, 七十五一口价."""
    for match in _RUN.finditer(masked):
        if read_number(match[0]) is not None or _NEIGHBOURS.search(match[0]):
            continue
        head = next((match[0][:length] for length in range(len(match[0]) - 1, 1, -1) if read_number(match[0][:length])), "")
        value = read_number(head)
        if value and value >= _LEAST_ALONE and not is_of_no_money(masked[: match.start()]):
            yield BareNumber(value, match.start(), match.start() + len(head), "alone")


def rough_numbers(masked: str) -> Iterator[MoneyAmount]:
    """Yield the rough numbers that are called a price: 要一百多, 卖三十来."""
    for match in _ROUGHLY.finditer(masked):
        sentence = re.split(r"[。！？!?；;#]", masked[: match.start()])[-1]
        if (value := read_number(match["whole"])) and is_called_price(sentence, masked[match.end() :]):
            high = value + last_place(value) if match["vague"] != "来" else None
            low = value if high else None
            yield MoneyAmount(value, *match.span(), worded=False, about=True, low=low, high=high)


def split_prices(text: str) -> Iterator[tuple[BareNumber, QuantityMention]]:
    """Yield each price with its few units that may as well be one number of units: 八十一桶, 一千零八十一盒, 三十二三瓶, 四十两斤."""
    for match in _SPLIT.finditer(text):
        value, unit = read_number(match["whole"]), read_quantities(match["count"] + match["unit"])
        if value and is_digit_by_digit(match["whole"]) and len(match["whole"]) > 1:  # 五九八三斤: nobody counts digit by digit
            mention = QuantityMention(unit[0], match.end("whole"), match.end())
            yield BareNumber(value, *match.span("whole"), "beside", value / 10), mention
            continue
        as_one = read_number(match["whole"] + match["count"]) is not None and match["count"] != "两"  # nobody says 四十两斤 for 42
        if value and value >= _LEAST_ALONE and unit and as_one == (match["count"] == "一"):
            mention = QuantityMention(unit[0], match.end("whole"), match.end())
            yield BareNumber(value, *match.span("whole"), "split"), mention


def _kind(masked: str, match: re.Match[str], quantities: Sequence[QuantityMention]) -> str:
    """Return why a number may be an amount; empty when it is only a number."""
    before, after = masked[: match.start()], masked[match.end() :]
    if _COUNTDOWN.match(masked, match.start()):
        return ""
    if _LESS_SOMETHING.match(after):
        return "goods"
    if _beside_quantity(before, match, quantities):
        return "beside"
    sentence = re.split(r"[。！？!?；;#]", before)[-1]
    if _LOWERED_TO.match(after):
        return "money"
    if _FORMER_GOODS.match(after):
        return "goods"
    role = role_before(sentence, sentence)
    if role in ("reduction", "threshold", "voucher", "fee"):
        return "money"
    if _ENDS.match(after):
        if _CALLED_OLD.search(sentence):
            return "money"
        if is_called_price(sentence, after) and len(match["whole"]) > 1:
            return "money"
    return "alone" if role is None and _stands_alone(sentence, match["whole"]) else ""


def _stands_alone(sentence: str, number: str) -> bool:
    """Tell whether a number counts nothing and is large enough to be a price."""
    return (read_number(number) or 0) >= _LEAST_ALONE and not is_of_no_money(sentence)


def is_of_no_money(sentence: str) -> bool:
    """Tell whether words before a number make it something else than money: 电话, 海拔, 我爷爷今年."""
    return bool(_NO_AMOUNT_AFTER.search(sentence) or _AGE.search(sentence))


def _beside_quantity(before: str, match: re.Match[str], quantities: Sequence[QuantityMention]) -> bool:
    """Tell whether a quantity ends right before a number, or one unit begins right after it."""
    for mention in quantities:
        if mention.end <= match.start() and BEFORE.fullmatch(before[mention.end :]):
            return True
        if (
            mention.start >= match.end()
            and mention.quantity.count <= 1
            and re.fullmatch(r"\s*[住/每]?\s*", match.string[match.end() : mention.start])
        ):
            return True
    return False
