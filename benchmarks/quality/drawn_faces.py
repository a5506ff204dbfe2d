"""Stories of chance whose faces are known at every frame, while the layout knows only what a detector would have told it.

A face moves, grows, comes and goes; the detector looks every 0.4 s, errs by a tenth of its size and misses one look in ten.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, sin
from pathlib import Path

from pipeline.brand import Style, load_style, make_look
from pipeline.documents.analysis import Analysis, Shot, Subject
from pipeline.documents.card import Card
from pipeline.documents.clip import Clip
from pipeline.documents.edit import CropPath, Cut, Edit, Framing
from pipeline.documents.look import Look
from pipeline.documents.message import M
from pipeline.documents.on_screen import FaceOnScreen
from pipeline.edit import faces_on_screen
from pipeline.edit.crop import crop_path
from pipeline.publish import destination_names, load_destination
from pipeline.render.plan import crop_centre
from pipeline.store import Store

FPS = 10
LOOK_EVERY_S = 0.4
MISSED = 0.1
SIZES = ((360, 640), (360, 640), (360, 360), (640, 360))
CARD = Card(sku="D1", name="会东石榴", price="¥49.9", per="/5斤", list_price="¥59.9", origin="四川省凉山州会东县", contact="坏果包赔")


@dataclass(frozen=True)
class MovingFace:
    """A face in a clip of landscape or portrait shape: fractions of the picture, its place swaying or walking."""

    x: float
    y: float
    side: float
    """Height as a fraction of the picture's height."""
    walk: float
    """Picture widths a second."""
    sway: float
    seen: tuple[float, float]
    """Seconds in which it is there."""
    aspect: float
    """Width over height of the clip."""

    def at(self, seconds: float) -> Subject | None:
        """Where it truly is at a second; None while it is not there."""
        if not self.seen[0] <= seconds < self.seen[1]:
            return None
        x = self.x + self.walk * (seconds - self.seen[0]) + self.sway * sin(1.7 * seconds)
        y, side = self.y + 0.3 * self.sway * cos(1.3 * seconds), self.side * (1 + 0.1 * sin(0.9 * seconds))
        return Subject(at_s=seconds, x=x, y=y, width=0.8 * side / self.aspect, height=side, kind="face", weight=side)


@dataclass(frozen=True)
class DrawnStory:
    """A look, and the faces that are truly under it, frame by frame."""

    name: str
    look: Look
    truth: tuple[FaceOnScreen, ...]


def drawn_story(seed: int, folder: Path, *, blind: bool = False) -> DrawnStory:
    """Make the story of a seed: its edit, what a detector saw of its faces, and its look in a style, size and destination of chance.

    blind: the layout is told of no face, as if there were no layout.
    """
    chance = random.Random(seed)
    style, (width, height) = load_style(chance.choice(("plain", "liangshan"))), chance.choice(SIZES)
    destination = load_destination(chance.choice(sorted(destination_names())))
    cuts: list[Cut] = []
    paths: list[CropPath] = []
    analyses: dict[str, Analysis] = {}
    faces: dict[str, list[MovingFace]] = {}
    for number in range(chance.randint(3, 7)):
        clip_id, length_s = f"{number:016x}", chance.uniform(1.2, 4.5)
        aspect = chance.choice((9 / 16, 9 / 16, 16 / 9))
        faces[clip_id] = [_face(chance, length_s, aspect) for _ in range(chance.choice((0, 1, 1, 1, 2)))]
        analyses[clip_id] = _seen(chance, clip_id, faces[clip_id], length_s)
        cut = Cut(clip_id=clip_id, source_start_s=0.0, frames=round(length_s * FPS), role="talk", reason=M("drawn"))
        cuts.append(cut)
        paths.append(crop_path(_clip(clip_id, aspect), cut, analyses[clip_id], width / height, FPS))
    end = Cut(clip_id="", source_start_s=0.0, frames=42, role="end_card", reason=M("drawn"))
    edit = Edit(fps=FPS, cuts=(*cuts, end), heard=(), decisions=(), led_by="talk")
    framing = Framing(aspect=f"{width}:{height}", paths=(*paths, None))
    found = () if blind else faces_on_screen(edit, framing, analyses)
    look = _look(chance, style, destination.name, edit, found, (width, height), folder)
    truth = tuple(face for cut, path, start in zip(cuts, paths, edit.starts(), strict=False) for face in _truth(cut, path, start, faces))
    return DrawnStory(f"{seed} {style.name} {destination.name} {width}x{height}", look, truth)


def _look(
    chance: random.Random, style: Style, destination: str, edit: Edit, found: tuple[FaceOnScreen, ...], size: tuple[int, int], folder: Path
) -> Look:
    body = edit.frames - edit.cuts[-1].frames
    return make_look(
        style,
        card=CARD,
        end_card=CARD,
        title=chance.choice(("会东石榴", "高山石榴熟了，又大又甜")),
        subtitle="会东县",
        lower_third="四川省凉山州会东县",
        destination=load_destination(destination),
        width=size[0],
        height=size[1],
        fps=FPS,
        total_frames=edit.frames,
        card_frame=chance.randrange(max(1, body - 45)),
        card_frames=45,
        end_card_frames=edit.cuts[-1].frames,
        store=Store(folder),
        cuts=edit.starts(),
        faces=found,
    )


def _face(chance: random.Random, length_s: float, aspect: float) -> MovingFace:
    come, go = (chance.uniform(0, length_s / 2) if chance.random() < 0.2 else 0.0), length_s
    return MovingFace(
        x=chance.uniform(0.25, 0.75),
        y=chance.uniform(0.2, 0.65),
        side=chance.uniform(0.08, 0.45) * min(1.0, aspect * 1.4),
        walk=chance.choice((0.0, 0.0, chance.uniform(-0.15, 0.15))),
        sway=chance.uniform(0, 0.05),
        seen=(come, go),
        aspect=aspect,
    )


def _seen(chance: random.Random, clip_id: str, faces: list[MovingFace], length_s: float) -> Analysis:
    subjects = []
    for look in range(int(length_s / LOOK_EVERY_S) + 1):
        for face in (face.at(look * LOOK_EVERY_S) for face in faces):
            if face is not None and chance.random() >= MISSED:
                off = [chance.gauss(0, 0.04) for _ in range(2)]
                subjects.append(face.model_copy(update={"x": face.x + off[0] * face.width, "y": face.y + off[1] * face.height}))
    shot = Shot(start_s=0, end_s=length_s, sharpness=1, brightness=100, contrast=50, motion=0, shake=0, faces=1)
    return Analysis(clip_id=clip_id, samples=(), shots=(shot,), subjects=tuple(subjects), sound=None)


def _truth(cut: Cut, path: CropPath, start: int, faces: dict[str, list[MovingFace]]) -> Iterator[FaceOnScreen]:
    """Where the faces of a cut stand on the picture, frame by frame, through the crop window that is rendered."""
    for frame in range(cut.frames):
        centre = crop_centre(path, frame)
        for face in (face.at(cut.source_start_s + frame / FPS) for face in faces[cut.clip_id]):
            if face is None:
                continue
            left, right = ((face.x + side * face.width / 2 - centre.x) / path.width + 0.5 for side in (-1, 1))
            top, bottom = ((face.y + side * face.height / 2 - centre.y) / path.height + 0.5 for side in (-1, 1))
            shown = max(0.0, left), max(0.0, top), min(1.0, right), min(1.0, bottom)
            if shown[2] - shown[0] > 0.2 * (right - left) and shown[3] - shown[1] > 0.2 * (bottom - top):
                (x, y), shown_at = shown[:2], start + frame
                yield FaceOnScreen(first_frame=shown_at, end_frame=shown_at + 1, x=x, y=y, width=shown[2] - x, height=shown[3] - y)


def _clip(clip_id: str, aspect: float) -> Clip:
    return Clip(
        id=clip_id,
        sha256=clip_id * 4,
        name=f"{clip_id}.mp4",
        path="",
        size_bytes=1,
        container="mp4",
        codec="h264",
        video_stream=0,
        width=1280 if aspect > 1 else 720,
        height=720 if aspect > 1 else 1280,
        rotation=0,
        frame_rate=30.0,
        variable_rate=False,
        longest_gap_s=0.04,
        duration_s=10.0,
        transfer="sdr",
        sound=None,
        captured_at=None,
    )
