"""`fieldcut template list` and `new`: the styles that there are, and a copy of one to be changed."""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from pipeline.brand import load_style, own_styles, style_named, style_roots, template_names
from pipeline.brand.check import fonts_without_licence
from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.resources import TEMPLATES

_NAME = re.compile(r"[\w-]{1,40}")
_LABEL = re.compile(r"^(label:[^\n]*\n(?:[ \t]+[^\n]*\n)*)", re.MULTILINE)
_INLINE_LABEL = re.compile(r"^label: *\{[^\n]*\}", re.MULTILINE)
_ASKED = re.compile(r"^(\s+asked:).*$", re.MULTILINE)


@dataclass(frozen=True)
class ListedStyle:
    """One style of a workspace. broken: why it cannot be used, None where it can."""

    name: str
    zh: str
    en: str
    own: bool
    asked: str
    broken: Message | None = None


def list_styles(workspace: Path) -> list[ListedStyle]:
    """The styles of a workspace and of the program; a broken one is listed with its reason."""
    roots = style_roots(workspace)
    listed = []
    for name in template_names(roots):
        own = (own_styles(workspace) / name).is_dir()
        try:
            style = load_style(name, roots)
        except UserMistake as mistake:
            listed.append(ListedStyle(name, "", "", own, "", mistake.message))
            continue
        asked = style.about.asked if style.about else ""
        listed.append(ListedStyle(name, style.label.get("zh", ""), style.label.get("en", ""), own, asked))
    return listed


def new_style(name: str, workspace: Path, *, copy_of: str = "plain", zh: str = "") -> Path:
    """Copy a style under a new name into the workspace, with its recipe; return its template.yaml.

    zh: its Chinese name. Raises UserMistake for a name that cannot be a folder's or is taken.
    """
    check_style_name(name, workspace)
    roots = style_roots(workspace)
    source = load_style(style_named(copy_of, roots), roots)
    target, part = own_styles(workspace) / name, own_styles(workspace) / f".{name}.part"
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(source.folder, part)
    file = part / "template.yaml"
    file.write_text(_renamed(file.read_text(encoding="utf-8"), name, zh or name), encoding="utf-8")
    part.rename(target)
    load_style(name, roots)
    return target / "template.yaml"


def check_style_name(name: str, workspace: Path) -> None:
    """Raise UserMistake for a name that cannot be a folder's, or that a style has already."""
    if not _NAME.fullmatch(name):
        raise UserMistake(M("{name} cannot be the name of a style: use up to 40 letters, digits, - and _.", name=name))
    if name in template_names((TEMPLATES,)):
        raise UserMistake(M("{name} is a style of FieldCut itself. Choose another name.", name=name))
    if (own_styles(workspace) / name).exists():
        raise UserMistake(M("There is a style {name} already. Choose another name, or move its folder away.", name=name))


def _renamed(text: str, name: str, zh: str) -> str:
    """The text of a template with other names, and nobody asked yet; comments and order stay."""
    label = f"label:\n  zh: {json.dumps(zh, ensure_ascii=False)}\n  en: {json.dumps(name, ensure_ascii=False)}\n"
    text, count = _LABEL.subn(lambda _match: label, text, count=1)
    if not count:
        text = _INLINE_LABEL.sub(lambda _match: label.rstrip(), text, count=1)
    text = re.sub(r"^also:.*\n", "", text, count=1, flags=re.MULTILINE)
    return _ASKED.sub(r"\1 nobody yet", text, count=1)


def missing_licences(folder: Path) -> list[str]:
    """Names of the fonts of a style's folder that have no licence beside them."""
    return [font.name for font in fonts_without_licence(folder)]
