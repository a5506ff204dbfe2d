"""axe-core over a page of ours, in both schemes and on three widths: what keeps people from reading or using it."""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from tests.publish.handoff.chrome import Tab

WIDTHS = (360, 390, 1280)
SERIOUS = ("serious", "critical")


@cache
def _axe() -> str:
    return files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def serious_findings(tab: Tab, page: Path, *, before: str = "") -> list[str]:
    """A line for each serious finding, with the element. before: JavaScript that brings the page into the state to be looked at."""
    found: dict[str, None] = {}
    for dark in (False, True):
        for width in WIDTHS:
            tab.open(page, width=width, height=900, dark=dark)
            if before:
                tab.look(before)
            tab.look(_axe() + ";1")
            told = json.loads(tab.look("axe.run().then(found => JSON.stringify(found.violations))"))
            for violation in told:
                if violation["impact"] in SERIOUS:
                    for line in _lines(violation):
                        found[f"{'dark' if dark else 'light'} {line}"] = None
            too_wide = tab.look("document.documentElement.scrollWidth > innerWidth + 1")
            if too_wide:
                found[f"{width}: wider than the screen"] = None
    return list(found)


def _lines(violation: dict[str, Any]) -> list[str]:
    return [
        f"{violation['id']}: {node['html'][:120]} ({node['failureSummary'].splitlines()[-1].strip()[:160]})" for node in violation["nodes"]
    ]
