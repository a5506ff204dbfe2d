"""The offer as it may be shown and said: product cards, QR codes, spoken prices, the claims check.

In: an `Offer`, a `Destination` and what was spoken. Out: the `Card` for the picture and the page, the prices heard in the speech,
and an error when the speech names another price than the sheet.
"""

from pipeline.commerce.card import leader_cards, make_card, pointing_to_end, require_qr_code
from pipeline.commerce.price_check import check_spoken_prices
from pipeline.commerce.product_photo import product_photo_among
from pipeline.commerce.spoken_call import spoken_call_doubt
from pipeline.commerce.spoken_prices import SpokenPrice, find_spoken_prices

__all__ = [
    "SpokenPrice",
    "check_spoken_prices",
    "find_spoken_prices",
    "leader_cards",
    "make_card",
    "pointing_to_end",
    "product_photo_among",
    "require_qr_code",
    "spoken_call_doubt",
]
