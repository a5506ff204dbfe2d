"""The volunteer's note as a brief."""

import codecs
import re
from pathlib import Path

from pipeline.catalog.table import clean
from pipeline.documents.offer import Brief

MAX_BYTES = 64 * 1024
"""A note is a few lines; whatever is longer is cut here rather than refused."""
MAX_POINTS = 20
_SUFFIXES = (".txt", ".md", ".markdown")
_FIRST_NAMES = ("说明", "备注", "文案", "要点", "简介", "note", "notes", "brief", "readme")
_MARKER = re.compile(
    r"^[\s#*\-•]*(?:我?们?(?:主要)?想(?:要)?突出|突出|要点|重点|卖点|亮点|特点|优点|想说(?:的)?"
    r"|key points?|selling points?|points?|highlights?)"
    r"\s*(?:是|有|如下)?\s*(?:[:：]\s*(?P<same>.*)|$)",
    re.I,
)
_ENDS = " 。.；;，,"
_LABEL = re.compile(r"^(?:标题|题目|产品|商品|品名|名称|title|product|name)\s*[:：]\s*", re.I)
_BULLET = re.compile(r"^\s*(?:[-*•·●○▪◆]+\s*|[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s*[.、)）:：]\s*|[①-⑳]\s*)(?P<point>\S.*)$")


def read_brief(folder: Path) -> Brief:
    """The text files of a dropped folder as one brief: 说明.txt and its like first. An empty Brief when there is none.

    Reads UTF-8, UTF-16 with its mark, and GB18030; files that are not text are passed over.
    """
    try:
        files = [file for file in folder.iterdir() if file.suffix.lower() in _SUFFIXES and not file.name.startswith(".") and file.is_file()]
    except OSError:
        return Brief()
    files.sort(key=lambda file: (_rank(file), file.name))
    texts = [text for text in map(_text, files) if text]
    if not texts:
        return Brief()
    headline, points = _structure("\n\n".join(texts))
    return Brief(text="\n\n".join(texts), headline=headline, points=points)


def _rank(file: Path) -> int:
    stem = file.stem.casefold()
    return next((rank for rank, name in enumerate(_FIRST_NAMES) if stem.startswith(name)), len(_FIRST_NAMES))


def _text(file: Path) -> str:
    try:
        with file.open("rb") as source:
            data = source.read(MAX_BYTES + 1)
    except OSError:
        return ""
    cut, data = len(data) > MAX_BYTES, data[:MAX_BYTES]
    names = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    if b"\0" in data and names[0] != "utf-16":
        return ""
    for name in names:
        try:
            # Only a cut file may end inside a character.
            return clean(codecs.getincrementaldecoder(name)().decode(data, final=not cut))
        except UnicodeDecodeError:
            continue
    return clean(data.decode("utf-8", errors="ignore"))


def _structure(text: str) -> tuple[str, tuple[str, ...]]:
    headline = ""
    points: list[str] = []
    bullets: list[str] = []
    listing = False
    for raw in text.split("\n"):
        line = raw.strip()
        if marker := _MARKER.match(line):
            same = marker["same"] or ""
            points += _split(same)
            listing = not same
        elif not line:
            listing = listing and not points
        elif bullet := _BULLET.match(line):
            (points if listing else bullets).append(bullet["point"].strip(_ENDS))
        elif listing:
            points += _split(line)
        elif not headline:
            headline = _LABEL.sub("", line.lstrip("# ")).strip()
    return headline, tuple(dict.fromkeys(points or bullets))[:MAX_POINTS]


def _split(text: str) -> list[str]:
    return [part.strip(_ENDS) for part in re.split(r"[、,，;；|。]", text) if part.strip(_ENDS)]
