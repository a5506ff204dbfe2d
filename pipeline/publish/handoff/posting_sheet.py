"""The posting sheet: everything a pack says about one release, in the order and the words of the platform's form."""

from datetime import datetime
from typing import get_args

from pipeline.documents.base import Frozen
from pipeline.documents.destination import Destination
from pipeline.documents.message import M, Message
from pipeline.documents.release import Release
from pipeline.language import say
from pipeline.publish.captions.text import topic_line
from pipeline.publish.handoff.form import Fact, HandoffForm, Pasted, Step
from pipeline.settings import minute_text, zone_name

LANGUAGES = ("zh", "en")
HOUR_S, DAY_S = 3600, 86_400


class FilledStep(Frozen):
    """One step of the form for this release. words: by language."""

    words: dict[str, str]
    copies: tuple[Pasted, ...]
    shows: str


class PostingSheet(Frozen):
    """What a person needs to post one release."""

    release_id: str
    story: str
    platform: str
    label: dict[str, str]
    """The platform's name, by language."""
    account: str
    texts: dict[Pasted, str]
    """What is pasted; fields the release does not have are not in it."""
    stops: tuple[FilledStep, ...]
    declared: dict[str, str]
    """What is ticked, by language; empty when there is nothing to declare."""
    also: dict[str, str]
    """What would have to be ticked as well, in a form that takes one declaration only."""
    price: str
    """With what it buys; empty when nothing is sold."""
    planned: str
    """2026-12-01 19:30 on the co-op's clock; empty for at once."""
    planned_note: Message | None
    """How far ahead the form takes a time."""
    offer_ends: datetime | None


def make_posting_sheet(release: Release, destination: Destination, form: HandoffForm) -> PostingSheet:
    """Make the sheet of a release, as the form asks for it."""
    texts, chosen = _texts(release, destination, form), _declarations(release, form)
    ticked = chosen[:1] if form.declares == "one" else chosen
    declared = _joined_labels(ticked)
    planned = minute_text(release.planned_at) if release.planned_at else ""
    facts = _facts(release, texts, declared=bool(chosen), nothing=not chosen and bool(form.no_declaration))
    return PostingSheet(
        release_id=release.id,
        story=release.story,
        platform=release.platform,
        label=destination.label,
        account=release.account,
        texts=texts,
        stops=tuple(_filled_step(step, texts, declared or form.no_declaration, planned) for step in form.steps if set(step.needs) <= facts),
        declared=declared,
        also=_joined_labels(chosen[len(ticked) :]),
        price=_price(release),
        planned=planned,
        planned_note=_schedule_note(form) if planned else None,
        offer_ends=release.offer.offer_ends if release.offer else None,
    )


def _texts(release: Release, destination: Destination, form: HandoffForm) -> dict[Pasted, str]:
    captions, cart = release.captions, release.cart
    texts: dict[Pasted, str] = {
        "title": captions.title,
        "short_title": captions.short_title,
        "caption": captions.text,
        "topics": topic_line(captions.topics, destination) if destination.topic_form else " ".join(captions.topics),
        "product_name": release.offer.name if release.offer else "",
        "product_link": cart.value if cart.kind == "url" and form.cart == "url" else "",
        "product_id": cart.value if cart.kind == "product_id" else "",
    }
    assert set(texts) == set(get_args(Pasted))
    return {name: text for name, text in texts.items() if text.strip()}


def _facts(release: Release, texts: dict[Pasted, str], *, declared: bool, nothing: bool) -> set[Fact]:
    known: dict[Fact, bool] = {
        "title": "title" in texts,
        "short_title": "short_title" in texts,
        "caption": "caption" in texts,
        "topics": "topics" in texts,
        "cover": bool(release.covers),
        "product_link": "product_link" in texts,
        "product_id": "product_id" in texts,
        "product_by_name": "product_name" in texts and not {"product_link", "product_id"} & set(texts),
        "declaration": declared,
        "no_declaration": nothing,
        "original": release.declarations.original,
        "planned": release.planned_at is not None,
    }
    return {fact for fact, present in known.items() if present}


def _declarations(release: Release, form: HandoffForm) -> list[dict[str, str]]:
    true = {"ai_generated": release.declarations.ai_generated, "commercial": release.declarations.commercial}
    return [label for name, label in form.declarations.items() if true[name]]


def _filled_step(step: Step, texts: dict[Pasted, str], declaration: dict[str, str], planned: str) -> FilledStep:
    words = {
        language: step.text(language)
        .replace("{declaration}", declaration.get(language, ""))
        .replace("{time}", planned)
        .replace("{zone}", say(zone_name(), language))
        for language in LANGUAGES
    }
    return FilledStep(words=words, copies=tuple(name for name in step.copies if name in texts), shows=step.shows)


def _schedule_note(form: HandoffForm) -> Message | None:
    if form.schedule is None:
        return None
    return M(
        "The form takes a time {least} hours to {most} days ahead, as far as we know. "
        "If yours is outside, come back later or post by hand.",
        least=round(form.schedule.least_s / HOUR_S),
        most=round(form.schedule.most_s / DAY_S),
    )


def _joined_labels(labels: list[dict[str, str]]) -> dict[str, str]:
    """Several labels as one, by language; empty for none."""
    marks = {"zh": "、"}
    return {language: marks.get(language, ", ").join(label[language] for label in labels) for language in LANGUAGES if labels}


def _price(release: Release) -> str:
    if release.offer is None:
        return ""
    return f"{release.offer.price}/{release.offer.unit}" if release.offer.unit else release.offer.price


def in_all_languages(message: Message) -> dict[str, str]:
    """Return a message in every language of a pack."""
    return {language: say(message, language) for language in LANGUAGES}
