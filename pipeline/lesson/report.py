"""Writes `report.html` from the documents of a story."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from pipeline.documents.analysis import Analysis
from pipeline.documents.aside_lines import aside_lines
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.edit import Edit, Framing
from pipeline.documents.job import Job
from pipeline.documents.look import Look
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Choice, Offer
from pipeline.documents.rendition import Inspection, Rendition
from pipeline.documents.shooting_list import StoryPoint
from pipeline.documents.subtitles import Subtitles
from pipeline.documents.transcript import Transcript
from pipeline.language import say
from pipeline.lesson.frame_extraction import FrameRequest, clip_frame
from pipeline.lesson.labels import (
    CHECKS,
    FINISHED,
    FINISHED_WITH_ADVICE,
    LABELS,
    LEADS,
    NO_VIDEO,
    NOT_FINISHED,
    REPAIR_RULES,
    ROLES,
    STAGES,
)
from pipeline.lesson.pictures import PagePictures
from pipeline.lesson.reshoots import Reshoot, list_reshoots
from pipeline.lesson.sheet_frames import sheet_frame, sheet_times
from pipeline.lesson.videos import ShownVideo
from pipeline.lesson.windows import window_rows
from pipeline.page_policy import content_policy, escaping_environment
from pipeline.resources import fieldcut_version
from pipeline.store import Store, write_atomically

VERSION = 3
LANGUAGES = ("zh", "en")
PICTURE_BYTES = 2_400_000
"""Bytes of all pictures: the page stays under 3 MB, so that a chat app takes it; text and layout need some 0.3 MB for a long story."""
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
    framing: Framing | None = None,
    videos: Sequence[ShownVideo] = (),
    points: Sequence[StoryPoint] = (),
) -> Path:
    """Write the page that explains a story, atomically, and return its path.

    store: keeps the frames. analyses, transcripts: by clip id. rendition, inspection, video: None while there is none.
    seconds_per_stage: in the order of the stages. language: the one in which the page opens; it contains both. look: tells the contact
    sheet when the card is shown, and why layers stand where they do. framing: tells which part of the pictures is shown. videos: all of the
    run, which lie beside the page. points: what the footage has of what a story that sells needs.
    A clip that can no longer be read lacks only its pictures. Raises Fault when the disk refuses.
    """
    pictures = PagePictures(PICTURE_BYTES, store)
    findings = _finding_rows(inspection)
    page: dict[str, Any] = {
        "job": job,
        "language": language if language in LANGUAGES else "zh",
        "story": job.story,
        "facts": _summary(choice, edit, rendition),
        "figures": _figures(job, rendition),
        "videos": videos,
        "sheet": _contact_sheet(video, clips, edit, subtitles, rendition, look, job.fps),
        "reshoots": _reshoot_rows(clips, analyses, edit),
        "points": points,
        "looks": _unique([*choice.warnings, *edit.warnings, *warnings]),
        "held": _held_cues(clips, subtitles),
        "choice": M("How the product was found: {reason}", reason=choice.reason),
        "led": LEADS[edit.led_by],
        "clips": _clip_decisions(clips, edit),
        "places": look.reasons if look is not None else (),
        "aside": aside_lines(clips.set_aside),
        "aside_count": len(clips.set_aside),
        "windows": list(window_rows(edit, framing, clips)),
        "repairs": _repair_rows(clips, transcripts),
        "findings": findings,
        "inspected": inspection is not None,
        "stages": _stage_rows(seconds_per_stage),
        "maker": f"FieldCut {fieldcut_version()}",
        "total_s": sum(seconds_per_stage.values()),
    }
    page["verdict"], page["mood"] = _verdict(page, rendition, inspection)
    for finding in findings:
        if finding["picture"]:
            pictures.add(finding["picture"])
    pictures.take(_all_frames(page))
    pictures.fit()
    write_atomically(path, page_environment(pictures).get_template("report.html.j2").render(L=LABELS, **page))
    return path


def page_environment(pictures: PagePictures | None = None) -> Environment:
    """Return the templates of pages, with the filters that they use; without pictures for a page that has none."""
    environment = escaping_environment(FileSystemLoader(Path(__file__).parent / "pages"))
    environment.globals["policy"] = content_policy("")  # these pages have no script
    environment.filters |= {"both": in_all_languages, "clock": clock_text}
    if pictures is not None:
        environment.filters["picture"] = pictures.uri
    return environment


def in_all_languages(message: Message) -> Markup:
    """A message in all languages as HTML, of which the page shows one."""
    parts = [Markup('<span class="{0}" lang="{0}">{1}</span>').format(language, say(message, language)) for language in LANGUAGES]
    return Markup("").join(parts)


def clock_text(seconds: float) -> str:
    """A time as minutes, seconds and tenths: 1:02.5."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def _verdict(page: Mapping[str, Any], rendition: Rendition | None, inspection: Inspection | None) -> tuple[Message, str]:
    if rendition is None:
        return NO_VIDEO, "wait"
    if inspection is not None and not inspection.passed:
        return NOT_FINISHED, "wrong"
    return (FINISHED_WITH_ADVICE, "fine") if page["reshoots"] or page["looks"] or page["held"] else (FINISHED, "fine")


def _summary(choice: Choice, edit: Edit, rendition: Rendition | None) -> list[tuple[Message, Markup | str]]:
    length = rendition.length_s if rendition is not None else edit.frames / edit.fps
    facts: list[tuple[Message, Markup | str]] = [(LABELS["length"], in_all_languages(M("{seconds} s", seconds=round(length, 1))))]
    offer = choice.offer
    facts.append((LABELS["product"], escape(offer.name) if offer is not None else in_all_languages(LABELS["no_product"])))
    if offer is not None:
        facts.append((LABELS["price"], price_text(offer)))
    return facts


def _figures(job: Job, rendition: Rendition | None) -> list[tuple[Message, Markup | str]]:
    """What a trainer asks for and nobody else."""
    figures: list[tuple[Message, Markup | str]] = []
    if rendition is not None:
        loud = rendition.loudness_lufs
        figures.append((LABELS["loudness"], f"{loud:.1f} LUFS" if loud is not None else in_all_languages(LABELS["silent"])))
    width, height = (rendition.width, rendition.height) if rendition is not None else (job.width, job.height)
    return [*figures, (LABELS["size"], f"{width}×{height}")]


def price_text(offer: Offer) -> str:
    """The price as text: ¥29.9 / 10斤."""
    amount = f"{offer.price.normalize():f}"
    sign = CURRENCY_SIGNS.get(offer.currency, offer.currency + " ")
    return f"{sign}{amount}" + (f" / {offer.unit}" if offer.unit else "")


def _contact_sheet(
    video: Path | None, clips: Clips, edit: Edit, subtitles: Subtitles | None, rendition: Rendition | None, look: Look | None, fps: int
) -> list[dict[str, Any]]:
    """Rows of the contact sheet: a frame every two seconds, with its time, role, clip, words, and whether the card is on."""
    if video is None or rendition is None or not video.is_file():
        return []
    names = {clip.id: clip.name for clip in clips.clips}
    starts = edit.starts()
    cards = [layer for layer in look.layers if layer.kind == "card"] if look is not None else []
    spoken = [cue for cue in (subtitles.cues if subtitles is not None else ()) if not cue.held]
    sheet = []
    for at_s in sheet_times(rendition.length_s):
        number = int(at_s * fps)
        cut = next((cut for start, cut in zip(reversed(starts), reversed(edit.cuts), strict=True) if start <= number), None)
        sheet.append(
            {
                "at_s": at_s,
                "frame": sheet_frame(video, rendition, at_s),
                "role": ROLES[cut.role] if cut is not None else None,
                "clip": names.get(cut.clip_id, "") if cut is not None else "",
                "words": " ".join(" ".join(cue.lines) for cue in spoken if cue.start_frame <= number < cue.end_frame),
                "card": any(layer.start_frame <= number < layer.start_frame + layer.frames for layer in cards),
            }
        )
    return sheet


def _reshoot_rows(clips: Clips, analyses: Mapping[str, Analysis], edit: Edit) -> list[dict[str, Any]]:
    clips_by_id = {clip.id: clip for clip in clips.clips}

    def frame(reshoot: Reshoot) -> FrameRequest | None:
        clip = clips_by_id.get(reshoot.clip_id)
        return clip_frame(clip, (reshoot.start_s + reshoot.end_s) / 2) if clip is not None else None

    return [{"reshoot": reshoot, "frame": frame(reshoot)} for reshoot in list_reshoots(clips, analyses, edit)]


def _held_cues(clips: Clips, subtitles: Subtitles | None) -> list[dict[str, Any]]:
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
        if cue.held and not cue.by_hand
    ]


def _clip_decisions(clips: Clips, edit: Edit) -> list[dict[str, Any]]:
    """Every clip with its decisions, in order of their time in the clip."""
    rows_by_clip = []
    for clip in clips.clips:
        decisions = sorted(
            (decision for decision in edit.decisions if decision.clip_id == clip.id),
            key=lambda decision: (decision.start_s, decision.end_s),
        )
        rows = [{"decision": decision, "frame": clip_frame(clip, (decision.start_s + decision.end_s) / 2)} for decision in decisions]
        kept_s = sum(decision.end_s - decision.start_s for decision in decisions if decision.kept)
        rows_by_clip.append({"clip": clip, "rows": rows, "kept_s": kept_s, "first": _first_frame(clip)})
    return rows_by_clip


def _first_frame(clip: Clip) -> FrameRequest:
    return clip_frame(clip, clip.duration_s / 2)


def _repair_rows(clips: Clips, transcripts: Mapping[str, Transcript]) -> list[dict[str, Any]]:
    return [
        {"clip": clip.name, "repair": repair, "rule": REPAIR_RULES.get(repair.why)}
        for clip in clips.clips
        if clip.id in transcripts
        for repair in transcripts[clip.id].repairs
    ]


def _finding_rows(inspection: Inspection | None) -> list[dict[str, Any]]:
    findings = sorted(inspection.findings, key=lambda finding: finding.passed) if inspection is not None else []
    return [{"finding": finding, "name": CHECKS.get(finding.check), "picture": finding.frame} for finding in findings]


def _stage_rows(seconds_per_stage: Mapping[str, float]) -> list[dict[str, Any]]:
    longest = max(seconds_per_stage.values(), default=0.0) or 1.0
    return [
        {"name": STAGES.get(name), "id": name, "seconds": seconds, "percent": round(100 * seconds / longest)}
        for name, seconds in seconds_per_stage.items()
    ]


def _unique(messages: Sequence[Message]) -> list[Message]:
    return list({str(message): message for message in messages}.values())


def _all_frames(page: Mapping[str, Any]) -> list[FrameRequest]:
    """All frames of the page, the most important first."""
    frames: list[FrameRequest] = [row["frame"] for row in page["sheet"]]
    frames += [row["frame"] for row in page["reshoots"] if row["frame"] is not None]
    frames += [row["frame"] for clip in page["clips"] for row in clip["rows"]]
    frames += [clip["first"] for clip in page["clips"] if not clip["rows"]]
    return frames
