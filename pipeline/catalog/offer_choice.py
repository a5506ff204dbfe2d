"""The choice of the offer that a story sells: asked for, named in the note, or named in the speech; never guessed."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from pipeline.catalog.spreadsheet import normalize_text
from pipeline.chinese import counted_quantities, mask_amounts, money_amounts, read_quantities
from pipeline.chinese.name_mentions import TermMention, find_mentions
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Brief, Catalog, Choice, Offer, RowSetAside
from pipeline.errors import PersonNeeded, SheetQuestion, UserMistake
from pipeline.settings import minute_text

LISTED_PRODUCTS = 12
"""How many known products are listed to a person who asked for an unknown one."""


@dataclass(frozen=True)
class _NamedOffers:
    """The offers that a text names best, several when its words fit more than one, and the mention that decided.

    aside: rows of the same name that were set aside with a question.
    """

    offers: tuple[Offer, ...]
    aside: tuple[RowSetAside, ...]
    mention: TermMention

    @property
    def first_name(self) -> str:
        """The name of the first of them."""
        return self.offers[0].name if self.offers else self.aside[0].name


def choose_offer(catalog: Catalog | None, brief: Brief, spoken: str | None, *, sku: str = "", now: datetime) -> Choice:
    """Choose the offer that this story sells.

    spoken: everything said in the story, empty when nothing was, None while nobody has listened. sku: what the person asked for; it comes
    first. now: aware. Raises UserMistake for an unknown sku, PersonNeeded when the offer has ended by `now`, SheetQuestion when the
    product's row was set aside.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    if catalog is None or not (catalog.offers or catalog.set_aside):
        if sku:
            raise UserMistake(M("The product {sku} was asked for, but no product sheet was given. Add --catalog with the sheet.", sku=sku))
        return Choice(offer=None, reason=M("No product sheet was given."), warnings=(M("No product: the video has no product card."),))
    if sku:
        offer = _offer_asked_for(catalog, sku)
        reason = M("{product} was asked for ({sku}).", product=offer.name, sku=offer.sku)
        return _chosen(catalog, offer, reason, (), now)
    return _choose_named(catalog, brief, spoken, now) or _no_choice(catalog)


def _choose_named(catalog: Catalog, brief: Brief, spoken: str | None, now: datetime) -> Choice | None:
    """Choose the offer that the note's headline, the note or the speech names, in this order; None when none does."""
    speech = _best_named(catalog, spoken or "", by_count=True)
    named = _best_named(catalog, brief.headline) or _best_named(catalog, brief.text) or speech
    if named is None:
        return None
    said = f"{brief.text}\n{spoken or ''}"
    _ask_about_rows(catalog, named, said, heard=spoken is not None)
    offer, warnings = _pick_one(named, said, now)
    if speech and speech is not named and offer not in speech.offers:
        other = speech.first_name
        warnings += (
            M("The note names {product}, but the speech names {other} most often. The note decides.", product=offer.name, other=other),
        )
    reason = (
        M("The speech names it: “{words}”.", words=named.mention.term)
        if named is speech
        else M("The note names it: “{words}”.", words=named.mention.term)
    )
    return _chosen(catalog, offer, reason, warnings, now)


def _chosen(catalog: Catalog, offer: Offer, reason: Message, warnings: tuple[Message, ...], now: datetime) -> Choice:
    if offer.offer_begins and now < offer.offer_begins:
        begins = minute_text(offer.offer_begins)
        warnings += (M("The offer for {product} begins on {begins}: do not publish it earlier.", product=offer.name, begins=begins),)
    return Choice(offer=_require_in_force(catalog, offer, now), reason=reason, warnings=warnings)


def _ask_about_rows(catalog: Catalog, named: _NamedOffers, said: str, *, heard: bool) -> None:
    """Raise SheetQuestion when the product's row was set aside, or one of its rows and no other pack is said.

    heard: whether the speech is known: until then another pack may still be said.
    """
    if not named.aside or (named.offers and (not heard or _packs_said(named.offers, said))):
        return
    names = {offer.name for offer in named.offers}
    rows = [row for row in named.aside if row.name in names or not names]
    if not rows:
        return
    row = rows[0]
    facts: dict[str, str | int | Message] = {"path": catalog.path, "line": row.line, "product": row.name, "question": row.question}
    if names:
        raise SheetQuestion(
            M(
                "{path}, line {line} ({product}): {question} "
                "The other lines of {product} hold, but the story does not say which pack it sells.",
                **facts,
            )
        )
    raise SheetQuestion(
        M(
            "The story sells {product}, and the sheet does not say clearly how ({path}, line {line}): {question} "
            "Correct it, and run the same command again.",
            **facts,
        )
    )


def _packs_said(offers: tuple[Offer, ...], said: str) -> list[Offer]:
    """Return the offers whose pack a text says, in figures or in characters: 5斤, 五斤."""
    text = mask_amounts(normalize_text(said), money_amounts(normalize_text(said)))
    quantities = {mention.quantity.amount_in_base() for mention in counted_quantities(text)}
    return [
        offer
        for offer in offers
        if offer.unit
        and (normalize_text(offer.unit) in normalize_text(said) or quantities & {q.amount_in_base() for q in read_quantities(offer.unit)})
    ]


def _offer_asked_for(catalog: Catalog, sku: str) -> Offer:
    query = normalize_text(sku)
    for offer in catalog.offers:
        if normalize_text(offer.sku) == query:
            return offer
    named = [offer for offer in catalog.offers if query in (normalize_text(word) for word in (offer.name, *offer.aliases))]
    if len(named) == 1:
        return named[0]
    for problem in catalog.problems:
        if query in (normalize_text(str(problem.values.get("sku", ""))), normalize_text(str(problem.values.get("product", "")))):
            raise UserMistake(M("The product {sku} is in the sheet, but its row cannot be used. {problem}", sku=sku, problem=problem))
    known = [f"{offer.sku} ({offer.name})" for offer in named or catalog.offers]
    more = f" … +{len(known) - LISTED_PRODUCTS}" if len(known) > LISTED_PRODUCTS else ""
    raise UserMistake(
        M(
            "The product {sku} is not in {path}. Known: {known}",
            sku=sku,
            path=catalog.path,
            known=", ".join(known[:LISTED_PRODUCTS]) + more,
        ),
    )


def _require_in_force(catalog: Catalog, offer: Offer, now: datetime) -> Offer:
    if offer.offer_ends is None or now < offer.offer_ends:
        return offer
    raise PersonNeeded(
        M(
            "The offer for {product} ended on {ends} ({path}, line {line}). "
            "Give it a new end in the sheet, or choose another product with --product.",
            product=offer.name,
            ends=minute_text(offer.offer_ends),
            path=catalog.path,
            line=offer.row,
        )
    )


def _best_named(catalog: Catalog, text: str, *, by_count: bool = False) -> _NamedOffers | None:
    """Return the products that a text names best: in a note by the longest name, in speech (`by_count`) by how often, then likewise."""
    if not text.strip():
        return None
    owners: dict[str, list[Offer | RowSetAside]] = {}
    known: tuple[Offer | RowSetAside, ...] = (*catalog.offers, *catalog.set_aside)
    for row in known:
        for term in dict.fromkeys((row.name, *row.aliases)):
            if term:
                owners.setdefault(term, []).append(row)
    # One character is not enough to recognise a product by sound or inside other words, unless it is the whole name.
    terms = [term for term, named in owners.items() if len(term) > 1 or any(row.name == term for row in named)]
    mentions = find_mentions(text, terms)
    if not mentions:
        return None
    counts = Counter(id(row) for mention in mentions for row in owners[mention.term])
    best = min(
        mentions,
        key=lambda mention: (
            -max(counts[id(row)] for row in owners[mention.term]) if by_count else 0,
            mention.start - mention.end,
            not mention.exact,
            mention.start,
        ),
    )
    rows = owners[best.term]
    return _NamedOffers(
        tuple(row for row in rows if isinstance(row, Offer)), tuple(row for row in rows if isinstance(row, RowSetAside)), best
    )


def _pick_one(named: _NamedOffers, text: str, now: datetime) -> tuple[Offer, tuple[Message, ...]]:
    """Pick one of several offers that the same words fit: the one whose full name or unit is said, else the first that is in force."""
    offers = list(named.offers)
    if len(offers) == 1:
        return offers[0], ()
    narrowed = [offer for offer in offers if offer.name == named.mention.term] or offers
    narrowed = _packs_said(tuple(narrowed), text) or narrowed
    in_force = [offer for offer in narrowed if offer.offer_ends is None or now < offer.offer_ends] or narrowed
    chosen = in_force[0]
    others = ", ".join(f"{offer.sku} ({offer.name} {offer.unit})".replace(" )", ")") for offer in offers if offer is not chosen)
    warning = M(
        "“{words}” fits several products; {product} ({sku}) was taken. The others: {others}. Choose with --product if that is wrong.",
        words=named.mention.term,
        product=chosen.name,
        sku=chosen.sku,
        others=others,
    )
    return chosen, (warning,)


def _no_choice(catalog: Catalog) -> Choice:
    if len(catalog.offers) == 1:
        only = catalog.offers[0]
        warning = M(
            "No product: the sheet has one, {product}, but neither the note nor the speech names it. "
            "Write its name in the note or use --product {sku}.",
            product=only.name,
            sku=only.sku,
        )
    else:
        warning = M("No product: neither the note nor the speech names one of the sheet. Write its name in the note or use --product.")
    return Choice(offer=None, reason=M("Nothing of the product sheet is named."), warnings=(warning,))
