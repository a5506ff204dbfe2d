"""The table of commands says what each of them says of itself, and is all that help needs."""

import subprocess
import sys
from pathlib import Path

import pytest

from flows.cli.commands import COMMANDS
from pipeline.actions.workspace_ledger import open_workspace_ledger
from pipeline.publish.platform_folders import postable_platforms
from pipeline.publish.platforms.registry import PLATFORMS


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


def test_a_list_of_releases_loads_the_ledger_and_nothing_that_posts(tmp_path: Path) -> None:
    heavy = ("numpy", "cv2", "av", "PIL", "httpx", "cryptography", "jieba", "pypinyin", "regex", "jinja2", "alembic")
    code = (
        "import sys; from flows.cli.app import main\n"
        "try: main()\n"
        f"finally: print([name for name in {heavy} if name in sys.modules], 'sqlalchemy' in sys.modules, file=sys.stderr)"
    )
    with open_workspace_ledger(tmp_path) as ledger:
        assert ledger.releases() == []
    command = [sys.executable, "-c", code, "releases", "--workspace", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert "还没有给任何平台发过" in done.stdout
    assert done.stderr.strip() == "[] True"


def test_what_is_said_to_be_untried_is_what_can_be_posted_to() -> None:
    assert set(postable_platforms()) == set(PLATFORMS)
