"""Stories of chance, each made into finished videos by the stages themselves and inspected.

Only judging and hearing are left out, which the inspection does not depend on: what the clips hold is known from how they were made.
"""

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.quality.inspected_stories.clips import SAMPLE_HZ, SOUNDS, MadeClip, make_clip
from pipeline.actions.story_job import prepare_story
from pipeline.analysis.sound import measure_sound
from pipeline.brand import template_names
from pipeline.documents.analysis import Analysis, Sample, Shot, SoundFacts, Subject
from pipeline.documents.base import Span
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.collected import Analyses, Transcripts
from pipeline.documents.job import PresetName
from pipeline.documents.rendition import Inspection
from pipeline.documents.sizes import SIZES
from pipeline.documents.transcript import Transcript
from pipeline.media import FFMPEG, run_media
from pipeline.publish import destination_names
from pipeline.stages.registry import load_stage
from pipeline.stages.renditions import renditions
from pipeline.workspace import StoryContext

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SMALL = ("270x480", "480x270", "360x360")
PRESETS: tuple[PresetName, ...] = ("draft", "standard", "best")
LARGE_AFTER = 5
"""After so many videos of small sizes comes a large one, which costs ten times as much."""
POOL = 56
"""Clips that stories are made of: every kind of picture with every kind of sound."""
SHORT_S = 8.5
"""Length at most of a video in a large size."""
GOODS = ("梨", "土豆", "高山苦荞茶", "丑苹果", "带泥现挖黄心沙地土豆", "盐源红富士糖心苹果礼盒装", "羊肚菌")
PRICES = ("9.9", "29.9", "128", "36.5", "5", "1280")
UNITS = ("斤", "10斤", "箱", "500克", "盒")
ORIGINS = ("四川冕宁", "四川省凉山州盐源县金河乡温泉村三组", "会理")
HEADLINES = ("火把节", "大桥镇 王家的地", "十一月的第一场霜冻之前大家都来帮忙收完了今年最后一批", "妈妈的菜园，越西县")
SHORT_LINK, LONG_LINK = (
    "https://e.cn/{}",
    "https://item.example.com/item.htm?id=6789{}&spm=a21bo.jianhua.201876.d1.5af92a89abcdef&skuId=4987654321098",
)


@dataclass(frozen=True)
class StoryPlan:
    """What a seed makes of a story. product: name, price, unit, origin and link as in a product sheet; empty for none."""

    seed: int
    size: str
    preset: PresetName
    destination: str
    template: str
    clips: tuple[int, ...]
    product: tuple[str, ...]
    headline: str
    subtitles: bool
    music: str
    seconds: float
    fps: int
    moving: bool
    """Whether the crop follows something."""

    @property
    def name(self) -> str:
        """A line that tells it from others."""
        selling = f"{self.product[0]}, link of {len(self.product[4])}" if self.product else "no product"
        words = "subtitles" if self.subtitles else "no subtitles"
        return (
            f"seed {self.seed}: {self.size} {self.preset} for {self.destination}, {self.template}, {len(self.clips)} clips, {selling},"
            f" {words}, music {self.music}, {self.seconds} s, {self.fps} fps"
        )


def plan_story(seed: int) -> StoryPlan:
    """Return the plan of a seed. Sizes and presets come in turn, all else by chance."""
    dice = random.Random(seed)
    large = [name for name in SIZES if name not in SMALL]
    turn, place = divmod(seed, LARGE_AFTER + 1)
    if place == LARGE_AFTER:
        size, preset = large[turn % len(large)], PRESETS[turn // len(large) % len(PRESETS)]
    else:
        small_turn = turn * LARGE_AFTER + place
        size, preset = SMALL[small_turn % len(SMALL)], PRESETS[small_turn // len(SMALL) % len(PRESETS)]
    link = dice.choice((SHORT_LINK, SHORT_LINK, LONG_LINK, "")).format(dice.randrange(10, 99))
    product = (dice.choice(GOODS), dice.choice(PRICES), dice.choice(UNITS), dice.choice(ORIGINS), link) if dice.random() < 0.75 else ()
    music = dice.choice(("auto", "none", "none", "own"))
    subtitles = dice.random() < 0.8
    clips = dice.sample(range(POOL), dice.choice((1, 1, 2, 2, 3, 4)))
    if subtitles and dice.random() < 0.5:
        clips[0] = dice.choice([number for number in range(POOL) if number not in clips and SOUNDS[number % len(SOUNDS)] == "speech"])
    return StoryPlan(
        seed=seed,
        size=size,
        preset=preset,
        destination=dice.choice(destination_names()),
        template=dice.choice(template_names()),
        clips=tuple(clips),
        product=product,
        headline=dice.choice(HEADLINES) if not product or dice.random() < 0.5 else "",
        subtitles=subtitles,
        music=music,
        seconds=SHORT_S if size in large else round(dice.uniform(8.0, 14.0), 1),
        fps=dice.choice((30, 30, 30, 25)),
        moving=dice.random() < 0.4,
    )


def finish_story(plan: StoryPlan, home: Path, *, clips_from: int = 0) -> list[tuple[StoryContext, Inspection]]:
    """Make a story into its finished videos, inspect them, and return each one's context and inspection.

    home: folder of clips and workspaces, used again by later stories. clips_from: first seed of the clips, so that stories that were
    never tuned on have clips of their own. Raises what the stages raise where the story is refused before it is rendered.
    """
    pool, folder = home / "clips", home / f"story-{plan.seed}" / f"村里{plan.seed}"
    pool.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    made = [make_clip(pool, clips_from + seed) for seed in plan.clips]
    for clip in made:
        if not (folder / clip.path.name).exists():
            os.link(clip.path, folder / clip.path.name)
    if plan.headline:
        (folder / "说明.txt").write_text(plan.headline + "\n", encoding="utf-8")
    context = prepare_story(folder, home / f"story-{plan.seed}" / "workspace", _options(plan, home, folder.parent), NOW)
    try:
        for name in ("catalog", "footage"):
            load_stage(name).run(context, _no_progress)
        _write_what_is_known(context, plan, made)
        for name in ("commerce", "edit", "brand", "subtitles", "render", "inspection"):
            load_stage(name).run(context, _no_progress)
    finally:
        context.close()
    return [(video, video.read("inspection.json", Inspection)) for video in renditions(context)]


def _options(plan: StoryPlan, home: Path, folder: Path) -> dict[str, object]:
    sheet = folder / "catalog.csv"
    options: dict[str, object] = {
        "destinations": [plan.destination],
        "sizes": [SIZES[plan.size]],
        "preset": plan.preset,
        "template": plan.template,
        "max_seconds": plan.seconds,
        "fps": plan.fps,
        "music": str(_own_music(home)) if plan.music == "own" else plan.music,
    }
    if plan.product:
        sheet.write_text("编号,商品,价格,规格,产地,链接\n" + ",".join(("S1", *plan.product)) + "\n", encoding="utf-8")
        options |= {"catalog": str(sheet), "product": "S1"}
    return options


def _own_music(home: Path) -> Path:
    """A user's own music: a slow chord that swells."""
    path = home / "music.m4a"
    if not path.is_file():
        tone = "+".join(f"0.1*sin(2*PI*{pitch}*t)" for pitch in (196, 247, 294))
        source = f"aevalsrc='({tone})*(0.7+0.3*sin(2*PI*t/3))':d=14:s={SAMPLE_HZ}"
        run_media([FFMPEG, "-hide_banner", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", source, str(path)], name=path.name)
    return path


def _write_what_is_known(context: StoryContext, plan: StoryPlan, made: Sequence[MadeClip]) -> None:
    """Write the analyses and transcripts, as the clips were made."""
    by_name = {clip.path.name: clip for clip in made}
    analyses, transcripts = {}, {}
    for clip in context.read("clips.json", Clips).clips:
        known = by_name[clip.name]
        phrases = known.phrases(plan.product[0] if plan.product else "土豆") if plan.subtitles else ()
        transcripts[clip.id] = Transcript(clip_id=clip.id, language="zh", phrases=phrases)
        spans = tuple(Span(start_s=phrase.start_s, end_s=phrase.end_s) for phrase in phrases)
        analyses[clip.id] = _analysis(clip, plan, spans)
    context.write("analyses.json", Analyses(by_clip=analyses))
    context.write("transcripts.json", Transcripts(by_clip=transcripts))


def _analysis(clip: Clip, plan: StoryPlan, spans: tuple[Span, ...]) -> Analysis:
    dice = random.Random(f"{plan.seed} {clip.name}")
    at = [number * 0.5 for number in range(int(clip.duration_s * 2))]
    samples = tuple(Sample(at_s=time, sharpness=1.0, brightness=120, contrast=40, motion=0.02, jerk=0.01) for time in at)
    centre = [(time, min(0.9, max(0.1, 0.5 + 0.3 * dice.uniform(-1, 1)))) for time in at if plan.moving]
    subjects = tuple(Subject(at_s=time, x=x, y=0.5, width=0.2, height=0.3, kind="interest", weight=1.0) for time, x in centre)
    shot = Shot(start_s=0.0, end_s=clip.duration_s, sharpness=1.0, brightness=120, contrast=40, motion=0.02, shake=0.02, faces=0.0)
    return Analysis(clip_id=clip.id, samples=samples, shots=(shot,), subjects=subjects, sound=_sound_facts(clip, spans))


def _sound_facts(clip: Clip, spans: tuple[Span, ...]) -> SoundFacts | None:
    measured = measure_sound(clip)
    if measured is None:
        return None
    return measured.model_copy(update={"speech": spans, "speech_lufs": measured.loudness_lufs if spans else None})


def _no_progress(_share: float) -> None:
    """Nobody watches."""
