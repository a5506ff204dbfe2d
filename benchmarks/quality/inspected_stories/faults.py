"""Faults planted in a finished video: its plan is rendered again with one thing wrong, and held against the documents of the right one."""

import hashlib
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline import render
from pipeline.documents.card import Cards
from pipeline.documents.edit import Edit
from pipeline.documents.look import Layer, Look
from pipeline.documents.plan import LaidLayer, RenderPlan
from pipeline.documents.rendition import Rendition
from pipeline.documents.subtitles import Subtitles
from pipeline.inspection import inspect
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.inspection.checks.loudness import LoudnessCheck
from pipeline.inspection.checks.overlays import OverlaysCheck
from pipeline.inspection.checks.silent import SilentCheck
from pipeline.inspection.checks.subtitles import SubtitlesCheck
from pipeline.publish import load_destination
from pipeline.stages.registry import load_stage
from pipeline.store import content_key
from pipeline.workspace import StoryContext

Pixels = npt.NDArray[np.uint8]
SEEN_DIFFERENCE = 60.0
"""Levels of 255 by which a wrong colour differs at least on average over the layer; less is another shade."""
CUT_SHARE, COVERED_SHARE = 0.08, 0.25
"""Share of a layer's width, or height, that is cut off at one edge; side of what covers it as a share of both."""


@dataclass(frozen=True)
class Fault:
    """A fault by name, the plan that has it, and the checks that must notice."""

    name: str
    plan: RenderPlan
    checks: tuple[type[InspectionCheck], ...]


def faults_of(video: StoryContext, seed: int) -> Iterable[Fault]:
    """Yield every fault that this video can have, each on a layer of chance; what a seed gives is always the same."""
    dice = random.Random(f"faults {seed}")
    plan, look = video.read("plan.json", RenderPlan), video.read("look.json", Look)
    layers = [layer for layer in look.layers if layer.frames > 2]
    for name, change in LAYER_FAULTS.items():
        layer = dice.choice(layers)
        faulty = change(plan, layer, dice, video.root / "faults")
        if faulty is not None:
            yield Fault(f"{layer.kind} {name}", faulty, (OverlaysCheck,))
    other = _other_words(video, plan, dice)
    if other is not None:
        yield other
    if any(not cue.held for cue in video.read("subtitles.json", Subtitles).cues):
        for name, script in (("missing", lambda _: ""), ("with another letter", lambda ass: _one_letter_changed(ass, dice))):
            chunks = tuple(chunk.model_copy(update={"ass": script(chunk.ass) if chunk.ass else ""}) for chunk in plan.chunks)
            if chunks != plan.chunks:
                yield Fault(f"subtitles {name}", plan.model_copy(update={"chunks": chunks}), (SubtitlesCheck,))
    if plan.sound.music is not None or any(voice.speech for voice in plan.sound.voices):
        mute = plan.sound.model_copy(update={"voices": (), "music": None})
        yield Fault("sound lost", plan.model_copy(update={"sound": mute}), (LoudnessCheck, SilentCheck))


def is_noticed(video: StoryContext, fault: Fault) -> bool:
    """Render a fault and tell whether the inspection, given the right documents, fails."""
    rendition: Rendition = render.render(fault.plan, video.store)
    inspection = inspect(
        Path(rendition.file),
        rendition=rendition,
        plan=video.read("plan.json", RenderPlan),
        edit=video.read("edit.json", Edit),
        look=video.read("look.json", Look),
        subtitles=video.read("subtitles.json", Subtitles),
        destination=load_destination(video.job.destination),
        store=video.store,
        scratch=video.root / "faults" / "pictures",
        checks=fault.checks,
    )
    return any(not finding.passed for finding in inspection.findings if finding.check in {check.name for check in fault.checks})


def _relaid(plan: RenderPlan, layer: Layer, change: Callable[[LaidLayer], LaidLayer | None]) -> RenderPlan:
    """The plan with every stretch of a layer changed, or taken out where the change gives None."""

    def laid(layers: tuple[LaidLayer, ...]) -> tuple[LaidLayer, ...]:
        changed = (change(one) if one.kind == layer.kind else one for one in layers)
        return tuple(one for one in changed if one is not None)

    chunks = tuple(chunk.model_copy(update={"laid": laid(chunk.laid)}) for chunk in plan.chunks)
    return plan.model_copy(update={"chunks": chunks})


def _repainted(plan: RenderPlan, layer: Layer, home: Path, paint: Callable[[Pixels], Pixels | None]) -> RenderPlan | None:
    """The plan with a layer painted over, still from its first frame; None where the paint makes no difference."""
    with Image.open(layer.still) as picture:
        pixels = paint(np.asarray(picture.convert("RGBA")).copy())
    if pixels is None:
        return None
    home.mkdir(parents=True, exist_ok=True)
    key = content_key(step="planted", pixels=hashlib.sha256(pixels.tobytes()).hexdigest())
    file = home / f"{key}.png"
    Image.fromarray(pixels).save(file)
    return _relaid(plan, layer, lambda one: one.model_copy(update={"key": key, "file": str(file), "still": True, "skip": 0}))


def _missing(plan: RenderPlan, layer: Layer, dice: random.Random, home: Path) -> RenderPlan | None:  # noqa: ARG001
    return _relaid(plan, layer, lambda _: None)


def _moved(plan: RenderPlan, layer: Layer, dice: random.Random, home: Path) -> RenderPlan | None:  # noqa: ARG001
    right, down = dice.choice(((2, 0), (-2, 0), (0, 2), (0, -2), (4, 0), (0, -4), (2, 2), (-4, 4)))
    return _relaid(plan, layer, lambda one: one.model_copy(update={"x": one.x + right, "y": one.y + down}))


def _half_transparent(plan: RenderPlan, layer: Layer, dice: random.Random, home: Path) -> RenderPlan | None:  # noqa: ARG001
    def paint(pixels: Pixels) -> Pixels:
        pixels[..., 3] //= 2
        return pixels

    return _repainted(plan, layer, home, paint)


def _in_another_colour(plan: RenderPlan, layer: Layer, dice: random.Random, home: Path) -> RenderPlan | None:
    turn = dice.choice(([2, 0, 1], [1, 2, 0]))

    def paint(pixels: Pixels) -> Pixels | None:
        seen, before = pixels[..., 3] > 200, pixels[..., :3].astype(np.int16)
        pixels[..., :3] = pixels[..., turn]
        difference = np.abs(pixels[..., :3] - before).max(axis=2)[seen].mean() if seen.any() else 0.0
        if difference < SEEN_DIFFERENCE:  # grey stays grey: light and dark change places instead
            pixels[..., :3] = 255 - before
        return pixels

    return _repainted(plan, layer, home, paint)


def _cut_off(plan: RenderPlan, layer: Layer, dice: random.Random, home: Path) -> RenderPlan | None:
    edge = dice.choice(("left", "right", "top", "bottom"))

    def paint(pixels: Pixels) -> Pixels:
        rows, columns = np.nonzero(pixels[..., 3] > 200)
        across, down = int(np.ptp(columns) * CUT_SHARE) + 4, int(np.ptp(rows) * CUT_SHARE) + 4
        part = {
            "left": np.s_[:, : columns.min() + across],
            "right": np.s_[:, columns.max() + 1 - across :],
            "top": np.s_[: rows.min() + down],
            "bottom": np.s_[rows.max() + 1 - down :],
        }[edge]
        pixels[part] = 0
        return pixels

    return _repainted(plan, layer, home, paint)


def _covered(plan: RenderPlan, layer: Layer, dice: random.Random, home: Path) -> RenderPlan | None:
    share_x, share_y, level = dice.random(), dice.random(), dice.choice((20, 128, 235))

    def paint(pixels: Pixels) -> Pixels | None:
        rows, columns = np.nonzero(pixels[..., 3] > 200)
        high, wide = int(np.ptp(rows) * COVERED_SHARE), int(np.ptp(columns) * COVERED_SHARE)
        top = int(rows.min() + share_y * (np.ptp(rows) - high))
        left = int(columns.min() + share_x * (np.ptp(columns) - wide))
        patch = pixels[top : top + high, left : left + wide]
        shown = patch[patch[..., 3] > 200][:, :3].astype(np.int16)
        if not shown.size or np.abs(shown - level).max(axis=1).mean() < SEEN_DIFFERENCE:
            return None
        patch[...] = (level, level, level, 255)
        return pixels

    return _repainted(plan, layer, home, paint)


LAYER_FAULTS: dict[str, Callable[[RenderPlan, Layer, random.Random, Path], RenderPlan | None]] = {
    "missing": _missing,
    "moved": _moved,
    "half transparent": _half_transparent,
    "in another colour": _in_another_colour,
    "cut off": _cut_off,
    "covered": _covered,
}


def _other_words(video: StoryContext, plan: RenderPlan, dice: random.Random) -> Fault | None:
    """The plan with one digit of the price, or one character of the name, changed on the cards."""
    cards = video.read("card.json", Cards)
    if cards.card is None:
        return None
    which = dice.choice(("price", "name"))
    text = getattr(cards.card, which)
    places = [place for place, letter in enumerate(text) if letter.isdigit() or letter >= "一"]
    place = dice.choice(places)
    other = dice.choice([letter for letter in ("0123456789" if text[place].isdigit() else "苹果土豆核桃蜂蜜") if letter != text[place]])
    changed = {which: text[:place] + other + text[place + 1 :]}
    right = {name: video.path(name).read_bytes() for name in ("card.json", "look.json")}
    both = {side: getattr(cards, side).model_copy(update=changed) for side in ("card", "end_card")}
    try:
        video.write("card.json", cards.model_copy(update=both))
        load_stage("brand").run(video, lambda _: None)
        wrong = {layer.kind: layer for layer in video.read("look.json", Look).layers}
    finally:
        for name, content in right.items():
            video.path(name).write_bytes(content)
    shown = [layer for layer in video.read("look.json", Look).layers if layer.kind in ("card", "end_card") and layer.kind in wrong]
    if not shown:
        return None
    layer = dice.choice(shown)
    box = wrong[layer.kind].box

    def change(one: LaidLayer) -> LaidLayer:
        drawn = wrong[layer.kind]
        return one.model_copy(update={"key": drawn.still_key, "file": drawn.still, "still": True, "skip": 0, "x": box.x, "y": box.y})

    return Fault(f"{layer.kind} with another {which}", _relaid(plan, layer, change), (OverlaysCheck,))


def _one_letter_changed(script: str, dice: random.Random) -> str:
    """The script with the middle letter of its first line changed."""
    lines = script.split("\n")
    for number, line in enumerate(lines):
        if line.startswith("Dialogue:"):
            places = [place for place, letter in enumerate(line) if letter >= "一"]
            if places:
                place = places[len(places) // 2]
                other = dice.choice([letter for letter in "苹果土豆核桃蜂蜜" if letter != line[place]])
                lines[number] = line[:place] + other + line[place + 1 :]
                break
    return "\n".join(lines)
