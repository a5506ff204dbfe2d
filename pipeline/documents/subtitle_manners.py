"""What people call the ways in which the words of subtitles are set."""

import re
from collections.abc import Mapping
from unicodedata import normalize

from pipeline.documents.subtitles import SubtitleManner

MANNER_WORDS = ("卡拉OK", "关键词", "普通")
"""What a person who wrote another word is told to choose from."""
_CALLED: Mapping[SubtitleManner, str] = {
    "karaoke": r"卡拉[- ]?(?:ok)?|k歌|karaoke|逐字.*|跟读.*|跟唱.*|一个字一个字.*|(?:跟着声音|边说边)?变色",
    "keyword": r"关键[词字].*|重点.*|突出.*|高亮.*|key-?words?|highlights?",
    "plain": r"普通.*|正常.*|一般.*|平常.*|默认.*|不要?(?:动画|效果|花样|变色)|plain|normal|none",
}


def subtitle_manner_named(text: str) -> SubtitleManner | None:
    """Return the manner that a person means by 卡拉OK, 逐字变色, 关键词, 普通, karaoke; None for a word that is none."""
    plain = re.sub(r"\s|字幕|样式|的$", "", normalize("NFKC", text).strip().lower())
    return next((manner for manner, words in _CALLED.items() if re.fullmatch(words, plain)), None)
