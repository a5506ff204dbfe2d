"""The lines of a settings file's keys: every key that `tomllib` reads has the line that it stands on, however it is written."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.settings.toml import Key, key_lines, read_toml


def keys_of(value: Any, above: Key = ()) -> Iterator[Key]:
    """Every key of a document, and every member of its lists."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in members:
        yield (*above, name)
        yield from keys_of(inner, (*above, name))


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("# 说明\na = 1", ("a",), 2),
        ("[a]\nb.c = 1\nb.d = 2", ("a", "b", "d"), 3),
        ("[a]\nb.c = 1\nb.d = 2", ("a", "b"), 2),
        ('[accounts."kuaishou:合作社"]\n\n"应用" = 1', ("accounts", "kuaishou:合作社", "应用"), 3),
        ('[accounts."kuaishou:合作社"]', ("accounts",), 1),
        ("[a.b]\nc = 1\n[a]\nd = 1", ("a",), 3),
        ("[a.b]\nc = 1\n[a]\nd = 1", ("a", "b"), 1),
        ("[[a]]\nb = 1\n[[a]]\nb = 2", ("a", 1, "b"), 4),
        ("[[a]]\n[a.b]\nc = 1\n[[a]]\n[a.b]\nc = 2", ("a", 1, "b", "c"), 6),
        ("[[a]]\n[[a.b]]\n[[a.b]]\nc = 1", ("a", 0, "b", 1, "c"), 4),
        ("a = {b = 1, c.d = {e = 2}}", ("a", "c", "d", "e"), 1),
        ("a = [\n  1, # eins\n  {b = 2},\n]", ("a", 1, "b"), 3),
        ('a = """\nb = 1\n[c]\n"""\nd = 1', ("d",), 5),
        ("a = '''\n\n'''\nb = \"\\u4e2d\"", ("b",), 4),
        ('"a.b" = 1\na.b = 2', ("a.b",), 1),
        ('"a.b" = 1\na.b = 2', ("a", "b"), 2),
        ("'a' . \"\\u0062\" = 1", ("a", "b"), 1),
    ],
)
def test_a_key_has_the_line_that_defines_it(text: str, key: Key, line: int) -> None:
    lines = key_lines(text)
    assert lines[key] == line
    assert lines.keys() == set(keys_of(tomllib.loads(text)))


NAMES = st.one_of(
    st.sampled_from(["a", "b-c", "1", "true"]),
    st.sampled_from(['"a b"', '"价格"', "'q\\r'", '"kuaishou:合作社"', '"x.y"', '""', '"\\u4e2d"', '"#"', '"[]"']),
)
KEYS = st.lists(NAMES, min_size=1, max_size=3).map(".".join)
SCALARS = st.sampled_from(
    [
        "1",
        "-2.5",
        "true",
        '"文字 # [a] = 1"',
        "'''\na = 1\n[b]\n'''",
        '"""x\\\n  y"""',
        "2026-12-01T19:30:00+08:00",
        "0xff",
        "nan",
        "19:30:00",
    ]
)
BREAKS = st.sampled_from([" ", "\n", " # ] }\n", "\n\n"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.builds(lambda parts, gap: f"[{gap}{f',{gap}'.join(parts)}{gap}]", st.lists(inner, max_size=3), BREAKS),
        st.builds(lambda pairs: f"{{{', '.join(map(' = '.join, pairs))}}}", st.lists(st.tuples(KEYS, inner), max_size=3)),
    ),
    max_leaves=5,
)
LINES = st.one_of(
    st.tuples(KEYS, VALUES).map(" = ".join),
    KEYS.map(lambda key: f"[{key}]"),
    KEYS.map(lambda key: f"[[ {key} ]]"),
    st.sampled_from(["", "# [a] b = 1"]),
)


@pytest.mark.system
@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(st.lists(LINES, min_size=1, max_size=12))
def test_every_key_that_tomllib_reads_has_a_line_and_no_other(lines: list[str]) -> None:
    text = ""
    for line in lines:  # a line that the file so far does not bear, a key twice for example, is left out
        try:
            tomllib.loads(text + line)
        except tomllib.TOMLDecodeError:
            continue
        text += line + "\n"
    known = key_lines(text)
    assert known.keys() == set(keys_of(tomllib.loads(text)))


@settings(max_examples=60, deadline=None, database=None, derandomize=True)
@given(st.lists(st.tuples(VALUES, st.booleans()), min_size=1, max_size=8))
def test_the_line_is_where_the_key_was_written(parts: list[tuple[str, bool]]) -> None:
    text, written = "", {}
    for number, (value, own_table) in enumerate(parts):
        text += f'[t{number}."表 {number}"]\n' if own_table else ""
        written[f"key{number}"] = text.count("\n") + 1
        text += f"key{number} = {value}\n"
    found = {key[-1]: line for key, line in key_lines(text).items() if str(key[-1]).startswith("key")}
    assert found == written


@pytest.mark.parametrize(
    ("text", "line", "chinese"),
    [
        ("a = 1\nb = ", 2, "等号后面要写"),
        ("a = 1\n\nb = [1,\n2", 4, "括号没有写完"),
        ("a = 1\na = 2", 2, "写了两遍"),
        ("[a]\n[a]", 2, "写了两遍"),
        ('[publish]\napproval = true\nledger = "D:\\账本"', 3, "\\\\"),
        ("a = 1\n合作社 = 2", 2, "引号"),
        ('a = “苹果”\nb = "好"', 1, '“ 是全角符号，请改成半角的 "'),
        ("a ＝ 1", 1, "＝ 是全角符号，请改成半角的 ="),
        ("x = 1\n【publish】", 2, "请改成半角的 ["),
        ('a = "苹果\nb = 1', 1, "同一种引号"),
        ("a 1", 1, "等号 ="),
        ("a = 1 b = 2", 1, "换行"),
        ("[" * 5 + "a", 1, "TOML"),
        ("a = " + "[" * 20000, 1, "TOML"),
        ("a = 2026-13-45", 1, "TOML"),
    ],
)
def test_wrong_syntax_is_one_line_in_the_readers_language_with_the_place(tmp_path: Path, text: str, line: int, chinese: str) -> None:
    path = tmp_path / "fieldcut.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserMistake) as caught:
        read_toml(path)
    assert f"{path}, line {line}:" in str(caught.value)
    told = say(caught.value.message, "zh")
    assert f"{path} 第 {line} 行" in told
    assert chinese in told
    assert "\n" not in told
