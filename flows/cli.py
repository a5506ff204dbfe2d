"""The command line: `fieldcut make`, `fieldcut demo`, `fieldcut doctor`. Prefect is never imported here; that alone takes two seconds."""

import contextlib
import errno
import json
import signal
import sys
import tempfile
import traceback
import warnings
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from flows.show import Screen, print_error
from pipeline.documents.message import M, Message
from pipeline.errors import DiskFault, Fault, FieldCutError, UserMistake
from pipeline.language import say
from pipeline.resources import ASSETS
from pipeline.store.disk import disk_fault, why

app = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)
SIZES = ("1080x1920", "720x1280", "1080x1080", "1920x1080", "270x480", "480x270", "360x360")
INTERRUPTED = 130

Workspace = Annotated[Path, typer.Option("--workspace", help="工作文件夹 | where stories, cache and results lie")]
Language = Annotated[str, typer.Option("--lang", help="zh | en")]
Json = Annotated[bool, typer.Option("--json", help="给脚本用 | one JSON object on standard output")]


@app.command()
def make(
    folder: Annotated[Path, typer.Argument(help="放手机视频的文件夹 | the folder of clips; never written to")],
    catalog: Annotated[Path | None, typer.Option(help="商品表 | product sheet (CSV or XLSX)")] = None,
    workspace: Workspace = Path("workspace"),
    product: Annotated[str | None, typer.Option(help="商品编号 | SKU of the product")] = None,
    template: Annotated[str | None, typer.Option(help="风格模板 | style template")] = None,
    destination: Annotated[str | None, typer.Option("--for", help="发布到哪里 | destination profile")] = None,
    seconds: Annotated[float | None, typer.Option(help="最长秒数 | upper bound of the length")] = None,
    size: Annotated[str | None, typer.Option(help=" | ".join(SIZES))] = None,
    preset: Annotated[str | None, typer.Option(help="draft | standard | best")] = None,
    lang: Language = "zh",
    speech: Annotated[str | None, typer.Option(help="zh | en | auto")] = None,
    music: Annotated[str | None, typer.Option(help="FILE | none | auto")] = None,
    stop_after: Annotated[str, typer.Option(help="做完这一步就停 | stop after this stage")] = "",
    out: Annotated[Path | None, typer.Option(help="成品放哪里 | folder for the finished files")] = None,
    as_json: Json = False,
) -> None:
    """把一个文件夹的手机视频做成带货短视频 | make a finished video from a folder of clips."""
    asked = {
        "catalog": str(catalog.resolve()) if catalog else _sheet_beside(workspace),
        "product": product,
        "template": template,
        "destination": destination,
        "max_seconds": seconds,
        "preset": preset,
        "speech": speech,
        "music": _music(music),
        "out": str(out.resolve()) if out else None,
        **_size(size, lang, as_json),
    }
    _run(folder, workspace, {key: value for key, value in asked.items() if value is not None}, lang, stop_after, as_json)


@app.command()
def demo(
    workspace: Workspace = Path("workspace"),
    size: Annotated[str | None, typer.Option(help=" | ".join(SIZES))] = None,
    template: Annotated[str, typer.Option(help="风格模板 | style template")] = "liangshan",
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """用自带的素材做一条视频 | make a video from the material that comes with FieldCut."""
    asked: dict[str, object] = {"catalog": str(ASSETS / "demo" / "catalog.csv"), "template": template, **_size(size, lang, as_json)}
    _run(ASSETS / "demo" / "story", workspace, asked, lang, "", as_json, story="demo")


@app.command()
def doctor(workspace: Workspace = Path("workspace"), lang: Language = "zh", as_json: Json = False) -> None:
    """检查这台电脑 | check what this machine has, with a fix for what is missing."""
    from flows.doctor import examine

    raise typer.Exit(examine(workspace, lang, as_json))


def _run(folder: Path, workspace: Path, asked: dict[str, object], lang: str, stop_after: str, as_json: bool, story: str = "") -> None:
    _check_language(lang)
    screen = Screen(lang, quiet=as_json)
    _hear_signals(screen)
    try:
        from flows.make import run_story

        outcome = run_story(folder, workspace, {**asked, "language": lang}, datetime.now().astimezone(), stop_after, screen, story=story)
    except (Exception, KeyboardInterrupt) as error:
        if screen.ended or isinstance(error, KeyboardInterrupt):  # a child that was interrupted with us fails first at times
            print_error(say(M("Stopped. Run the same command again to go on where it stopped."), lang))
            sys.exit(INTERRUPTED)
        _fail(_as_told(error, workspace), lang, as_json)
    finally:
        screen.close()
    if as_json:
        print(json.dumps(outcome.as_json(), ensure_ascii=False, indent=2))
    else:
        print(outcome.paragraph(lang))
    sys.exit(outcome.exit_code)


def _hear_signals(screen: Screen) -> None:
    """Ctrl-C, and the ending that a supervisor asks for, go the same way; a Ctrl-C that our shell ignores stays ignored."""

    def end(_signal: int, _frame: FrameType | None) -> NoReturn:
        screen.ended = True
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, end)


def _fail(error: FieldCutError, lang: str, as_json: bool) -> NoReturn:
    text = say(error.message, lang)
    if as_json:
        print(json.dumps({"error": text, "exit_code": error.exit_code}, ensure_ascii=False))
    print_error(text)
    sys.exit(error.exit_code)


def _as_told(error: BaseException, workspace: Path) -> FieldCutError:
    """Any error as one that has a line for a person."""
    if isinstance(error, FieldCutError):
        return error
    if not isinstance(error, OSError):
        return _own_fault(error)
    # a file that nobody looked after: a clip taken away while it was read, a disk that filled up
    path = Path(str(error.filename or workspace))
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        return disk_fault(path, error)
    return DiskFault(M("{path} cannot be used: {error}", path=str(path), error=why(error)))


def _own_fault(error: BaseException) -> Fault:
    """A mistake of the program itself: one line for the person, the rest in a file."""
    log = Path(tempfile.gettempdir()) / "fieldcut-error.log"
    with contextlib.suppress(OSError):
        log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    what = f"{type(error).__name__}: {error}"
    return Fault(M("FieldCut itself failed: {error}. Please report it with the file {path}.", error=what, path=str(log)))


def _check_language(lang: str) -> None:
    if lang not in ("zh", "en"):
        _refuse(M("--lang knows zh and en, not {given}.", given=lang), "en", False)


def _refuse(message: Message, lang: str, as_json: bool) -> NoReturn:
    _fail(UserMistake(message), lang, as_json)


def _size(size: str | None, lang: str, as_json: bool) -> dict[str, int]:
    if size is None:
        return {}
    if size not in SIZES:
        _refuse(M("--size {given} is not known. Choose one of: {known}.", given=size, known=", ".join(SIZES)), lang, as_json)
    width, height = size.split("x")
    return {"width": int(width), "height": int(height)}


def _music(music: str | None) -> str | None:
    return music if music in (None, "none", "auto") else str(Path(music).resolve())


def _sheet_beside(workspace: Path) -> str | None:
    """The co-op's own sheet in the workspace serves when none is named."""
    found = [workspace / name for name in ("catalog.csv", "catalog.xlsx") if (workspace / name).is_file()]
    return str(found[0].resolve()) if found else None


def main() -> None:
    """Entry point of the `fieldcut` command."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # what a library thinks of another is no news for a volunteer
    app()


if __name__ == "__main__":
    main()
