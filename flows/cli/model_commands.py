"""`fieldcut model`: the speech models, fetching one, and proving one on three sentences."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import Json, Language, Workspace
from flows.cli.run import run, show_report
from flows.cli.screen import Screen
from pipeline.documents.message import M
from pipeline.language import say
from pipeline.settings import read_settings
from pipeline.system import json_text

model_app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="语音识别模型：看、下载、试 | speech models: list, get, check.",
)
NOT_GOOD = 1
"""Exit code of a check that a model did not pass."""


@model_app.command("list")
def list_known(workspace: Workspace = Path("workspace"), lang: Language = "zh", as_json: Json = False) -> None:
    """有哪些模型，多大，哪些已经在这台电脑上 | the known models, their sizes, and which are on this machine."""

    def work(_now: datetime) -> str:
        from pipeline.actions import speech_models

        settings = read_settings(workspace).speech
        models = speech_models.list_models(settings.model)
        if as_json:
            return json_text({"model": settings.model, "models": speech_models.listed_facts(models)}, indent=2)
        lines = []
        for model in models:
            here = (
                M("on this machine") if model.present else M("to be fetched from {place}", place=speech_models.place(model.known, settings))
            )
            marks = [say(here, lang)]
            if not model.library_installed:
                command = speech_models.library_command(model.known)
                marks.append(say(M("needs {library}: {command}", library=model.known.library, command=command), lang))
            if not model.known.heard:
                marks.append(say(M("never run on real speech by the people who wrote FieldCut"), lang))
            if not model.known.calibrated:
                marks.append(say(M("its trust was not measured"), lang))
            lines.append(
                f"{'*' if model.chosen else ' '} {model.name:<17} {model.known.megabytes:5d} MB  {model.known.languages:<9} "
                f"{model.known.licence}; {'; '.join(marks)}"
            )
        lines.append(say(M('To use one: model = "NAME" in [speech] of fieldcut.toml; the path of a folder will do as well.'), lang))
        return "\n".join(lines)

    show_report(work, workspace, lang, as_json)


@model_app.command()
def get(
    name: Annotated[str, typer.Argument(help="模型名，比如 large-v3-turbo | a model's name")],
    source: Annotated[
        Path | None, typer.Option("--from", help="自己下载好的文件夹，不再联网 | a folder fetched by hand; no network")
    ] = None,
    sha256: Annotated[str, typer.Option(help="权重文件应有的 SHA-256 | the SHA-256 that the weights must have")] = "",
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """下载一个模型（只有这条命令会联网取模型） | fetch a model; the only command that asks a model hub."""

    def work(_now: datetime, _screen: Screen) -> dict[str, str]:
        from pipeline.actions.speech_models import get_model

        return get_model(name, read_settings(workspace).speech, lambda _: None, source=source, sha256=sha256)

    def show(sums: dict[str, str]) -> tuple[str, int]:
        if as_json:
            return json_text({"name": name, "sha256": sums}, indent=2), 0
        lines = [f"{digest}  {file}" for file, digest in sums.items()]
        ready = M(
            '{name} is on this machine. Prove it with `fieldcut model check {name}`; to use it: model = "{name}" in [speech].', name=name
        )
        return "\n".join([*lines, say(ready, lang)]), 0

    run(work, show, workspace, lang, as_json)


@model_app.command()
def check(
    name: Annotated[str, typer.Argument(help="模型名或文件夹；不写就试现在用的 | a name or a folder; the one in use if left out")] = "",
    workspace: Workspace = Path("workspace"),
    lang: Language = "zh",
    as_json: Json = False,
) -> None:
    """让模型听三句自带的话：写得对不对，多快 | let a model write three shipped sentences down: how right, how fast."""
    from pipeline.speech.model_check import ModelCheck

    def work(_now: datetime, _screen: Screen) -> ModelCheck:
        from pipeline.speech.model import find_model
        from pipeline.speech.model_check import check_model
        from pipeline.store import Store

        settings = read_settings(workspace).speech
        wanted = settings.model_copy(update={"model": name}) if name else settings
        return check_model(find_model(Store(workspace / "cache"), wanted.model_in(workspace.resolve())))

    def show(result: ModelCheck) -> tuple[str, int]:
        code = 0 if result.is_good else NOT_GOOD
        if as_json:
            sentences = [{"said": one.said, "heard": one.heard, "right": round(one.right, 3)} for one in result.sentences]
            facts = {"sentences": sentences, "right": round(result.right, 3), "seconds": round(result.seconds, 1), "good": result.is_good}
            return json_text(facts, indent=2), code
        lines = [f"{round(100 * one.right):3d} %  {one.said} → {one.heard}" for one in result.sentences]
        told = M(
            "{percent} % of the characters are right; {seconds} s for {speech} s of speech, loading included.",
            percent=round(100 * result.right),
            seconds=round(result.seconds, 1),
            speech=round(result.speech_s, 1),
        )
        lines.append(say(told, lang))
        if not result.is_good:
            lines.append(
                say(M("That is too little: the model does not understand Mandarin, or its files are not what they should be."), lang)
            )
        return "\n".join(lines), code

    run(work, show, workspace, lang, as_json)
