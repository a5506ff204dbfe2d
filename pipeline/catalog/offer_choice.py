"""The choice of the offer that a story sells: asked for, named in the note, or named in the speech; never guessed."""

from dataclasses import dataclass
from datetime import datetime

from pipeline.catalog.mentions import TermMention, find_mentions
from pipeline.catalog.spreadsheet import normalize_text
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Brief, Catalog, Choice, Offer
from pipeline.errors import PersonNeeded, UserMistake
from pipeline.settings import minute_text

LISTED_PRODUCTS = 12
"""How many known products are listed to a person who asked for an unknown one."""


@dataclass(frozen=True)
class _NamedOffers:
    """The offers that a text names best, several when its words fit more than one, and the mention that decided."""

    offers: tuple[Offer, ...]
    mention: TermMention


def choose_offer(catalog: Catalog | None, brief: Brief, spoken: str, *, sku: str = "", now: datetime) -> Choice:
    """Choose the offer that this story sells.

    spoken: everything said in the story, empty when nothing was. sku: what the person asked for; it comes first. now: aware.
    Raises UserMistake for an unknown sku, PersonNeeded when the offer has ended by `now`.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    if catalog is None or not catalog.offers:
        if sku:
            raise UserMistake(M("The product {sku} was asked for, but no product sheet was given. Add --catalog with the sheet.", sku=sku))
        return Choice(offer=None, reason=M("No product sheet was given."), warnings=(M("No product: the video has no product card."),))
    if sku:
        offer = _offer_asked_for(catalog, sku)
        return Choice(
            offer=_require_in_force(catalog, offer, now), reason=M("{product} was asked for ({sku}).", product=offer.name, sku=offer.sku)
        )
    return _choose_named(catalog, brief, spoken, now) or _no_choice(catalog, brief, spoken)


def _choose_named(catalog: Catalog, brief: Brief, spoken: str, now: datetime) -> Choice | None:
    """Choose the offer that the note's headline, the note or the speech names, in this order; None when none does."""
    speech = _best_named(catalog, spoken, by_count=True)
    named = _best_named(catalog, brief.headline) or _best_named(catalog, brief.text) or speech
    if named is None:
        return None
    offer, warnings = _pick_one(named, f"{brief.text}\n{spoken}", now)
    if speech and speech is not named and offer not in speech.offers:
        other = speech.offers[0].name
        warnings += (
            M("The note names {product}, but the speech names {other} most often. The note decides.", product=offer.name, other=other),
        )
    reason = (
        M("The speech names it: “{words}”.", words=named.mention.term)
        if named is speech
        else M("The note names it: “{words}”.", words=named.mention.term)
    )
    return Choice(offer=_require_in_force(catalog, offer, now), reason=reason, warnings=warnings)


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
    """Return the offers that a text names best: in a note by the longest name, in speech (`by_count`) by how often, then likewise."""
    if not text.strip():
        return None
    owners: dict[str, list[Offer]] = {}
    for offer in catalog.offers:
        for term in dict.fromkeys((offer.name, *offer.aliases)):
            owners.setdefault(term, []).append(offer)
    # One character is not enough to recognise a product by sound or inside other words, unless it is the whole name.
    terms = [term for term, named in owners.items() if len(term) > 1 or any(offer.name == term for offer in named)]
    mentions = find_mentions(text, terms)
    if not mentions:
        return None
    counts = {offer.sku: sum(offer in owners[mention.term] for mention in mentions) for offer in catalog.offers}
    best = min(
        mentions,
        key=lambda mention: (
            -max(counts[offer.sku] for offer in owners[mention.term]) if by_count else 0,
            mention.start - mention.end,
            not mention.exact,
            mention.start,
        ),
    )
    return _NamedOffers(tuple(owners[best.term]), best)


def _pick_one(named: _NamedOffers, text: str, now: datetime) -> tuple[Offer, tuple[Message, ...]]:
    """Pick one of several offers that the same words fit: the one whose full name or unit is said, else the first that is in force."""
    offers = list(named.offers)
    if len(offers) == 1:
        return offers[0], ()
    narrowed = [offer for offer in offers if offer.name == named.mention.term] or offers
    said = normalize_text(text)
    narrowed = [offer for offer in narrowed if offer.unit and normalize_text(offer.unit) in said] or narrowed
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


def _no_choice(catalog: Catalog, brief: Brief, spoken: str) -> Choice:
    warnings: list[Message] = []
    unusable = {str(problem.values["product"]): problem for problem in catalog.problems if problem.values.get("product")}
    for mention in find_mentions(f"{brief.text}\n{spoken}", [name for name in unusable if len(name) > 1])[:1]:
        warnings.append(unusable[mention.term])
    if len(catalog.offers) == 1 and not warnings:
        only = catalog.offers[0]
        warnings.append(
            M(
                "No product: the sheet has one, {product}, but neither the note nor the speech names it. "
                "Write its name in the note or use --product {sku}.",
                product=only.name,
                sku=only.sku,
            )
        )
    else:
        warnings.append(
            M("No product: neither the note nor the speech names one of the sheet. Write its name in the note or use --product."),
        )
    return Choice(offer=None, reason=M("Nothing of the product sheet is named."), warnings=tuple(warnings))
