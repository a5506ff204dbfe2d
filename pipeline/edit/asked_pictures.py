"""What a sentence asks to be shown: its product, its place, the work, the packing, or nothing in particular."""

import re
from collections.abc import Mapping
from typing import Literal

from pipeline.documents.offer import Offer
from pipeline.edit.hook import PLACE, QUALITY
from pipeline.edit.phrase_selection import states_price
from pipeline.edit.topics import names_product

Subject = Literal["product", "place", "work", "packing"]

PRICE_WEIGHT, PRODUCT_WEIGHT = 6.0, 1.5
ASKED_BY: tuple[tuple[Subject, float, re.Pattern[str]], ...] = (
    (
        "packing",
        2.0,
        re.compile(
            r"装箱|打包|包装|封箱|纸箱|箱子|泡沫|网套|发货|发走|寄[出走到给]|快递|顺丰|冷链|装车|\b(?:pack(?:ed|ing)?|boxe[sd]|ship(?:ped|s)?)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "work",
        2.0,
        re.compile(
            r"[采摘挖刨]|挑选|[在一]挑|挑[出拣]|分拣|人工|手工|收割|割[下好]|剪下|套袋|疏果|施肥|浇水|除草|拔草|翻土|插秧|晒[干场秋]|"
            r"\b(?:pick(?:ed|ing)?|harvest(?:ed|ing)?|dig(?:ging)?|dug|sort(?:ed|ing)?)\b",
            re.IGNORECASE,
        ),
    ),
    ("place", 2.0, PLACE),
    (
        "place",
        2.0,
        re.compile(
            r"海拔|[村寨镇乡县]|果园|茶园|菜园|园子|地里|田[里间边]|山[上里区坡谷头脚]|[上下进]山|大棚|基地|气候|日照|阳光|昼夜|红土|沙[地土]|土[壤质]|黑土|"
            r"[江河湖溪]水|[江河湖]边|水源|家乡|\b(?:village|orchard|fields?|hills?|farm|sun(?:light|shine)?|soil|river)\b",
            re.IGNORECASE,
        ),
    ),
    ("product", PRODUCT_WEIGHT, QUALITY),
    (
        "product",
        PRODUCT_WEIGHT,
        re.compile(
            r"切开|掰开|剥开|削[皮开]|咬|尝|果肉|果皮|果子|果面|颜色|新鲜|品种|口感|\b(?:cut open|flesh|bite|taste[sd]?)\b", re.IGNORECASE
        ),
    ),
)
"""Words of a sentence that ask for a picture, and how much it matters that they get it: one row after the other."""


def asked_subjects(text: str, offer: Offer | None) -> Mapping[Subject, float]:
    """Return what a sentence asks to be shown, with its weight; empty where any view will do.

    A price asks for the product alone, and more than anything: a viewer takes what is seen for what is sold.
    """
    if states_price(text):
        return {"product": PRICE_WEIGHT}
    plain = _without_names(text, offer)
    asked: dict[Subject, float] = {}
    for subject, weight, words in ASKED_BY:
        if words.search(plain):
            asked[subject] = max(weight, asked.get(subject, 0.0))
    if names_product(text, offer):
        asked["product"] = PRODUCT_WEIGHT
    return asked


def _without_names(text: str, offer: Offer | None) -> str:
    """Take the product's names out of a text: a 高山苹果 is not spoken of as a mountain."""
    names = sorted((offer.name, *offer.aliases), key=len, reverse=True) if offer is not None else ()
    for name in names:
        text = text.replace(name, "·")
    return text
