"""Reads a TOML file with the lines of its keys.

`tomllib` gives the values and decides on the syntax, but keeps no positions. Those come from tree-sitter's grammar of TOML, which is
used only when a line is asked for: tests compare the keys of both.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.settings.text import decode_text
from pipeline.store.disk import error_reason

if TYPE_CHECKING:
    from tree_sitter import Node

Key = tuple[str | int, ...]
"""Names from the top of the file; a number is the index of a list's member, from 0."""
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")
_AT_END = " (at end of document)"
_FULL_WIDTH = re.compile("[“”‘’＂＇＝［］｛｝，：＃【】]")


@dataclass(frozen=True)
class TomlFile:
    """A TOML file's content and the lines of its keys. data: as `tomllib` gives it; empty for a file that does not exist."""

    path: Path
    data: dict[str, Any] = field(default_factory=dict)
    text: str = ""

    @cached_property
    def lines(self) -> dict[Key, int]:
        """The line of every key, from 1; for a table, the line of its heading."""
        return key_lines(self.text)

    def line(self, *key: str | int) -> int | None:
        """The line of a key, or of the nearest table around it that has one."""
        for end in range(len(key), 0, -1):
            if key[:end] in self.lines:
                return self.lines[key[:end]]
        return None

    def where(self, *key: str | int) -> Message | str:
        """File and line of a key, with which messages begin; the file alone where there is no such key."""
        line = self.line(*key)
        return str(self.path) if line is None else M("{path}, line {line}", path=str(self.path), line=line)


def read_toml(path: Path) -> TomlFile:
    """Read the file at `path`; an empty one when there is none. Raises UserMistake for invalid TOML; it never repeats a value."""
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return TomlFile(path)
    except OSError as error:
        raise UserMistake(M("{path} could not be read: {error}", path=str(path), error=error_reason(error))) from error
    try:
        text = decode_text(data).replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise UserMistake(
            M("{path} is not text in UTF-8, UTF-16 or GB18030. Save it as UTF-8.", path=str(path))
        ) from None  # the error would show what stands there
    try:
        return TomlFile(path, tomllib.loads(text), text)
    except (ValueError, RecursionError) as error:
        raise UserMistake(_syntax_mistake(path, text, error)) from None


def _syntax_mistake(path: Path, text: str, error: Exception) -> Message:
    """The message for a syntax error, from `tomllib`'s, which has the position but no value; any other error might show a value."""
    problem, lines = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "", text.split("\n")
    match = _AT_LINE.search(problem)
    if match:
        number, problem = int(match[1]), problem[: match.start()]
    else:
        # At the end of the text something was left open: the last line that is not empty is named.
        number = max((match for match, line in enumerate(lines, 1) if line.strip()), default=1)
        problem = problem.removesuffix(_AT_END)
    where = M("{path}, line {line}", path=str(path), line=number)
    # In an error on a line break, the line before it is the one that lacks something.
    for line in {number, max(1, number - 1)} if number <= len(lines) else ():
        strange = _FULL_WIDTH.search(re.sub(r'"[^"\n]*"|\'[^\'\n]*\'|#.*', "", lines[line - 1]))
        if strange:
            return M(
                "{path}: this is not valid TOML: {error}",
                path=M("{path}, line {line}", path=str(path), line=line),
                error=M(
                    "{strange} is a full-width sign. Write {plain} instead.",
                    strange=strange[0],
                    plain=_plain_sign(strange[0]),
                ),
            )
    return M("{path}: this is not valid TOML: {error}", path=where, error=_problem(problem))


def _plain_sign(sign: str) -> str:
    return {"“": '"', "”": '"', "‘": "'", "’": "'", "【": "[", "】": "]"}.get(sign) or unicodedata.normalize("NFKC", sign)


def _problem(text: str) -> Message | str:
    """`tomllib`'s sentence in the reader's language, for those that a person meets."""
    if text.startswith("Expected '=' after a key"):
        return M("after a key comes =")
    if text.startswith(("Cannot declare", "Cannot overwrite", "Duplicate inline table key", "Cannot mutate", "Cannot redefine")):
        return M("this is written twice. Keep one.")
    if text.startswith(("Unterminated string", "Illegal character", 'Expected "\'"')):
        return M("a text must end with the quote that it began with, on the same line")
    if text.startswith(("Unescaped '\\'", "Invalid hex value")):
        return M("a \\ in a text must be written \\\\, or the text put in single quotes")
    if text.startswith(("Unclosed array", "Unclosed inline table")):
        return M("a bracket is not closed")
    if text.startswith(("Expected ']'", "Expected ']]'")):
        return M("a table's name stands in brackets: [name]")
    if text.startswith("Invalid value"):
        return M("a value is a text in quotes, a number, true, false, or a list in brackets")
    if text.startswith(("Invalid statement", "Invalid initial character for a key part")):
        return M("a line is key = value, or a table's name in brackets; a name with other signs than A–Z, 0–9, - and _ stands in quotes")
    if text.startswith("Expected newline or end of document"):
        return M("behind a value the line must end")
    return text or M("it cannot be read")


def key_lines(text: str) -> dict[Key, int]:
    """The line of every key in a valid TOML text, from 1.

    A key's line is the one that defines it: [a] for `a`, even if [a.b] comes before. A table without a definition of its own has the
    line of the first key within it.
    """
    import tree_sitter_toml  # a compiled parser; only needed to tell a line
    from tree_sitter import Language, Parser

    tree = Parser(Language(tree_sitter_toml.language())).parse(text.encode())
    return _KeyLines().read(tree.root_node)


class _KeyLines:
    """Collects the lines of one document while its tree is walked."""

    def __init__(self) -> None:
        self._defined: dict[Key, int] = {}
        self._passed: dict[Key, int] = {}
        self._members: dict[Key, int] = {}
        """How many members each list of tables has had so far."""

    def read(self, document: "Node") -> dict[Key, int]:
        for node in document.named_children:
            if node.type == "pair":
                self._pair(node, ())
            elif node.type in ("table", "table_array_element"):
                self._table(node)
        return {**self._passed, **self._defined}

    def _table(self, node: "Node") -> None:
        heading = next(child for child in node.named_children if child.type in _KEYS)
        path, line = self._inside(_parts(heading)), _line(heading)
        if node.type == "table_array_element":
            self._defined.setdefault(path, line)
            number = self._members[path] = self._members.get(path, -1) + 1
            path = (*path, number)
        self._define(path, line)
        for child in node.named_children:
            if child.type == "pair":
                self._pair(child, path)

    def _inside(self, names: tuple[str, ...]) -> Key:
        """The key of a heading; within a list of tables it means the list's last member."""
        key: Key = ()
        for position, name in enumerate(names):
            key = (*key, name)
            if position < len(names) - 1 and key in self._members:
                key = (*key, self._members[key])
        return key

    def _pair(self, node: "Node", parent: Key) -> None:
        name, value = (child for child in node.named_children if child.type != "comment")
        key = (*parent, *_parts(name))
        self._define(key, _line(name))
        self._value(value, key)

    def _value(self, node: "Node", key: Key) -> None:
        members = [child for child in node.named_children if child.type != "comment"]
        if node.type == "inline_table":
            for member in members:
                self._pair(member, key)
        elif node.type == "array":
            for number, member in enumerate(members):
                self._define((*key, number), _line(member))
                self._value(member, (*key, number))

    def _define(self, key: Key, line: int) -> None:
        self._defined[key] = line
        for end in range(1, len(key)):
            self._passed.setdefault(key[:end], line)


_KEYS = frozenset({"bare_key", "quoted_key", "dotted_key"})


def _line(node: "Node") -> int:
    return node.start_point.row + 1


def _parts(node: "Node") -> tuple[str, ...]:
    """The names of a key, however it is quoted: read by `tomllib`, so that both agree on the keys."""
    inner: Any = tomllib.loads(f"{(node.text or b'').decode()} = 0")
    names: list[str] = []
    while isinstance(inner, dict):
        ((name, inner),) = inner.items()
        names.append(name)
    return tuple(names)
