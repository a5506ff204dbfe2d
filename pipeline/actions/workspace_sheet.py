"""The co-op's own product sheet in a workspace."""

from pathlib import Path


def workspace_sheet(workspace: Path) -> Path | None:
    """Return the workspace's sheet, which is used when none is named; None when there is none."""
    sheets = (workspace / name for name in ("catalog.csv", "catalog.xlsx"))
    return next((sheet for sheet in sheets if sheet.is_file()), None)
