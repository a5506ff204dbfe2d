"""Whether two videos show the same, frame by frame, and a look at one frame of each."""

import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av

from pipeline.media import FFMPEG


@dataclass(frozen=True)
class Likeness:
    """SSIM over luma and chroma: the mean, and the frame that is least alike."""

    frames: int
    mean: float
    worst: float
    worst_frame: int


def likeness(one: Path, other: Path) -> Likeness:
    """How alike two videos of one size are; counted are the frames that both have."""
    with tempfile.TemporaryDirectory() as folder:
        graph = "[0:v]settb=1/30,setpts=N[a];[1:v]settb=1/30,setpts=N[b];[a][b]ssim=shortest=1:stats_file=ssim.txt"
        inputs = ["-i", f"file:{one.resolve()}", "-i", f"file:{other.resolve()}"]
        subprocess.run([FFMPEG, "-nostdin", "-loglevel", "error", *inputs, "-lavfi", graph, "-f", "null", "-"], check=True, cwd=folder)
        values = [float(found) for found in re.findall(r"All:([\d.]+)", (Path(folder) / "ssim.txt").read_text())]
    worst = min(range(len(values)), key=values.__getitem__)
    return Likeness(len(values), sum(values) / len(values), values[worst], worst)


def frames_in(video: Path) -> int:
    """Pictures in a file, counted by decoding none of them."""
    with av.open(str(video)) as container:
        return sum(1 for packet in container.demux(container.streams.video[0]) if packet.size)


def side_by_side(videos: Sequence[Path], frame: int, out: Path) -> None:
    """The same frame of several videos as one PNG, from left to right, each 540 pixels wide."""
    inputs = [part for video in videos for part in ("-i", f"file:{video}")]
    picks = "".join(f"[{n}:v]trim=start_frame={frame}:end_frame={frame + 1},scale=540:-2[p{n}];" for n in range(len(videos)))
    row = "".join(f"[p{n}]" for n in range(len(videos))) + f"hstack={len(videos)}"
    command = [FFMPEG, "-nostdin", "-y", "-loglevel", "error", *inputs, "-filter_complex", picks + row, "-frames:v", "1", f"file:{out}"]
    subprocess.run(command, check=True)
