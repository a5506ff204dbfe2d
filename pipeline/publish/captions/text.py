"""The text field: room for its required lines is reserved first, and the sentences take the rest."""

from dataclasses import dataclass, field

from pipeline.chinese.text_length import text_length
from pipeline.chinese.text_truncation import truncate
from pipeline.documents.destination import Counting, Destination

FIELDS = ("caption", "description")
TOPIC_SHARE = 0.34
"""Share of the text that topics may take, so that they never push the sentences out; the first topic may take more."""
WORTH_CUTTING = 0.4
"""A sentence is cut short only when at least this share of it still fits; else it is left out whole."""


@dataclass
class TextField:
    """A text field being filled: lines stand in the order they are read and are taken in the order they matter.

    most: in the unit of `counting`. names: words that no cut may break. Each line counts with its line break.
    """

    most: float
    counting: Counting
    names: tuple[str, ...]
    lines: dict[int, str] = field(default_factory=dict)

    def room(self) -> float:
        """What is left for one more line."""
        return self.most - sum(self.size(line) + self.size("\n") for line in self.lines.values())

    def size(self, text: str) -> float:
        """Length as the destination counts."""
        return text_length(text, self.counting)

    def put(self, place: int, line: str, *, shorten: bool = False) -> str:
        """The line as it was taken: whole, with `shorten` perhaps cut; empty when it was not taken."""
        if line and self.size(line) > self.room() and shorten:
            least = WORTH_CUTTING * min(self.size(line), self.most)
            line = truncate(line, self.room(), self.counting, names=self.names)
            line = line if self.size(line) >= least else ""
        if not line or self.size(line) > self.room():
            return ""
        self.lines[place] = line
        return line

    def __str__(self) -> str:
        return "\n".join(self.lines[place] for place in sorted(self.lines))


def text_field(destination: Destination, names: tuple[str, ...]) -> TextField | None:
    """The destination's text field; None where it has none."""
    for name in FIELDS:
        if name in destination.caption_limits:
            return TextField(destination.caption_limits[name], destination.caption_counting.get(name, "characters"), names)
    return None


def topics_for(topics: tuple[str, ...], destination: Destination, text: TextField | None) -> tuple[str, ...]:
    """As many topics as the destination takes, the first ones first, each whole: by number, and by what they need in their field."""
    most = destination.caption_limits.get("topics", 0)
    used: list[str] = []
    for topic in topics:
        tried = [*used, topic]
        if len(tried) > most:
            break
        if destination.topic_form:
            if text is None:
                break
            room = text.room() if not used else min(text.room(), TOPIC_SHARE * text.most)
            if text.size(topic_line(tried, destination)) > room:
                continue
        elif "tags" in destination.caption_limits:
            counting = destination.caption_counting.get("tags", "characters")
            if text_length(",".join(tried), counting) > destination.caption_limits["tags"]:
                continue
        used = tried
    return tuple(used)


def topic_line(topics: list[str] | tuple[str, ...], destination: Destination) -> str:
    """The topics in the destination's form, as they stand in its text."""
    return " ".join(destination.topic_form.format(topic=topic) for topic in topics)
