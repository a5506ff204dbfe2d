"""Where the platforms are: one folder each, with everything that is known of one."""

from pathlib import Path

from pydantic import ValidationError

from pipeline.documents.message import M
from pipeline.errors import Fault

PLATFORM_FOLDERS = Path(__file__).parent / "platforms"
"""Holds one folder per platform: adapter, `profile.yaml`, `account.yaml`, `form.yaml`, as far as it has them."""


def postable_platforms() -> tuple[str, ...]:
    """Names of the platforms that a release can go to, in alphabetical order: with an adapter, or a form that a person fills in."""
    return tuple(sorted({file.parent.name for name in ("adapter.py", "form.yaml") for file in PLATFORM_FOLDERS.glob(f"*/{name}")}))


def broken_file(path: Path, where: str) -> Fault:
    """The error for a file that came with FieldCut and cannot be used. where: the field or the line, in no language."""
    return Fault(M("{path} is broken; install FieldCut anew. The place: {where}", path=str(path), where=where))


def where_in_yaml(error: Exception) -> str:
    """The field that a model refused, or the line that YAML could not read; empty where the file itself could not be opened."""
    if isinstance(error, ValidationError):
        return ".".join(map(str, error.errors()[0]["loc"]))
    mark = getattr(error, "problem_mark", None)
    return "" if mark is None else f"{mark.line + 1}:{mark.column + 1}"
