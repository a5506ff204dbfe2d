"""What a person sees while a story is made: one bar per stage, with an estimate."""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.system import TERMINATION_SIGNALS


def print_error(text: str) -> None:
    """Print one line on standard error."""
    print(text, file=sys.stderr)


CLOSED_PIPE = 141
"""The exit code of a command whose output nobody takes any more: 128 and the number of SIGPIPE, as shells have it."""


def print_answer(text: str, language: str) -> None:
    """Print what a command has to say. Ends the process with `CLOSED_PIPE` and one line where nobody takes it any more."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is flushed at the end must not fail once more
        print_error(say(M("What was printed is not read any more, so the rest of it was left out."), language))
        sys.exit(CLOSED_PIPE)


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, or the termination that a supervisor asks for.

    A class of its own, because an interpreter started with `-m` notes that a plain KeyboardInterrupt left an `exec` of text (dataclasses
    are made with one, and imported while a stage runs) and then ends by SIGINT instead of with our exit code, though we caught it.
    """


class Screen:
    """Bars on a terminal; one plain line per finished stage where there is none; nothing when quiet."""

    def __init__(self, language: str, *, quiet: bool = False) -> None:
        self.language = language
        self.quiet = quiet
        self.ended = False
        """Set when a person or the system asked the command to end: the next call of a progress callback then ends the run."""
        self.when_ended = M("Stopped. Run the same command again to go on where it stopped.")
        self._console = Console(stderr=True)
        self._progress: Progress | None = None
        self._bar: TaskID | None = None

    def begin(self, number: int, count: int, title: Message) -> Callable[[float], None]:
        """Begin a stage's bar. Returns a callback that moves it, 0..1, and raises Interrupted once the run is `ended`."""
        move_bar = self._bar_of(number, count, title)

        def progress(part: float) -> None:
            # Python drops an exception that a signal handler raises in some places, such as the callbacks around a fork.
            if self.ended:
                raise Interrupted
            move_bar(part)

        return progress

    def _bar_of(self, number: int, count: int, title: Message) -> Callable[[float], None]:
        if self.quiet or not self._console.is_terminal:
            return lambda _: None
        if self._progress is None:
            columns = (TextColumn("{task.description}"), BarColumn(28), TextColumn("{task.percentage:>3.0f} %"))
            self._progress = Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=self._console)
            self._progress.start()
        bar = self._progress.add_task(f"[{number}/{count}] {say(title, self.language)}".replace("[", r"\["), total=1.0)
        progress, self._bar = self._progress, bar
        return lambda part: progress.update(bar, completed=part)

    def end(self, number: int, count: int, title: Message, seconds: float) -> None:
        """Finish a stage's bar, or print its line with the seconds it took."""
        if self.quiet:
            return
        if self._progress is not None and self._bar is not None:
            self._progress.update(self._bar, completed=1.0)
        else:
            self._console.print(f"[{number}/{count}] {say(title, self.language)}  {seconds:.1f} s", markup=False, highlight=False)

    def warn(self, warning: Message) -> None:
        """Print a warning on standard error."""
        print_error(f"⚠ {say(warning, self.language)}")

    def close(self) -> None:
        """Stop the bars and restore the terminal."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None


def typed(prompt: str, *, secret: bool = False) -> str:
    """Ask for a line; without a terminal it is read from standard input. Raises UserMistake when nobody is there to answer."""
    if sys.stdin is not None and sys.stdin.isatty():
        import typer

        try:
            return str(typer.prompt(prompt, hide_input=secret))
        except typer.Abort:  # Ctrl-C has its own way out; this is the end of the input
            raise UserMistake(M("This step asks for “{what}”: run it in a terminal and type the answer.", what=prompt)) from None
    line = sys.stdin.readline().strip() if sys.stdin is not None else ""
    if not line:
        raise UserMistake(M("This step asks for “{what}”: run it in a terminal and type the answer.", what=prompt))
    return line


def handle_signals(screen: Screen) -> None:
    """Turn Ctrl-C, a closed terminal, and the termination that a supervisor asks for into Interrupted.

    What whoever started us ignores stays ignored: a shell's background job no Ctrl-C, `nohup` no closed terminal.
    """

    def end(_signal: int, _frame: FrameType | None) -> NoReturn:
        screen.ended = True
        raise Interrupted

    for number in TERMINATION_SIGNALS:
        if number == signal.SIGTERM or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)
