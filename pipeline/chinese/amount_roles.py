"""What the words around an amount of money make of it: a price, an old one, a reduction, a fee; data first, as regular expressions."""

import re
from typing import Literal

from pipeline.chinese.numerals import NUMBER, NUMERAL
from pipeline.chinese.quantities import UNIT

AmountRole = Literal[
    "price", "old_price", "price_elsewhere", "reduction", "difference", "voucher", "fee", "threshold", "later_piece", "expense", "share"
]
"""What an amount is. price: what is asked now. old_price: what the seller asked before. price_elsewhere: what others ask. reduction: what
comes off (减十块). difference: what something else costs more or less. voucher: a coupon's or a gift's value. fee: postage, a deposit.
threshold: from which a reduction holds (满九十九). later_piece: of the second piece. expense: what the speaker earns, pays, or asks for
something beside the goods. share: a discount, as the share that is left (八折 0.8, 半价 0.5)."""

FILL = (
    r"(?:[\s，,、:：的/]|装|只要|只需|只卖|卖|才|仅|就|是|为|要|一共|总共|合计|一起|加起来|到手|价格?|售价|现价|特价|优惠价|单价|今天|今晚|现在|直播间|直播|"
    r"我们家?|咱们?家?|给到?|你们?|您|大家|家人们|只|也|大概|差不多|不到|包邮|都|全部|算|收|发|统一|每|这样|一|"
    r"[大中小][箱盒袋份瓶桶包罐]|礼盒|那种|这种|规格|款|的?那[箱盒袋份]|的?这[箱盒袋份]|回家|回去|带|拿|买|拍|的话|平均|合着?|划到?|摊到?|折合|折算|算下来|下来|等于|不过|无非|还|能|卖到|正好|刚好|恰好|住|券后|用券后?|以后|之后)"
)
"""What may stand between a quantity and its price."""
BEFORE = re.compile(rf"{FILL}{{0,14}}$")
AFTER = re.compile(r"^(?:\s|/|每|就|可以|能|买|拿|带走|得|给你|你|有|是|发|的|那种|住|都不到|不到|多)*$")
AFTER_COMMA = re.compile(r"^(?:\s|[，,、]|/|每|就|可以|能|买|拿|得|给你|有|是|发)*$")
ALSO = re.compile(r"^(?:\s|装|有|是|[，,、]|净重|足|足足|里面|一共|的|/|[(（])*$")

_ADDRESSED = r"(?:了|掉|你们?|您|大家|给|再|一共|就|的|是|要|直接|现金|整整|立刻|马上|多|:|：| )*$"
_CALLED = re.compile(
    r"(?:只要|只需|只卖|才卖|卖|才|仅|售价|价格|现价|特价|到手价?|一共|总共|优惠价|直播价|团购价|活动价|券后价?|折后价?|单价|定价|报价|卖价|价|只|就|"
    r"收|要|拍|现在|如今|(?:降|减|优惠|便宜|干|打|做|给|卖|调|跌)(?:到|至|成))"
    r"(?:是|为|要|只要|给到?|你们?|您|大家|到|了|:|：|，|,|\s)*$"
)
_ROLES_BEFORE: tuple[tuple[AmountRole, re.Pattern[str]], ...] = (
    ("later_piece", re.compile(rf"第\s*{NUMBER}\s*{UNIT}?{FILL}{{0,4}}$")),
    ("threshold", re.compile(rf"(?:满|凑够?|超过|每满){_ADDRESSED}")),
    ("fee", re.compile(rf"(?<![含包免连带算])(?:运费|邮费|快递费?|押金|定金|包装费|加|加收|多收|手续费|服务费){_ADDRESSED}")),
    ("voucher", re.compile(rf"(?:领|券|红包|充|送|奖|代金|抽|赠){_ADDRESSED}")),
    ("difference", re.compile(rf"(?:贵|差|涨|赔|找){_ADDRESSED}")),
    ("reduction", re.compile(rf"(?:减|省|省下|省下来|省出|便宜|优惠|返|返现|抵|抵扣|降|让利|让|少|少收|少花|抹|扣){_ADDRESSED}")),
    ("expense", re.compile(rf"(?:赚|挣|补|罚|捐|借|欠|工资|成本|本钱){_ADDRESSED}")),
)
_EXPENSE = re.compile(
    r"(?:收上来|收来|收购|原料|毛料|鲜[肉牛羊猪鱼]|进价|批发(?!价)|(?<![不没])[挣赚](?!个)|工钱|工资|人工|工人|雇|请人|(?:成本|本钱)(?!价|都不够|都没)|种子|苗子|化肥|肥料|农药|饲料|租金|房租|地租|电费|水费|学费|药费|贷款|花了|花掉|投了|投入|投资|"
    r"收入|年薪|月薪|退休金|补贴|补助|罚款|捐了|产值|营业额|销售额|利润|早餐|早饭|午餐|午饭|晚餐|晚饭|停车|门票|接送|加床|车费|路费|油钱|话费|红包(?![领抵后扣完用])|"
    r"一(?:顿|餐|天|个月|年)[^，。！？,.!?；;]{0,3}?(?:也|都|才|就)*[用花吃烧]|(?<![包含免连带算])(?:快递|运费|邮费)|押金)[^，。！？,.!?；;]{0,8}$"
)
_ROLES_AFTER: tuple[tuple[AmountRole, re.Pattern[str]], ...] = (
    ("voucher", re.compile(r"^\s*(?:的)?\s*(?:无门槛|现金|优惠|满减|立减|代金|抵用|抵扣|抵|红包|券|补贴)")),
    ("fee", re.compile(r"^\s*(?:的)?\s*(?:运费|邮费|快递|押金|定金)")),
    ("reduction", re.compile(r"^\s*(?:的)?\s*(?:差价|折扣)")),
    ("expense", re.compile(r"^\s*(?:的)?\s*(?:成本|工资|本钱|工钱|零花|硬币|纸币|钞票|店)")),
    ("expense", re.compile(r"^\s*给我?[，,]?[^，,]{0,2}找")),
    ("expense", re.compile(r"^[^。！？，,]{0,6}(?:收的|收购|收来|进的|进货|拿的货|[，,](?:光)?(?:成本|本钱))")),
)
_NOW = (
    rf"(?!\s*(?:是|要|卖|价)*\s*(?:\d+(?:\.\d+)?|{NUMERAL}{{2,}})(?![^，,]*(?:斤|年|个月|天))[^，,]*[，,])"  # it was 118 last week，
    r"(?!.*[，,].*[，,])(?!.*(?:便宜|划算|实惠|低|强)[^，,]*[，,])(?!.*(?:现在|今天|今晚|现价|直播间|我们|咱|只要|降到|降至|减到|这里)).*$"
)
_OLD = re.compile(
    rf"(?:原价|划线价|吊牌价|日常价?|平时|平常|平日|之前|昨天|上周|原来|零售价){_NOW}"
    rf"|(?:以前|往年|去年|前年|上个月|过去|旺季|当年|那时候|小时候|那会儿|那年|当初|早年|早些年|刚开始|年前|年代|年的?时候|头几年|前几年)(?!.*[，,]){_NOW}"
)
_DECLARED_OLD = re.compile(rf"(?:原价|划线价|吊牌价|日常价|平时|平常|平日|原来|之前|昨天|上周){_NOW}")
_FROM = re.compile(r"从\s*$")
_LOWERED = re.compile(r"^\s*(?:的|直接|一下子?|给你们?|给大家)*(?:降|跌|减|调|优惠|便宜|杀|砍|干|打)(?:到|至|成)")
_ELSEWHERE = re.compile(
    rf"(?:同样的|一样的|一模一样|市场价|市价|超市|市场|外面|外头|别人|别家|人家|隔壁|同行|商场|水果店|专卖店|网上|网店|中间商|贩子){_NOW}"
)
_SAID_AFTER = re.compile(
    r"^\s*(?:[，,]?\s*(?:那|这)?(?:可|都|才|就)?(?:是|叫|属于))\s*(?:(?P<old>以前|之前|过去|原来|原价|往年|去年|前年|上个?月|旧价|老价|划线价|平时)"
    r"|(?:他们|他家)?(?:超市|市场|外面|外头|别人|别家|人家|隔壁|同行|商场|网上|城里|店里|门店|专柜|中间商|贩子))"
)
"""What says of a price after it that it is an old one or another's: 九十九是以前, 八十块那是超市的价."""
_PLACE_ELSEWHERE = re.compile(
    rf"(?:商店|小店|店里|门店|线下|城里|县里|省城|大城市|北京|上海|进口|国外|景区|机场|车站|高铁|商超|电商|药店|酒店|镇上|县城|餐馆|饭店)(?!.*[，,]){_NOW}"
)
"""Places that a price of elsewhere is named by only in its own clause: 离高铁站二十公里，一晚两百六 is no price of the station's."""
_NO_CHANGE = re.compile(r"^\s*(?:来|给我|块钱?)?[，,]?(?:也|就)?(?:不用|别|甭)找")
_AT_MOST_BEFORE = re.compile(r"(?:不到|将近|接近|顶多|最多|不超过|不足|花不了|用不了|要不了|不用)\s*$")
_AT_MOST_AFTER = re.compile(
    rf"{_NO_CHANGE.pattern}|^\s*(?:[都还也]?(?:不到|花不了|花不完|用不了|要不了|不用)|以内|以下|有找|找零|打住|封顶)"
)
_ABOUT_BEFORE = re.compile(r"(?:差不多|大概|大约|约|左不过)\s*$")
_ABOUT_AFTER = re.compile(r"^\s*(?:左右|上下)")
_OVER_AFTER = re.compile(r"^\s*出头")
_FROM_AFTER = re.compile(r"^\s*(?:多|来钱|起(?!来))")
_END = re.compile(r"^\s*(?:$|[，。！？,.!?；;、]|[啊呀吧了呢哦哈的起整]|一|每|/|包邮|到手|带走|拿走)")
TAKEN = r"(?:包邮|到手|带走|拿走|抱走|带回家|秒杀|开抢|就卖|拿去|上车|(?:真|可|也|都|一点)?不贵|[真太很]?(?:划算|值|便宜|实惠))"
_ADDRESSEE = re.compile(r"^\s*(?:你|您|大家|给|拿|就能?|能|带|买|卖|我给|咱|都|不讲价|不还价|随便|管)")
_TAKEN = re.compile(rf"^\s*{TAKEN}")
_COUPON = re.compile(r"(?:券[后以之]|(?:领|用)[完了好][^，。！？]{0,4}券|券(?:领|用)[完了好])[^。！？]{0,8}$")
_AVERAGE = re.compile(r"(?:平均|合着?|划到?|摊到?|折合|折算|算下来|算起来|摊下来|等于|相当于|每[一个斤]*才)[^，。！？]{0,8}$")
_VARIANT = re.compile(r"[^装斤克两箱件盒袋\s，,。！？的]的(?:要|卖|得|是|就|才)*$")


def role_before(context: str, lead: str) -> AmountRole | None:
    """Return the role that words before an amount give it; None when it may be a price.

    context: the sentence before it, after the previous amount. lead: what stands before its quantity.
    """
    for role, expression in _ROLES_BEFORE:
        if role == "voucher" and _COUPON.search(context):
            continue
        if expression.search(context) or (role != "later_piece" and expression.search(lead)):
            return role
    return "expense" if _EXPENSE.search(lead) or _EXPENSE.search(context) else None


def role_after(after: str) -> AmountRole | None:
    """Return the role that the words right after an amount give it (十块钱优惠券)."""
    return next((role for role, expression in _ROLES_AFTER if expression.match(after)), None)


def price_role(context: str, after: str) -> AmountRole:
    """Tell whether a price is asked now, was asked before, or is asked by others."""
    if _OLD.search(context) or _LOWERED.match(after) or _FROM.search(context):
        return "old_price"
    if said_of := _SAID_AFTER.match(after):
        return "old_price" if said_of["old"] else "price_elsewhere"
    return "price_elsewhere" if _ELSEWHERE.search(context) or _PLACE_ELSEWHERE.search(context) else "price"


def is_declared_old(context: str, after: str) -> bool:
    """Tell whether an old price is said as the seller's own usual one (原价, 平时, 从…降到), which the sheet should hold."""
    return bool(_DECLARED_OLD.search(context) or _LOWERED.match(after) or _FROM.search(context))


def is_called_price(context: str, after: str) -> bool:
    """Tell whether words of selling stand before an amount (只要, 卖, 降到) or right after it (包邮, 拿走)."""
    return bool(_CALLED.search(context) or _TAKEN.match(after) or _NO_CHANGE.match(after))


def approximation(context: str, after: str) -> Literal["", "at_most", "over", "from", "about"]:
    """Return how the words beside an amount loosen it: 不到三十, 三十出头, 三十左右; empty when they do not."""
    if _AT_MOST_BEFORE.search(context) or _AT_MOST_AFTER.match(after):
        return "at_most"
    if _OVER_AFTER.match(after):
        return "over"
    if _FROM_AFTER.match(after):
        return "from"
    return "about" if _ABOUT_BEFORE.search(context) or _ABOUT_AFTER.match(after) else ""


def ends_clause(after: str) -> bool:
    """Tell whether what follows an amount lets it be one by itself: the end of a clause, a quantity, 包邮."""
    return bool(_END.match(after))


def is_addressed(after: str) -> bool:
    """Tell whether an amount is followed by who takes it or what is done for it: 五块你拿走, 八块给大家."""
    return bool(_ADDRESSEE.match(after))


def is_taken(after: str) -> bool:
    """Tell whether an amount is followed by words of taking the goods for it: 包邮, 拿走."""
    return bool(_TAKEN.match(after))


def is_after_coupon(context: str) -> bool:
    """Tell whether an amount is what is left after a coupon: 用券后十九块九."""
    return bool(_COUPON.search(context))


def is_average(context: str) -> bool:
    """Tell whether an amount is said as what one comes to when several are bought: 算下来十一块一斤."""
    return bool(_AVERAGE.search(context))


def is_of_variant(context: str) -> bool:
    """Tell whether an amount is asked for one kind of the goods: 双黄的要五块, 大的三十."""
    return bool(_VARIANT.search(context))
