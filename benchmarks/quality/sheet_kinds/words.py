"""The words of the first two sets. Nothing of the held-out one was used while the reader's words and rules were first written."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """Headings by meaning, and words of other parts of a sheet."""

    name: tuple[str, ...]
    price: tuple[str, ...]
    deal: tuple[str, ...]
    now: tuple[str, ...]
    before: tuple[str, ...]
    """The price that may be struck out."""
    past: tuple[str, ...]
    """The price of another day, which is not struck out but may be."""
    purchase: tuple[str, ...]
    member: tuple[str, ...]
    live: tuple[str, ...]
    each: tuple[str, ...]
    total: tuple[str, ...]
    unit: tuple[str, ...]
    pack: tuple[str, ...]
    weight: tuple[str, ...]
    """Pack headings with {m} for the measure, over bare numbers."""
    price_per: tuple[str, ...]
    """Price headings with {u} for the unit."""
    pack_price: tuple[str, ...]
    """Headings of a column for one pack, with {u}."""
    stock: tuple[str, ...]
    sold_out: tuple[str, ...]
    taken_down: tuple[str, ...]
    ends: tuple[str, ...]
    link: tuple[str, ...]
    origin: tuple[str, ...]
    number: tuple[str, ...]
    other: tuple[str, ...]
    """Columns that say nothing about the offer."""
    totals: tuple[str, ...]
    titles: tuple[str, ...]
    remarks: tuple[str, ...]
    no_unit: tuple[str, ...]
    """Words in a pack column that are no unit."""
    priced: tuple[str, ...]
    """Price cells with {p} for the price and {u} for the pack."""
    inexact: tuple[str, ...]
    """Price cells that are not one exact price; {p} a price, {q} a higher one, {u} and {v} packs."""
    range_ends: tuple[str, ...]
    """End cells that mean 31 December 2026, read on 29 November."""
    unclear_ends: tuple[str, ...]
    shares: tuple[str, ...]
    """Link cells with {link}."""


TUNED = Wording(
    name=("商品名称", "商品", "品名", "产品名称", "名称"),
    price=("价格", "售价", "零售价", "销售价", "售价(元)", "价格（元）", "卖价"),
    deal=("活动价", "特价", "优惠价", "促销价", "秒杀价"),
    now=("现价", "现价格", "今日价格", "优惠后价格", "本周价格"),
    before=("原价", "原价格", "市场价格", "优惠前价格", "划线价"),
    past=("昨日价格", "上周价格"),
    purchase=("收购价格", "进价", "批发价", "成本价", "供货价"),
    member=("会员价", "社员价格"),
    live=("直播价", "券后价"),
    each=("单价", "单价(元)", "每斤价格"),
    total=("总价", "合计金额"),
    unit=("单位", "销售单位"),
    pack=("规格", "包装规格", "净重"),
    weight=("重量({m})", "规格({m})", "净重（{m}）"),
    price_per=("价格(元/{u})", "售价（元/{u}）", "单价(/{u})"),
    pack_price=("{u}", "{u}价格", "{u}装售价"),
    stock=("库存", "库存数量"),
    sold_out=("无", "售罄", "缺货", "卖完", "没有", "0箱", "-3", "0"),
    taken_down=("下架", "已下架", "停售"),
    ends=("优惠截止", "截止时间", "活动结束时间"),
    link=("购买链接", "链接"),
    origin=("产地",),
    number=("序号", "编号"),
    other=("备注", "运费", "负责人"),
    totals=("合计", "合计：", "总 计", "合计（元）", "本页小计", "平均价"),
    titles=("某某合作社商品报价表", "大桥镇合作社 商品一览"),
    remarks=("备注：以上价格含税", "注：大雪封山时晚发"),
    no_unit=("大果", "一级", "新鲜"),
    priced=("{p}元/{u}", "{u}{p}元", "{u}装 {p}", "{p}（{u}）", "{p}元{u}", "¥{p}/{u}", "{p}/{u}"),
    inexact=("{p}元/{u}、{q}元/{v}", "{p}元/{u} {q}元/{v}", "{p}起", "{p}-{q}", "约{p}", "{p}元/{u}起", "{p}/{q}"),
    range_ends=("2026-12-31", "12月31日", "12月31日截止", "截止12月31日", "2026年12月1日-12月31日"),
    unclear_ends=("下周", "月底", "7天"),
    shares=(
        "8￥ CZ0001 a1B2c3D4e5F￥ {link} 冕宁土豆",
        "【某宝】{link} HU0025 「土豆」点击链接直接打开",
        "{link} 复制打开抖音",
    ),
)

HELD_OUT = Wording(
    name=("货品名称", "商品名", "农产品名称", "产品", "货物名称", "农产品"),
    price=("零售价格", "对外售价", "统一售价", "出售价格", "商品售价(元)", "本期售价", "直销价", "售卖价格", "价格/元"),
    deal=("限时价", "折扣价", "抢购价", "惠农价", "限时特惠价", "双十二价"),
    now=("当前售价", "今天价格", "打折后价格", "最新价格", "本月售价", "目前价"),
    before=("日常售价", "超市价", "打折前", "活动前售价", "平日价格", "市面价"),
    past=("昨天售价", "上期价格", "去年价格", "前日价"),
    purchase=("进货单价", "采购价格", "拿货价", "出厂价", "农户收购价", "结算价", "代理价格", "入库价"),
    member=("VIP价", "社员专享价", "会员售价", "老会员价"),
    live=("直播间专享价", "领券价", "直播间价格", "用券后价格"),
    each=("斤单价", "每单位价格", "单位价格"),
    total=("金额", "整件总价", "总金额(元)", "合计价"),
    unit=("计量单位", "售卖单位", "卖货单位"),
    pack=("售卖规格", "包装", "净含量", "销售规格", "装箱规格", "每份规格"),
    weight=("净重{m}数", "每份{m}数", "重量/{m}", "每件重量（{m}）"),
    price_per=("元/{u}", "{u}价(元)", "每{u}价格", "价格 元/{u}", "¥/{u}"),
    pack_price=("{u}价", "价格({u})", "{u}(元)", "{u}礼盒价", "售价-{u}"),
    stock=("剩余库存", "可售数量", "库存余量", "还有多少"),
    sold_out=("已售完", "断货", "卖光了", "没货了", "暂时缺货", "告罄", "0件", "已卖光", "空"),
    taken_down=("不卖了", "停止销售", "已停售", "暂停售卖", "下线"),
    ends=("截止日期", "优惠结束时间", "活动截止日期", "售卖截止时间", "有效期至"),
    link=("下单链接", "商品地址", "购买网址", "下单网址"),
    origin=("原产地", "出产地", "哪里产的"),
    number=("NO.", "行号", "商品编码"),
    other=("跟进人", "快递费", "拍摄情况", "利润率", "客户评价"),
    totals=("共计：", "总价合计", "全部合计", "小 计", "均价", "合计 3 种", "累计", "汇总"),
    titles=("2026年冬季农产品价目", "供货清单（内部）", "云岭村助农商品表"),
    remarks=("说明：本表每周一更新", "联系人：某某", "★价格随行就市，以当天为准", "温馨提示：偏远地区加运费", "制表：合作社办公室"),
    no_unit=("特级", "带泥", "看图", "散装", "85mm以上", "礼品", "中大果"),
    priced=(
        "{u}只要{p}元",
        "{p}元（{u}）",
        "每{u}{p}元",
        "{p}块/{u}",
        "{p}元包邮/{u}",
        "{u}/{p}元",
        "{p}元 {u}装",
        "{u}：{p}元",
        "{p}/{u}包邮",
    ),
    inexact=(
        "{u}{p}，{v}{q}",
        "{p}～{q}元",
        "{p}至{q}",
        "{p}左右",
        "最低{p}",
        "大的{q}小的{p}",
        "{p}元以上",
        "原{q}现{p}",
        "{p}或{q}",
        "市价",
        "电询",
        "{p}元/{u}；{q}元/{v}",
        "{p}(第二件{q})",
    ),
    range_ends=("到12月31号", "2026/12/31止", "12月1日至12月31日", "2026.12.1-2026.12.31", "12月31日24点", "截至2026年12月31日", "12/31"),
    unclear_ends=("卖完为止", "周末", "三天内", "春节前", "本月底前", "售完即止", "31号"),
    shares=(
        "3.56 复制打开快手 {link} q@W.xy 09/12",
        "我在某店发现了「好东西」快来看 {link}",
        "{link}「点击链接，再打开APP」",
        "京选：{link}",
        "{link}，复制这段话打开",
    ),
)
