"""`fieldcut prices`: the passages in which the speaker's price is not, or may not be, the sheet's, and what a person decided about each."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pipeline.actions.publish_report import PublishReport
from pipeline.actions.rerender import last_job
from pipeline.actions.workspace_ledger import open_workspace_ledger
from pipeline.documents.message import M
from pipeline.documents.spoken_prices import LeftOutPassage, LeftOutPassages, PricePassage, PricePassages
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.publish.ledger import Actor, Ledger, Override
from pipeline.settings import day_text
from pipeline.stages.spoken_prices import CONFIRMED_PRICE, LEFT_OUT, confirm_passage
from pipeline.workspace import StoryContext

MARKS = {"stop": "✗", "ask": "⚠"}


SHORTEST_NAME = 6
"""Digits by which a finding can be named: fewer would name several."""


def list_price_passages(story: str, workspace: Path, language: str) -> PublishReport:
    """List every passage with its second, its words and its id, and who confirmed it."""
    context = StoryContext(last_job(story, workspace))
    passages = _passages(context)
    with open_workspace_ledger(workspace) as ledger:
        confirmed = {override.subject: override for override in ledger.overrides.of(story, CONFIRMED_PRICE)}
    report = PublishReport()
    for passage in passages:
        report.lines.append(_line(passage, confirmed.get(passage.id), language))
        report.person_needed |= passage.id not in confirmed
    report.lines += [
        say(M("{number}. {person} left out “{words}” (--put-back {number})", number=number, person=gone.by, words=gone.words), language)
        for number, gone in enumerate(_left_out(context).passages, 1)
    ]
    if not report.lines:
        report.lines.append(say(M("Every price that is said is the sheet's."), language))
    return report


def confirm_price(story: str, workspace: Path, id_prefix: str, reason: str, by: Actor, now: datetime, language: str) -> PublishReport:
    """Record that a person listened to a passage and that its price is right, bound to its sound, its words and the sheet's price.

    id_prefix: beginning of the passage's id. Raises UserMistake unless exactly one passage begins so, and without a reason.
    """
    context = StoryContext(last_job(story, workspace))
    passage = _passage(context, id_prefix)
    with open_workspace_ledger(workspace) as ledger:
        override = confirm_passage(ledger, context.story, passage, reason, by, now)
    return PublishReport([_line(passage, override, language)])


def leave_out_passage(story: str, workspace: Path, id_prefix: str, by: Actor, now: datetime, language: str) -> PublishReport:
    """Take a passage out of the story, with the clause around it: the next `make` or `render` cuts without it.

    Raises UserMistake unless exactly one passage begins with `id_prefix`, and where a person's own edit.json decides what is kept;
    PersonNeeded when a run holds the story.
    """
    context = StoryContext(last_job(story, workspace))
    passage = _passage(context, id_prefix)
    if context.edited_by_hand("edit.json"):
        raise UserMistake(M("edit.json was changed by hand and decides what is kept: take the passage out there."))
    gone = LeftOutPassage(clip_id=passage.clip_id, start_s=passage.start_s, end_s=passage.end_s, words=passage.heard, by=by.name, at=now)
    context.open()
    try:
        context.write(LEFT_OUT, LeftOutPassages(passages=(*_left_out(context).passages, gone)))
    finally:
        context.close()
    left_out = M("“{words}” is left out from now on. Make the video again: fieldcut render {story}", words=passage.heard, story=story)
    return PublishReport([say(left_out, language)])


def put_back_passage(story: str, workspace: Path, number: int, language: str) -> PublishReport:
    """Take a passage in again that a person left out: the next `make` or `render` holds its price against the sheet anew.

    number: its place in the list of those left out, from 1. Raises UserMistake when there is none, PersonNeeded when a run holds the story.
    """
    context = StoryContext(last_job(story, workspace))
    gone = _left_out(context).passages
    if not 1 <= number <= len(gone):
        raise UserMistake(
            M("Nothing with the number {number} was left out. `fieldcut prices {story}` shows what was.", number=number, story=story)
        )
    context.open()
    try:
        context.write(LEFT_OUT, LeftOutPassages(passages=(*gone[: number - 1], *gone[number:])))
    finally:
        context.close()
    back = M("“{words}” is taken in again. Make the video again: fieldcut render {story}", words=gone[number - 1].words, story=story)
    return PublishReport([say(back, language)])


def confirm_overruled(ledger: Ledger, context: StoryContext, overrides: Mapping[str, str], by: Actor, now: datetime) -> None:
    """Record the passages that a person overrules while publishing as confirmed, before anything is made again."""
    known = {override.subject for override in ledger.overrides.of(context.job.story, CONFIRMED_PRICE)}
    for passage in _passages(context):
        reason = override_of(passage.id, overrides)
        if reason and passage.id not in known:
            confirm_passage(ledger, context.story, passage, reason, by, now)


def override_of(finding_id: str, overrides: Mapping[str, str]) -> str:
    """The reason for which a finding is overruled, by its id or the beginning of it; empty where it is not."""
    return next((reason for name, reason in overrides.items() if len(name) >= SHORTEST_NAME and finding_id.startswith(name)), "")


def _passages(context: StoryContext) -> tuple[PricePassage, ...]:
    return context.read("prices.json", PricePassages).passages if context.path("prices.json").is_file() else ()


def _left_out(context: StoryContext) -> LeftOutPassages:
    return context.read(LEFT_OUT, LeftOutPassages) if context.path(LEFT_OUT).is_file() else LeftOutPassages()


def _passage(context: StoryContext, id_prefix: str) -> PricePassage:
    matches = [passage for passage in _passages(context) if id_prefix and passage.id.startswith(id_prefix)]
    if len(matches) != 1:
        raise UserMistake(
            M(
                "{count} passages begin with {given}. `fieldcut prices {story}` shows them.",
                count=len(matches),
                given=id_prefix,
                story=context.job.story,
            )
        )
    return matches[0]


def _line(passage: PricePassage, confirmed: Override | None, language: str) -> str:
    parts = [passage.id[:8], "✓" if confirmed else MARKS[passage.doubt], say(passage.message, language)]
    if confirmed:
        facts = {"person": confirmed.by.name, "when": day_text(confirmed.at), "reason": confirmed.reason}
        parts.append(say(M("{person} listened and confirmed it on {when}: {reason}", **facts), language))
    return "  ".join(parts)
