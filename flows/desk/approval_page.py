"""The page on which a person says yes or no to one release: what it shows, and what it says when nothing can be answered any more."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from pipeline.actions.approval_requests import LONGEST_NAME, LONGEST_REASON, ApprovalRequest
from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.language import say
from pipeline.page_policy import escaping_environment, template_policy
from pipeline.publish.destinations import platform_label
from pipeline.publish.ledger import Ledger, state_name
from pipeline.resources import fieldcut_version
from pipeline.settings import minute_and_zone

TEMPLATE, NOTE_TEMPLATE = "approval.html.j2", "note.html.j2"
_WORDS: Mapping[str, Message] = {
    "title": M("Yes or no?"),
    "where": M("Goes to"),
    "when": M("Goes out"),
    "price": M("Price"),
    "ends": M("The offer ends"),
    "cart": M("Buying link"),
    "page": M("Also on the page"),
    "short_title": M("Short title"),
    "words": M("Words of the post"),
    "cover": M("Cover"),
    "claims": M("Found in the words"),
    "no_claims": M("Nothing was found in the words."),
    "declared": M("Declared"),
    "name": M("Your name"),
    "reason": M("Why not? (only for a no)"),
    "yes": M("Yes, it may go out"),
    "no": M("No, not like this"),
    "until": M("Can be answered until"),
    "mark": M("Mark of this version"),
    "stands": M("Where it stands"),
    "sound": M("Look at it to the end, with sound."),
}


@cache
def desk_pages(language: str) -> Environment:
    """The templates of the desk's pages, with a filter that says a message in a language."""
    pages = escaping_environment(FileSystemLoader(Path(__file__).parent / "pages"))
    pages.filters["say"] = lambda message: say(message, language)
    return pages


def page_policy(language: str, template: str = TEMPLATE) -> str:
    """The page's Content-Security-Policy, for its header: the one in the page, and that nobody frames it."""
    return f"{template_policy(desk_pages(language), template, forms=True)}; frame-ancestors 'none'"


def approval_page(
    asked: ApprovalRequest, ledger: Ledger, workspace: Path, token: str, language: str, problem: Message | None, given: Mapping[str, str]
) -> str:
    """The page as HTML, in the zone that is in force. token: of the link. problem: why an answer was not taken. given: what was typed."""
    release, pages = asked.entry.release, desk_pages(language)
    shown = asked.status in ("open", "approved", "refused")
    from pipeline.actions.release_claims import claim_lines  # the claims' rules: not before somebody looks

    claims = claim_lines(release, ledger, workspace, language) if asked.status == "open" else None
    return pages.get_template(TEMPLATE).render(
        language=language,
        policy=template_policy(pages, TEMPLATE, forms=True),
        maker=f"FieldCut {fieldcut_version()}",
        words=_WORDS,
        asked=asked,
        release=release,
        media=f"/a/{token}" if shown else "",
        action=f"/a/{token}",
        facts=_facts(release, language),
        claims=claims,
        declared=_declared(release),
        state=state_name(asked.entry.state),
        until=_moment(asked.expires_at),
        mark=asked.question[:12],
        problem=problem,
        given=given,
        most_name=LONGEST_NAME,
        most_reason=LONGEST_REASON,
    )


def note_page(text: Message, language: str, *, good: bool = False) -> str:
    """A page that only says something: that a link is none of ours, or what this address is for."""
    pages = desk_pages(language)
    policy = template_policy(pages, NOTE_TEMPLATE, forms=True)
    return pages.get_template(NOTE_TEMPLATE).render(language=language, policy=policy, text=text, good=good, title=M("FieldCut"))


def _facts(release: Release, language: str) -> list[tuple[Message, Message | str]]:
    """What is approved besides video and words: a name and a value each; what the release does not have is left out."""
    place = " · ".join(part for part in (platform_label(release.platform, language), release.account) if part)
    facts: list[tuple[Message, Message | str]] = [(_WORDS["where"], place)]
    facts.append((_WORDS["when"], minute_and_zone(release.planned_at) if release.planned_at else M("at once")))
    if release.offer is not None:
        facts.append((_WORDS["price"], f"{release.offer.name} {release.offer.price} / {release.offer.unit}"))
        ends = release.offer.offer_ends or (release.page.offer_ends if release.page else None)
        facts += [(_WORDS["ends"], minute_and_zone(ends))] if ends else []
    facts.append((_WORDS["cart"], release.cart.value or M("none")))
    if release.page is not None:
        shown = (release.page.list_price, release.page.origin, release.page.ordering, release.page.after_sales)
        facts += [(_WORDS["page"], " · ".join(part for part in shown if part))] if any(shown) else []
    return [*facts, *([(_WORDS["short_title"], release.captions.short_title)] if release.captions.short_title else [])]


def _declared(release: Release) -> list[Message]:
    declared = release.declarations
    names = (
        (declared.ai_generated, M("made with AI")),
        (declared.commercial, M("it sells something")),
        (declared.made_for_kids, M("for children")),
    )
    return [name for holds, name in names if holds]


def _moment(moment: datetime | None) -> Message | None:
    return minute_and_zone(moment) if moment is not None else None
