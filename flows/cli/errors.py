"""How a command ends that cannot go on: one line for the person, and the exit code."""

import sys
from typing import NoReturn

from flows.cli.screen import print_error
from pipeline.documents.message import Message
from pipeline.errors import FieldCutError, UserMistake
from pipeline.language import say
from pipeline.system import json_text


def fail(error: FieldCutError, lang: str, as_json: bool) -> NoReturn:
    """Say what is wrong and end."""
    text = say(error.message, lang)
    if as_json:
        print(json_text({"error": text, "exit_code": error.exit_code}))
    print_error(text)
    sys.exit(error.exit_code)


def refuse(message: Message, lang: str, as_json: bool = False) -> NoReturn:
    """End because of what was typed."""
    fail(UserMistake(message), lang, as_json)
