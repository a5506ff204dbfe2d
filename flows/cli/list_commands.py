"""`fieldcut stories` and `stages`: what lies in a workspace."""

from datetime import datetime
from pathlib import Path

from flows.cli.options import Json, Language, Story, Workspace
from flows.cli.run import show_report
from pipeline.documents.message import M
from pipeline.language import say
from pipeline.system import json_text


def stories(workspace: Workspace = Path("workspace"), lang: Language = "zh", as_json: Json = False) -> None:
    """有哪些故事、各做到哪里、视频在哪里 | the stories, how far each is, and where its video lies."""

    def work(_now: datetime) -> str:
        from pipeline.actions.story_list import list_stories, story_line

        found = list_stories(workspace)
        if as_json:
            return json_text({"stories": [story.facts() for story in found]}, indent=2)
        lines = [f"{say(story_line(story), lang)}\n    {story.video or story.source}" for story in found]
        return "\n".join(lines or [say(M("No story was begun yet."), lang)])

    show_report(work, workspace, lang, as_json)


def stages(story: Story, workspace: Workspace = Path("workspace"), lang: Language = "zh", as_json: Json = False) -> None:
    """一个故事分哪几步、每步留下了什么 | the stages of a story, and what each has left."""

    def work(_now: datetime) -> str:
        from pipeline.actions.story_list import list_stages

        found = list_stages(workspace, story)
        if as_json:
            facts = [{"stage": one.name, "title": say(one.title, lang), "seconds": one.seconds, "files": one.files} for one in found]
            return json_text({"story": story, "stages": facts}, indent=2)
        lines = []
        for one in found:
            took = f"{one.seconds:.1f} s" if one.seconds is not None else "–"
            first, second = (lang, "zh") if lang == "en" else ("zh", "en")  # who teaches reads one, the documents' names are the other
            lines.append(f"{one.name:<11} {say(one.title, first)} · {say(one.title, second)}  {took}")
            lines += [f"    {file}" for file in one.files]
        return "\n".join(lines)

    show_report(work, workspace, lang, as_json)
