"""Where the platforms are: one folder each, with everything that is known of one."""

from pathlib import Path

PLATFORM_FOLDERS = Path(__file__).parent / "platforms"
"""Holds one folder per platform: adapter, `profile.yaml`, `account.yaml`, `form.yaml`, as far as it has them."""
