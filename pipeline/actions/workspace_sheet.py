"""The co-op's own product sheet in a workspace."""

from pathlib import Path


def workspace_sheet(workspace: Path) -> Path | None:
    """Return the workspace's sheet, which is used when none is named; None when there is none."""
    sheets = (workspace / name for name in ("catalog.csv", "catalog.xlsx"))
    return next((sheet for sheet in sheets if sheet.is_file()), None)


def sheet_state(workspace: Path) -> str:
    """Return a text that changes when the workspace's sheet is written; empty without one."""
    sheet = workspace_sheet(workspace)
    try:
        stat = sheet.stat() if sheet is not None else None
    except OSError:
        return ""
    return f"{sheet.name} {stat.st_size} {stat.st_mtime_ns}" if sheet is not None and stat is not None else ""
