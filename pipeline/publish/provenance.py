"""The label of generated content: computed from what is shown and heard, written into the file, and never where nothing was generated."""

import html
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av

from pipeline import system
from pipeline.documents.clip import DECLARED, Clip, Clips
from pipeline.documents.edit import Edit
from pipeline.documents.message import M, Message
from pipeline.documents.provenance import GeneratedPart, ImplicitLabel, PartKind, Provenance
from pipeline.media import FFMPEG, run_media
from pipeline.store import file_sha256

FIELD = "AIGC"
"""The key of the implicit label. For MP4 the practice guides of TC260 put it under moov.udta.meta (keys and ilst), which is where ffmpeg
writes it with `use_metadata_tags`; read back from the file's bytes."""
PROPAGATOR = "FieldCut"
TIMESCALE = 90_000
"""As the renderer writes its files, so that no time is rounded."""
SURE, PERHAPS = "1", "2"
_NEAR_ENDS = 262_144
_OBJECT = re.compile(r'\{[^{}]*"Label"\s*:[^{}]*\}')
_ALLOWED = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]")
"""Characters of a value in annex E (item j, as readers of the standard quote it): printable ASCII without blank, quotation mark and
backslash. What we write keeps to it; what came with a file is never touched."""
_KINDS: dict[PartKind, Message] = {"picture": M("picture"), "voice": M("voice"), "music": M("music"), "text": M("text")}


def provenance(edit: Edit, clips: Clips, *, made: Sequence[GeneratedPart] = ()) -> Provenance:
    """What in the finished video was generated.

    edit, clips: a clip with the mark of a generator counts when it is seen, or when its speech is heard; one that was dropped and not
    used does not. made: what was made or added here: a synthetic voice, music with a mark (`marked_file`), generated text.
    """
    parts = [part for part in (*_seen(edit, clips), *_heard(edit, clips), *made) if part.seconds > 0]
    if not parts:
        return Provenance(generated=False, why=M("Nothing in this video was generated, as far as its files say."))
    told = tuple(_described(part) for part in parts)
    return Provenance(generated=True, parts=tuple(parts), why=M("Parts of this video were generated: {parts}.", parts=told))


def _seen(edit: Edit, clips: Clips) -> list[GeneratedPart]:
    seconds: dict[str, float] = {}
    for cut in edit.cuts:
        if cut.clip_id:
            seconds[cut.clip_id] = seconds.get(cut.clip_id, 0.0) + cut.frames / edit.fps
    return _parts("picture", seconds, clips)


def _heard(edit: Edit, clips: Clips) -> list[GeneratedPart]:
    seconds: dict[str, float] = {}
    for piece in edit.heard:
        seconds[piece.clip_id] = seconds.get(piece.clip_id, 0.0) + piece.frames / edit.fps
    return _parts("voice", seconds, clips)


def _parts(kind: PartKind, seconds: dict[str, float], clips: Clips) -> list[GeneratedPart]:
    return [_part(kind, clips.by_id(clip_id), length) for clip_id, length in seconds.items() if clips.by_id(clip_id).generated]


def _part(kind: PartKind, clip: Clip, seconds: float) -> GeneratedPart:
    return GeneratedPart(
        kind=kind,
        name=clip.name,
        mark=clip.generated or "",
        seconds=round(seconds, 3),
        sha256=clip.sha256,
        label=read_label(Path(clip.path)),
    )


def _described(part: GeneratedPart) -> Message:
    facts: dict[str, str | float | Message] = {"kind": _KINDS[part.kind], "name": part.name, "seconds": round(part.seconds, 1)}
    if part.mark == "made":
        return M("{kind}, {seconds} s: made by {name}", **facts)
    if part.mark == DECLARED:
        return M("{kind}, {seconds} s: {name} was made with AI, as a person has declared", **facts)
    return M("{kind}, {seconds} s: {name} carries the mark {mark}", mark=part.mark, **facts)


def marked_file(path: Path, kind: PartKind, seconds: float) -> GeneratedPart | None:
    """A file that is added to the video, such as music, when it carries the mark of GB 45438-2025; None when it does not."""
    label = read_label(path)
    if label is None:
        return None
    return GeneratedPart(kind=kind, name=path.name, mark=FIELD, seconds=seconds, sha256=file_sha256(path), label=label)


def read_label(path: Path) -> ImplicitLabel | None:
    """The implicit label that a file carries, in its metadata or near its ends; None without one, or when nobody can read it."""
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            for key, value in container.metadata.items():
                if FIELD.lower() in key.lower() and (label := _parse_label(value)):
                    return label
    except (av.FFmpegError, OSError, ValueError):
        pass
    try:
        with path.open("rb") as file:
            head = file.read(_NEAR_ENDS)
            file.seek(max(len(head), path.stat().st_size - _NEAR_ENDS))
            ends = head + file.read()
    except OSError:
        return None
    if FIELD.encode() not in ends:
        return None
    text = html.unescape(ends.decode("utf-8", errors="ignore"))
    return next((label for found in _OBJECT.finditer(text) if (label := _parse_label(found[0]))), None)


def _parse_label(value: str) -> ImplicitLabel | None:
    """The label from its JSON, bare or wrapped in the field's name."""
    try:
        data: Any = json.loads(value)
    except ValueError:
        return None
    if isinstance(data, dict) and isinstance(data.get(FIELD), dict):
        data = data[FIELD]
    if not isinstance(data, dict) or "Label" not in data:
        return None
    said = {key: str(data.get(key) or "") for key in ("ContentProducer", "ProduceID", "ReservedCode1")}
    passed_on = {key: str(data.get(key) or "") for key in ("ContentPropagator", "PropagateID", "ReservedCode2")}
    return ImplicitLabel(
        label=str(data["Label"]),
        content_producer=said["ContentProducer"],
        produce_id=said["ProduceID"],
        reserved_code_1=said["ReservedCode1"],
        content_propagator=passed_on["ContentPropagator"],
        propagate_id=passed_on["PropagateID"],
        reserved_code_2=passed_on["ReservedCode2"],
    )


def label_for(made: Provenance, content_sha256: str, *, propagator: str = PROPAGATOR) -> ImplicitLabel | None:
    """The label of the finished video; None when nothing in it was generated.

    content_sha256: of the file before it is labelled; it numbers what is passed on. propagator: who publishes, by name or code.
    Where an input brought its own label, its producer's fields go on unchanged, those of the input that is longest seen or heard; a
    file has one label, and the others stay on record in `made.parts`.
    """
    if not made.generated or not made.parts:
        return None
    ours = _encode_value(propagator)
    labelled = [part for part in made.parts if part.label is not None]
    number = f"sha256-{content_sha256[:32]}"
    first = max(labelled or made.parts, key=lambda part: part.seconds)
    sure = any(part.label is None or part.label.label == SURE for part in made.parts)
    known = [part.label.label for part in labelled if part.label is not None]
    strength = SURE if sure else min(known, default=PERHAPS)
    if first.label is not None:
        return first.label.model_copy(update={"label": strength, "content_propagator": ours, "propagate_id": number, "reserved_code_2": ""})
    if first.mark == "made":
        producer, produced = ours, number
    else:
        producer, produced = _encode_value(first.mark if first.mark not in ("C2PA", FIELD) else "unknown"), f"sha256-{first.sha256[:32]}"
    return ImplicitLabel(label=strength, content_producer=producer, produce_id=produced, content_propagator=ours, propagate_id=number)


def _encode_value(text: str) -> str:
    """Text in the characters that annex E allows; all others as percent-encoded UTF-8, so that nothing is lost."""
    return "".join(c if _ALLOWED.match(c) and c != "%" else "".join(f"%{byte:02X}" for byte in c.encode()) for c in text)


def label_file(source: Path, target: Path, made: Provenance, *, propagator: str = PROPAGATOR) -> ImplicitLabel | None:
    """Write the video with its label, and with no other metadata, by stream copy; give back the label that it carries.

    Pictures, sound and times stay as they are; tags, chapters and every track but one picture and one sound are left behind. Where
    nothing was generated nothing is written, but a label that the source has is never taken away. The same input gives the same bytes.
    Raises MediaFault or DiskFault; the target is there whole or not at all.
    """
    label = label_for(made, file_sha256(source), propagator=propagator) or read_label(source)
    tags = ["-metadata", f"{FIELD}={label.to_json()}"] if label else []
    part = target.with_name(f".{target.stem}.part{target.suffix}")
    arguments = ["-i", f"file:{source}", "-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", "-map_metadata", "-1", "-map_chapters", "-1"]
    flags = ["-movflags", "+faststart+use_metadata_tags" if label else "+faststart", "-fflags", "+bitexact"]
    clock = ["-video_track_timescale", str(TIMESCALE), "-movie_timescale", str(TIMESCALE)]
    try:
        run_media(
            [FFMPEG, "-hide_banner", "-nostdin", "-y", "-loglevel", "warning", *arguments, *tags, *flags, *clock, f"file:{part}"],
            name=target.name,
        )
        system.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    return label
