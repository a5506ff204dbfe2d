"""The links that posts send buyers to, asked for before anything is published.

A link that is certainly dead stops the post, until the sheet is corrected or a person confirms it by name; what else goes wrong is told.
"""

from collections.abc import Iterator, Sequence

from pipeline.commerce.claims import make_claim
from pipeline.documents.claims import Claim, TextPlace
from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.network.link_probe import LinkAnswer, probe_links
from pipeline.publish import load_destination
from pipeline.publish.ledger import Ledger
from pipeline.publish.ledger.overrides import CLAIM_OVERRIDE
from pipeline.publish.live_offers import promised_by

_PLACE = TextPlace(kind="cart")


def buyers_link(release: Release) -> str:
    """Return the web address that a post sends its buyers to, by cart, code or words; empty where there is none."""
    promised = promised_by(release)
    if release.cart.kind == "url":
        return planned_link(release.cart.value, "url", release.captions.text, release.platform)
    return planned_link(promised.link if promised else "", "none", release.captions.text, release.platform)


def planned_link(link: str, cart: str, text: str, destination: str) -> str:
    """Return the web address that a post with that link, kind of cart and text would send its buyers to; empty where it would not."""
    shown = cart == "url" or link in text or load_destination(destination).qr
    return link if link.startswith("https://") and shown else ""


def check_cart_links(releases: Sequence[Release]) -> tuple[Claim, ...]:
    """Ask for every link once, and return what is wrong with them: a claim for each; one in all when this machine is offline."""
    return check_links([buyers_link(release) for release in releases])


def check_links(links: Sequence[str]) -> tuple[Claim, ...]:
    """Ask for web addresses, empty ones left out, and return what is wrong with them, as `check_cart_links` does."""
    asked = tuple(dict.fromkeys(filter(None, links)))
    return tuple(_claims(probe_links(asked))) if asked else ()


def dead_links(release: Release, ledger: Ledger) -> tuple[Message, ...]:
    """Return why the link of a release that has waited for its hour is dead by now; nothing where a person has confirmed it."""
    confirmed = {override.subject for override in ledger.overrides.of(release.story, kind=CLAIM_OVERRIDE)}
    found = check_cart_links([release]) if release.planned_at else ()
    return tuple(claim.why for claim in found if claim.verdict == "block" and claim.id not in confirmed)


def _claims(answers: dict[str, LinkAnswer]) -> Iterator[Claim]:
    offline = [link for link, answer in answers.items() if answer.state == "offline"]
    if offline:
        why = M("This machine is offline, so no cart link was asked for.")
        yield make_claim("warn", "cart.offline", _PLACE, why, sources=(), words=offline[0])
    for link, answer in answers.items():
        if answer.state == "dead":
            why = M("The cart link {link} leads nowhere: {why}.", link=link, why=answer.why or "–")
            yield make_claim("block", "cart.dead", _PLACE, why, sources=(), words=link, suggestion=_SUGGESTION)
        elif answer.state == "unsure":
            why = M("Whether the cart link {link} works could not be seen: {why}.", link=link, why=answer.why or "–")
            yield make_claim("warn", "cart.unsure", _PLACE, why, sources=(), words=link, suggestion=_LOOK)


_SUGGESTION: Message = M("Correct the link in the sheet, or open it on a phone and confirm it by name.")
_LOOK: Message = M("Open it on a phone once.")
