"""`fieldcut doctor`: what this machine has, and the fix for what it lacks."""

from pathlib import Path

import typer

from flows.cli.options import Json, Language, Workspace
from pipeline.actions.doctor import MachineCheck, State, check_machine
from pipeline.documents.message import M
from pipeline.errors import PersonNeeded
from pipeline.language import say
from pipeline.system import json_text

MARKS: dict[State, str] = {"good": "✓", "warning": "⚠", "bad": "✗"}


def doctor(workspace: Workspace = Path("workspace"), lang: Language = "zh", as_json: Json = False) -> None:
    """检查这台电脑 | check what this machine has, with a fix for what is missing."""
    checks: list[MachineCheck] = []
    for check in check_machine(workspace):
        checks.append(check)
        if not as_json:
            print(_line(check, lang), flush=True)
    code = PersonNeeded.exit_code if any(check.state == "bad" for check in checks) else 0
    if as_json:
        print(json_text({"checks": [_as_json(check, lang) for check in checks], "exit_code": code}, indent=2))
    else:
        print(say(M("Everything needed is here.") if code == 0 else M("Please mend what is marked ✗ first."), lang))
    raise typer.Exit(code)


def _line(check: MachineCheck, language: str) -> str:
    fix = f"\n  → {say(check.fix, language)}" if check.fix is not None else ""
    return f"{MARKS[check.state]} {say(check.message, language)}{fix}"


def _as_json(check: MachineCheck, language: str) -> dict[str, str]:
    fix = say(check.fix, language) if check.fix is not None else ""
    return {"name": check.name, "state": check.state, "found": say(check.message, language), "fix": fix}
