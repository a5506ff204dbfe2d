"""Wishes in the volunteer's note about how the video is made: 风格：凉山, 时长：半分钟, 平台：抖音、快手."""

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.chinese.numerals import read_number

WishName = Literal["style", "length", "platforms", "size", "product", "music", "quality", "subtitles"]
_KEYS: dict[WishName, str] = {
    "style": r"风格|模板|样式|主题风格|style|template",
    "length": r"时长|视频时长|长度|视频长度|几秒|length|duration|seconds",
    "platforms": r"平台|发布平台|发到|发布到|发在|发去|platforms?|for|post to",
    "size": r"尺寸|画面|画幅|比例|画面比例|横竖|size|shape",
    "product": r"货号|商品编号|产品编号|编号|商品编码|sku",
    "music": r"音乐|配乐|背景音乐|bgm|music",
    "quality": r"画质|清晰度|质量|quality|preset",
    "subtitles": r"字幕|字幕样式|字幕风格|字幕效果|字幕动画|subtitles?|captions?",
}
_BEGINS = "|".join(f"(?P<{name}>{words})" for name, words in _KEYS.items())
_WISH = re.compile(rf"^[^\S\n]*[#*\-•]*[^\S\n]*(?:{_BEGINS})[^\S\n]*[:：=][^\S\n]*(?P<value>\S.*?)[\s。.；;]*$", re.I | re.M)
_NUMERALS = re.compile(r"[零一二两三四五六七八九十百]+")
_MINUTES = r"(?:(?P<minutes>半|\d+(?:\.\d+)?)个?(?:分钟?|min(?:ute)?s?|m)(?P<half>半钟?)?)?"
_SECONDS = r"(?:(?P<seconds>\d+(?:\.\d+)?)(?:秒钟?|sec(?:ond)?s?|s|″)?)?"
_DURATION = re.compile(rf"(?:大?约|不超过|最多|最长|控制在|about|upto|atmost)?{_MINUTES}{_SECONDS}(?:左右|以内|之内|内|以下)?", re.I)
_MINUTE_S, _HALF_S = 60.0, 30.0
_NO_MUSIC = re.compile(r"(?:不要|不用|不加|不配|没有|无|关|关掉|不需要|none|no|off)\s*(?:音乐|配乐|背景音乐|music)?", re.I)


@dataclass(frozen=True)
class NoteWish:
    """One wish: its name, what is wished, and the line as it was written."""

    name: WishName
    value: str
    line: str


def read_wishes(note: str) -> tuple[NoteWish, ...]:
    """The wishes of a note, in its order. A line is one only when it begins with such a word and a colon."""
    return tuple(NoteWish(_name(match), match["value"].strip(), match[0].strip()) for match in _WISH.finditer(note))


def without_wishes(note: str) -> str:
    """The note without the lines that are wishes: they are no headline and no selling point."""
    return _WISH.sub("", note)


def read_length(text: str) -> float | None:
    """Return a length in seconds: 30, 30秒, 半分钟, 一分半, 1分20秒, 45s; None for anything else."""
    match = _DURATION.fullmatch(re.sub(r"\s", "", _NUMERALS.sub(_digits, text)))
    if match is None or not (match["minutes"] or match["seconds"]):
        return None
    minutes = match["minutes"] or "0"
    whole_s = _HALF_S if minutes == "半" else float(minutes) * _MINUTE_S
    return whole_s + (_HALF_S if match["half"] else 0.0) + float(match["seconds"] or 0)


def wants_no_music(text: str) -> bool:
    """Whether a wish about music wants none."""
    return (
        re.fullmatch(r"(?:不要|不用|不加|不配|没有|无|关|关掉|不需要|none|no|off)(?:音乐|配乐|背景音乐|music)?", text.strip(), re.I)
        is not None
    )


def _digits(match: re.Match[str]) -> str:
    number = read_number(match[0])
    return match[0] if number is None else f"{number.normalize():f}"


def _name(match: re.Match[str]) -> WishName:
    return next(name for name in _KEYS if match[name] is not None)
