"""The help of a command in one language: what it does, its arguments and options, and the labels around them.

Each help text stands in the code once in both languages, Chinese before the first bar: `工作文件夹 | where stories lie`.
"""

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from flows.cli.language import help_in, language_of

WIDTH = 92
"""Columns of a terminal that help fills at most."""
LABELS = {
    "zh": {
        "usage": "用法",
        "options": "选项",
        "arguments": "要写的",
        "commands": "命令",
        "needed": "（必填）",
        "default": "（不写就是 {value}）",
        "help": "显示这段说明",
        "several": "，可写多次",
        "between": "，{least}–{most}",
    },
    "en": {
        "usage": "Usage",
        "options": "Options",
        "arguments": "Arguments",
        "commands": "Commands",
        "needed": " (needed)",
        "default": " (without it: {value})",
        "help": "show this help",
        "several": "",
        "between": ", {least} to {most}",
    },
}
KINDS = {
    "zh": {"path": "文件", "folder": "文件夹", "int": "数字", "float": "数字", "str": "文字"},
    "en": {"path": "FILE", "folder": "FOLDER", "int": "NUMBER", "float": "NUMBER", "str": "TEXT"},
}

FOLDERS = ("workspace", "folder", "out", "copy_of", "source")
"""Parameters whose path is a folder, not a file."""
PLACEHOLDERS = {
    "zh": {
        "account": "账号",
        "at": "时间",
        "back": "天数",
        "begin": "日期",
        "by": "名字",
        "channel": "通知渠道",
        "clip": "素材",
        "command": "命令",
        "confirm": "段落编号",
        "copy_of": "风格",
        "database": "地址",
        "days": "天数",
        "destination": "平台",
        "drop": "号码",
        "file": "文件",
        "folder": "素材文件夹",
        "frame": "号码=取景",
        "given_by": "名字",
        "hours": "钟点",
        "inner": "里面的命令",
        "insist": "理由",
        "join": "地址",
        "lang": "语言",
        "leave_out": "段落编号",
        "link": "链接",
        "move": "号码:位置",
        "name": "名字",
        "no": "理由",
        "older_than": "天数",
        "other": "故事名",
        "outcome": "结果",
        "overrule": "编号=理由",
        "post": "排期编号",
        "preset": "画质",
        "product": "商品编号",
        "reason": "理由",
        "release": "发布编号",
        "remove": "编号",
        "removed": "做法",
        "restore": "号码",
        "seconds": "秒数",
        "sheet": "表格文件",
        "size": "尺寸",
        "sizes": "尺寸",
        "speech": "语言",
        "stop_after": "步骤",
        "stories": "故事名",
        "story": "故事名",
        "styles": "风格",
        "swap": "号码=号码",
        "template": "风格",
        "timezone": "时区",
        "to": "平台",
        "what": "发布编号或故事名",
        "who": "名字",
        "withdraw": "编号",
        "zh": "名字",
    },
    "en": {
        "at": "TIME",
        "back": "DAYS",
        "begin": "DAY",
        "by": "NAME",
        "clip": "CLIP",
        "confirm": "ID",
        "copy_of": "STYLE",
        "database": "ADDRESS",
        "days": "DAYS",
        "destination": "PLACE",
        "drop": "NUMBERS",
        "frame": "NUMBER=FRAMING",
        "given_by": "NAME",
        "hours": "HOURS",
        "insist": "REASON",
        "join": "ADDRESS",
        "lang": "LANGUAGE",
        "leave_out": "ID",
        "link": "LINK",
        "move": "NUMBER:PLACE",
        "no": "REASON",
        "older_than": "DAYS",
        "other": "STORY",
        "outcome": "RESULT",
        "overrule": "ID=REASON",
        "preset": "QUALITY",
        "product": "SKU",
        "reason": "REASON",
        "remove": "ID",
        "removed": "CHOICE",
        "restore": "NUMBERS",
        "seconds": "SECONDS",
        "size": "SIZE",
        "sizes": "SIZES",
        "speech": "LANGUAGE",
        "stop_after": "STAGE",
        "stories": "STORIES",
        "styles": "STYLES",
        "swap": "NUMBER=NUMBER",
        "template": "STYLE",
        "timezone": "ZONE",
        "to": "PLACES",
        "who": "NAME",
        "withdraw": "ID",
        "zh": "NAME",
    },
}
"""What stands for a value, by its parameter's name in the code; in English an argument that is not listed is called by that name."""


def speak(command: Any) -> Any:
    """Let a command, and those inside it, write their help in the language that the command line asks for. Returns the command."""

    def format_help(ctx: Any, formatter: Any) -> None:
        formatter.write("\n".join(help_lines(command, ctx, language_of(sys.argv[1:]))) + "\n")

    command.format_help = format_help
    for inner in getattr(command, "commands", {}).values():
        speak(inner)
    return command


def help_lines(command: Any, ctx: Any, language: str) -> Iterator[str]:
    """The help of a command as lines. ctx: the context in which the library asks for it."""
    labels, inner = LABELS[language], getattr(command, "commands", {})
    arguments = [param for param in command.params if param.param_type_name == "argument"]
    options = [param for param in command.params if param.param_type_name == "option" and not param.hidden]
    places = " ".join(placeholder(param, language) if param.required else f"[{placeholder(param, language)}]" for param in arguments)
    usage = " ".join(filter(None, (ctx.command_path, places, labels["commands"] if inner else "", f"[{labels['options']}]")))
    yield f"{labels['usage']}{_colon(language)}{usage}"
    yield ""
    yield from _wrapped(help_in(" ".join(str(command.help or "").split()), language), "  ", "  ")
    if arguments:
        yield from ("", f"{labels['arguments']}{_colon(language).rstrip()}")
        yield from _table([(placeholder(param, language), _told(param, language)) for param in arguments])
    yield from ("", f"{labels['options']}{_colon(language).rstrip()}")
    rows = [(_option_name(param, ctx, language), _told(param, language)) for param in options if param.name != "help"]
    yield from _table([*rows, ("--help", labels["help"])])
    if inner:
        yield from ("", f"{labels['commands']}{_colon(language).rstrip()}")
        yield from _table([(name, help_in(" ".join(str(one.help or "").split()), language)) for name, one in inner.items()])


def _colon(language: str) -> str:
    return "：" if language == "zh" else ": "


def placeholder(param: Any, language: str) -> str:
    """The word that stands for an argument, in one language: 故事名, or STORY."""
    return PLACEHOLDERS[language].get(str(param.name), str(param.name).upper())


def _option_name(param: Any, ctx: Any, language: str) -> str:
    name = str(max(param.opts, key=len))
    if param.is_flag:
        return name
    kind = str(param.display_type(ctx) or "").lower()
    if "path" in kind:
        return f"{name} {KINDS[language]['folder' if param.name in FOLDERS else 'path']}"
    named = PLACEHOLDERS[language].get(str(param.name))
    return f"{name} {named or next((word for key, word in KINDS[language].items() if key in kind), KINDS[language]['str'])}"


def _told(param: Any, language: str) -> str:
    """What a parameter means, whether it is needed, and what holds without it."""
    labels, text = LABELS[language], help_in(str(param.help or ""), language)
    if getattr(param, "multiple", False) and labels["several"] and "多次" not in text:
        text += labels["several"]
    if param.required:
        return text + labels["needed"]
    least, most = getattr(param, "min", None), getattr(param, "max", None)
    text += labels["between"].format(least=least, most=most) if least is not None and most is not None else ""
    shown = param.param_type_name == "option" and not param.is_flag and param.default not in (None, "", False, ())
    return text + labels["default"].format(value=param.default) if shown else text


def _table(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    width = max(_cells(name) for name, _ in rows) + 4
    for name, text in rows:
        yield from _wrapped(text, "  " + name + " " * (width - 2 - _cells(name)), " " * width)


def _wrapped(text: str, first: str, rest: str) -> Iterator[str]:
    """Lines no wider than WIDTH columns, broken at blanks and between Chinese characters, never before a mark that ends."""
    line, fill = first, first
    for word in _words(text):
        if _cells(line + word.rstrip()) > WIDTH and line != fill:
            yield line.rstrip()
            line = fill = rest
            word = word.lstrip()
        line += word
    yield line.rstrip()


def _words(text: str) -> Iterator[str]:
    word = ""
    for index, character in enumerate(text):
        word += character
        following = text[index + 1 : index + 2]
        if character == " " or (_wide(character) and _may_part(character, following)):
            yield word
            word = ""
    if word:
        yield word


def _may_part(before: str, after: str) -> bool:
    return bool(after) and after not in "，。：；、！？”）》" and before not in "“（《"


def _wide(character: str) -> int:
    return 1 if unicodedata.east_asian_width(character) in "WF" else 0


def _cells(text: str) -> int:
    return sum(1 + _wide(character) for character in text)
