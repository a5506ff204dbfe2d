"""`fieldcut template`: the styles, a new one out of a copy, its check, its preview, and a pack for another co-op."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import Json, Language, Workspace
from flows.cli.run import run, show_report
from flows.cli.screen import Screen
from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.system import json_text

if TYPE_CHECKING:
    from pipeline.brand.check import StyleFinding

template_app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="风格：看、做、查、打包 | style templates: list, new, check, preview, pack, add.",
)
Style = Annotated[str, typer.Argument(help="风格名，比如 liangshan 或 凉山 | a style's name")]
Out = Annotated[Path | None, typer.Option("--out", help="写到哪个文件夹 | folder for what is written")]


@template_app.command("list")
def list_templates(workspace: Workspace = Path("workspace"), lang: Language = "zh", as_json: Json = False) -> None:
    """有哪些风格 | the styles that there are."""

    def work(_now: datetime) -> str:
        from pipeline.actions.new_style import list_styles

        styles = list_styles(workspace)
        if as_json:
            facts = [
                {"name": one.name, "zh": one.zh, "en": one.en, "own": one.own, "asked": one.asked, "broken": bool(one.broken)}
                for one in styles
            ]
            return json_text({"styles": facts}, indent=2)
        lines = []
        for one in styles:
            where = say(M("of this workspace") if one.own else M("of FieldCut"), lang)
            told = say(one.broken, lang) if one.broken else f"{one.zh} · {one.en}"
            lines.append(f"{one.name:<12} {told}  ({where})")
        return "\n".join(lines)

    show_report(work, workspace, lang, as_json)


@template_app.command()
def new(
    name: Annotated[str, typer.Argument(help="新风格的名字 | the new style's name")],
    copy_of: Annotated[str, typer.Option("--from", help="照着哪个改 | the style to copy")] = "plain",
    zh: Annotated[str, typer.Option(help="中文名 | its Chinese name")] = "",
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """照着一个风格做新的，带着它的画法 | a copy of a style to be changed, with the recipe of its pictures."""

    def work(_now: datetime) -> str:
        from pipeline.actions.new_style import new_style

        file = new_style(name, workspace, copy_of=copy_of, zh=zh)
        if as_json:
            return json_text({"name": name, "file": str(file)})
        return say(
            M("Open {file}, change colours and motifs, and look at it with: fieldcut template preview {name}", file=str(file), name=name),
            lang,
        )

    show_report(work, workspace, lang, as_json)


@template_app.command()
def check(name: Style, workspace: Workspace = Path("workspace"), lang: Language = "zh", as_json: Json = False) -> None:
    """查一个风格：对比度、字号、色盲、字库、授权 | contrast, sizes on a phone, colour-blind viewers, glyphs, licences."""

    def work(_now: datetime, _screen: Screen) -> "list[StyleFinding]":
        from pipeline.brand import style_named, style_roots
        from pipeline.brand.check import check_style

        roots = style_roots(workspace)
        return check_style(style_named(name, roots), roots)

    run(work, lambda findings: _told(findings, lang, as_json), workspace, lang, as_json)


@template_app.command()
def preview(name: Style, out: Out = None, workspace: Workspace = Path("workspace"), lang: Language = "zh", as_json: Json = False) -> None:
    """不做视频就看一个风格：一张图、一个网页 | one picture and one page that show a style, without a video."""

    def work(_now: datetime, _screen: Screen) -> "tuple[list[str], list[StyleFinding]]":
        from pipeline.actions.style_preview import preview_style
        from pipeline.brand import style_named, style_roots

        made = preview_style(style_named(name, style_roots(workspace)), workspace, lang, out)
        return [str(made.picture), str(made.page)], made.findings

    def show(made: "tuple[list[str], list[StyleFinding]]") -> tuple[str, int]:
        files, findings = made
        if as_json:
            return json_text({"picture": files[0], "page": files[1], "findings": _facts(findings, lang)}, indent=2), 0
        return "\n".join([*files, *_lines(findings, lang)]), 0

    run(work, show, workspace, lang, as_json)


@template_app.command()
def pack(name: Style, out: Out = None, workspace: Workspace = Path("workspace"), lang: Language = "zh", as_json: Json = False) -> None:
    """把一个风格装成一个文件，别的合作社能用 | a style as one file for another co-op."""

    def work(_now: datetime) -> str:
        from pipeline.actions.style_packs import pack_style

        path = pack_style(name, workspace, out)
        return json_text({"file": str(path)}) if as_json else str(path)

    show_report(work, workspace, lang, as_json)


@template_app.command()
def add(
    file: Annotated[Path, typer.Argument(help="别人给的风格文件 | the pack of a style")],
    name: Annotated[str, typer.Option("--name", help="换个名字 | another name")] = "",
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """收下别人装好的风格 | take a style that another co-op has packed."""

    def work(_now: datetime) -> str:
        from pipeline.actions.style_packs import add_style

        added = add_style(file, workspace, name=name)
        if as_json:
            return json_text({"name": added})
        return say(M("The style {name} is there. Look at it with: fieldcut template preview {name}", name=added), lang)

    show_report(work, workspace, lang, as_json)


def _told(findings: "list[StyleFinding]", lang: str, as_json: bool) -> tuple[str, int]:
    code = UserMistake.exit_code if any(finding.level == "wrong" for finding in findings) else 0
    if as_json:
        return json_text({"findings": _facts(findings, lang)}, indent=2), code
    return "\n".join(_lines(findings, lang)) or say(M("Nothing to say about it."), lang), code


def _facts(findings: "list[StyleFinding]", lang: str) -> list[dict[str, str]]:
    return [{"level": finding.level, "message": say(finding.message, lang)} for finding in findings]


def _lines(findings: "list[StyleFinding]", lang: str) -> list[str]:
    return [f"{'✗' if finding.level == 'wrong' else '·'} {say(finding.message, lang)}" for finding in findings]
