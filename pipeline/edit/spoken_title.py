"""A title out of what is said, for a story to which nobody gave one."""

import re
from collections.abc import Mapping

from pipeline.documents.transcript import Phrase, Transcript
from pipeline.edit.hook import LEANS, PLACE, QUALITY, QUESTION, TROUBLE, is_introduction
from pipeline.edit.phrase_selection import CALL_TO_ACTION, ROOM_TALK, states_price

SHORTEST, LONGEST = 4, 14
"""Characters of a clause that can stand as a title."""
LEAST_CONFIDENCE, LEAST_TRUST = 0.75, 0.6
"""What was heard less surely may be written as a subtitle, where the voice is beside it, and not as a title."""
CLAUSE_ENDS = re.compile(r"[，。！？；、：,.!?;:\s]+")
PARTICLES = re.compile(r"^(?:哎|诶|啊|呃|嗯|那么|好|来)+|[啊呀呢吧哦嘛啦了]+$")


def spoken_title(transcripts: Mapping[str, Transcript]) -> str:
    """The clause that says best what is good about something or where it grows; empty where none does, or none was heard surely."""
    clauses = [
        clause for transcript in transcripts.values() for phrase in transcript.phrases if _sure(phrase) for clause in _clauses(phrase)
    ]
    rated = [
        (len(set(QUALITY.findall(clause))) + bool(PLACE.search(clause)) + 0.5 * bool(QUESTION.search(clause)), clause) for clause in clauses
    ]
    return max(rated, key=lambda item: item[0], default=(0.0, ""))[1] if any(score >= 1 for score, _ in rated) else ""


def _sure(phrase: Phrase) -> bool:
    return phrase.confidence >= LEAST_CONFIDENCE and (phrase.trust is None or phrase.trust >= LEAST_TRUST)


def _clauses(phrase: Phrase) -> list[str]:
    """The clauses of a phrase that could be titles."""
    parts = [PARTICLES.sub("", part) for part in CLAUSE_ENDS.split(phrase.text)]
    return [part for part in parts if SHORTEST <= len(part) <= LONGEST and not _is_no_title(part)]


def _is_no_title(clause: str) -> bool:
    """Whether a clause greets, leans on another, sells, or is about trouble."""
    unfit = (LEANS, CALL_TO_ACTION, TROUBLE, ROOM_TALK)
    return is_introduction(clause) or states_price(clause) or any(pattern.search(clause) for pattern in unfit)
