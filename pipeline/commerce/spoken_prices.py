"""Prices in Chinese speech: 十斤二十九块九, 九块九一斤, 一箱一百二, 29.9元; discounts, surcharges and comparisons are not the price."""

from collections.abc import Iterable
from decimal import Decimal

from pipeline.chinese import PRICE_ROLES, Quantity, StatedAmount, as_given, stated_amounts
from pipeline.documents.base import Frozen


class SpokenPrice(Frozen):
    """A price as it was said.

    amount: yuan. low, high: what it may mean at least and at most, None where it is exact. quantities: what it buys, the nearest first
    (一箱十斤 gives 10斤 and 箱); empty when that is not said. text: the words, with the quantity. start, end: their character offsets in
    the text; amount_start, amount_end: those of the amount alone.
    was: a former price or a competitor's. declared: a former price said as the seller's usual one (原价). about: said as a rough one.
    certain: said with a money word. called: a word of selling stands beside it (只要, 卖, 包邮). bare: a number beside a quantity, without
    anything that says money. split: it may be a count instead (八十一桶). coupon: what is left after a coupon. variant: for one kind of
    the goods. average: what one comes to when a pack is bought. of_goods: goods are called by it (八十九块钱的草莓).
    perhaps: another reading, when the character after 块 only sounds like a digit: 29块酒 is written for 29块九.
    """

    amount: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    quantities: tuple[Quantity, ...]
    text: str
    start: int
    end: int
    amount_start: int = 0
    amount_end: int = 0
    was: bool = False
    declared: bool = False
    about: bool = False
    certain: bool = True
    called: bool = False
    bare: bool = False
    split: bool = False
    coupon: bool = False
    variant: bool = False
    average: bool = False
    of_goods: bool = False
    perhaps: Decimal | None = None

    @property
    def quantity(self) -> Decimal | None:
        """The count of the nearest unit; None when no unit is said."""
        return self.quantities[0].count if self.quantities else None

    @property
    def unit(self) -> str:
        """The nearest unit; empty when none is said."""
        return self.quantities[0].unit if self.quantities else ""


def find_spoken_prices(text: str, names: Iterable[str] = ()) -> tuple[SpokenPrice, ...]:
    """Return every price in a text, in order. Discounts (减十块), prices of the second piece and vouchers are left out.

    Numbers without money words count only where a price must be meant: 只要29.9, 一箱一百二. names: of products, whose numerals are none.
    """
    return tuple(price for price in prices_of(text, stated_amounts(text, names)) if not price.bare)


def prices_of(text: str, amounts: tuple[StatedAmount, ...]) -> tuple[SpokenPrice, ...]:
    """Return the prices among the amounts of a text, with bare numbers beside a quantity (十斤一百二十八)."""
    return tuple(_price(text, amount) for amount in amounts if amount.role in PRICE_ROLES and amount.stands)


def _price(text: str, amount: StatedAmount) -> SpokenPrice:
    exact = not amount.about
    return SpokenPrice(
        amount=amount.amount,
        low=None if exact else amount.low,
        high=None if exact else amount.high,
        quantities=amount.quantities,
        text=as_given(text, amount),
        start=amount.start,
        end=amount.end,
        amount_start=amount.amount_start,
        amount_end=amount.amount_end,
        was=amount.role != "price",
        declared=amount.declared,
        about=amount.about,
        certain=amount.worded,
        called=amount.called,
        bare=amount.bare,
        split=amount.split,
        coupon=amount.coupon,
        variant=amount.variant,
        average=amount.average,
        of_goods=amount.of_goods,
        perhaps=amount.perhaps,
    )
