"""Where the platforms are: one folder each, with everything that is known of one."""

from pathlib import Path

PLATFORM_FOLDERS = Path(__file__).parent / "platforms"
"""Holds one folder per platform: adapter, `profile.yaml`, `account.yaml`, `form.yaml`, as far as it has them."""


def postable_platforms() -> tuple[str, ...]:
    """Names of the platforms that a release can go to, in alphabetical order: with an adapter, or a form that a person fills in."""
    return tuple(sorted({file.parent.name for name in ("adapter.py", "form.yaml") for file in PLATFORM_FOLDERS.glob(f"*/{name}")}))
