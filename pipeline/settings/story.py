"""story.toml: the settings of one story."""

from pathlib import Path

from pipeline.settings.models import StorySettings
from pipeline.settings.table import Table
from pipeline.settings.toml import read_toml


def read_story_settings(path: Path) -> StorySettings:
    """Read a story.toml; what it does not set is not in `model_fields_set`. Raises UserMistake that names file, line and key."""
    file = read_toml(path)
    return Table(file, (), "", file.data).read(StorySettings)


def story_source(path: Path) -> object:
    """The source folder that a story.toml names; the rest is not validated. Raises UserMistake for invalid TOML."""
    return read_toml(path).data.get("source")
