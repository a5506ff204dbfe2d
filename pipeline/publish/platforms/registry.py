"""The platforms, one file each; a new one is named here once more, and nowhere else."""

from collections.abc import Mapping
from pathlib import Path

from pipeline.publish.platforms.base import Platform
from pipeline.publish.platforms.bilibili.adapter import PLATFORM as BILIBILI
from pipeline.publish.platforms.kuaishou.adapter import PLATFORM as KUAISHOU
from pipeline.publish.platforms.manual import BY_PERSON
from pipeline.publish.platforms.shelf.adapter import PLATFORM as SHELF
from pipeline.publish.platforms.shelf.adapter import Shelf
from pipeline.publish.platforms.youtube.adapter import PLATFORM as YOUTUBE

PLATFORMS: Mapping[str, Platform] = {**BY_PERSON, **{platform.name: platform for platform in (SHELF, KUAISHOU, BILIBILI, YOUTUBE)}}
"""By the name that releases have."""

OWN_SHELF = Shelf.name
"""The place that every workspace has."""


def platforms_of(workspace: Path) -> Mapping[str, Platform]:
    """The same for a workspace, which has a shelf of its own."""
    return {**PLATFORMS, Shelf.name: Shelf(workspace / "shelf")}
