"""What the pages of the inbox are made with: their templates, links that hold on other machines, and writing only what is new."""

import os
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader

from pipeline.language import say
from pipeline.page_policy import escaping_environment
from pipeline.store import write_atomically


@cache
def page_environment(language: str) -> Environment:
    """The templates of the inbox's pages, with a filter that says a message in a language.

    Kept, since the watch renders every page every few seconds: an environment compiles each of its templates once.
    """
    pages = escaping_environment(FileSystemLoader(Path(__file__).parent / "pages"))
    pages.filters["say"] = lambda message: say(message, language)
    return pages


def write_when_new(path: Path, text: str) -> bool:
    """Write a page that says something new. Returns whether it was written; raises DiskFault."""
    if path.is_file() and path.read_text(encoding="utf-8", errors="replace") == text:
        return False
    write_atomically(path, text)
    return True


def link_from(folder: Path, target: Path) -> str:
    """The address of a file as a page in a folder names it: relative where both lie on one disk, so that it holds on other machines."""
    try:
        relative = os.path.relpath(target, folder)
    except ValueError:  # on Windows, another drive
        return target.as_uri()
    return quote(Path(relative).as_posix())
