"""Commands that make videos: make, render, variants, demo."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from flows.cli.errors import refuse
from flows.cli.options import (
    PRESETS,
    Encoder,
    Explain,
    Json,
    Language,
    LastLanguage,
    Nice,
    Preset,
    Size,
    Sizes,
    Story,
    Threads,
    Workspace,
)
from flows.cli.run import run_story
from flows.cli.screen import Screen
from flows.cli.sheet_question import ask_about_sheet
from pipeline.documents.message import M
from pipeline.documents.presets import preset_named
from pipeline.documents.sizes import SIZES, size_named
from pipeline.documents.subtitle_manners import MANNER_WORDS, subtitle_manner_named
from pipeline.documents.subtitles import SubtitleManner
from pipeline.system import open_in_browser

if TYPE_CHECKING:
    from pipeline.actions.outcome import Outcome


def make(
    folder: Annotated[Path, typer.Argument(help="手机视频放在哪个文件夹，只读不改 | the folder of clips; never written to")],
    catalog: Annotated[Path | None, typer.Option(help="商品表，给一次就记住；none 不用 | product sheet, remembered; none: without")] = None,
    workspace: Workspace = Path("workspace"),
    product: Annotated[str | None, typer.Option(help="商品编号 | SKU of the product")] = None,
    template: Annotated[str | None, typer.Option(help="风格：名字，中文的也行 | style, by its name")] = None,
    destination: Annotated[list[str] | None, typer.Option("--for", help="发布到哪里，可写多次 | destination, may be repeated")] = None,
    seconds: Annotated[float | None, typer.Option(help="最长秒数 | upper bound of the length")] = None,
    size: Sizes = None,
    preset: Preset = None,
    lang: Language = "zh",
    speech: Annotated[str | None, typer.Option(help="片子里说什么话：zh、en，auto 自己听 | the language spoken: zh, en, or auto")] = None,
    music: Annotated[str | None, typer.Option(help="配乐：音乐文件，none 不要，auto 自己选 | music: a file, none, or auto")] = None,
    subtitles: Annotated[
        str | None, typer.Option(help="字幕：卡拉OK 边说边变色，关键词 突出重点，普通 | subtitles: karaoke, keyword, or plain")
    ] = None,
    encoder: Encoder = None,
    threads: Threads = None,
    nice: Nice = None,
    stop_after: Annotated[str, typer.Option(help="做完这一步就停 | stop after this stage")] = "",
    out: Annotated[Path | None, typer.Option(help="成品放到哪个文件夹 | folder for the finished files")] = None,
    here: Annotated[bool, typer.Option("--here", help="就在这个窗口里做 | make it in this window, though FieldCut runs")] = False,
    open_video: Annotated[bool, typer.Option("--open", help="做好就播放 | play the video when it is done")] = False,
    explain: Explain = False,
    as_json: Json = False,
) -> None:
    """把一个文件夹的手机视频做成带货短视频 | make finished videos from a folder of clips."""
    options = {
        "catalog": None if catalog is None else "none" if str(catalog) == "none" else str(catalog.resolve()),
        "product": product,
        "template": template,
        "max_seconds": seconds,
        "preset": _preset(preset, lang, as_json),
        "speech": speech,
        "music": _music(music),
        "subtitles": _subtitles(subtitles, lang, as_json),
        "out": str(out.resolve()) if out else None,
        "encoder": encoder,
        "threads": threads,
        "nice": nice,
        **_video_options(destination or [], size or [], lang, as_json),
    }
    given_options = {key: value for key, value in options.items() if value is not None}

    def work(now: datetime, screen: Screen) -> "Outcome":
        from flows.supervisor_files import running_api

        def once() -> "Outcome":
            asked = {**given_options, "language": lang}
            address = None if here else running_api(workspace)
            if address is not None:
                return _make_by_order(address, folder, workspace, asked, now, stop_after, screen)
            from pipeline.actions.make import make_story

            return make_story(folder, workspace, asked, now, stop_after, screen)

        outcome = ask_about_sheet(once, screen, lang, as_json)
        if open_video and outcome.files.get("video"):
            open_in_browser(Path(outcome.files["video"]).as_uri())
        return outcome

    run_story(work, workspace, lang, as_json, explain)


def _make_by_order(
    address: str, folder: Path, workspace: Path, options: dict[str, object], now: datetime, stop_after: str, screen: Screen
) -> "Outcome":
    """Hand the story over to the FieldCut that keeps the workspace; Ctrl-C leaves it running there."""
    from flows.handed_over import make_by_order

    screen.when_ended = M("It goes on without this window. `fieldcut status` says how far it is, `fieldcut cancel STORY` ends it.")
    return make_by_order(address, folder, workspace, options, now, stop_after, screen)


def render(
    story: Story,
    workspace: Workspace = Path("workspace"),
    preset: Preset = None,
    encoder: Encoder = None,
    threads: Threads = None,
    nice: Nice = None,
    explain: Explain = False,
    lang: LastLanguage = None,
    as_json: Json = False,
) -> None:
    """改了字幕、剪辑或价格以后，只重做受影响的几秒 | render a story again after a correction: only the seconds that changed."""
    changes = {"preset": _preset(preset, lang or "zh", as_json), "encoder": encoder, "threads": threads, "nice": nice, "language": lang}

    def work(now: datetime, screen: Screen) -> "Outcome":
        from pipeline.actions.rerender import rerender_story

        return rerender_story(story, workspace, {key: value for key, value in changes.items() if value is not None}, now, screen)

    run_story(work, workspace, lang or "zh", as_json, explain)


def variants(
    story: Story,
    leaders: Annotated[Path, typer.Option(help="团长表：团长、店名、提货点、链接 | sheet of group leaders: name, shop, pick-up, link")],
    workspace: Workspace = Path("workspace"),
    destination: Annotated[str, typer.Option("--for", help="发布到哪里 | destination profile")] = "group_buy",
    size: Size = None,
    preset: Preset = None,
    encoder: Encoder = None,
    threads: Threads = None,
    nice: Nice = None,
    explain: Explain = False,
    lang: LastLanguage = None,
    as_json: Json = False,
) -> None:
    """给每位团长做一条带自己二维码的视频 | one video per group leader, with the leader's own code."""
    width, height = _size(size, lang or "zh", as_json) if size else (0, 0)
    changes = {"preset": _preset(preset, lang or "zh", as_json), "encoder": encoder, "threads": threads, "nice": nice, "language": lang}
    given_changes = {key: value for key, value in changes.items() if value is not None}

    def work(now: datetime, screen: Screen) -> "Outcome":
        from pipeline.actions.variants import make_variants

        return make_variants(story, workspace, leaders, destination, (width, height), given_changes, now, screen)

    run_story(work, workspace, lang or "zh", as_json, explain)


def demo(
    workspace: Workspace = Path("workspace"),
    size: Size = None,
    preset: Preset = None,
    template: Annotated[str, typer.Option(help="风格：名字，中文的也行 | style, by its name")] = "liangshan",
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """用自带的素材做一条视频 | make a video from the material that comes with FieldCut."""
    options: dict[str, object] = {"template": template, "language": lang}
    options |= _video_options([], [size] if size else [], lang, as_json)
    if preset is not None:
        options["preset"] = _preset(preset, lang, as_json)

    def work(now: datetime, screen: Screen) -> "Outcome":
        from pipeline.actions.demo import make_demo_story

        return make_demo_story(workspace, options, now, screen)

    run_story(work, workspace, lang, as_json)


def _video_options(destinations: list[str], sizes: list[str], lang: str, as_json: bool) -> dict[str, object]:
    """The destinations and sizes as options of `make_story`: a video is made of every size for every destination."""
    options = {"destinations": destinations, "sizes": [_size(size, lang, as_json) for size in sizes]}
    return {name: value for name, value in options.items() if value}


def _size(size: str, lang: str, as_json: bool) -> tuple[int, int]:
    named = size_named(size)
    if named is None:
        known = ", ".join(["竖屏", "横屏", "方形", *SIZES])
        refuse(M("--size {given} is not known. Choose one of: {known}.", given=size, known=known), lang, as_json)
    return named


def _preset(preset: str | None, lang: str, as_json: bool) -> str | None:
    named = preset_named(preset) if preset is not None else None
    if preset is not None and named is None:
        known = ", ".join(["草稿", "标准", "最好", *PRESETS])
        refuse(M("{option} cannot be {given}. Choose one of: {known}.", option="--preset", given=preset, known=known), lang, as_json)
    return named


def _subtitles(given: str | None, lang: str, as_json: bool) -> str | None:
    named = subtitle_manner_named(given) if given is not None else None
    if given is not None and named is None:
        known = ", ".join([*MANNER_WORDS, *get_args(SubtitleManner)])
        refuse(M("{option} cannot be {given}. Choose one of: {known}.", option="--subtitles", given=given, known=known), lang, as_json)
    return named


def _music(music: str | None) -> str | None:
    return music if music in (None, "none", "auto") else str(Path(music).resolve())
