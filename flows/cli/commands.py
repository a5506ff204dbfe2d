"""All commands by name, loaded only when they are run: help and completion need no more than this table."""

import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from flows.cli.help import speak
from flows.cli.language import language_of


@dataclass(frozen=True)
class CommandEntry:
    """Where a command is, and what it does in one line of each language. place: a module of flows.cli and a name in it."""

    place: str
    zh: str
    en: str

    def load(self, name: str) -> Any:
        """Import the command."""
        module, _, attribute = self.place.partition(".")
        found = getattr(import_module(f"flows.cli.{module}"), attribute)
        if not isinstance(found, typer.Typer):
            found, function = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False), found
            found.command(name)(function)
        command = get_command(found)
        command.name = name
        return speak(command)


COMMANDS = {
    "up": CommandEntry(
        "up_command.up",
        "一直开着：放进 inbox 的文件夹自动做成视频",
        "keep everything running: folders dropped into the inbox become videos by themselves.",
    ),
    "down": CommandEntry("up_command.down", "关闭一直开着的田剪", "end what `fieldcut up` keeps running."),
    "status": CommandEntry("up_command.status", "每条视频做到哪一步", "how far every story is."),
    "cancel": CommandEntry(
        "up_command.cancel", "停下正在做的一条视频；素材变了会再做", "end the run of one story; it is made again when its clips change."
    ),
    "worker": CommandEntry("worker_command.worker", "让这台电脑帮另一台做长视频", "have this machine help another one with long videos."),
    "stories": CommandEntry(
        "list_commands.stories", "有哪些故事、各做到哪里、视频在哪里", "the stories, how far each is, and where its video lies."
    ),
    "stages": CommandEntry("list_commands.stages", "一个故事分哪几步、每步留下了什么", "the stages of a story, and what each has left."),
    "make": CommandEntry("story_commands.make", "把一个文件夹的手机视频做成带货短视频", "make finished videos from a folder of clips."),
    "render": CommandEntry(
        "story_commands.render",
        "改了字幕、剪辑或价格以后，只重做受影响的几秒",
        "render a story again after a correction: only the seconds that changed.",
    ),
    "cut": CommandEntry(
        "cut_command.cut",
        "镜头编上号列出来：说了什么、为什么留；去掉、放回、对换、挪动，再运行 fieldcut render",
        "the shots by number, with words and reasons; change them, then run fieldcut render.",
    ),
    "compare": CommandEntry(
        "compare_command.compare",
        "两种剪法并排看：自动剪的和手工改的，或者两种风格",
        "two edits of the same clips side by side on one page.",
    ),
    "variants": CommandEntry(
        "story_commands.variants", "给每位团长做一条带自己二维码的视频", "one video per group leader, with the leader's own code."
    ),
    "demo": CommandEntry("story_commands.demo", "用自带的素材做一条视频", "make a video from the material that comes with FieldCut."),
    "catalog": CommandEntry(
        "catalog_command.catalog",
        "商品表认出了哪些商品、哪几行有疑问、变了什么",
        "a product sheet as understood, what was set aside and why, and what changed.",
    ),
    "publish": CommandEntry(
        "publish_commands.publish",
        "检查文案后发布，或交给人去发；同一条绝不发两次",
        "publish, or hand over to a person; never the same twice.",
    ),
    "approve": CommandEntry(
        "publish_commands.approve",
        "同意发布现在这一版，或者不同意；之后任何改动都要重新同意",
        "say yes or no to exactly what stands now; any change voids it.",
    ),
    "releases": CommandEntry("publish_commands.releases", "哪条视频在哪里、到哪一步了", "what is where, and how far."),
    "settle": CommandEntry(
        "publish_commands.settle", "把没完的查清楚；查不清的由人来定", "go on with what is open; what cannot be looked up a person settles."
    ),
    "leftovers": CommandEntry(
        "publish_commands.leftovers",
        "没发成的视频在平台上留下的私密稿，查出来，可以删掉",
        "hidden posts that were left behind at platforms, and removing them.",
    ),
    "claim": CommandEntry("posting_commands.claim", "认领一个待发包，由我去发", "take a hand-off pack upon yourself."),
    "posted": CommandEntry("posting_commands.posted", "我发好了，这是链接或截图", "it is posted: here is the link or a screenshot."),
    "unclaim": CommandEntry("posting_commands.unclaim", "不发了，或者换人发", "it is not posted, or by somebody else."),
    "consent": CommandEntry(
        "consent_command.consent",
        "谁同意出镜、哪段是 AI 生成的：看、记、收回",
        "who agreed to be shown, which clip is AI-made: look, record, take back.",
    ),
    "prices": CommandEntry(
        "prices_command.prices",
        "说的价格和商品表对不上的地方：看、确认、去掉",
        "prices said that are not the sheet's: look, confirm, leave out.",
    ),
    "login": CommandEntry(
        "account_commands.login",
        "登录平台账号，密钥加密保存在本机",
        "log in to a platform; what it gives is kept encrypted on this machine.",
    ),
    "notices": CommandEntry(
        "account_commands.notices",
        "把通知发到企业微信群机器人或自己的网址",
        "where notices go: a WeCom group robot, or an address of your own.",
    ),
    "settings": CommandEntry(
        "settings_command.settings", "看现在起作用的设置，各是从哪里来的", "the settings in force, and where each comes from."
    ),
    "cache": CommandEntry(
        "cache_command.cache",
        "看缓存占了多少地方，需要时清理",
        "what the cache takes, by kind, and clearing it. Deleting it loses time, never work.",
    ),
    "schema": CommandEntry(
        "schema_command.schema", "给写脚本的人：每个命令的 --json 有哪些字段", "for scripts: the fields of every command's --json."
    ),
    "doctor": CommandEntry("doctor_command.doctor", "检查这台电脑", "check what this machine has, with a fix for what is missing."),
    "calendar": CommandEntry(
        "calendar_command.calendar_app",
        "哪天几点发到哪里；还能导入排期、改时间、取消",
        "what goes where and when; load a plan, move a post, take one back.",
    ),
    "template": CommandEntry(
        "template_commands.template_app", "风格：看、做、查、打包", "style templates: list, new, check, preview, pack, add."
    ),
    "model": CommandEntry("model_commands.model_app", "语音识别模型：看、下载、试", "speech models: list, get, check."),
}
"""In the order in which help lists them."""


class CommandGroup(TyperGroup):
    """The group of all commands; its help is in one language."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the library's signature
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Load one command; None where there is none of that name."""
        entry = COMMANDS.get(cmd_name)
        return entry.load(cmd_name) if entry is not None else None

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write what each command does, in English where `--lang en` stands in the command line."""
        english = language_of(sys.argv[1:]) == "en"
        about = "FieldCut: phone clips become finished, checked, shoppable short videos." if english else "田剪：把手机视频剪成带货短视频。"
        _write(formatter, about)
        with formatter.section("Commands" if english else "命令"):
            formatter.write_dl([(name, entry.en if english else entry.zh) for name, entry in COMMANDS.items()])
        more = "How a command is used: fieldcut COMMAND --help" if english else "某个命令怎么用：fieldcut 命令 --help"
        formatter.write_paragraph()
        _write(formatter, more)
        _write(formatter, "fieldcut --version: the release's number" if english else "看版本：fieldcut --version")


def _write(formatter: Any, text: str) -> None:
    formatter.write(f"{text}\n")
