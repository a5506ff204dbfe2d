"""Options and arguments that several commands share, each defined once."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.documents.sizes import SIZES

SIZE_NAMES = " | ".join(SIZES)

Workspace = Annotated[Path, typer.Option("--workspace", help="工作文件夹 | where stories, cache and results lie")]
Language = Annotated[str, typer.Option("--lang", help="zh | en")]
LastLanguage = Annotated[str | None, typer.Option("--lang", help="zh | en")]
"""The language option of commands on an existing story: without it, the language of the story's last run."""
Json = Annotated[bool, typer.Option("--json", help="给脚本用 | one JSON object on standard output")]

Story = Annotated[str, typer.Argument(help="故事名 | the story's name, a folder in workspace/stories")]
Release = Annotated[str, typer.Argument(help="编号的开头 | the beginning of the release's id")]

Size = Annotated[str | None, typer.Option(help=SIZE_NAMES)]
Sizes = Annotated[list[str] | None, typer.Option("--size", help="可写多次 | may be repeated: " + SIZE_NAMES)]
Explain = Annotated[bool, typer.Option("--explain", help="说明每一小段是新做的还是沿用的 | which seconds were made, which reused, and why")]
Encoder = Annotated[str | None, typer.Option(help="x264 | auto | NAME")]
Threads = Annotated[int | None, typer.Option(help="最多用几个核 | cores that rendering may use")]
Nice = Annotated[int | None, typer.Option(help="0–19，越大越让着别的程序 | how much rendering gives way to other programs")]

To = Annotated[str, typer.Option("--to", help="shelf,shelf:ACCOUNT,handoff:douyin,kuaishou:ACCOUNT")]
At = Annotated[str, typer.Option("--at", help='"2026-12-01 19:30"，不写就是马上 | when; at once without it')]
By = Annotated[str, typer.Option("--by", help="谁在操作 | who you are")]
Overrule = Annotated[list[str] | None, typer.Option("--overrule", help="编号=理由，放行一条 ✗ | ID=REASON sets one ✗ aside")]
Link = Annotated[str, typer.Option(help="发布后的链接 | the post's link")]
Screenshot = Annotated[Path | None, typer.Option(help="发布后的截图 | a screenshot of it")]
