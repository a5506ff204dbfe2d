"""All commands under one name."""

import sys
import warnings
from typing import Annotated

import typer

from flows.cli.commands import COMMANDS, CommandGroup
from flows.cli.language import language_of
from pipeline.resources import fieldcut_version
from pipeline.system import make_output_safe

app = typer.Typer(cls=CommandGroup, add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"FieldCut {fieldcut_version()}")
        raise typer.Exit


@app.callback()
def fieldcut(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="版本 | the release's number")] = False,
    lang: Annotated[str, typer.Option("--lang", help="说哪种话：zh 中文，en 英文 | the language: zh or en")] = "zh",
) -> None:
    """田剪：把手机视频剪成带货短视频 | phone clips become finished, checked, shoppable short videos."""


def main() -> None:
    """Entry point of the `fieldcut` command."""
    make_output_safe()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # what a library thinks of another is no news for a volunteer
    try:
        code = app(standalone_mode=False)
    except Exception as error:
        code = _refused(error)
    sys.exit(code if isinstance(code, int) else 0)


def _refused(error: Exception) -> int:
    """Say what the library refuses, its help as it is; return the exit code. Raises what is not of the library."""
    from flows.cli.screen import print_error  # what follows is needed for a mistake only, and slow to load
    from flows.cli.usage_errors import exit_code_of, usage_message
    from pipeline.errors import UserMistake
    from pipeline.language import say

    code = exit_code_of(error)
    if code is None:
        raise error
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error, file=sys.stderr)
    else:
        language = language_of(sys.argv[1:])
        print_error(say(usage_message(error, language, list(COMMANDS)), language))
    return code or UserMistake.exit_code
