"""What rendering costs: FieldCut against bare ffmpeg, one ffmpeg with everything, and MoviePy; and what a change costs.

    uv run python benchmarks/render.py FOLDER --catalog SHEET [--runs 3] [--size 1080x1920] [--only a,b,c,d,e,f,g] [--pictures FOLDER]
    uv run python benchmarks/render.py FOLDER --catalog SHEET --memory [--minutes 10]

Same cuts, same size, same x264 settings, in one run; every number is the median of the runs, which take turns. Each thing measured is a
process of its own, and its processor time is what the kernel counted for it and everything it started. --memory measures the peak of the
process tree instead (summed proportional set size), for the story and for one of many minutes made by repeating its cuts.
"""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from render_parts import single_pass
from render_parts.cost import Cost, middle, run_costed
from render_parts.likeness import Likeness, frames_in, likeness, side_by_side
from render_parts.story import HERE, Story, change_price, correct_word, leaders, lengthen, prepare, sells, shown_cues

from pipeline.documents.plan import RenderPlan
from pipeline.resources import ROOT

LETTERS = "abcdefg"
LEADERS, LEADERS_AT = 20, "group_buy"
"""Another destination than the story's: its card says something else, so that the chunks under it are rendered for it once."""
CORRECTIONS = 5
"""Cues that are corrected one after the other; the first is the one in the middle of the video."""
STARTING = "import pipeline.stages.registry, pipeline.stages.render, pipeline.render.sound"
"""What rendering imports."""
AFTER_A_WORD = ("subtitles", "render")
AFTER_A_PRICE = ("commerce", "brand", "subtitles", "render")
FOR_LEADERS = ("commerce", "edit", "brand", "subtitles", "render")
GOALS = {"c/b": 1.05, "g/c": 3.5, "d/c": 0.15, "f/c": 2.0}


@dataclass
class Found:
    """What all runs measured."""

    costs: dict[str, list[Cost]] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    alike: dict[str, Likeness] = field(default_factory=dict)
    frames: int = 0
    fps: int = 30

    def add(self, name: str, cost: Cost) -> None:
        """One more measure."""
        self.costs.setdefault(name, []).append(cost)
        print(f"  {name}: {cost.cpu_s:.1f} s of processor, {cost.wall_s:.1f} s", file=sys.stderr, flush=True)

    def cpu(self, name: str) -> float:
        """Median processor seconds."""
        return middle(self.costs[name]).cpu_s


def one_run(story: Story, place: Path, letters: str, found: Found, dice: random.Random, pictures: Path | None) -> None:
    """Everything once. place: an empty folder."""
    ours = story.copy(place / "ours")
    cost, done = ours.run(("render",))
    found.add("c", cost)
    found.made["c"] = f"{done.chunks_made} chunks"
    plan, cold = ours.plan(), Path(done.file)
    found.frames, found.fps = plan.frames, plan.picture.fps
    _whole(cold, plan.frames)
    cold = Path(shutil.copyfile(cold, place / "c.mp4"))
    videos = [cold]
    if "a" in letters or "b" in letters:
        videos += _in_one(plan, place, letters, found)
    if "c" in letters:
        _inside(story, ours, place, found)
    if "g" in letters:
        paper, out, scratch = place / "plan.json", place / "g.mp4", place / "moviepy"
        scratch.mkdir()
        paper.write_text(plan.model_dump_json(), encoding="utf-8")
        command = [sys.executable, "-m", "render_parts.moviepy_pass", str(paper), str(out), str(scratch)]
        found.add("g", run_costed(command, cwd=HERE, env={"PYTHONPATH": str(ROOT)}))
        _whole(out, plan.frames)
        found.alike["g"] = likeness(out, cold)
        videos.append(out)
    if pictures is not None and len(videos) > 1:
        pictures.mkdir(parents=True, exist_ok=True)
        names = "-".join(video.stem for video in videos)
        for frame in (plan.frames // 20, plan.frames * 3 // 10, plan.frames // 2, plan.frames - 1):
            side_by_side(videos, frame, pictures / f"{names}-{frame}.png")
    _changes(ours, letters, found, dice)


def _in_one(plan: RenderPlan, place: Path, letters: str, found: Found) -> list[Path]:
    """Bare ffmpeg, one ffmpeg with everything, and the latter part by part; the second's video when it was made."""
    scratch = place / "single"
    scratch.mkdir()
    env = single_pass.environment(plan, scratch)
    rungs: list[tuple[str, tuple[str, ...]]] = [("a", single_pass.BARE)] if "a" in letters else []
    if "b" in letters:
        rungs += [("b", single_pass.LADDER)]
    if "a" in letters and "b" in letters and "b: decode" not in found.costs:  # once is enough to see where the time goes
        rungs += [(f"b: {parts[-1]}", parts) for parts in (single_pass.LADDER[:n] for n in range(1, len(single_pass.LADDER)))]
    for name, parts in rungs:
        out = place / f"{name[0]}.mp4" if len(name) == 1 else scratch / "rung.mp4"
        found.add(name, run_costed(single_pass.command(plan, out, scratch, parts), env=env, cwd=scratch))
        if len(name) == 1:
            _whole(out, plan.frames)
    if "b" not in letters:
        return []
    found.alike["b"] = likeness(place / "b.mp4", place / "c.mp4")
    return [place / "b.mp4"]


def _inside(story: Story, ours: Story, place: Path, found: Found) -> None:
    """What of FieldCut's own cost is sound, and what is starting Python."""
    silent = story.copy(place / "sound")
    (silent.video / "plan.json").write_bytes((ours.video / "plan.json").read_bytes())
    found.add("c: start and sound", silent.run((), only_sound=True)[0])
    found.add("c: start", run_costed([sys.executable, "-c", STARTING], cwd=HERE, env={"PYTHONPATH": str(ROOT)}))


def _changes(ours: Story, letters: str, found: Found, dice: random.Random) -> None:
    """What a correction, a price and a sheet of leaders cost after the video was rendered."""
    cues = shown_cues(ours)
    if "d" in letters and cues:
        middle_first = sorted(range(len(cues)), key=lambda n: abs(sum(cues[n]) / 2 - found.frames / 2))
        step = max(1, len(cues) // CORRECTIONS)
        for cue in [middle_first[0], *[n for n in middle_first[1:] if (n - middle_first[0]) % step == 0]][:CORRECTIONS]:
            correct_word(ours, cue, dice)
            cost, done = ours.run(AFTER_A_WORD)
            name = "d" if cue == middle_first[0] else "d: others"
            found.add(name, cost)
            _something(done.chunks_made, "a corrected word")
            print(f"    {done.chunks_made} chunks", file=sys.stderr)
            found.made["d" if cue == middle_first[0] else "d: others"] = (
                f"{done.chunks_made} of {done.chunks_made + done.chunks_reused} chunks"
            )
    if not sells(ours):
        print("  The story sells nothing: no price changes, no leader has a variant.", file=sys.stderr)
        return
    if "e" in letters:
        cents = dice.randrange(1, 100)
        change_price(ours, cents)
        cost, done = ours.run(AFTER_A_PRICE)
        change_price(ours, -cents)  # else the speaker says another one, and the edit for the leaders stops for a person
        found.add("e", cost)
        _something(done.chunks_made, "another price")
        found.made["e"] = f"{done.chunks_made} of {done.chunks_made + done.chunks_reused} chunks"
    if "f" in letters:
        wanted = leaders(LEADERS, LEADERS_AT, int(str(ours.asked["width"])), int(str(ours.asked["height"])))
        cost, done = ours.run(FOR_LEADERS, more=wanted)
        found.add("f", cost)
        _something(done.chunks_made - LEADERS + 1, "leaders")
        found.made["f"] = f"{done.chunks_made} of {done.chunks_made + done.chunks_reused} chunks"


def _whole(video: Path, frames: int) -> None:
    count = frames_in(video)
    if count != frames:
        raise SystemExit(f"{video.name} has {count} frames, the plan {frames}: it is not the same video.")


def _something(chunks: int, what: str) -> None:
    if chunks < 1:
        raise SystemExit(f"Nothing was rendered for {what}: the measure would be worth nothing.")


def report(found: Found, title: str) -> None:
    """The table."""
    names = {
        "a": "(a) bare ffmpeg: decode, crop, scale, encode",
        "b": "(b) one ffmpeg: the same with tone-mapping, LUT, layers, subtitles, sound",
        "c": "(c) FieldCut, nothing made before",
        "d": "(d) after one corrected word in the middle",
        "d: others": "(d) the same, other cues",
        "e": "(e) after a price change: cards drawn and rendered again",
        "f": f"(f) {LEADERS} leaders' variants for `{LEADERS_AT}`, after (c)",
        "g": "(g) the same composite in MoviePy",
    }
    print(f"| {title} | processor | wall | of c | made |\n|---|---|---|---|---|")
    for name, words in names.items():
        if name in found.costs:
            cost = middle(found.costs[name])
            print(
                f"| {words} | {cost.cpu_s:.1f} s | {cost.wall_s:.1f} s | {cost.cpu_s / found.cpu('c'):.2f} | {found.made.get(name, '')} |"
            )
    print("\n| ratio of processor times | | goal |\n|---|---|---|")
    for name in ("c/b", "g/c", "d/c", "f/c", "c/a", "b/a"):
        over, under = name.split("/")
        if over in found.costs and under in found.costs:
            goal = GOALS.get(name)
            sign = "≥" if name == "g/c" else "≤"
            print(f"| {name} | {found.cpu(over) / found.cpu(under):.2f} | {f'{sign} {goal}' if goal else ''} |")
    if "g" in found.costs:
        print(f"| g/c, by the clock | {middle(found.costs['g']).wall_s / middle(found.costs['c']).wall_s:.2f} | |")
    _parts(found)
    for name, like in found.alike.items():
        print(f"\nSSIM of ({name}) and (c): {like.mean:.4f} over {like.frames} frames, worst {like.worst:.4f} (frame {like.worst_frame}).")


def _parts(found: Found) -> None:
    """Where the processor time goes: in one ffmpeg, part by part, and in FieldCut."""
    if "b: decode" in found.costs:
        print("\n| where (b) goes | processor |\n|---|---|")
        before = 0.0
        for part in single_pass.LADDER:
            now = found.cpu(f"b: {part}") if part != single_pass.LADDER[-1] else found.cpu("b")
            print(f"| {single_pass.NAMES[part]} | {now - before:.1f} s |")
            before = now
    if "c: start" in found.costs:
        start, sound = found.cpu("c: start"), found.cpu("c: start and sound")
        print("\n| where (c) goes | processor |\n|---|---|")
        print(
            f"| starting Python | {start:.1f} s |\n| sound | {sound - start:.1f} s |\n| chunks and join | {found.cpu('c') - sound:.1f} s |"
        )


def memory(story: Story, place: Path, minutes: float, runs: int) -> None:
    """Peak memory of the process tree, for the story and for a long one."""
    rows: dict[str, tuple[Cost, float]] = {}
    for name, seconds in (("the story", 0.0), (f"{minutes:g} minutes of its cuts", minutes * 60)):
        peaks = []
        for run in range(runs):
            one = story.copy(place / f"{len(rows)}-{run}")
            if seconds:
                lengthen(one, seconds)
                one.run(("brand",))
            cost, done = one.run(("render",), memory=True)
            print(f"  {name}: {cost.peak_mb:.0f} MB, {cost.wall_s:.0f} s", file=sys.stderr, flush=True)
            peaks.append(cost)
        rows[name] = (middle(peaks), done.frames / one.plan().picture.fps)
    asked = story.asked
    print(f"| peak memory of the process tree, {asked['width']}×{asked['height']}, `{asked['preset']}` | length | peak |\n|---|---|---|")
    for name, (cost, length) in rows.items():
        print(f"| {name} | {length:.0f} s | {cost.peak_mb:.0f} MB |")
    short, long = (cost.peak_mb for cost, _ in rows.values())
    print(f"| long over short | | {long / short:.2f} |")


def main() -> None:
    """Prepare, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--catalog", type=Path)
    parser.add_argument("--template", default="liangshan", help="one with a colour table, so that it is measured")
    parser.add_argument("--size", default="1080x1920")
    parser.add_argument("--preset", default="standard")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default=",".join(LETTERS), help="of a,b,c,d,e,f,g; c is always made")
    parser.add_argument("--pictures", type=Path, help="where frames of the videos are put side by side")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--minutes", type=float, default=10)
    options = parser.parse_args()
    width, height = (int(side) for side in options.size.split("x"))
    asked: dict[str, object] = {"template": options.template, "preset": options.preset, "width": width, "height": height}
    if options.catalog:
        asked["catalog"] = str(options.catalog.resolve())
    with tempfile.TemporaryDirectory(prefix="fieldcut-benchmark-") as folder:
        story = prepare(options.folder.resolve(), asked, Path(folder) / "prepared")
        if options.memory:
            memory(story, Path(folder), options.minutes, options.runs)
            return
        found, dice = Found(), random.Random(20261122)
        letters = "".join(letter for letter in options.only.lower() if letter in LETTERS) + "c"
        for run in range(options.runs):
            with tempfile.TemporaryDirectory(dir=folder) as place:
                one_run(story, Path(place), letters, found, dice, options.pictures if run == 0 else None)
        title = f"{found.frames / found.fps:.1f} s at {options.size}, `{options.preset}`, median of {options.runs}"
        report(found, title)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"{Path(error.cmd[0]).name} failed with code {error.returncode}: {' '.join(error.cmd[:6])} …")
