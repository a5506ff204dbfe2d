"""What is sold, as it may be shown and said.

In: an `Offer` and a `Destination`, and what was spoken. Out: the `Card` for the picture and the page, the prices heard in the
speech, and a stop when the speech names another price than the sheet.
"""

from pipeline.commerce.card import check_leaders_place, leader_cards, make_card
from pipeline.commerce.price_check import check_spoken_price
from pipeline.commerce.spoken import SpokenPrice, spoken_prices

__all__ = ["SpokenPrice", "check_leaders_place", "check_spoken_price", "leader_cards", "make_card", "spoken_prices"]
