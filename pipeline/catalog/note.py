"""The volunteer's note as a `Brief`: headline and selling points."""

import codecs
import re
from pathlib import Path

from pipeline.catalog.note_settings import without_wishes
from pipeline.catalog.spreadsheet import clean_text
from pipeline.documents.inbox import is_done_mark
from pipeline.documents.offer import Brief
from pipeline.system import list_folder_files

MAX_BYTES = 64 * 1024
"""A note has a few lines; a longer file is cut here rather than refused."""
MAX_POINTS = 20
_NOTE_SUFFIXES = (".txt", ".md", ".markdown")
_PREFERRED_NAMES = ("说明", "备注", "文案", "要点", "简介", "note", "notes", "brief", "readme")
_POINTS_HEADING = re.compile(
    r"^[\s#*\-•]*(?:我?们?(?:主要)?想(?:要)?突出|突出|要点|重点|卖点|亮点|特点|优点|想说(?:的)?"
    r"|key points?|selling points?|points?|highlights?)"
    r"\s*(?:是|有|如下)?\s*(?:[:：]\s*(?P<same>.*)|$)",
    re.I,
)
_END_MARKS = " 。.；;，,"
_LABEL = re.compile(r"^(?:标题|题目|产品|商品|品名|名称|title|product|name)\s*[:：]\s*", re.I)
_GENERATED = re.compile(
    r"^[\s#*\-•]*(?:AI|A\.I\.|人工智能)\s*(?:(?:生成|制作|合成|做|的|视频|片段|素材|镜头|generated|made|clips?|footage)\s*)*(?:是|有)?\s*[:：]\s*"
    r"(?P<names>\S.*)$",
    re.I | re.M,
)
"""AI生成：VID_01.mp4、VID_02.mp4"""
_BULLET = re.compile(r"^\s*(?:[-*•·●○▪◆]+\s*|[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s*[.、)）:：]\s*|[①-⑳]\s*)(?P<point>\S.*)$")


def read_brief(folder: Path) -> Brief:
    """Read the text files of a dropped folder as one brief, 说明.txt and the like first. Returns an empty Brief when there is none.

    Reads UTF-8, UTF-16 with its mark, and GB18030; files that are not text, and links that lead out of the folder, are skipped.
    """
    dropped = list_folder_files(folder, deep=False).files
    names = [file for file in dropped if not (file.name.startswith(".") or is_done_mark(file.relative_to(folder)))]
    files = sorted((file for file in names if file.suffix.lower() in _NOTE_SUFFIXES), key=lambda file: (_name_rank(file), file.name))
    texts = [text for text in map(_read_text, files) if text]
    if not texts:
        return Brief()
    whole = "\n\n".join(texts)
    generated = tuple(name for match in _GENERATED.finditer(whole) for name in _split_points(match["names"]))
    headline, points = _headline_and_points(without_wishes(_GENERATED.sub("", whole)))
    return Brief(text=whole, headline=headline, points=points, generated=generated)


def _name_rank(file: Path) -> int:
    stem = file.stem.casefold()
    return next((rank for rank, name in enumerate(_PREFERRED_NAMES) if stem.startswith(name)), len(_PREFERRED_NAMES))


def _read_text(file: Path) -> str:
    try:
        with file.open("rb") as source:
            data = source.read(MAX_BYTES + 1)
    except OSError:
        return ""
    is_cut, data = len(data) > MAX_BYTES, data[:MAX_BYTES]
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    if b"\0" in data and encodings[0] != "utf-16":
        return ""
    for encoding in encodings:
        try:
            # Only a file that was cut may end inside a character.
            return clean_text(codecs.getincrementaldecoder(encoding)().decode(data, final=not is_cut))
        except UnicodeDecodeError:
            continue
    return clean_text(data.decode("utf-8", errors="ignore"))


def _headline_and_points(text: str) -> tuple[str, tuple[str, ...]]:
    headline = ""
    points: list[str] = []
    bullets: list[str] = []
    in_points = False
    for raw in text.split("\n"):
        line = raw.strip()
        if heading := _POINTS_HEADING.match(line):
            same_line = heading["same"] or ""
            points += _split_points(same_line)
            in_points = not same_line
        elif not line:
            in_points = in_points and not points
        elif bullet := _BULLET.match(line):
            (points if in_points else bullets).append(bullet["point"].strip(_END_MARKS))
        elif in_points:
            points += _split_points(line)
        elif not headline:
            headline = _LABEL.sub("", line.lstrip("# ")).strip()
    return headline, tuple(dict.fromkeys(points or bullets))[:MAX_POINTS]


def _split_points(text: str) -> list[str]:
    return [part.strip(_END_MARKS) for part in re.split(r"[、,，;；|。]", text) if part.strip(_END_MARKS)]
