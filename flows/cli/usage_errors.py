"""What the command line library refuses, said in the reader's language: an option that there is not, a value that cannot be read."""

import difflib
import re
from collections.abc import Sequence
from typing import Any

from flows.cli.help import placeholder
from flows.cli.language import help_in
from pipeline.documents.message import M, Message

_COMMAND = re.compile(r"No such command '(?P<given>[^']*)'")


def usage_message(error: Any, language: str, known_commands: Sequence[str]) -> Message:
    """Say what is wrong with a command line, and where its help stands. error: of the library, known by its class's name."""
    command = str(getattr(getattr(error, "ctx", None), "command_path", "") or "fieldcut")
    return M("{mistake} How it is used: {command} --help", mistake=_mistake(error, language, known_commands), command=command)


def _mistake(error: Any, language: str, known_commands: Sequence[str]) -> Message:
    kind, param = type(error).__name__, getattr(error, "param", None)
    if kind == "NoSuchOption":
        near = difflib.get_close_matches(str(error.option_name), [str(name) for name in error.possibilities or ()], n=1)
        if near:
            return M("There is no option {given}; {near} was probably meant.", given=str(error.option_name), near=near[0])
        return M("There is no option {given}.", given=str(error.option_name))
    if kind == "MissingParameter" and param is not None:
        return M("{name} is missing: {what}.", name=_name(param, language), what=_help(param, language))
    if param is not None:
        return M("{name} cannot be read. It says: {what}.", name=_name(param, language), what=_help(param, language))
    if match := _COMMAND.search(str(error)):
        near = difflib.get_close_matches(match["given"], known_commands, n=1)
        if near:
            return M("There is no command {given}; {near} was probably meant.", given=match["given"], near=near[0])
        return M("There is no command {given}.", given=match["given"])
    if kind == "BadOptionUsage":
        return M("{name} needs a value.", name=str(error.option_name))
    return M("The command line cannot be read ({reason}).", reason=str(error.format_message()))


def _name(param: Any, language: str) -> str:
    """The option as it is typed, an argument by its name in the help."""
    options = [str(option) for option in getattr(param, "opts", ()) if str(option).startswith("--")]
    return options[0] if options else placeholder(param, language)


def _help(param: Any, language: str) -> str:
    """One language of an option's help."""
    return help_in(str(getattr(param, "help", "") or "–"), language)


def exit_code_of(error: Exception) -> int | None:
    """The code with which the library would end the process; None for an exception that is not of the library."""
    code = getattr(error, "exit_code", None)
    return int(code) if isinstance(code, int) and hasattr(error, "format_message") else None
