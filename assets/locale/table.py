"""All messages in one table, Chinese beside English by the room that says them, for whoever reviews them:

uv run python assets/locale/table.py > messages.md
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "assets" / "locale" / "zh.po"


def messages() -> Iterator[tuple[str, str]]:
    """The room and the English text of every `M("…")`, once for each room."""
    seen: set[tuple[str, str]] = set()
    for package in ("pipeline", "flows"):
        for path in sorted((ROOT / package).rglob("*.py")):
            room = "/".join(path.relative_to(ROOT).parts[:2]).removesuffix(".py")
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "M" and node.args
                if named and isinstance(node.args[0], ast.Constant) and (room, node.args[0].value) not in seen:
                    seen.add((room, node.args[0].value))
                    yield room, node.args[0].value


def table() -> Iterator[str]:
    """The table as Markdown, a section for each room."""
    chinese = {entry.msgid: entry.msgstr for entry in polib.pofile(str(CATALOGUE)) if not entry.msgctxt}
    last = ""
    for room, english in sorted(messages(), key=lambda row: row[0]):
        if room != last:
            yield from ("", f"## {room}", "", "| 中文 | English |", "|---|---|")
            last = room
        yield f"| {_cell(chinese.get(english, ''))} | {_cell(english)} |"


def _cell(text: str) -> str:
    return re.sub(r"\s*\n\s*", "<br>", text).replace("|", "\\|")


if __name__ == "__main__":
    print("\n".join(table()))
