"""What the main job costs: seconds per stage, peak memory of the process tree, and rendering against bare ffmpeg.

    uv run python benchmarks/main_job.py FOLDER [--catalog SHEET] [--size 1080x1920] [--runs 3]

Bare ffmpeg is one process that decodes the same cuts, crops, scales and encodes them with the same x264 settings: no layers,
no subtitles, no LUT, no tone-mapping beyond what the size needs. Processor time is that of the children, summed; medians of the runs.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import ffmpeg

from pipeline.documents.plan import Chunk, Picture, RenderPlan
from pipeline.media import FFMPEG
from pipeline.render.chunks import make_chunks
from pipeline.store import Store


def tree_pss_mb(root: int) -> float:
    """Summed proportional set size of a process and all its descendants, megabytes."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
    members = {root}
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in members} - members
        grown = bool(more)
        members |= more
    total = 0
    for pid in members:
        try:
            for line in (Path("/proc") / str(pid) / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        except OSError:
            continue
    return total / 1024


def make_once(arguments: list[str]) -> tuple[dict[str, Any], float, float]:
    """The command's JSON, its wall seconds, and the highest memory seen, sampled ten times a second."""
    begun, peak = time.monotonic(), 0.0
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([sys.executable, "-m", "flows.cli", "make", *arguments, "--json"], stdout=out)
        while process.poll() is None:
            peak = max(peak, tree_pss_mb(process.pid))
            time.sleep(0.1)
        out.seek(0)
        return json.loads(out.read()), time.monotonic() - begun, peak


def children_cpu() -> float:
    """Processor seconds of all ended children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def render_cpu(plan: RenderPlan) -> float:
    """Processor seconds of rendering every chunk anew."""
    with tempfile.TemporaryDirectory() as folder:
        before = children_cpu()
        make_chunks(plan, Store(Path(folder)), at_once=min(2, os.cpu_count() or 1), progress=lambda _: None)
        return children_cpu() - before


def bare_cpu(plan: RenderPlan) -> float:
    """Processor seconds of one ffmpeg that decodes, crops, scales and encodes the same cuts."""
    with tempfile.TemporaryDirectory() as folder:
        before = children_cpu()
        subprocess.run(bare_command(plan, Path(folder) / "bare.mp4"), check=True)
        return children_cpu() - before


def bare_command(plan: RenderPlan, out: Path) -> list[str]:
    """The bare pass over all pieces of a plan."""
    picture = plan.picture
    parts = [_bare_piece(chunk, place, picture) for chunk in plan.chunks for place in range(len(chunk.pieces))]
    options = {"c:v": "libx264", "preset": picture.speed, "crf": picture.crf, "pix_fmt": "yuv420p", "profile:v": "high"}
    stream = ffmpeg.output(ffmpeg.concat(*parts, v=1, a=0), str(out), **options)
    return [str(part) for part in stream.global_args("-loglevel", "error", "-nostdin").compile(cmd=FFMPEG, overwrite_output=True)]


def _bare_piece(chunk: Chunk, place: int, picture: Picture) -> Any:
    piece = chunk.pieces[place]
    if piece.still:
        source = ffmpeg.input(piece.path, loop=1, t=piece.frames / picture.fps, framerate=picture.fps).video
    else:
        source = ffmpeg.input(f"file:{piece.path}", ss=piece.source_start_s, t=piece.frames / picture.fps)[f"v:{piece.video_stream}"]
        source = source.filter("fps", picture.fps)
        if piece.crop is not None:
            key = piece.crop.keys[0]
            wide, high = piece.crop.width * piece.width, piece.crop.height * piece.height
            source = source.filter("crop", int(wide), int(high), int(key.x * piece.width - wide / 2), int(key.y * piece.height - high / 2))
    return source.filter("scale", picture.width, picture.height).filter("format", "yuv420p").filter("setsar", 1)


def main() -> None:
    """Run and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder")
    parser.add_argument("--catalog", default="")
    parser.add_argument("--size", default="1080x1920")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    catalog = ["--catalog", options.catalog] if options.catalog else []
    with tempfile.TemporaryDirectory() as folder:
        arguments = [options.folder, *catalog, "--size", options.size, "--workspace", folder]
        cold, cold_s, peak = make_once(arguments)
        warm, warm_s, _ = make_once(arguments)
        plan = RenderPlan.from_json((Path(folder) / "stories" / cold["story"] / "plan.json").read_bytes())
        ours = [render_cpu(plan) for _ in range(options.runs)]
        bare = [bare_cpu(plan) for _ in range(options.runs)]
    print(f"| {options.folder} at {options.size}, {cold['length_s']} s of video | |\n|---|---|")
    for name, seconds in cold["seconds"].items():
        print(f"| {name} | {seconds:.1f} s |")
    print(f"| whole run, cold | {cold_s:.1f} s |")
    print(f"| the same again | {warm_s:.1f} s, {warm['chunks']['made']} chunks made |")
    print(f"| peak memory of the process tree (PSS) | {peak:.0f} MB |")
    print(f"| rendering, processor time | {median(ours):.1f} s |")
    print(f"| bare ffmpeg, processor time | {median(bare):.1f} s |")
    print(f"| rendering over bare ffmpeg | {median(ours) / median(bare):.2f} |")


if __name__ == "__main__":
    main()
