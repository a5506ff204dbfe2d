"""`fieldcut schema`: the fields of what commands print with --json."""

from typing import Annotated

import typer

from flows.cli.errors import refuse
from flows.cli.options import Language
from pipeline.documents.message import M
from pipeline.system import json_text


def schema(
    command: Annotated[str, typer.Argument(help="哪个命令，不写就列出全部 | which command; all are listed without it")] = "",
    inner: Annotated[str, typer.Argument(help="它里面的命令，比如 draft | the command inside it, draft for example")] = "",
    lang: Language = "zh",
) -> None:
    """给写脚本的人：每个命令的 --json 有哪些字段 | for scripts: the fields of every command's --json."""
    from flows.cli.json_answers import ANSWERS
    from flows.cli.json_page import schema_of

    if not command:
        print("\n".join(ANSWERS))
        return
    asked = f"{command} {inner}".strip()
    if asked not in ANSWERS:
        refuse(M("{name} has no --json. Those that have it: {known}.", name=asked, known=", ".join(ANSWERS)), lang)
    print(json_text(schema_of(asked), indent=2))
