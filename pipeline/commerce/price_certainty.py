"""Whether words leave no doubt that a price is the story's own pack's: only then a price stops a story, otherwise it is asked about."""

import re
from collections.abc import Iterable

from pipeline.chinese import FILL, NUMBER, UNIT, plain_text

_CLAUSE = re.compile(r"[，。！？,.!?；;、：:]")
_SENTENCE = re.compile(r"[。！？!?；;]")
_EXPLAINED = re.compile(
    rf"{FILL}|{NUMBER}|{UNIT}|每|[的地得了着过吧啊呀呢嘛哦哈哎诶喂来去上下里那这个些我他她也还再又很太真就都把被让跟和与]"
    r"|老铁们?|家人们?|朋友们?|宝宝们?|亲们?|乡亲们?|大伙儿?|各位|姐妹们?|兄弟们?|叔叔|阿姨|老板|我们|咱们|你们|自己|自家|家里"
    r"|今[天晚年日]|现在|早上|下午|这会儿|这次|这回|本店|小店|店里|直播间?|链接|下单|小黄车|购物车|福利|活动|优惠|秒杀|限时|特惠|统统|一律|通通"
    r"|真的|只有|不要|不用|就能|可以|便宜|实惠|划算|价钱|价格|报价|多少|新鲜|好吃|正宗|足足|整整|满满|净|毛|重|大|小|满|整|新|好|送到|到家|到手|带走|拿走"
    r"|\b(?:the|a|an|our|one|my|this|it|its|is|are|costs?|only|just|for|per|each|today|now|sell|sells|we|of|you|get|can|price|friends?|everyone|with|hello|hi|dear)\b",
    re.I,
)
"""Words that name nothing else that could be sold."""
_OPEN = re.compile(
    r"不是|没有|不会|别想|不能|谁|哪|吗|么|如果|要是|假如|万一|假设|以为|有人|问|听说|说是|想|讲价|还价|砍|记得|曾经|仿|冒充|骗|便宜货|次[果品]|残|坏|样品|试吃|尝"
    r"|散装|礼盒|精品|特级|[一二三]级|[大中小]果|最小|最大|两样|一起|加起来|合计|总共|不如|哪怕|即使|至于|另外|还有|其他|别的|\b(?:if|not|other|another|instead|gift|small|large)\b",
    re.I,
)
"""Words that leave open whether the price is the pack's: a condition, a denial, what others say, another sort."""
_CONDITION = re.compile(r"如果|要是|假如|万一|假设|有人|问|听说|以为|次[果品]|残|样品|仿|冒充|\bif\b", re.I)
"""Those that do so from the clause before."""
_TOPIC = re.compile(r"(?:呢|的话|嘛|啊|呀|这边|那边)\s*[，,]\s*$")
_DENIED = re.compile(r"(?:(?:可|并|也|才)?不是|[不没别](?:用|再|能)?[卖收要花]|哪里?要|\bnot)\s*(?:卖|要|你|您|的|什么)?\s*$")


def is_of_own_pack(text: str, start: int, amount_start: int, end: int, names: Iterable[str]) -> bool:
    """Tell whether nothing in the clause of a price, and no topic before it, could be something else than the product.

    text: what is said. start, end: offsets of the price with its quantity. amount_start: of its amount. names: the product's.
    """
    plain = plain_text(text)
    sentence = _SENTENCE.split(plain[:start])[-1]
    clause = _CLAUSE.split(sentence)[-1]
    following = re.match(r"[^，。！,.!；;]*", plain[end:])
    around = clause + plain[start:amount_start] + (following[0] if following else "")
    before = sentence[: len(sentence) - len(clause)]
    if _OPEN.search(around) or _CONDITION.search(_CLAUSE.split(before[:-1])[-1]):
        return False
    said = [clause]
    if not clause.strip() and _TOPIC.search(before):
        said.append(_CLAUSE.split(before.rstrip(" ，,"))[-1])
    return all(not _unexplained(one, names) for one in said)


def is_denied(text: str, start: int) -> bool:
    """Tell whether a price is said as what is not asked: 不是十九块九，是二十九块九."""
    return bool(_DENIED.search(text[:start]))


def is_taken_back(text: str, end: int) -> bool:
    """Tell whether what is said up to an offset is called a slip right after: 从一百六降到一百二，不对，是从一百六十八."""
    return bool(re.match(r"[^。！？!?]{0,14}?(?:不对|说错|口误)", text[end:]))


def _unexplained(words: str, names: Iterable[str]) -> str:
    """Return what is left of words without the product's names and without words that name nothing."""
    rest = words.casefold()
    for name in sorted((plain_text(name).casefold() for name in names), key=len, reverse=True):
        rest = rest.replace(name, " ")
    return re.sub(r"[^\w]", "", _EXPLAINED.sub(" ", rest))
