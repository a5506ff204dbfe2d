"""From the documents of a story to `report.html`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from pipeline.documents.analysis import Analysis
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.edit import Edit
from pipeline.documents.job import Job
from pipeline.documents.look import Look
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Choice, Offer
from pipeline.documents.rendition import Inspection, Rendition
from pipeline.documents.subtitles import Subtitles
from pipeline.documents.transcript import Transcript
from pipeline.language import say
from pipeline.lesson.pictures import Album, FrameRequest, frame_of
from pipeline.lesson.retake import retake_list
from pipeline.lesson.words import CHECKS, DONE, DONE_LESS, LABELS, LED, NO_VIDEO, NOT_FINISHED, ROLES, RULES, STAGES
from pipeline.resources import fieldcut_version
from pipeline.store import Store, write_atomically

VERSION = 1
LANGUAGES = ("zh", "en")
PICTURE_BYTES = 2_400_000
"""The page stays under 3 MB, so that it goes through a chat app; words and form need some 0.3 MB for a long story."""
SHEET_EVERY_S = 2.0
SHEET_MOST = 30
CURRENCY_SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€"}


def write_report(
    path: Path,
    *,
    store: Store,
    job: Job,
    clips: Clips,
    analyses: Mapping[str, Analysis],
    transcripts: Mapping[str, Transcript],
    choice: Choice,
    edit: Edit,
    subtitles: Subtitles | None,
    rendition: Rendition | None = None,
    inspection: Inspection | None = None,
    video: Path | None = None,
    seconds_per_stage: Mapping[str, float],
    warnings: Sequence[Message] = (),
    language: str = "zh",
    look: Look | None = None,
) -> Path:
    """Write the page that explains a story, whole or not at all, and return its path.

    store: keeps the frames. analyses, transcripts: by clip id. rendition, inspection, video: None while there is none.
    seconds_per_stage: in the order of the stages. language: in which the page opens; both are inside. look: tells the contact sheet
    where the card stands.
    A clip that can no longer be read costs only its pictures. Raises Fault when the disk refuses.
    """
    album = Album(PICTURE_BYTES, store)
    findings = _findings(inspection)
    page: dict[str, Any] = {
        "job": job,
        "language": language if language in LANGUAGES else "zh",
        "story": job.story,
        "facts": _facts(job, choice, edit, rendition),
        "sheet": _sheet(video, clips, edit, subtitles, rendition, look, job.fps),
        "retakes": _retakes(clips, analyses, edit),
        "looks": _unique([*choice.warnings, *edit.warnings, *warnings]),
        "held": _held(clips, subtitles),
        "choice": M("How the product was found: {reason}", reason=choice.reason),
        "led": LED[edit.led_by],
        "clips": _decided(clips, edit),
        "aside": clips.set_aside,
        "repairs": _repairs(clips, transcripts),
        "findings": findings,
        "inspected": inspection is not None,
        "stages": _stages(seconds_per_stage),
        "maker": f"FieldCut {fieldcut_version()}",
        "total_s": sum(seconds_per_stage.values()),
    }
    page["verdict"], page["mood"] = _verdict(page, rendition, inspection)
    for finding in findings:
        if finding["picture"]:
            album.add(finding["picture"])
    album.take(_frames(page))
    album.fit()
    write_atomically(path, _environment(album).get_template("report.html.j2").render(L=LABELS, **page))
    return path


def _environment(album: Album) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"both": both, "clock": clock, "picture": album.uri}
    return environment


def both(message: Message) -> Markup:
    """A message in all languages, of which the page shows one."""
    parts = [Markup('<span class="{0}" lang="{0}">{1}</span>').format(language, say(message, language)) for language in LANGUAGES]
    return Markup("").join(parts)


def clock(seconds: float) -> str:
    """Minutes, seconds and tenths, as a player shows them."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def _verdict(page: Mapping[str, Any], rendition: Rendition | None, inspection: Inspection | None) -> tuple[Message, str]:
    if rendition is None:
        return NO_VIDEO, "wait"
    if inspection is not None and not inspection.passed:
        return NOT_FINISHED, "wrong"
    return (DONE_LESS, "fine") if page["retakes"] or page["looks"] or page["held"] else (DONE, "fine")


def _facts(job: Job, choice: Choice, edit: Edit, rendition: Rendition | None) -> list[tuple[Message, Markup | str]]:
    length = rendition.length_s if rendition is not None else edit.frames / edit.fps
    facts: list[tuple[Message, Markup | str]] = [(LABELS["length"], both(M("{seconds} s", seconds=round(length, 1))))]
    offer = choice.offer
    facts.append((LABELS["product"], escape(offer.name) if offer is not None else both(LABELS["no_product"])))
    if offer is not None:
        facts.append((LABELS["price"], price_of(offer)))
    if rendition is not None:
        loud = rendition.loudness_lufs
        facts.append((LABELS["loudness"], f"{loud:.1f} LUFS" if loud is not None else both(LABELS["silent"])))
    width, height = (rendition.width, rendition.height) if rendition is not None else (job.width, job.height)
    facts.append((LABELS["size"], f"{width}×{height}"))
    return facts


def price_of(offer: Offer) -> str:
    """The price as it is written: ¥29.9 / 10斤."""
    amount = f"{offer.price.normalize():f}"
    sign = CURRENCY_SIGNS.get(offer.currency, offer.currency + " ")
    return f"{sign}{amount}" + (f" / {offer.unit}" if offer.unit else "")


def _sheet(
    video: Path | None, clips: Clips, edit: Edit, subtitles: Subtitles | None, rendition: Rendition | None, look: Look | None, fps: int
) -> list[dict[str, Any]]:
    """A frame of the result every two seconds, with its time and what is on."""
    if video is None or rendition is None or not video.is_file():
        return []
    names = {clip.id: clip.name for clip in clips.clips}
    step = max(SHEET_EVERY_S, rendition.length_s / SHEET_MOST)
    starts = edit.starts()
    cards = [layer for layer in look.layers if layer.kind == "card"] if look is not None else []
    spoken = [cue for cue in (subtitles.cues if subtitles is not None else ()) if not cue.held]
    sheet = []
    at_s = min(step / 2, rendition.length_s / 2)
    while at_s < rendition.length_s:
        number = int(at_s * fps)
        cut = next((cut for start, cut in zip(reversed(starts), reversed(edit.cuts), strict=True) if start <= number), None)
        sheet.append(
            {
                "at_s": at_s,
                "frame": FrameRequest(str(video), rendition.sha256, round(at_s, 3)),
                "role": ROLES[cut.role] if cut is not None else None,
                "clip": names.get(cut.clip_id, "") if cut is not None else "",
                "words": " ".join(" ".join(cue.lines) for cue in spoken if cue.start_frame <= number < cue.end_frame),
                "card": any(layer.start_frame <= number < layer.start_frame + layer.frames for layer in cards),
            }
        )
        at_s += step
    return sheet


def _retakes(clips: Clips, analyses: Mapping[str, Analysis], edit: Edit) -> list[dict[str, Any]]:
    known = {clip.id: clip for clip in clips.clips}
    return [
        {
            "retake": retake,
            "frame": frame_of(known[retake.clip_id], (retake.start_s + retake.end_s) / 2) if retake.clip_id in known else None,
        }
        for retake in retake_list(clips, analyses, edit)
    ]


def _held(clips: Clips, subtitles: Subtitles | None) -> list[dict[str, Any]]:
    names = {clip.id: clip.name for clip in clips.clips}
    cues = subtitles.cues if subtitles is not None else ()
    fps = subtitles.fps if subtitles is not None else 1
    return [
        {
            "at_s": cue.start_frame / fps,
            "words": " ".join(cue.lines),
            "clip": names.get(cue.clip_id, ""),
            "percent": round(cue.confidence * 100),
        }
        for cue in cues
        if cue.held
    ]


def _decided(clips: Clips, edit: Edit) -> list[dict[str, Any]]:
    """Every clip with its decisions in the order of its own time."""
    decided = []
    for clip in clips.clips:
        decisions = sorted((one for one in edit.decisions if one.clip_id == clip.id), key=lambda one: (one.start_s, one.end_s))
        rows = [{"decision": one, "frame": frame_of(clip, (one.start_s + one.end_s) / 2)} for one in decisions]
        kept_s = sum(one.end_s - one.start_s for one in decisions if one.kept)
        decided.append({"clip": clip, "rows": rows, "kept_s": kept_s, "first": _first_frame(clip)})
    return decided


def _first_frame(clip: Clip) -> FrameRequest:
    return frame_of(clip, clip.duration_s / 2)


def _repairs(clips: Clips, transcripts: Mapping[str, Transcript]) -> list[dict[str, Any]]:
    return [
        {"clip": clip.name, "repair": repair, "rule": RULES.get(repair.why)}
        for clip in clips.clips
        if clip.id in transcripts
        for repair in transcripts[clip.id].repairs
    ]


def _findings(inspection: Inspection | None) -> list[dict[str, Any]]:
    findings = sorted(inspection.findings, key=lambda finding: finding.passed) if inspection is not None else []
    return [{"finding": finding, "name": CHECKS.get(finding.check), "picture": finding.frame} for finding in findings]


def _stages(seconds_per_stage: Mapping[str, float]) -> list[dict[str, Any]]:
    longest = max(seconds_per_stage.values(), default=0.0) or 1.0
    return [
        {"name": STAGES.get(name), "id": name, "seconds": seconds, "percent": round(100 * seconds / longest)}
        for name, seconds in seconds_per_stage.items()
    ]


def _unique(messages: Sequence[Message]) -> list[Message]:
    return list({str(message): message for message in messages}.values())


def _frames(page: Mapping[str, Any]) -> list[FrameRequest]:
    """All frames of the page, those that matter most first."""
    frames: list[FrameRequest] = [shown["frame"] for shown in page["sheet"]]
    frames += [shown["frame"] for shown in page["retakes"] if shown["frame"] is not None]
    frames += [row["frame"] for clip in page["clips"] for row in clip["rows"]]
    frames += [clip["first"] for clip in page["clips"] if not clip["rows"]]
    return frames
