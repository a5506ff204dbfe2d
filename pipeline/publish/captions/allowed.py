"""Removing what a destination forbids in captions, clause by clause, with a note for each clause."""

import re
import unicodedata
from functools import cache

from pipeline.documents.destination import Destination, Links
from pipeline.documents.message import M, Message
from pipeline.resources import ASSETS

_CLAUSE = re.compile(r"[^，。！？；,!?;\n]*[，。！？；,!?;\n]*")
_TOPIC = re.compile(r"#([^\s#，。！？；、]{1,30})#|#([\w·]+)")
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_JOINERS = {"\u200c", "\u200d", *map(chr, range(0xE0020, 0xE0080))}
"""Invisible characters that hold an emoji or a script's letters together; all others turn or hide text."""


@cache
def _contacts() -> tuple[tuple[str, re.Pattern[str]], ...]:
    lines = (ASSETS / "lexicon" / "contacts.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t", 1) for line in lines if line and not line.startswith("#"))
    return tuple((kind, re.compile(pattern, re.I)) for kind, pattern in pairs)


def tidy(text: str, without: str = "") -> str:
    """The text without control characters, broken halves of characters, the marks that the destination refuses, and double blanks."""
    kept = "".join(c for c in text if (c == "\n" or c in _JOINERS or unicodedata.category(c) not in _HIDDEN) and c not in without)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t\u3000]+", " ", kept)).strip()


def links_allowed(destination: Destination, *, upright: bool, length_s: float) -> Links:
    """Return what a link in the caption can do under this video."""
    short = destination.links_short is not None and upright and length_s <= destination.short_seconds
    return destination.links_short if short and destination.links_short is not None else destination.links


def without_forbidden_clauses(text: str, destination: Destination, links: Links) -> tuple[str, tuple[Message, ...]]:
    """The text without its clauses that hold a contact or a link where the destination has no place for them, and what was left out."""
    notes: list[Message] = []
    kept = []
    for clause in _CLAUSE.findall(_shield_links(text)):
        words = _unshield_links(clause)
        kind = next((kind for kind, pattern in _contacts() if pattern.search(words)), None)
        if kind == "link" and links != "tapped":
            notes.append(M("“{words}” was left out of the caption: a link cannot be tapped there, or is punished.", words=words.strip()))
        elif kind not in (None, "link") and not destination.contact:
            notes.append(M("“{words}” was left out of the caption: contact details are not allowed there.", words=words.strip()))
        else:
            kept.append(words)
    return "".join(kept).strip(" ，,；;"), tuple(notes)


def without_contacts(text: str) -> str:
    """The text without its ways to reach somebody and the words that lead to them: 坏果包赔 客服微信 village-coop → 坏果包赔."""
    for kind, pattern in _contacts():
        if kind != "link":
            text = re.sub(rf"(?:客服|售后|联系|老板|店主|电话|手机|或|和|[:：,，\s])*(?:{pattern.pattern})", "", text, flags=re.I)
    return text.strip(" ，,；;、·")


def _shield_links(text: str) -> str:
    """Replace marks inside links that would otherwise end a clause."""
    return re.sub(r"https?://\S+", lambda match: match[0].replace("?", "\x00").replace(",", "\x01").replace("!", "\x02"), text)


def _unshield_links(text: str) -> str:
    return text.replace("\x00", "?").replace("\x01", ",").replace("\x02", "!")


def split_topics(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without the topics typed into it, and the topics."""
    found = tuple(match[1] or match[2] for match in _TOPIC.finditer(text))
    return re.sub(r"[ \t]{2,}", " ", _TOPIC.sub("", text)).strip(), found


def clean_topics(topics: tuple[str, ...]) -> tuple[str, ...]:
    """Topics as platforms take them: letters, digits and Chinese only, each once, none of emoji alone."""
    words = (re.sub(r"[^\w]+", "", topic.strip().strip("#")) for topic in topics)
    seen: dict[str, str] = {}
    for word in words:
        if word and any(unicodedata.category(character)[0] == "L" for character in word):
            seen.setdefault(word.casefold(), word)
    return tuple(seen.values())
