"""What the speaker says about how to buy, held against what the card says."""

import re
from collections.abc import Iterable

from pipeline.documents.card import Card
from pipeline.documents.message import M, Message

_CALLS = (
    ("cart", re.compile(r"小黄车|黄车|购物车|yellow cart|shopping cart", re.I)),
    ("code", re.compile(r"扫[一下]*(?:这个|下面的?|屏幕上?的?)?(?:二维)?码|二维码|scan", re.I)),
)
"""Words for a cart under the picture, and for a code on it."""


def spoken_call_doubt(spoken: Iterable[str], cards: Iterable[Card | None]) -> Message | None:
    """Return what is to be told when a speaker sends buyers where nothing is: to a cart that no card names, to a code that none has.

    spoken: what is heard. cards: the product card and the end card, None where one is not shown.
    """
    shown = [card for card in cards if card is not None]
    wording = next((card.wording for card in shown if card.wording), "")
    has = {
        "code": any(card.qr for card in shown),
        "cart": any(_names_cart(card.wording) for card in shown),
    }
    for text in spoken:
        for what, pattern in _CALLS:
            if (said := pattern.search(text)) and not has[what]:
                if wording:
                    return M("The speaker says “{said}”, but here the card says “{card}”.", said=said[0], card=wording)
                return M("The speaker says “{said}”, but there is nothing of the kind here.", said=said[0])
    return None


def _names_cart(wording: str) -> bool:
    return bool(re.search(r"车|cart", wording, re.I))
