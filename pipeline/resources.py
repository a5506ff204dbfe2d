"""Where the files that come with FieldCut lie, and how its user installs what does not come with it.

assets/ and templates/ lie beside the packages in a checkout, and inside this one in a wheel.
"""

import importlib.metadata
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent
"""This package's own folder."""
DATA_FOLDER = "_data"
"""Where the build puts assets/ and templates/ inside the package; pyproject.toml names it too."""


def resource_root(package: Path) -> Path:
    """The folder that holds assets/ and templates/.

    package: the folder of `pipeline`. A wheel carries them in it; in a checkout (and an sdist) they lie beside it.
    """
    installed = package / DATA_FOLDER
    return installed if installed.is_dir() else package.parent


ROOT = resource_root(PACKAGE)
IS_CHECKOUT = ROOT != PACKAGE / DATA_FOLDER
ASSETS = ROOT / "assets"
TEMPLATES = ROOT / "templates"
OWN_TEMPLATES = "templates"
"""The folder of a workspace's own styles."""
FONTS = ASSETS / "fonts"
MODELS = ASSETS / "models"


def read_packaged_yaml(path: Path) -> Any:
    """Return the content of a YAML file that comes with FieldCut; a user's own is read where its mistakes can be told (`brand`).

    The parser in C is ten times as fast as the one in Python, and a run reads a dozen files before it does anything.
    """
    import yaml  # not everybody who asks where a file lies reads one

    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def fieldcut_version() -> str:
    """This release's number as pyproject.toml writes it: from there in a checkout, which may never have been installed."""
    declared = ROOT / "pyproject.toml"
    if IS_CHECKOUT and declared.is_file():
        return str(tomllib.loads(declared.read_text(encoding="utf-8"))["project"]["version"])
    return importlib.metadata.version("fieldcut")


def install_command(extra: str) -> str:
    """The command that installs an extra of pyproject.toml, as this FieldCut was installed; quoted so that every shell takes it."""
    return f"uv sync --extra {extra}" if IS_CHECKOUT else f'pip install "fieldcut[{extra}]"'
