"""How every command runs: with a screen, the co-op's clock, Ctrl-C and errors in the reader's language, and an exit code."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

from flows.cli.errors import fail, refuse
from flows.cli.screen import Screen, hear_signals, print_error
from pipeline.actions.failures import as_fieldcut_error
from pipeline.actions.settings import warn_about_settings
from pipeline.documents.message import M
from pipeline.language import say
from pipeline.settings import zone_of
from pipeline.system import json_text

if TYPE_CHECKING:
    from pipeline.actions.outcome import Outcome
    from pipeline.actions.publish_report import PublishReport

T = TypeVar("T")
INTERRUPTED = 130


def run(work: Callable[[datetime, Screen], T], show: Callable[[T], tuple[str, int]], workspace: Path, lang: str, as_json: bool) -> NoReturn:
    """Do the work, print what came of it, and end the process.

    work: takes the moment on the co-op's clock and the screen. show: its result as the text that is printed, and the exit code.
    """
    check_language(lang)
    screen = Screen(lang, quiet=as_json)
    hear_signals(screen)
    try:
        with zone_of(workspace) as zone:
            warn_about_settings(workspace, screen.warn)
            text, code = show(work(datetime.now(zone), screen))
    except (Exception, KeyboardInterrupt) as error:
        if screen.ended or isinstance(error, KeyboardInterrupt):  # a child that was interrupted with us fails first at times
            print_error(say(M("Stopped. Run the same command again to go on where it stopped."), lang))
            sys.exit(INTERRUPTED)
        fail(as_fieldcut_error(error, workspace), lang, as_json)
    finally:
        screen.close()
    print(text)
    sys.exit(code)


def run_story(work: "Callable[[datetime, Screen], Outcome]", workspace: Path, lang: str, as_json: bool, explain: bool = False) -> NoReturn:
    """A command that makes videos: its paragraph, or its outcome as JSON; with `explain` the fate of every chunk."""

    def show(outcome: "Outcome") -> tuple[str, int]:
        if as_json:
            return json_text(outcome.as_json(explain=explain), indent=2), outcome.exit_code
        return "\n\n".join([outcome.paragraph(lang), *([outcome.explained(lang)] if explain else [])]), outcome.exit_code

    run(work, show, workspace, lang, as_json)


def run_publishing(work: "Callable[[datetime, Screen], PublishReport]", workspace: Path, lang: str, as_json: bool) -> NoReturn:
    """A command about releases: a line each, or all as JSON."""

    def show(done: "PublishReport") -> tuple[str, int]:
        text = json_text({"lines": done.lines, "person_needed": done.person_needed}) if as_json else "\n".join(done.lines)
        return text, done.exit_code

    run(work, show, workspace, lang, as_json)


def show_report(work: Callable[[datetime], str], workspace: Path, lang: str, as_json: bool) -> NoReturn:
    """A command that only tells something."""
    run(lambda now, _screen: work(now), lambda text: (text, 0), workspace, lang, as_json)


def check_language(lang: str) -> None:
    """Ends the command for a language that is none of ours."""
    if lang not in ("zh", "en"):
        refuse(M("--lang knows zh and en, not {given}.", given=lang), "en")
