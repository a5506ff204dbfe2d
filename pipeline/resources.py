"""Where the files that come with FieldCut lie: assets/ and templates/ beside the packages."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
TEMPLATES = ROOT / "templates"
FONTS = ASSETS / "fonts"
MODELS = ASSETS / "models"
