"""The question of a run at a terminal: somebody corrects the sheet, and the run goes on."""

import sys
from collections.abc import Callable
from typing import TypeVar

from flows.cli.screen import Screen, print_error
from pipeline.documents.message import M
from pipeline.errors import SheetQuestion
from pipeline.language import say

T = TypeVar("T")


def ask_about_sheet(work: Callable[[], T], screen: Screen, language: str, as_json: bool) -> T:
    """Do the work; when the sheet must be corrected first, wait for that at a terminal and do it again.

    Without a terminal, and when the answer is no, the question ends the run.
    """
    while True:
        try:
            return work()
        except SheetQuestion as question:
            screen.close()
            if as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
                raise
            print_error(say(question.message, language))
            print_error(say(M("Correct the sheet, save it and press Enter to go on; n and Enter stops here."), language))
            try:
                answer = input()
            except EOFError:
                raise question from None
            if answer.strip().casefold() in ("n", "no", "q", "不", "否"):
                raise
