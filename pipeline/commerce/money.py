"""Prices as they are drawn."""

from decimal import Decimal

from pipeline.chinese import CURRENCY_SIGNS


def price_text(amount: Decimal, currency: str) -> str:
    """¥29.90 is drawn ¥29.9 and ¥30.00 ¥30, as Chinese price tags are; other currencies keep both decimals or none."""
    sign = CURRENCY_SIGNS.get(currency, f"{currency} ")
    plain = f"{amount.quantize(Decimal('0.01')):f}"
    if currency == "CNY":
        return sign + plain.rstrip("0").rstrip(".")
    return sign + plain.removesuffix(".00")


def per_text(unit: str) -> str:
    """What follows the price: /10斤; nothing where the sheet has no unit."""
    return f"/{unit}" if unit else ""
