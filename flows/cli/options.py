"""Options and arguments that several commands share, each defined once."""

from pathlib import Path
from typing import Annotated, get_args

import typer

from pipeline.documents.job import PresetName
from pipeline.documents.sizes import SIZES

PRESETS: tuple[str, ...] = get_args(PresetName)
SIZE_NAMES = f"{'、'.join(('竖屏', '横屏', '方形', *SIZES))} | {', '.join(SIZES)}"

Workspace = Annotated[Path, typer.Option("--workspace", help="工作文件夹 | where stories, cache and results lie")]
Language = Annotated[str, typer.Option("--lang", help="说哪种话：zh 中文，en 英文 | the language: zh or en")]
LastLanguage = Annotated[str | None, typer.Option("--lang", help="说哪种话：zh 中文，en 英文 | the language: zh or en")]
"""The language option of commands on an existing story: without it, the language of the story's last run."""
Json = Annotated[bool, typer.Option("--json", help="给脚本用 | one JSON object on standard output")]

Story = Annotated[str, typer.Argument(help="哪个故事，fieldcut stories 列出全部 | the story's name, a folder in workspace/stories")]
Release = Annotated[str, typer.Argument(help="开头几位就行，fieldcut releases 每行都有 | the beginning of the release's id")]

Size = Annotated[str | None, typer.Option("--size", help=SIZE_NAMES)]
Sizes = Annotated[list[str] | None, typer.Option("--size", help=SIZE_NAMES + "; may be repeated")]
Preset = Annotated[
    str | None, typer.Option("--preset", help="画质：草稿（看样片用）、标准、最好 | quality: draft for looking, standard, best")
]
Explain = Annotated[bool, typer.Option("--explain", help="说明每一小段是新做的还是沿用的 | which seconds were made, which reused, and why")]
Encoder = Annotated[
    str | None,
    typer.Option("--encoder", help="用什么压视频：x264，auto 用电脑自带的，或写名字 | x264, auto for the machine's own, or a name"),
]
Threads = Annotated[int | None, typer.Option(help="最多用几个核 | cores that rendering may use")]
Nice = Annotated[int | None, typer.Option(help="0–19，越大越让着别的程序 | how much rendering gives way to other programs")]

To = Annotated[
    str,
    typer.Option(
        "--to",
        help="发到哪里，逗号隔开：货架、人工:抖音、快手:账号 | where to: shelf, handoff:douyin, kuaishou:ACCOUNT",
    ),
]
At = Annotated[str, typer.Option("--at", help='"2026-12-01 19:30"，不写就是马上 | when; at once without it')]
By = Annotated[str, typer.Option("--by", help="谁在操作 | who you are")]
Overrule = Annotated[list[str] | None, typer.Option("--overrule", help="编号=理由，放行一条 ✗ | ID=REASON sets one ✗ aside")]
Link = Annotated[str, typer.Option(help="发布后的链接 | the post's link")]
Screenshot = Annotated[Path | None, typer.Option(help="发布后的截图 | a screenshot of it")]
