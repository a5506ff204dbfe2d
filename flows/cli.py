"""The command line: what can be typed. Prefect is never imported here; that alone takes two seconds."""

import sys
import warnings
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from flows.publish_commands import COMMANDS
from flows.refusal import as_told, fail, refuse
from flows.settings_command import settings, warn_of_settings
from flows.show import Screen, hear_signals, print_error
from pipeline.documents.message import M
from pipeline.language import say
from pipeline.resources import ASSETS
from pipeline.settings import zone_of
from pipeline.system import json_text, make_output_safe

if TYPE_CHECKING:
    from flows.outcome import Outcome

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)
SIZES = ("1080x1920", "720x1280", "1080x1080", "1920x1080", "270x480", "480x270", "360x360")
INTERRUPTED = 130

Workspace = Annotated[Path, typer.Option("--workspace", help="工作文件夹 | where stories, cache and results lie")]
Language = Annotated[str, typer.Option("--lang", help="zh | en")]
Json = Annotated[bool, typer.Option("--json", help="给脚本用 | one JSON object on standard output")]
Explain = Annotated[bool, typer.Option("--explain", help="说明每一小段是新做的还是沿用的 | which seconds were made, which reused, and why")]
Encoder = Annotated[str | None, typer.Option(help="x264 | auto | NAME")]
Threads = Annotated[int | None, typer.Option(help="最多用几个核 | cores that rendering may use")]
Nice = Annotated[int | None, typer.Option(help="0–19，越大越让着别的程序 | how much rendering gives way to other programs")]


@app.command()
def make(
    folder: Annotated[Path, typer.Argument(help="放手机视频的文件夹 | the folder of clips; never written to")],
    catalog: Annotated[Path | None, typer.Option(help="商品表 | product sheet (CSV or XLSX)")] = None,
    workspace: Workspace = Path("workspace"),
    product: Annotated[str | None, typer.Option(help="商品编号 | SKU of the product")] = None,
    template: Annotated[str | None, typer.Option(help="风格模板 | style template")] = None,
    destination: Annotated[list[str] | None, typer.Option("--for", help="发布到哪里，可写多次 | destination, may be repeated")] = None,
    seconds: Annotated[float | None, typer.Option(help="最长秒数 | upper bound of the length")] = None,
    size: Annotated[list[str] | None, typer.Option(help="可写多次 | may be repeated: " + " | ".join(SIZES))] = None,
    preset: Annotated[str | None, typer.Option(help="draft | standard | best")] = None,
    lang: Language = "zh",
    speech: Annotated[str | None, typer.Option(help="zh | en | auto")] = None,
    music: Annotated[str | None, typer.Option(help="FILE | none | auto")] = None,
    encoder: Encoder = None,
    threads: Threads = None,
    nice: Nice = None,
    stop_after: Annotated[str, typer.Option(help="做完这一步就停 | stop after this stage")] = "",
    out: Annotated[Path | None, typer.Option(help="成品放哪里 | folder for the finished files")] = None,
    explain: Explain = False,
    as_json: Json = False,
) -> None:
    """把一个文件夹的手机视频做成带货短视频 | make finished videos from a folder of clips."""
    asked = {
        "catalog": str(catalog.resolve()) if catalog else _sheet_beside(workspace),
        "product": product,
        "template": template,
        "max_seconds": seconds,
        "preset": preset,
        "speech": speech,
        "music": _music(music),
        "out": str(out.resolve()) if out else None,
        "encoder": encoder,
        "threads": threads,
        "nice": nice,
        **_videos(destination or [], size or [], lang, as_json),
    }
    given = {key: value for key, value in asked.items() if value is not None}

    def run(now: datetime, screen: Screen) -> "Outcome":
        from flows.make import run_story

        return run_story(folder, workspace, {**given, "language": lang}, now, stop_after, screen)

    _run(run, workspace, lang, as_json, explain)


@app.command()
def render(
    story: Annotated[str, typer.Argument(help="故事名 | the story's name, a folder in workspace/stories")],
    workspace: Workspace = Path("workspace"),
    encoder: Encoder = None,
    threads: Threads = None,
    nice: Nice = None,
    explain: Explain = False,
    lang: Annotated[str | None, typer.Option("--lang", help="zh | en")] = None,
    as_json: Json = False,
) -> None:
    """改了字幕、剪辑或价格以后，只重做受影响的几秒 | render a story again after a correction: only the seconds that changed."""
    changes = {"encoder": encoder, "threads": threads, "nice": nice, "language": lang}

    def run(now: datetime, screen: Screen) -> "Outcome":
        from flows.again import render_story

        return render_story(story, workspace, {key: value for key, value in changes.items() if value is not None}, now, screen)

    _run(run, workspace, lang or "zh", as_json, explain)


@app.command()
def variants(
    story: Annotated[str, typer.Argument(help="故事名 | the story's name, a folder in workspace/stories")],
    leaders: Annotated[Path, typer.Option(help="团长表：团长、店名、提货点、链接 | sheet of group leaders: name, shop, pick-up, link")],
    workspace: Workspace = Path("workspace"),
    destination: Annotated[str, typer.Option("--for", help="发布到哪里 | destination profile")] = "group_buy",
    size: Annotated[str | None, typer.Option(help=" | ".join(SIZES))] = None,
    encoder: Encoder = None,
    threads: Threads = None,
    nice: Nice = None,
    explain: Explain = False,
    lang: Annotated[str | None, typer.Option("--lang", help="zh | en")] = None,
    as_json: Json = False,
) -> None:
    """给每位团长做一条带自己二维码的视频 | one video per group leader, with the leader's own code."""
    width, height = _size(size, lang or "zh", as_json) if size else (0, 0)
    changes = {"encoder": encoder, "threads": threads, "nice": nice, "language": lang}
    given = {key: value for key, value in changes.items() if value is not None}

    def run(now: datetime, screen: Screen) -> "Outcome":
        from flows.again import make_variants

        return make_variants(story, workspace, leaders, destination, (width, height), given, now, screen)

    _run(run, workspace, lang or "zh", as_json, explain)


@app.command()
def demo(
    workspace: Workspace = Path("workspace"),
    size: Annotated[str | None, typer.Option(help=" | ".join(SIZES))] = None,
    template: Annotated[str, typer.Option(help="风格模板 | style template")] = "liangshan",
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """用自带的素材做一条视频 | make a video from the material that comes with FieldCut."""
    asked: dict[str, object] = {"catalog": str(ASSETS / "demo" / "catalog.csv"), "template": template, "language": lang}
    asked |= _videos([], [size] if size else [], lang, as_json)

    def run(now: datetime, screen: Screen) -> "Outcome":
        from flows.make import run_story

        return run_story(ASSETS / "demo" / "story", workspace, asked, now, "", screen, story="demo")

    _run(run, workspace, lang, as_json)


@app.command()
def cache(
    workspace: Workspace = Path("workspace"),
    older_than: Annotated[float | None, typer.Option(help="删掉这么多天没用过的 | remove what was not used for so many days")] = None,
    keep: Annotated[float | None, typer.Option(help="最多留多少 GB | remove the longest unused until so many GB are left")] = None,
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """看缓存占了多少地方，需要时清理 | what the cache takes, by kind, and clearing it. Deleting it loses time, never work."""
    from flows.clear import look_at_cache

    _check_language(lang)
    try:
        with zone_of(workspace) as zone:
            look_at_cache(workspace, older_than, keep, datetime.now(zone), lang, as_json)
    except Exception as error:
        fail(as_told(error, workspace), lang, as_json)


@app.command()
def doctor(workspace: Workspace = Path("workspace"), lang: Language = "zh", as_json: Json = False) -> None:
    """检查这台电脑 | check what this machine has, with a fix for what is missing."""
    from flows.doctor import examine

    raise typer.Exit(examine(workspace, lang, as_json))


for command in (*COMMANDS, settings):
    app.command()(command)


def _run(work: "Callable[[datetime, Screen], Outcome]", workspace: Path, lang: str, as_json: bool, explain: bool = False) -> NoReturn:
    """Do the work with a screen, Ctrl-C and errors told in the reader's language, and end with its exit code."""
    _check_language(lang)
    screen = Screen(lang, quiet=as_json)
    hear_signals(screen)
    try:
        with zone_of(workspace) as zone:
            warn_of_settings(workspace, screen.warn)
            outcome = work(datetime.now(zone), screen)
    except (Exception, KeyboardInterrupt) as error:
        if screen.ended or isinstance(error, KeyboardInterrupt):  # a child that was interrupted with us fails first at times
            print_error(say(M("Stopped. Run the same command again to go on where it stopped."), lang))
            sys.exit(INTERRUPTED)
        fail(as_told(error, workspace), lang, as_json)
    finally:
        screen.close()
    if as_json:
        print(json_text(outcome.as_json(explain=explain), indent=2))
    else:
        print("\n\n".join([outcome.paragraph(lang), *([outcome.explained(lang)] if explain else [])]))
    sys.exit(outcome.exit_code)


def _check_language(lang: str) -> None:
    if lang not in ("zh", "en"):
        refuse(M("--lang knows zh and en, not {given}.", given=lang), "en")


def _videos(destinations: list[str], sizes: list[str], lang: str, as_json: bool) -> dict[str, object]:
    """Which videos are wanted: every size for every destination."""
    asked = {"destinations": destinations, "sizes": [_size(size, lang, as_json) for size in sizes]}
    return {name: value for name, value in asked.items() if value}


def _size(size: str, lang: str, as_json: bool) -> tuple[int, int]:
    if size not in SIZES:
        refuse(M("--size {given} is not known. Choose one of: {known}.", given=size, known=", ".join(SIZES)), lang, as_json)
    width, height = size.split("x")
    return int(width), int(height)


def _music(music: str | None) -> str | None:
    return music if music in (None, "none", "auto") else str(Path(music).resolve())


def _sheet_beside(workspace: Path) -> str | None:
    """The co-op's own sheet in the workspace serves when none is named."""
    found = [workspace / name for name in ("catalog.csv", "catalog.xlsx") if (workspace / name).is_file()]
    return str(found[0].resolve()) if found else None


def main() -> None:
    """Entry point of the `fieldcut` command."""
    make_output_safe()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # what a library thinks of another is no news for a volunteer
    app()


if __name__ == "__main__":
    main()
