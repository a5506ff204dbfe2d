"""The table of commands says what each of them says of itself, and is all that help needs."""

import subprocess
import sys

import pytest

from flows.cli.commands import COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_of_itself_what_the_table_says(name: str) -> None:
    entry = COMMANDS[name]
    said = " ".join(str(entry.load(name).help).split("\n\n")[0].split())
    assert said == f"{entry.zh} | {entry.en}"


@pytest.mark.parametrize(("arguments", "first"), [(["--help"], "田剪："), (["--lang", "en", "--help"], "FieldCut:"), ([], "田剪：")])
def test_help_is_in_one_language_and_loads_no_command(arguments: list[str], first: str) -> None:
    code = (
        "import sys; from flows.cli.app import main\n"
        "try: main()\n"
        "finally: print([name for name in ('pydantic', 'sqlalchemy', 'numpy') if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, encoding="utf-8", check=False)
    assert (done.stdout + done.stderr).lstrip().startswith(first)
    assert not arguments or done.stderr.strip() == "[]"
