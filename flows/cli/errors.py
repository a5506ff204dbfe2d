"""How a failing command ends: one line for the person, and the exit code."""

import sys
from typing import NoReturn

from flows.cli.screen import print_error
from pipeline.documents.message import Message
from pipeline.errors import FieldCutError, UserMistake
from pipeline.language import say
from pipeline.system import json_text


def fail(error: FieldCutError, lang: str, as_json: bool) -> NoReturn:
    """Print what is wrong and end the process with the error's exit code. as_json: print it on standard output as JSON, too."""
    text = say(error.message, lang)
    if as_json:
        print(json_text({"error": text, "exit_code": error.exit_code}))
    print_error(text)
    sys.exit(error.exit_code)


def refuse(message: Message, lang: str, as_json: bool = False) -> NoReturn:
    """End the command because of a mistake in its arguments."""
    fail(UserMistake(message), lang, as_json)
