"""`fieldcut cut`: the shots of a story by number, dropped, taken in, exchanged, moved or framed."""

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.errors import refuse
from flows.cli.options import Json, Language, Story, Workspace
from flows.cli.run import run_publishing
from flows.cli.screen import Screen
from pipeline.documents.message import M

if TYPE_CHECKING:
    from pipeline.actions.publish_report import PublishReport

Numbers = list[str] | None


def cut(
    story: Story,
    drop: Annotated[Numbers, typer.Option(help="去掉第几个镜头：4 或 4,6 | shots that go: 4, or 4,6")] = None,
    restore: Annotated[Numbers, typer.Option(help="放回没用的第几个 | what was left out and comes back, by number")] = None,
    swap: Annotated[Numbers, typer.Option(help="3=2，两个镜头对换 | 3=2: two shots change places")] = None,
    move: Annotated[Numbers, typer.Option(help="5:1，第 5 个挪到第 1 个的位置 | 5:1: shot 5 goes to place 1")] = None,
    frame: Annotated[
        Numbers,
        typer.Option(help="取景：4=whole 整幅，4=follow 跟着，4=0.3 定在一处，4=auto 交还 | framing: 4=whole, 4=follow, 4=0.3, 4=auto"),
    ] = None,
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """镜头编上号列出来：说了什么、为什么留；去掉、放回、对换、挪动，再运行 fieldcut render |
    the shots by number, with words and reasons; change them, then run fieldcut render."""
    chosen = {
        "drop": _read(drop, r"(\d+)", "--drop", "4", lang, as_json),
        "restore": _read(restore, r"(\d+)", "--restore", "7", lang, as_json),
        "swap": _read(swap, r"(\d+)\s*=\s*(\d+)", "--swap", "3=2", lang, as_json),
        "move": _read(move, r"(\d+)\s*:\s*(\d+)", "--move", "5:1", lang, as_json),
    }

    framings = _read_framings(frame, lang, as_json)

    def work(_now: datetime, _screen: Screen) -> "PublishReport":
        from pipeline.actions.shots import change_story_shots, list_story_shots
        from pipeline.documents.edit import HandFraming
        from pipeline.edit import ShotChanges

        if not any(chosen.values()) and not framings:
            return list_story_shots(story, workspace, lang)
        changes = ShotChanges(
            drop=tuple(number for (number,) in chosen["drop"]),
            restore=tuple(number for (number,) in chosen["restore"]),
            swap=tuple((first, second) for first, second in chosen["swap"]),
            move=tuple((number, place) for number, place in chosen["move"]),
            frame=tuple((number, HandFraming.model_validate(framing) if framing else None) for number, framing in framings),
        )
        return change_story_shots(story, workspace, changes, lang)

    run_publishing(work, workspace, lang, as_json)


def _read(given: Numbers, form: str, option: str, example: str, lang: str, as_json: bool) -> list[tuple[int, ...]]:
    """The numbers of an option that may be repeated, and hold several with commas between them; ends the command for others."""
    return [tuple(map(int, groups)) for groups in _parts(given, form, option, example, lang, as_json)]


def _read_framings(given: Numbers, lang: str, as_json: bool) -> list[tuple[int, dict[str, str | float]]]:
    """What is to be shown of shots, by their numbers, as `HandFraming` has it; nothing in it for what FieldCut finds."""
    share = r"(?:0?\.\d+|[01](?:\.0*)?)"
    form = rf"(\d+)\s*=\s*(?:(whole|整幅|follow|跟着|auto|自动)|({share})(?:\s*:\s*({share}))?)"
    framings: list[tuple[int, dict[str, str | float]]] = []
    nothing: dict[str, str | float] = {}
    for number, word, x, y in _parts(given, form, "--frame", "4=whole", lang, as_json):
        if word:
            show = {"整幅": "whole", "跟着": "follow"}.get(word, word)
            framings.append((int(number), {"show": show} if show in ("whole", "follow") else nothing))
        else:
            place: dict[str, str | float] = {"show": "place", "x": float(x)}
            framings.append((int(number), {**place, "y": float(y)} if y else place))
    return framings


def _parts(given: Numbers, form: str, option: str, example: str, lang: str, as_json: bool) -> list[tuple[str, ...]]:
    """The groups of every part of an option that has the form; ends the command for one that has not."""
    found: list[tuple[str, ...]] = []
    for part in re.split(r"[,，、]", ",".join(given or ())):
        match = re.fullmatch(form, part.strip().replace("＝", "=").replace("：", ":"))
        if match:
            found.append(match.groups(default=""))
        elif part.strip():
            refuse(
                M("{option} {given}: write it like {option} {example}.", option=option, given=part.strip(), example=example), lang, as_json
            )
    return found
