"""A real story up to its render plan, fresh copies of it, and the changes that people make to it."""

import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pipeline.documents.edit import CropPath, Cut, Edit, Framing, Heard
from pipeline.documents.job import Job, Leader, RenditionSpec
from pipeline.documents.offer import Catalog, Choice
from pipeline.documents.plan import RenderPlan
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.resources import ROOT
from pipeline.stages.registry import ORDER
from pipeline.store import load_document, save_document
from pipeline.story_layout import RENDITIONS
from render_parts.cost import Cost, as_where_people_work, run_costed
from render_parts.work import Done, Task

HERE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Story:
    """A workspace with one story in it, cut and drawn but not rendered.

    asked: the fields of its job. root: the workspace.
    """

    folder: Path
    asked: dict[str, object]
    root: Path
    name: str

    @property
    def documents(self) -> Path:
        """The story's own folder."""
        return self.root / "stories" / self.name

    @property
    def video(self) -> Path:
        """Where the documents of its first video lie."""
        width, height = (int(str(self.asked[side])) for side in ("width", "height"))
        spec = RenditionSpec(destination=Job.model_fields["destination"].default, width=width, height=height)
        return self.documents / RENDITIONS / spec.name

    def plan(self) -> RenderPlan:
        """The render plan, once it was rendered."""
        return load_document(self.video / "plan.json", RenderPlan)

    def copy(self, root: Path) -> "Story":
        """The same story in a workspace of its own: what the stages before rendering made is there, nothing of the rendering."""
        shutil.copytree(self.root, root, dirs_exist_ok=True)
        return Story(self.folder, self.asked, root, self.name)

    def run(
        self, stages: Sequence[str], *, more: Sequence[RenditionSpec] = (), memory: bool = False, only_sound: bool = False
    ) -> tuple[Cost, Done]:
        """Walk these stages in a process of its own; what it cost and what it made."""
        task = Task(
            folder=str(self.folder),
            workspace=str(self.root),
            story=self.name,
            asked=self.asked,
            stages=tuple(stages),
            more=tuple(more),
            only_sound=only_sound,
        )
        paper, answer = self.root / "task.json", self.root / "done.json"
        paper.write_text(task.model_dump_json(), encoding="utf-8")
        command = [sys.executable, "-m", "render_parts.work", str(paper)]
        cost = run_costed(command, cwd=HERE, env={"PYTHONPATH": str(ROOT)}, log=answer, memory=memory)
        return cost, Done.from_json(answer.read_bytes())


def prepare(folder: Path, asked: dict[str, object], root: Path) -> Story:
    """Everything before rendering, by the command line, as a volunteer's run makes it."""
    options = {"width": "", "height": "", **{name: f"--{name}" for name in ("catalog", "template", "preset")}}
    command = [sys.executable, "-m", "flows.cli", "make", str(folder), "--workspace", str(root), "--json"]
    command += ["--stop-after", ORDER[ORDER.index("render") - 1], "--size", f"{asked['width']}x{asked['height']}"]
    for name, value in asked.items():
        command += [options[name], str(value)] if options[name] else []
    answer = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=ROOT, text=True, env=as_where_people_work()).stdout
    return Story(folder, asked, root, json.loads(answer)["story"])


def correct_word(story: Story, cue: int, dice: random.Random) -> str:
    """Correct one character of a cue in subtitles.srt, as a person does with a text editor; the line as it now stands.

    cue: its place among those that are shown. The new character is one that the subtitles hold elsewhere, so that the font has it.
    """
    path = story.documents / "subtitles.srt"
    blocks = re.split(r"\n\s*\n", path.read_text(encoding="utf-8").strip())
    words = "".join(sorted({sign for block in blocks for sign in "".join(block.splitlines()[2:]) if sign.isalpha()}))
    shown = [place for place, block in enumerate(blocks) if not block.splitlines()[2].startswith("[?]")]
    head, times, *lines = blocks[shown[cue]].splitlines()
    line = max(range(len(lines)), key=lambda number: sum(sign.isalpha() for sign in lines[number]))
    place = dice.choice([place for place, sign in enumerate(lines[line]) if sign.isalpha()])
    sign = dice.choice([other for other in words if other != lines[line][place]])
    lines[line] = lines[line][:place] + sign + lines[line][place + 1 :]
    blocks[shown[cue]] = "\n".join((head, times, *lines))
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    return lines[line]


def shown_cues(story: Story) -> list[tuple[int, int]]:
    """First frame and end frame of every cue that is burned in."""
    cues = load_document(story.video / "subtitles.json", Subtitles).cues
    return [(cue.start_frame, cue.end_frame) for cue in cues if not cue.held]


def sells(story: Story) -> bool:
    """Whether a price stands on its cards."""
    return load_document(story.documents / "choice.json", Choice).offer is not None


def change_price(story: Story, cents: int) -> None:
    """Another price of what the story sells, as the product sheet was read; it is chosen anew."""
    path, chosen = story.documents / "catalog.json", load_document(story.documents / "choice.json", Choice).offer
    assert chosen is not None
    sheet, changed = load_document(path, Catalog), chosen.model_copy(update={"price": chosen.price + Decimal(cents) / 100})
    save_document(path, sheet.model_copy(update={"offers": tuple(changed if offer.sku == chosen.sku else offer for offer in sheet.offers)}))


def leaders(count: int, destination: str, width: int, height: int) -> list[RenditionSpec]:
    """Variants for so many group leaders, each with her own name, shop, pick-up place and link."""
    family, given = "王李张刘陈杨赵黄周吴", "秀英桂兰玉梅红霞"
    found = []
    for number in range(count):
        name = family[number % len(family)] + given[number % 4 * 2 : number % 4 * 2 + 2]
        link = f"https://shop.example.com/g/{1000 + number}"
        leader = Leader(name=name, shop=f"{name}的小店{number + 1}号", pickup=f"大桥镇{number + 1}组村口", link=link, row=number + 2)
        found.append(RenditionSpec(destination=destination, width=width, height=height, leader=leader))
    return found


def lengthen(story: Story, seconds: float) -> None:
    """Repeat the story's cuts before its end card until it is so long. Each repeat takes its footage a frame later, so that none is
    found in the store under the same content."""
    edit, framing = load_document(story.documents / "edit.json", Edit), load_document(story.video / "framing.json", Framing)
    cues = load_document(story.video / "subtitles.json", Subtitles)
    ended = bool(edit.cuts) and edit.cuts[-1].role == "end_card"
    body = edit.cuts[:-1] if ended else edit.cuts
    length = sum(cut.frames for cut in body)
    times = max(1, round((seconds * edit.fps - (edit.frames - length)) / length))
    cuts: list[Cut] = []
    paths: list[CropPath | None] = []
    heard: list[Heard] = []
    said: list[Cue] = []
    for turn in range(times):
        later = turn / edit.fps
        cuts += [cut.model_copy(update={"source_start_s": cut.source_start_s + later}) for cut in body]
        paths += framing.paths[: len(body)]
        heard += [
            one.model_copy(update={"at_frame": one.at_frame + turn * length, "source_start_s": one.source_start_s + later})
            for one in edit.heard
            if one.at_frame < length
        ]
        said += [
            cue.model_copy(update={"start_frame": cue.start_frame + turn * length, "end_frame": cue.end_frame + turn * length})
            for cue in cues.cues
        ]
    tail = edit.cuts[len(body) :]
    save_document(story.documents / "edit.json", edit.model_copy(update={"cuts": (*cuts, *tail), "heard": tuple(heard)}))
    save_document(story.video / "framing.json", framing.model_copy(update={"paths": (*paths, *framing.paths[len(body) :])}))
    save_document(story.video / "subtitles.json", cues.model_copy(update={"cues": tuple(said)}))
