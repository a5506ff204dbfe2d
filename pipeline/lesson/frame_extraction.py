"""Extracts frames of clips and videos as small pictures; frames after one key frame are decoded once for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import av

from pipeline.documents.clip import Clip, Transfer
from pipeline.media import FFMPEG
from pipeline.media.frame_selection import tone_map_chain

SHORT_SIDE = 240
"""Short side in pixels in which frames are extracted; for the page they are made smaller if necessary."""
MOST_TOGETHER = 16
"""Most frames that one process extracts: each has its own small filters and its own output."""


@dataclass(frozen=True)
class FrameRequest:
    """A frame to extract, at `at_s` on the file's own clock. sha256: hash of the file. stream: index among the video streams."""

    path: str
    sha256: str
    at_s: float
    stream: int = 0
    transfer: Transfer = "sdr"
    early_s: float = 0.5
    """How much earlier to look when the file has ended at `at_s`."""


def clip_frame(clip: Clip, at_s: float) -> FrameRequest:
    """Request a clip's frame at a time (seconds), moved into the clip if necessary."""
    last = max(0.0, clip.duration_s - max(0.1, 1.5 / max(1.0, clip.frame_rate)))
    return FrameRequest(
        clip.path, clip.sha256, round(min(max(0.0, at_s), last), 3), clip.video_stream, clip.transfer, clip.longest_gap_s + 0.5
    )


def decoded_together(frames: Sequence[FrameRequest]) -> list[list[FrameRequest]]:
    """Group frames that are decoded from the same key frame of the same file, each group in the order of its times.

    A phone sets a key frame every second, other programs every ten: there, a seek for each would decode the same frames again.
    """
    groups: list[list[FrameRequest]] = []
    in_order = sorted(frames, key=lambda frame: (frame.path, frame.stream, frame.transfer, frame.at_s))
    for (path, stream, _), of_file in groupby(in_order, key=lambda frame: (frame.path, frame.stream, frame.transfer)):
        requests = list(of_file)
        starts = _key_frames(path, stream, [frame.at_s for frame in requests]) if len(requests) > 1 else [0.0]
        for _, together in groupby(zip(starts, requests, strict=True), key=lambda pair: pair[0]):
            group = [frame for _, frame in together]
            groups += [group[at : at + MOST_TOGETHER] for at in range(0, len(group), MOST_TOGETHER)]
    return groups


def _key_frames(path: str, stream: int, times: Sequence[float]) -> list[float]:
    """Where a seek to each time (seconds) begins to decode, on the stream's clock; the times themselves where the file does not open."""
    try:
        with av.open(path, metadata_errors="replace") as container:
            track, start = container.streams.video[stream], container.start_time or 0
            found = []
            for at_s in times:
                container.seek(start + round(at_s * av.time_base))
                packet = next((packet for packet in container.demux(track) if packet.pts is not None), None)
                found.append(at_s if packet is None or packet.pts is None else float(packet.pts))
            return found
    except (av.FFmpegError, OSError, IndexError):
        return list(times)


def extraction_command(outputs: Mapping[FrameRequest, Path]) -> list[str]:
    """The ffmpeg command that extracts frames of one file, given in the order of their times. outputs: the JPEG to write for each.

    Each output is the first frame at or after its time, or nothing where the file has ended.
    """
    first = next(iter(outputs))
    tone = f",{tone_map_chain()}" if first.transfer != "sdr" else ""
    small = f"scale='if(lt(iw,ih),{SHORT_SIDE},-2)':'if(lt(iw,ih),-2,{SHORT_SIDE})':flags=area,setsar=1{tone},format=yuvj420p"
    graph = [f"[0:v:{first.stream}]split={len(outputs)}" + "".join(f"[at{index}]" for index in range(len(outputs)))]
    arguments: list[str] = []
    for index, (frame, out) in enumerate(outputs.items()):
        graph.append(f"[at{index}]trim=start={frame.at_s - first.at_s:.3f},trim=end_frame=1,{small}[small{index}]")
        arguments += ["-map", f"[small{index}]", "-frames:v", "1", "-q:v", "3", "-update", "1", str(out)]
    source = ["-threads", "1", "-ss", f"{first.at_s:.3f}", "-i", f"file:{first.path}"]
    return [FFMPEG, "-hide_banner", "-nostdin", "-v", "error", "-y", *source, "-filter_complex", ";".join(graph), *arguments]
