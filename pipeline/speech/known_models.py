"""The speech models that the setting `[speech] model` knows by name, and which of them lie on this machine."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from pydantic import Field

from pipeline.documents.base import Frozen
from pipeline.resources import read_packaged_yaml
from pipeline.speech.recognisers import LIBRARIES, Library
from pipeline.store.user_store import user_models

MODELS = Path(__file__).with_name("models.yaml")
DEFAULT = "base"
"""The one that FieldCut installs."""
EXTRAS: dict[Library, str] = {"sherpa-onnx": "sherpa", "openai-whisper": "openai-whisper"}
"""Extras of the package that bring a library."""


class KnownModel(Frozen):
    """What is known of a model before it is here.

    repository: where the hub has it, "" for the one that is installed with FieldCut. files: those that are needed. calibrated: the
    thresholds of trust were fitted on what it heard. heard: whether its weights were ever run on speech by the people who wrote this.
    """

    library: Library
    repository: str = ""
    files: str = ""
    megabytes: int
    languages: str
    licence: str
    calibrated: bool = False
    heard: bool = False

    @property
    def file_names(self) -> tuple[str, ...]:
        """The files that are needed."""
        return tuple(self.files.split())


class _ModelTable(Frozen):
    models: dict[str, KnownModel] = Field(default_factory=dict)


@cache
def known_models() -> dict[str, KnownModel]:
    """Return the known models by name, the default first."""
    return _ModelTable.model_validate({"models": read_packaged_yaml(MODELS)}).models


def model_folder(name: str) -> Path:
    """Return where a known model lies once it was fetched, for all workspaces of the user."""
    return user_models() / name


def is_library_installed(library: Library) -> bool:
    """Tell whether a recogniser's library can be imported; nothing is imported for it."""
    return find_spec(LIBRARIES[library][1]) is not None
