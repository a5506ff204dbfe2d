"""Which offer the story sells: asked for, named in the note, or named in the speech; never guessed."""

from dataclasses import dataclass
from datetime import datetime

from pipeline.catalog.sound import Mention, mentions
from pipeline.catalog.table import plain
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Brief, Catalog, Choice, Offer
from pipeline.errors import PersonNeeded, UserMistake
from pipeline.settings import minute_text

LISTED = 12
"""So many known products are listed to a person who asked for an unknown one."""


@dataclass(frozen=True)
class _Ranked:
    """Offers that a text names best, and the mention that decided; several when the words fit more than one."""

    offers: tuple[Offer, ...]
    mention: Mention


def choose_offer(catalog: Catalog | None, brief: Brief, spoken: str, *, sku: str = "", now: datetime) -> Choice:
    """The offer this story sells.

    spoken: everything said in the story, empty when nothing was. sku: what the person asked for; it wins. now: aware.
    Raises UserMistake for an unknown sku, PersonNeeded when the offer has ended by `now`.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    if catalog is None or not catalog.offers:
        if sku:
            raise UserMistake(M("The product {sku} was asked for, but no product sheet was given. Add --catalog with the sheet.", sku=sku))
        return Choice(offer=None, reason=M("No product sheet was given."), warnings=(M("No product: the video has no product card."),))
    if sku:
        offer = _asked_for(catalog, sku)
        return Choice(offer=_in_force(catalog, offer, now), reason=M("{product} was asked for ({sku}).", product=offer.name, sku=offer.sku))
    headline, note, speech = (
        _best_named(catalog, text, often) for text, often in ((brief.headline, False), (brief.text, False), (spoken, True))
    )
    found = headline or note or speech
    if found is None:
        return _none(catalog, brief, spoken)
    offer, warnings = _settle(found, f"{brief.text}\n{spoken}", now)
    heard = speech if found is not speech else None
    if heard and offer not in heard.offers:
        other = heard.offers[0].name
        warnings += (
            M("The note names {product}, but the speech names {other} most often. The note decides.", product=offer.name, other=other),
        )
    where = M("The note names it: “{words}”.", words=found.mention.term) if found is not speech else None
    reason = where or M("The speech names it: “{words}”.", words=found.mention.term)
    return Choice(offer=_in_force(catalog, offer, now), reason=reason, warnings=warnings)


def _asked_for(catalog: Catalog, sku: str) -> Offer:
    wanted = plain(sku)
    for offer in catalog.offers:
        if plain(offer.sku) == wanted:
            return offer
    named = [offer for offer in catalog.offers if wanted in (plain(word) for word in (offer.name, *offer.aliases))]
    if len(named) == 1:
        return named[0]
    for problem in catalog.problems:
        if wanted in (plain(str(problem.values.get("sku", ""))), plain(str(problem.values.get("product", "")))):
            raise UserMistake(M("The product {sku} is in the sheet, but its row cannot be used. {problem}", sku=sku, problem=problem))
    known = [f"{offer.sku} ({offer.name})" for offer in named or catalog.offers]
    more = f" … +{len(known) - LISTED}" if len(known) > LISTED else ""
    raise UserMistake(
        M("The product {sku} is not in {path}. Known: {known}", sku=sku, path=catalog.path, known=", ".join(known[:LISTED]) + more),
    )


def _in_force(catalog: Catalog, offer: Offer, now: datetime) -> Offer:
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


def _best_named(catalog: Catalog, text: str, often: bool) -> _Ranked | None:
    """The offers a text names best: in a note by the longest words, in speech by how often, then the longest, then the first."""
    if not text.strip():
        return None
    owners: dict[str, list[Offer]] = {}
    for offer in catalog.offers:
        for term in dict.fromkeys((offer.name, *offer.aliases)):
            owners.setdefault(term, []).append(offer)
    # One character is too little to know a product by its sound or inside other words, unless it is its whole name.
    terms = [term for term, named in owners.items() if len(term) > 1 or any(offer.name == term for offer in named)]
    found = mentions(text, terms)
    if not found:
        return None
    count = {offer.sku: sum(offer in owners[mention.term] for mention in found) for offer in catalog.offers}
    best = min(
        found,
        key=lambda mention: (
            -max(count[offer.sku] for offer in owners[mention.term]) if often else 0,
            mention.start - mention.end,
            not mention.exact,
            mention.start,
        ),
    )
    return _Ranked(tuple(owners[best.term]), best)


def _settle(found: _Ranked, text: str, now: datetime) -> tuple[Offer, tuple[Message, ...]]:
    """One offer of several that the same words fit: the one whose full name or unit is said, else the first that is in force."""
    offers = list(found.offers)
    if len(offers) == 1:
        return offers[0], ()
    narrowed = [offer for offer in offers if offer.name == found.mention.term] or offers
    said = plain(text)
    narrowed = [offer for offer in narrowed if offer.unit and plain(offer.unit) in said] or narrowed
    in_force = [offer for offer in narrowed if offer.offer_ends is None or now < offer.offer_ends] or narrowed
    chosen = in_force[0]
    others = ", ".join(f"{offer.sku} ({offer.name} {offer.unit})".replace(" )", ")") for offer in offers if offer is not chosen)
    why = M(
        "“{words}” fits several products; {product} ({sku}) was taken. The others: {others}. Choose with --product if that is wrong.",
        words=found.mention.term,
        product=chosen.name,
        sku=chosen.sku,
        others=others,
    )
    return chosen, (why,)


def _none(catalog: Catalog, brief: Brief, spoken: str) -> Choice:
    warnings: list[Message] = []
    left_out = {str(problem.values["product"]): problem for problem in catalog.problems if problem.values.get("product")}
    for mention in mentions(f"{brief.text}\n{spoken}", [name for name in left_out if len(name) > 1])[:1]:
        warnings.append(left_out[mention.term])
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
