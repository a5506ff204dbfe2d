"""All commands under one name."""

import sys
import warnings
from typing import Annotated

import typer

from flows.cli.account_commands import login, notices
from flows.cli.cache_command import cache
from flows.cli.calendar_command import calendar_app
from flows.cli.catalog_command import catalog
from flows.cli.consent_command import consent
from flows.cli.doctor_command import doctor
from flows.cli.list_commands import stages, stories
from flows.cli.posting_commands import claim, posted, unclaim
from flows.cli.prices_command import prices
from flows.cli.publish_commands import approve, leftovers, publish, releases, settle
from flows.cli.screen import print_error
from flows.cli.settings_command import settings
from flows.cli.story_commands import demo, make, render, variants
from flows.cli.template_commands import template_app
from flows.cli.up_command import cancel, down, status, up
from flows.cli.usage_errors import exit_code_of, language_of, usage_message
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.resources import fieldcut_version
from pipeline.system import make_output_safe

COMMANDS = (
    up,
    down,
    status,
    cancel,
    stories,
    stages,
    make,
    render,
    variants,
    demo,
    catalog,
    publish,
    approve,
    releases,
    settle,
    leftovers,
    claim,
    posted,
    unclaim,
    consent,
    prices,
    login,
    notices,
    settings,
    cache,
    doctor,
)
"""In the order in which help lists them."""

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"FieldCut {fieldcut_version()}")
        raise typer.Exit


@app.callback()
def fieldcut(
    version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True, help="版本 | the release's number")] = False,
) -> None:
    """田剪：把手机视频剪成带货短视频 | phone clips become finished, checked, shoppable short videos."""


for command in COMMANDS:
    app.command()(command)
app.add_typer(calendar_app, name="calendar")
app.add_typer(template_app, name="template")


def main() -> None:
    """Entry point of the `fieldcut` command."""
    make_output_safe()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # what a library thinks of another is no news for a volunteer
    try:
        code = app(standalone_mode=False)
    except Exception as error:
        if exit_code_of(error) is None:
            raise
        code = _refused(error)
    sys.exit(code if isinstance(code, int) else 0)


def _refused(error: Exception) -> int:
    """Say what the library refuses, its help as it is; return the exit code."""
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error, file=sys.stderr)
    else:
        language = language_of(sys.argv[1:])
        names = [*(command.__name__ for command in COMMANDS), "calendar", "template"]
        print_error(say(usage_message(error, language, names), language))
    return exit_code_of(error) or UserMistake.exit_code
