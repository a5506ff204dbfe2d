"""Chunks: each a pure function of its content, made once, and joined by copying."""

from collections.abc import Callable, Sequence
from pathlib import Path

import av

from pipeline.documents.message import M, Message
from pipeline.documents.plan import Chunk, Picture, RenderPlan
from pipeline.errors import MediaFault
from pipeline.media import FFMPEG, Child, ffmpeg_version, fonts_environment, run_media, run_side_by_side
from pipeline.render.command import TIMESCALE, ChunkOutput, Missing, command, same_frames
from pipeline.render.encoder import SESSIONS, SOFTWARE
from pipeline.render.machine import Machine
from pipeline.render.memory_budget import process_mb, room_mb
from pipeline.store import Store, content_key, scratch_folder

VERSION = 3
ONE_HEAP = {"MALLOC_ARENA_MAX": "1"}
"""For glibc: a heap for each of ffmpeg's threads took 13 % more memory from four clips, and no less time."""


def chunk_key(chunk: Chunk, picture: Picture) -> str:
    """Address of a chunk by everything that changes its pixels and nothing that does not: content hashes, never paths."""
    return content_key(
        step="chunk",
        version=VERSION,
        tool=ffmpeg_version(),
        picture=picture.model_dump(exclude={"lut", "fonts"}),
        pieces=[piece.model_dump(exclude={"path"}) for piece in chunk.pieces],
        laid=[laid.model_dump(exclude={"file", "kind"}) for laid in chunk.laid],
        ass=chunk.ass,
        at=chunk.start_frame if chunk.ass else None,
    )


def chunk_keys(plan: RenderPlan) -> list[str]:
    """The addresses of a plan's chunks, in timeline order."""
    return [chunk_key(chunk, plan.picture) for chunk in plan.chunks]


def make_chunks(plan: RenderPlan, store: Store, *, at_once: int, progress: Callable[[float], None]) -> tuple[list[Path], int]:
    """One plan's chunk files in timeline order, and how many of them had to be made. at_once: processes side by side at most."""
    files, made = make_all([plan], store, Machine(threads=at_once), progress)
    return files[0], len(made)


def make_all(
    plans: Sequence[RenderPlan], store: Store, machine: Machine, progress: Callable[[float], None]
) -> tuple[list[list[Path]], frozenset[str]]:
    """Each plan's chunk files in timeline order, and the keys that had to be made. What several plans share is made once.

    Raises MediaFault when a process fails or gives another number of frames than planned; what was finished stays.
    """
    keys = [chunk_keys(plan) for plan in plans]
    wanted = {
        key: Missing(key, chunk, plan.picture)
        for plan, own in zip(plans, keys, strict=True)
        for key, chunk in zip(own, plan.chunks, strict=True)
    }
    missing = {key: one for key, one in wanted.items() if store.find("chunks", key, ".mp4") is None}
    done = {key: one.chunk.frames for key, one in wanted.items() if key not in missing}
    total = sum(one.chunk.frames for one in wanted.values())

    def told(key: str, frames: int) -> None:
        done[key] = min(frames, wanted[key].chunk.frames)
        progress(min(1.0, sum(done.values()) / total))

    _make(list(missing.values()), store, machine, told)
    return [[_kept(store, key) for key in own] for own in keys], frozenset(missing)


def _make(missing: Sequence[Missing], store: Store, machine: Machine, told: Callable[[str, int], None]) -> None:
    """Make chunks, as many side by side as cores and memory allow."""
    room, cores = room_mb(), machine.cores
    groups = together(missing, room)
    at_once = -(-cores * len(groups) // max(1, len(missing)))  # a process with several outputs keeps several cores busy
    if any(one.picture.encoder != SOFTWARE for one in missing):
        at_once = min(at_once, max(1, SESSIONS // max(map(len, groups))))
    parts = {one.key: store.part("chunks", one.key, ".mp4") for one in missing}
    with scratch_folder() as folder:
        children: list[Child] = []
        for group in groups:
            wanted = [ChunkOutput(one, parts[one.key], _fresh(folder / one.key)) for one in group]
            threads = max(1, cores // max(1, min(at_once, len(groups), int(room / process_mb(group)))))
            children.append(_child(wanted, threads, store, told))
        try:
            run_side_by_side(children, at_once=at_once, room=room, nice=machine.nice)
        except MediaFault as fault:
            raise _with_a_way_out(fault, {one.picture.encoder for one in missing} - {SOFTWARE}) from fault
        finally:
            for part in parts.values():
                part.unlink(missing_ok=True)


def _child(wanted: Sequence[ChunkOutput], threads: int, store: Store, told: Callable[[str, int], None]) -> Child:
    """The process that makes one group of chunks, and what becomes of its output."""
    group = [want.one for want in wanted]
    environment = {**fonts_environment(Path(group[0].picture.fonts), store.root / "fonts"), **ONE_HEAP}
    weight = process_mb(group, threads)
    return Child(command(wanted, threads), _place(group[0]), _listener(group, told), environment, _keeper(store, wanted), weight=weight)


def together(missing: Sequence[Missing], room: float) -> list[list[Missing]]:
    """The chunks in groups that one process makes: those that show the same frames, as many as the room (megabytes) and a device hold."""
    open_groups: dict[object, list[Missing]] = {}
    groups: list[list[Missing]] = []
    for one in missing:
        frames = same_frames(one)
        group = open_groups.get(frames)
        full = group is not None and one.picture.encoder != SOFTWARE and len(group) == SESSIONS
        if group is None or full or process_mb([*group, one]) > room:
            group = open_groups[frames] = []
            groups.append(group)
        group.append(one)
    return groups


def _fresh(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _place(one: Missing) -> Message:
    first, last = one.chunk.start_frame, one.chunk.start_frame + one.chunk.frames
    fps = one.picture.fps
    return M("seconds {first}–{last} of the video", first=round(first / fps, 1), last=round(last / fps, 1))


def _listener(group: Sequence[Missing], told: Callable[[str, int], None]) -> Callable[[str], None]:
    """ffmpeg counts the frames of its first output; the others are about as far."""

    def on_line(line: str) -> None:
        if line.startswith("frame=") and line[6:].strip().isdigit():
            for one in group:
                told(one.key, int(line[6:]))

    return on_line


def _with_a_way_out(fault: MediaFault, encoders: set[str]) -> MediaFault:
    """A device may give up in the middle of a render; x264 does not."""
    if not encoders:
        return fault
    names = ", ".join(sorted(encoders))
    way = M("{fault} The picture was being made by {encoder}: with --encoder x264 it is made without.", fault=fault.message, encoder=names)
    return MediaFault(way, fault.log)


def _kept(store: Store, key: str) -> Path:
    file = store.find("chunks", key, ".mp4")
    if file is None:
        raise MediaFault(M("A finished piece of the video is gone from the cache again. Run the same command again."))
    return file


def _keeper(store: Store, wanted: Sequence[ChunkOutput]) -> Callable[[str], None]:
    def keep(log: str) -> None:
        """Every output that is whole is kept, whatever became of the others."""
        broken: list[Message] = []
        for want in wanted:
            count, planned = count_frames(want.out), want.one.chunk.frames
            if count == planned:
                store.adopt("chunks", want.one.key, ".mp4", want.out)
            else:
                broken.append(M("A chunk has {count} frames instead of {planned}; it was thrown away.", count=count, planned=planned))
        if broken:
            raise MediaFault(broken[0], log[-4000:])

    return keep


def count_frames(path: Path) -> int:
    """Pictures in a file, counted by its packets; 0 for a file that is none, as ffmpeg leaves when it had nothing to write."""
    try:
        with av.open(str(path)) as container:
            return sum(1 for packet in container.demux(container.streams.video) if packet.size) if container.streams.video else 0
    except (av.FFmpegError, OSError):
        return 0


def join(files: Sequence[Path], sound: Path, out: Path, *, nice: int = 0) -> None:
    """Chunks end to end with their sound, by stream copy: no pixel is touched."""
    listing = out.with_suffix(".txt")
    try:
        # names only: the list lies where the chunks' folder is named relative to it, so no path needs quoting
        listing.write_text("".join(f"file '../chunks/{file.name}'\n" for file in files), encoding="utf-8")
        inputs = ["-f", "concat", "-safe", "0", "-i", f"file:{listing}", "-i", f"file:{sound}", "-map", "0:v", "-map", "1:a"]
        copied = ["-c", "copy", "-map_metadata", "-1", "-fflags", "+bitexact", "-movflags", "+faststart"]
        clock = ["-video_track_timescale", str(TIMESCALE), "-movie_timescale", str(TIMESCALE)]
        arguments = [FFMPEG, "-hide_banner", "-nostdin", "-y", "-loglevel", "warning", *inputs, *copied, *clock, f"file:{out}"]
        run_media(arguments, name=M("joining the video"), nice=nice)
    finally:
        listing.unlink(missing_ok=True)
