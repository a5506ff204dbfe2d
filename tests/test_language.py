"""Every sentence that a person reads stands in the Chinese catalogue, whole and with the same places to fill."""

import ast
import re
import string
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import polib
import pytest

from pipeline.documents.message import M, Message
from pipeline.language import say
from pipeline.publish import destination_names, load_destination
from pipeline.resources import ASSETS, ROOT

CATALOGUE = ASSETS / "locale" / "zh.po"
FILES = sorted(path for package in ("pipeline", "flows") for path in (ROOT / package).rglob("*.py"))


@cache
def calls(path: Path) -> tuple[ast.Call, ...]:
    """Every `M(…)` in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return tuple(node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "M")


@cache
def chinese() -> dict[str, str]:
    return {
        entry.msgid: entry.msgstr
        for entry in polib.pofile(str(CATALOGUE))
        if not entry.obsolete and not entry.msgctxt and "fuzzy" not in entry.flags
    }


def fields(text: str) -> list[str]:
    """The named places of a sentence, in order of the alphabet."""
    return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name is not None})


def text_of(call: ast.Call) -> str:
    first = call.args[0]
    assert isinstance(first, ast.Constant), ast.unparse(call)
    return str(first.value)


def said() -> list[tuple[str, ast.Call]]:
    """Where every sentence is said, and the call that says it."""
    return [(f"{path.relative_to(ROOT)}:{call.lineno}", call) for path in FILES for call in calls(path)]


def test_a_sentence_is_written_out_where_it_is_said() -> None:
    assert len(said()) > 200
    composed = [where for where, call in said() if len(call.args) != 1 or not isinstance(call.args[0], ast.Constant)]
    assert not composed, "\n".join(composed)


def test_every_place_of_a_sentence_is_filled() -> None:
    for where, call in said():
        given = [keyword.arg for keyword in call.keywords]
        if None not in given:  # none are handed on as a whole
            assert sorted(name for name in given if name) == fields(text_of(call)), f"{where}: {text_of(call)}"


def test_every_sentence_has_a_chinese_one() -> None:
    missing = [f"{where}: {text_of(call)}" for where, call in said() if not chinese().get(text_of(call), "").strip()]
    assert not missing, "\n".join(missing)


def test_no_sentence_is_translated_twice() -> None:
    sentences = Counter((entry.msgctxt, entry.msgid) for entry in polib.pofile(str(CATALOGUE)))
    assert not [text for text, count in sentences.items() if count > 1]


def test_the_chinese_sentence_has_the_same_places() -> None:
    for where, call in said():
        text = text_of(call)
        assert fields(chinese().get(text, text)) == fields(text), f"{where}: {text}"


CHINESE = "\u4e00-\u9fff"
UNWANTED = {
    "a person's name without a blank beside Chinese": rf"\x00[{CHINESE}]|[{CHINESE}]\x00",
    "a narrow mark beside Chinese": rf"[{CHINESE}]\s?[;,?!]|[;,?!][{CHINESE}]|[{CHINESE}]:\s",
    "two sentences with only a blank between them": rf"[{CHINESE}](?: (?!说明|商品表))+[{CHINESE}]{{8,}}",
    "a platform's id": r"\b(?:douyin|kuaishou|wechat_channels|wechat_chat|xiaohongshu|bilibili|group_buy|big_screen)\b",
    "another word for 片尾, 发布记录 or 你": r"结尾卡|片尾卡|尾卡|账本|台账|您",
    "a long number": r"\d{10,}",
    "another word for 待发包, 带教老师, 管田剪的人 or 重拍": r"(?<!待)发布包|素材包|辅导员|维护的人|(?:需要|建议)补拍|建议重拍",
    "another word for 作品, 人脸特写, 风格, 电脑 or 公开": r"[旧新]帖|帖子|近景|风格模板|这台机器|上线",
    "copying a file that is 拷, not 复制": r"复制(?:进来|过来|到文件夹)|重新复制",
}
"""What no Chinese sentence has, outside of what is typed and of its places."""


@pytest.mark.parametrize("what", UNWANTED)
def test_chinese_keeps_the_rules_of_its_marks_and_words(what: str) -> None:
    texts = {text_of(call): chinese().get(text_of(call), "") for _, call in said()}
    named = {re.sub(r"\{(?:person|who|by|given_by)\}", "\x00", text) for text in texts.values()}
    bare = {re.sub(r"`[^`]*`|\{[^}]*\}", "0", text) for text in named}
    assert not [text for text in bare if re.search(UNWANTED[what], text)]


def test_a_sentence_inside_a_sentence_is_translated_too() -> None:
    inner = M("{name}: {reason}", name="a.mp4", reason=M("too dark: mean brightness {level} of 255", level=9))
    told = say(M("To film again: {clips}.", clips=(inner, inner)), "zh")
    assert told.count("a.mp4") == 2
    assert "dark" not in told
    assert "film" not in told


def test_platforms_are_said_by_their_names_in_every_language() -> None:
    for name in destination_names():
        for language, label in load_destination(name).label.items():
            assert say(M("{platform}", platform=name), language) == label


def test_an_account_without_a_name_leaves_no_blank() -> None:
    text = "{story} is public on {platform} {account} without its cart link. Hang the product on the post there."
    said = Message(text=text, values={"story": "土豆", "platform": "douyin", "account": ""})
    assert say(said, "zh").startswith("土豆 已在抖音公开，")
    assert "on Douyin without" in say(said, "en")


def test_a_blank_beside_a_place_is_for_letters_and_names_and_not_between_our_own_words() -> None:
    text = "Post the pack of {story} on {platform} {account}, then give FieldCut the link or a screenshot."
    values: dict[str, str | int | float | Message | tuple[Message, ...]] = {"platform": "xiaohongshu", "account": "合作社"}
    told = [say(Message(text=text, values={**values, "story": story}), "zh") for story in ("清 明茶", "tea 2")]
    assert told[0].startswith("请把 清 明茶 的")
    assert told[1].startswith("请把 tea 2 的")
    assert all("发到小红书 合作社，" in one for one in told)


def test_the_table_for_reviewers_has_every_message_beside_its_translation() -> None:
    done = subprocess.run([sys.executable, ASSETS / "locale" / "table.py"], capture_output=True, encoding="utf-8", check=True)
    rows = [line for line in done.stdout.splitlines() if line.startswith("| ") and not line.startswith("| 中文")]
    assert len(rows) >= len({text_of(call) for _, call in said()})
    assert not [row for row in rows if row.startswith("|  |")]
    assert "## pipeline/catalog" in done.stdout


WHOLE = (
    M("The store says no to {place} ({code}). Look at address, endpoint_url and region.", place="x", code="y"),
    M("This offer has ended."),
)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("inner", WHOLE)
def test_no_sentence_within_a_sentence_doubles_its_mark(language: str, inner: Message) -> None:
    """Every message, with a whole sentence in each of its places and then with several."""
    doubled = []
    for text in {text_of(call) for _, call in said()}:
        for value in (inner, (inner, inner)):
            if re.search(r"\{\w+[:!]", text):
                continue
            told = say(
                Message(text=text, values={name: value for name in fields(text) if name not in ("platform", "account")} | _places(text)),
                language,
            )
            doubled += [told] if re.search(r"。[。；，.]|(?<!\.)\.[。；;,](?!\w)|(?<!\.)\.\.(?!\.)", told) else []
    assert not doubled, "\n".join(doubled[:20])


def _places(text: str) -> dict[str, str]:
    return {name: "douyin" if name == "platform" else "" for name in fields(text) if name in ("platform", "account")}
