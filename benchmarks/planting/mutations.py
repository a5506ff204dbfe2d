"""Which small changes of the source count as planted faults, found in its syntax tree.

Left out, because no test could tell them from the right program, or because only a power cut or another system could:

- names that say how long something waits, how often it looks, or which version made a document (`QUIET`);
- calls that only tell, pace or secure: progress, logging, closing, syncing, sleeping, an exception's own words (`UNSEEN_CALLS`);
- what decides about types, other operating systems, or a program started as a script (`OTHER_WORLDS`);
- annotations, decorators, default arguments, assertions, `raise`, `__repr__` and `__str__`: words and shapes for people.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

QUIET = re.compile(r"version|timeout|patience|poll|rest_s|wait|retry|nice|threads|at_once|workers|progress|width_of_bar", re.IGNORECASE)
UNSEEN_CALLS = re.compile(
    r"\b(progress|report_share|log\w*|debug|info|warning|print|close|flush|fsync|sync\w*|sleep|wait|nice|shutdown|join|collect)\(|^super\(\).__init__\("
)
FOR_PEOPLE = re.compile(r"(M|Message|Field|re\.compile|field|Option|Argument|typer\.\w+)\(")
"""Words, and how options and fields are declared."""
OTHER_WORLDS = re.compile(r"TYPE_CHECKING|sys\.platform|os\.name|win32|darwin|nt\b|__main__|hasattr\(|except ImportError")
COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", ">="), ast.GtE: (">=", "<"), ast.Gt: (">", "<="), ast.LtE: ("<=", ">"), ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"), ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is"),
}  # fmt: skip
SIGNS: dict[type[ast.operator], tuple[str, str]] = {ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*")}


@dataclass(frozen=True, order=True)
class Fault:
    """One change of one line. path: from the repository's root. line: from 1. before, after: the text that is replaced, on that line."""

    path: str
    line: int
    column: int
    kind: str
    before: str
    after: str
    function: str

    @property
    def name(self) -> str:
        """What stands for it in a list: the same for the same change of the same source."""
        return f"{self.path}:{self.line}:{self.column} {self.kind}"

    def planted(self, source: str) -> str:
        """The file's text with the fault in it. Raises ValueError where the text is another than the one it was found in."""
        lines = source.splitlines(keepends=True)
        line = lines[self.line - 1].encode()
        end = self.column + len(self.before.encode())
        if line[self.column : end].decode() != self.before:
            raise ValueError(f"{self.name}: the source is another one")
        lines[self.line - 1] = (line[: self.column] + self.after.encode() + line[end:]).decode()
        return "".join(lines)


def faults_in(path: Path, root: Path) -> list[Fault]:
    """Every fault that could be planted in a file, in the order of its lines."""
    source = path.read_text(encoding="utf-8")
    return sorted(set(_Finder(source, path.relative_to(root).as_posix()).faults()))


class _Finder:
    def __init__(self, source: str, path: str) -> None:
        self._source, self._path = source, path
        self._lines = source.encode().split(b"\n")

    def faults(self) -> Iterator[Fault]:
        yield from self._in_body(ast.parse(self._source), "")

    def _in_body(self, node: ast.AST, function: str) -> Iterator[Fault]:
        for child in ast.iter_child_nodes(node):
            yield from self._at(child, function)

    def _at(self, node: ast.AST, function: str) -> Iterator[Fault]:
        """Faults at a node and below it."""
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                if node.name not in ("__repr__", "__str__"):
                    for statement in node.body:
                        yield from self._at(statement, node.name)
            case ast.ClassDef():
                for statement in node.body:
                    yield from self._at(statement, node.name)
            case ast.AnnAssign() if node.value is not None and not QUIET.search(self._text(node).partition("=")[0]):
                yield from self._at(node.value, function)
            case ast.AnnAssign() | ast.Raise() | ast.Assert() | ast.arguments() | ast.Import() | ast.ImportFrom():
                return
            case ast.If() if OTHER_WORLDS.search(self._text(node.test)):
                return
            case ast.Assign() if QUIET.search(self._text(node).partition("=")[0]):
                return
            case ast.keyword() if node.arg and QUIET.search(node.arg):
                return
            case ast.Expr(value=ast.Call() as call) if UNSEEN_CALLS.search(self._text(call)):
                return
            case ast.Call() if FOR_PEOPLE.match(self._text(node)):
                return
            case _:
                yield from self._of(node, function)
                yield from self._in_body(node, function)

    def _of(self, node: ast.AST, function: str) -> Iterator[Fault]:
        """Faults at this very node."""
        match node:
            case ast.Compare(ops=[operator]) if type(operator) in COMPARISONS and not QUIET.search(self._text(node)):
                before, after = COMPARISONS[type(operator)]
                yield from self._between(node.left, node.comparators[0], before, after, "comparison turned round", function)
            case ast.BinOp() if type(node.op) in SIGNS and not _is_text(node.left) and not _is_text(node.right):
                before, after = SIGNS[type(node.op)]
                yield from self._between(node.left, node.right, before, after, "sign changed", function)
            case ast.BoolOp(values=[first, second, *_]):
                before, after = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
                yield from self._between(first, second, before, after, "and for or", function)
            case ast.If() | ast.IfExp() if not isinstance(node.test, ast.Compare | ast.BoolOp):
                yield from self._whole(node.test, f"(not ({self._text(node.test)}))", "condition negated", function)
            case ast.comprehension(ifs=[test, *_]) if not isinstance(test, ast.Compare | ast.BoolOp):
                yield from self._whole(test, f"(not ({self._text(test)}))", "condition negated", function)
            case ast.Constant(value=bool()):
                yield from self._whole(node, str(not node.value), "constant changed", function)
            case ast.Constant(value=int() | float()):
                value = node.value
                yield from self._whole(node, repr(value * 2 if value else value + 1), "constant changed", function)
            case ast.Return(value=ast.expr() as value) if self._text(value) not in ("None", "self"):
                yield from self._whole(value, "None", "return dropped", function)
            case ast.Expr(value=ast.Call() as call):
                yield from self._whole(call, "None", "call dropped", function)

    def _text(self, node: ast.expr | ast.stmt) -> str:
        """As it is written; `ast.get_source_segment` splits the whole file for every node."""
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        lines = self._lines[first : last + 1]
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        return b"\n".join(lines).decode()

    def _whole(self, node: ast.expr, after: str, kind: str, function: str) -> Iterator[Fault]:
        if node.lineno == node.end_lineno:
            yield Fault(self._path, node.lineno, node.col_offset, kind, self._text(node), after, function)

    def _between(self, left: ast.expr, right: ast.expr, before: str, after: str, kind: str, function: str) -> Iterator[Fault]:
        """The operator between two operands that stand on one line."""
        if left.end_lineno != right.lineno or left.end_col_offset is None or not left.end_lineno:
            return
        between = self._lines[left.end_lineno - 1][left.end_col_offset : right.col_offset].decode()
        at = re.search(rf"(?<!\w){re.escape(before)}(?!\w)" if before[0].isalpha() else re.escape(before), between)
        if at is not None:
            column = left.end_col_offset + len(between[: at.start()].encode())
            yield Fault(self._path, left.end_lineno, column, kind, before, after, function)


def _is_text(node: ast.expr) -> bool:
    """Whether an operand is no number by the look of it."""
    return isinstance(node, ast.JoinedStr | ast.List | ast.Tuple | ast.ListComp) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
