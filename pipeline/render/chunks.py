"""Chunks of the picture: each a pure function of its content, rendered once, and joined by stream copy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

import av

from pipeline.documents.message import M, Message
from pipeline.documents.plan import Chunk, Picture, RenderPlan
from pipeline.errors import MediaFault
from pipeline.media import FFMPEG, Child, ffmpeg_version, fonts_environment, run_media, run_side_by_side
from pipeline.render.chunk_command import TIMESCALE, ChunkOutput, ChunkRequest, chunk_command, source_frames
from pipeline.render.cpu_budget import CpuBudget
from pipeline.render.encoder import MOST_SESSIONS, SOFTWARE
from pipeline.render.memory_budget import available_mb, estimate_process_mb
from pipeline.store import Store, content_key, scratch_folder

VERSION = 3
Sharing = Literal["alone", "first", "last"]
"""Who else makes the same chunks at this moment: nobody; or other machines, of whom this one takes the first or the last. Two that take
from both ends meet somewhere, and neither waits for the other."""
ONE_HEAP = {"MALLOC_ARENA_MAX": "1"}
"""Setting for glibc: one heap per ffmpeg thread took 13 % more memory with four clips, and saved no time."""


def chunk_key(chunk: Chunk, picture: Picture) -> str:
    """Content key of a chunk: everything that changes its pixels and nothing else; content hashes, never paths."""
    return content_key(
        step="chunk",
        version=VERSION,
        tool=ffmpeg_version(),
        picture=picture.model_dump(exclude={"lut", "fonts"}),
        pieces=[piece.content() for piece in chunk.pieces],
        laid=[laid.model_dump(exclude={"file", "kind"}) for laid in chunk.laid],
        ass=chunk.ass,
        at=chunk.start_frame if chunk.ass else None,
    )


def chunk_keys(plan: RenderPlan) -> list[str]:
    """Content keys of a plan's chunks, in timeline order."""
    return [chunk_key(chunk, plan.picture) for chunk in plan.chunks]


def make_chunks(plan: RenderPlan, store: Store, *, at_once: int, progress: Callable[[float], None]) -> tuple[list[Path], int]:
    """Make one plan's chunks. Returns their files in timeline order, and how many had to be made. at_once: most processes at a time."""
    files, made = make_all_chunks([plan], store, CpuBudget(threads=at_once), progress)
    return files[0], len(made)


def chunk_requests(plans: Sequence[RenderPlan]) -> dict[str, ChunkRequest]:
    """The chunks of several plans by their keys, in timeline order; those that several share once."""
    return {key: ChunkRequest(key, chunk, plan.picture) for plan in plans for key, chunk in zip(chunk_keys(plan), plan.chunks, strict=True)}


def make_all_chunks(
    plans: Sequence[RenderPlan],
    store: Store,
    cpu: CpuBudget,
    progress: Callable[[float], None],
    sharing: Sharing = "alone",
    alive: Callable[[], None] = lambda: None,
) -> tuple[list[list[Path]], frozenset[str]]:
    """Make the chunks of several plans; those that several share are made once.

    progress: called with 0..1. alive: called many times a second; what it raises ends the work.

    Returns each plan's chunk files in timeline order, and the keys that had to be made.
    Raises MediaFault when a process fails or writes another number of frames than planned; finished chunks stay in the store.
    """
    requests = chunk_requests(plans)
    missing = make_requests(requests, store, cpu, progress, sharing, alive)
    return [[_stored_chunk(store, key) for key in chunk_keys(plan)] for plan in plans], missing


def make_requests(
    requests: Mapping[str, ChunkRequest],
    store: Store,
    cpu: CpuBudget,
    progress: Callable[[float], None],
    sharing: Sharing = "alone",
    alive: Callable[[], None] = lambda: None,
) -> frozenset[str]:
    """Make those chunks that the store lacks. Returns their keys. Raises as `make_all_chunks` does."""
    missing = {key: request for key, request in requests.items() if not store.has("chunks", key, ".mp4")}
    frames_done = {key: request.chunk.frames for key, request in requests.items() if key not in missing}
    total = sum(request.chunk.frames for request in requests.values())

    def report_frames(key: str, frames: int) -> None:
        frames_done[key] = min(frames, requests[key].chunk.frames)
        progress(min(1.0, sum(frames_done.values()) / total))

    _make_missing(list(missing.values()), store, cpu, report_frames, sharing, alive)
    return frozenset(missing)


def _make_missing(
    missing: Sequence[ChunkRequest],
    store: Store,
    cpu: CpuBudget,
    report_frames: Callable[[str, int], None],
    sharing: Sharing,
    alive: Callable[[], None],
) -> None:
    """Make the missing chunks, as many side by side as cores and memory allow. report_frames: called with a key and its frames."""
    memory_mb, cores = available_mb(), cpu.cores
    groups = group_by_source_frames(missing, memory_mb)
    at_once = -(-cores * len(groups) // max(1, len(missing)))  # a process with several outputs keeps several cores busy
    if any(request.picture.encoder != SOFTWARE for request in missing):
        at_once = min(at_once, max(1, MOST_SESSIONS // max(map(len, groups))))
    parts = {request.key: store.part("chunks", request.key, ".mp4") for request in missing}
    with scratch_folder() as folder:
        children: list[Child] = []
        for group in reversed(groups) if sharing == "last" else groups:
            outputs = [ChunkOutput(request, parts[request.key], _new_folder(folder / request.key)) for request in group]
            threads = max(1, cores // max(1, min(at_once, len(groups), int(memory_mb / estimate_process_mb(group)))))
            child = _group_process(outputs, threads, store, report_frames)
            children.append(child if sharing == "alone" else replace(child, needed=partial(_is_needed, group, store, report_frames)))
        try:
            run_side_by_side(children, at_once=at_once, memory_mb=memory_mb, nice=cpu.nice, alive=alive)
        except MediaFault as fault:
            raise _suggest_software_encoder(fault, {request.picture.encoder for request in missing} - {SOFTWARE}) from fault
        finally:
            for part in parts.values():
                part.unlink(missing_ok=True)


def _is_needed(group: Sequence[ChunkRequest], store: Store, report_frames: Callable[[str, int], None]) -> bool:
    """Whether one chunk of a group is still missing; what another machine has made meanwhile is reported as done."""
    if not all(store.has("chunks", request.key, ".mp4") for request in group):
        return True
    for request in group:
        report_frames(request.key, request.chunk.frames)
    return False


def _group_process(outputs: Sequence[ChunkOutput], threads: int, store: Store, report_frames: Callable[[str, int], None]) -> Child:
    """The process that makes one group of chunks and puts them into the store."""
    group = [output.request for output in outputs]
    environment = {**fonts_environment(Path(group[0].picture.fonts), store.root / "fonts"), **ONE_HEAP}
    memory_mb = estimate_process_mb(group, threads)
    return Child(
        chunk_command(outputs, threads),
        _timeline_span(group[0]),
        _progress_listener(group, report_frames),
        environment,
        _output_adopter(store, outputs),
        memory_mb=memory_mb,
    )


def group_by_source_frames(missing: Sequence[ChunkRequest], memory_mb: float) -> list[list[ChunkRequest]]:
    """Group chunks that show the same source frames, so that one process makes each group and decodes the sources once.

    A group takes at most `memory_mb` megabytes, and at most the sessions that a hardware encoder allows.
    """
    open_groups: dict[object, list[ChunkRequest]] = {}
    groups: list[list[ChunkRequest]] = []
    for request in missing:
        frames = source_frames(request)
        group = open_groups.get(frames)
        sessions_full = group is not None and request.picture.encoder != SOFTWARE and len(group) == MOST_SESSIONS
        if group is None or sessions_full or estimate_process_mb([*group, request]) > memory_mb:
            group = open_groups[frames] = []
            groups.append(group)
        group.append(request)
    return groups


def _new_folder(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _timeline_span(request: ChunkRequest) -> Message:
    first, last = request.chunk.start_frame, request.chunk.start_frame + request.chunk.frames
    fps = request.picture.fps
    return M("seconds {first}–{last} of the video", first=round(first / fps, 1), last=round(last / fps, 1))


def _progress_listener(group: Sequence[ChunkRequest], report_frames: Callable[[str, int], None]) -> Callable[[str], None]:
    """A callback for ffmpeg's progress lines, which count the frames of the first output; the others are about as far."""

    def on_line(line: str) -> None:
        if line.startswith("frame=") and line[6:].strip().isdigit():
            for request in group:
                report_frames(request.key, int(line[6:]))

    return on_line


def _suggest_software_encoder(fault: MediaFault, encoders: set[str]) -> MediaFault:
    """The fault with the advice to use x264: a hardware encoder may fail in the middle of a render."""
    if not encoders:
        return fault
    names = ", ".join(sorted(encoders))
    advice = M(
        "{fault} The picture was being made by {encoder}: with --encoder x264 it is made without.", fault=fault.message, encoder=names
    )
    return MediaFault(advice, fault.log)


def _stored_chunk(store: Store, key: str) -> Path:
    file = store.find("chunks", key, ".mp4")
    if file is None:
        raise MediaFault(M("A finished piece of the video is gone from the cache again. Run the same command again."))
    return file


def _output_adopter(store: Store, outputs: Sequence[ChunkOutput]) -> Callable[[str], None]:
    def keep(log: str) -> None:
        """Keep every complete output, even when others are not."""
        defects: list[Message] = []
        for output in outputs:
            count, planned = count_frames(output.out), output.request.chunk.frames
            if count == planned:
                store.adopt("chunks", output.request.key, ".mp4", output.out)
            else:
                defects.append(M("A chunk has {count} frames instead of {planned}; it was thrown away.", count=count, planned=planned))
        if defects:
            raise MediaFault(defects[0], log[-4000:])

    return keep


def count_frames(path: Path) -> int:
    """Count the frames of a video file by its packets; 0 for a file that is no video, as ffmpeg leaves when it had nothing to write."""
    try:
        with av.open(str(path)) as container:
            return sum(1 for packet in container.demux(container.streams.video) if packet.size) if container.streams.video else 0
    except (av.FFmpegError, OSError):
        return 0


def join_chunks(files: Sequence[Path], sound: Path, out: Path, *, nice: int = 0) -> None:
    """Join chunks end to end and add the sound, by stream copy. nice: added to this process's niceness. Raises MediaFault."""
    list_file = out.with_suffix(".txt")
    try:
        # names only: the list lies where the chunks' folder is named relative to it, so no path needs quoting
        list_file.write_text("".join(f"file '../chunks/{file.name}'\n" for file in files), encoding="utf-8")
        inputs = ["-f", "concat", "-safe", "0", "-i", f"file:{list_file}", "-i", f"file:{sound}", "-map", "0:v", "-map", "1:a"]
        copy_options = ["-c", "copy", "-map_metadata", "-1", "-fflags", "+bitexact", "-movflags", "+faststart"]
        timescales = ["-video_track_timescale", str(TIMESCALE), "-movie_timescale", str(TIMESCALE)]
        arguments = [FFMPEG, "-hide_banner", "-nostdin", "-y", "-loglevel", "warning", *inputs, *copy_options, *timescales, f"file:{out}"]
        run_media(arguments, name=M("joining the video"), nice=nice)
    finally:
        list_file.unlink(missing_ok=True)
