"""How every command runs: with a screen, the co-op's clock, Ctrl-C handling, errors in the reader's language, and an exit code."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

from flows.cli.errors import fail, refuse
from flows.cli.screen import Screen, handle_signals, print_answer, print_error
from pipeline.actions.failures import as_fieldcut_error
from pipeline.actions.settings import warn_about_settings
from pipeline.documents.message import M
from pipeline.language import say
from pipeline.settings import using_zone_of
from pipeline.system import json_text

if TYPE_CHECKING:
    from pipeline.actions.outcome import Outcome
    from pipeline.actions.publish_report import PublishReport

T = TypeVar("T")
INTERRUPTED = 130
"""The exit code of a command that a person or the system ended."""


def run(work: Callable[[datetime, Screen], T], show: Callable[[T], tuple[str, int]], workspace: Path, lang: str, as_json: bool) -> NoReturn:
    """Do the work, print its result, and end the process.

    work: takes the current time on the co-op's clock and the screen. show: turns the result into the text to print and the exit code.
    """
    check_language(lang)
    screen = Screen(lang, quiet=as_json)
    handle_signals(screen)
    try:
        with using_zone_of(workspace) as zone:
            warn_about_settings(workspace, screen.warn)
            text, code = show(work(datetime.now(zone), screen))
    except (Exception, KeyboardInterrupt) as error:
        if screen.ended or isinstance(error, KeyboardInterrupt):  # a child process that got the same signal may fail first
            screen.close()
            print_error(say(screen.when_ended, lang))
            sys.exit(INTERRUPTED)
        fail(as_fieldcut_error(error, workspace), lang, as_json)
    finally:
        screen.close()
    print_answer(text, lang)
    sys.exit(code)


def run_story(work: "Callable[[datetime, Screen], Outcome]", workspace: Path, lang: str, as_json: bool, explain: bool = False) -> NoReturn:
    """Run a command that makes videos and print its summary, or its outcome as JSON; with `explain` the fate of every chunk."""

    def show(outcome: "Outcome") -> tuple[str, int]:
        if as_json:
            return json_text(outcome.as_json(explain=explain), indent=2), outcome.exit_code
        return "\n\n".join([outcome.summary(lang), *([outcome.explained(lang)] if explain else [])]), outcome.exit_code

    run(work, show, workspace, lang, as_json)


def run_publishing(work: "Callable[[datetime, Screen], PublishReport]", workspace: Path, lang: str, as_json: bool) -> NoReturn:
    """Run a command about releases and print its report: a line each, or all as JSON."""

    def show(report: "PublishReport") -> tuple[str, int]:
        if not as_json:
            return "\n".join(report.lines), report.exit_code
        from pipeline.actions.publish_report import release_facts

        releases = [release_facts(entry) for entry in report.entries]
        return json_text({"lines": report.lines, "person_needed": report.person_needed, "releases": releases}), report.exit_code

    run(work, show, workspace, lang, as_json)


def show_report(work: Callable[[datetime], str], workspace: Path, lang: str, as_json: bool) -> NoReturn:
    """Run a command that only prints a text."""
    run(lambda now, _screen: work(now), lambda text: (text, 0), workspace, lang, as_json)


def check_language(lang: str) -> None:
    """End the command when the language is not one that FieldCut speaks."""
    if lang not in ("zh", "en"):
        refuse(M("--lang knows zh and en, not {given}.", given=lang), "en")
