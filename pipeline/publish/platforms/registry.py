"""The list of platforms with an adapter. A new one is named here and nowhere else; those that a person posts to are found by their form."""

from collections.abc import Mapping
from pathlib import Path

from pipeline.publish.platforms.base import Platform
from pipeline.publish.platforms.bilibili.adapter import PLATFORM as BILIBILI
from pipeline.publish.platforms.kuaishou.adapter import PLATFORM as KUAISHOU
from pipeline.publish.platforms.manual import MANUAL_PLATFORMS
from pipeline.publish.platforms.shelf.adapter import PLATFORM as SHELF
from pipeline.publish.platforms.shelf.adapter import Shelf
from pipeline.publish.platforms.youtube.adapter import PLATFORM as YOUTUBE

PLATFORMS: Mapping[str, Platform] = {**MANUAL_PLATFORMS, **{platform.name: platform for platform in (SHELF, KUAISHOU, BILIBILI, YOUTUBE)}}
"""By the name that releases have."""

OWN_SHELF = Shelf.name
"""Name of the shelf that every workspace has."""


def platforms_of(workspace: Path) -> Mapping[str, Platform]:
    """Return the platforms for a workspace, with its own shelf, by the name that releases have."""
    return {**PLATFORMS, Shelf.name: Shelf(workspace / "shelf")}
