"""Finds the line of an entry in a JSON file, for the person who wrote it."""

from collections.abc import Sequence
from typing import Any


def line_of(text: bytes | str, place: Sequence[str | int]) -> int | None:
    """Return the line, from 1, of the entry at a place such as ("cuts", 3, "frames"), or of the innermost one that is there.

    None where the text cannot be read.
    """
    import yaml  # JSON is YAML, and PyYAML keeps the lines; needed for a mistake only

    try:
        node: Any = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, UnicodeDecodeError):
        return None
    if node is None:
        return None
    line = node.start_mark.line + 1
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == part), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and 0 <= part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return int(line)
