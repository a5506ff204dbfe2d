"""Prices and units as they are written on cards and in messages."""

from decimal import Decimal

from pipeline.chinese import CURRENCY_SIGNS


def price_text(amount: Decimal, currency: str) -> str:
    """Return a price as price tags show it: ¥29.90 is ¥29.9 and ¥30.00 is ¥30; other currencies have both decimals or none."""
    sign = CURRENCY_SIGNS.get(currency, f"{currency} ")
    number = f"{amount.quantize(Decimal('0.01')):f}"
    if currency == "CNY":
        return sign + number.rstrip("0").rstrip(".")
    return sign + number.removesuffix(".00")


def unit_suffix(unit: str) -> str:
    """Return what follows the price: /10斤; an empty string when the sheet has no unit."""
    return f"/{unit}" if unit else ""
