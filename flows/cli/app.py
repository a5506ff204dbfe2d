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
from flows.cli.settings_command import settings
from flows.cli.story_commands import demo, make, render, variants
from flows.cli.up_command import cancel, down, status, up
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


def main() -> None:
    """Entry point of the `fieldcut` command."""
    make_output_safe()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # what a library thinks of another is no news for a volunteer
    app()
