"""What each stage does: take its documents from the bench, hand them to its room, put down what comes back."""

import json
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from pipeline import analysis as analysis_room
from pipeline import brand as brand_room
from pipeline import catalog as catalog_room
from pipeline import commerce as commerce_room
from pipeline import edit as edit_room
from pipeline import footage as footage_room
from pipeline import inspection as inspection_room
from pipeline import lesson as lesson_room
from pipeline import publish as publish_room
from pipeline import render as render_room
from pipeline import speech as speech_room
from pipeline import subtitles as subtitles_room
from pipeline.documents.analysis import Analysis
from pipeline.documents.base import Span
from pipeline.documents.card import Card
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses, Transcripts
from pipeline.documents.edit import Edit, Framing
from pipeline.documents.job import Job
from pipeline.documents.look import Look
from pipeline.documents.message import M, Message, Warnings
from pipeline.documents.offer import Brief, Catalog, Choice, Offer
from pipeline.documents.plan import RenderPlan
from pipeline.documents.rendition import Inspection, Rendition
from pipeline.documents.subtitles import Subtitles
from pipeline.errors import DiskFault, UserMistake
from pipeline.headline import headline
from pipeline.language import say
from pipeline.media.still import grab
from pipeline.resources import FONTS
from pipeline.store import content_key, copy_atomically, file_sha256, write_atomically
from pipeline.workspace import Bench

Progress = Callable[[float], None]
END_CARD_S = 4.2
"""The QR code on it needs three seconds at rest; the rest is its entrance."""
BYTES_A_PIXEL = 0.12
"""Of a finished frame and its chunk at `best`, generously: what a run asks of the disk before it starts."""


def check_asked(job: Job) -> None:
    """Raises UserMistake for a template, destination or music that is not there: before anything costly, not when it is needed."""
    publish_room.load_destination(job.destination)
    style = brand_room.load_style(job.template)
    render_room.choose_music(job.music, mood=style.pace.mood, story_seed=job.story)


def catalog(bench: Bench, progress: Progress) -> None:
    """The product sheet and the note; a lapsed or unknown product ends the run here, before anything costly."""
    job = bench.job
    sheet = catalog_room.read_catalog(Path(job.catalog)) if job.catalog else Catalog(path="", offers=())
    brief = catalog_room.read_brief(Path(job.source)) if Path(job.source).is_dir() else Brief()
    catalog_room.choose_offer(sheet, brief, "", sku=job.product, now=job.now)
    bench.write("catalog.json", sheet)
    bench.write("brief.json", brief)
    progress(1.0)


def footage(bench: Bench, progress: Progress) -> None:
    """The dropped files."""
    bench.write("clips.json", footage_room.take_in(Path(bench.job.source), progress))


def analysis(bench: Bench, progress: Progress) -> None:
    """Each clip once, whatever story it is dropped in."""
    clips = bench.read("clips.json", Clips).clips
    total = sum(clip.duration_s for clip in clips)
    done = 0.0
    found: dict[str, Analysis] = {}
    for clip in clips:
        key = content_key(step="analysis", version=analysis_room.VERSION, clip=clip.sha256)

        def part(fraction: float, before: float = done, length: float = clip.duration_s) -> None:
            progress((before + fraction * length) / total)

        def write(path: Path, clip: object = clip, part: Progress = part) -> None:
            path.write_text(analysis_room.analyse(clip, part).model_dump_json(), encoding="utf-8")  # type: ignore[arg-type]

        found[clip.id] = Analysis.from_json(bench.store.make("analyses", key, ".json", write).read_bytes())
        done += clip.duration_s
        progress(done / total)
    bench.write("analyses.json", Analyses(by_clip=found))


def speech(bench: Bench, progress: Progress) -> None:
    """What is said, in a process of its own."""
    clips = bench.read("clips.json", Clips)
    analyses = bench.read("analyses.json", Analyses).by_clip
    sheet, brief = bench.read("catalog.json", Catalog), bench.read("brief.json", Brief)
    spans: dict[str, tuple[Span, ...]] = {key: facts.sound.speech if facts.sound else () for key, facts in analyses.items()}
    said = speech_room.transcribe(
        clips.clips,
        spans,
        glossary=catalog_room.glossary(sheet, brief, None),
        language=bench.job.speech,
        store=bench.store,
        progress=progress,
    )
    bench.write("transcripts.json", Transcripts(by_clip=dict(said)))


def commerce(bench: Bench, progress: Progress) -> None:
    """Which offer this story sells."""
    clips, said = bench.read("clips.json", Clips), bench.read("transcripts.json", Transcripts).by_clip
    text = " ".join(phrase.text for clip in clips.clips for phrase in said[clip.id].phrases)
    sheet, brief = bench.read("catalog.json", Catalog), bench.read("brief.json", Brief)
    choice = catalog_room.choose_offer(sheet, brief, text, sku=bench.job.product, now=bench.job.now)
    bench.write("choice.json", choice.model_copy(update={"warnings": (*sheet.problems, *choice.warnings)}))
    progress(1.0)


def edit(bench: Bench, progress: Progress) -> None:
    """The edit, unless a person changed it; and where its windows stand. A price said otherwise than written ends the run."""
    job, clips = bench.job, bench.read("clips.json", Clips)
    analyses = bench.read("analyses.json", Analyses).by_clip
    destination, style = publish_room.load_destination(job.destination), brand_room.load_style(job.template)
    if not bench.by_hand("edit.json"):
        seconds = min(job.max_seconds, destination.max_seconds or job.max_seconds)
        wishes = edit_room.Wishes(fps=job.fps, seconds=seconds, shot_s=style.pace.shot_s, end_card_s=END_CARD_S)
        said, offer = bench.read("transcripts.json", Transcripts).by_clip, bench.read("choice.json", Choice).offer
        bench.write("edit.json", edit_room.cut_story(clips, analyses, said, bench.read("brief.json", Brief), offer, wishes, _others(bench)))
    cut = bench.read("edit.json", Edit)
    bench.write("prices.json", Warnings(messages=_price_warnings(bench, clips, cut)))
    bench.write("framing.json", edit_room.frame_story(cut, clips, analyses, job.width, job.height))
    progress(1.0)


def _others(bench: Bench) -> list[Offer]:
    """The sheet's offers that this story does not sell."""
    chosen = bench.read("choice.json", Choice).offer
    return [offer for offer in bench.read("catalog.json", Catalog).offers if chosen is None or offer.sku != chosen.sku]


def _price_warnings(bench: Bench, clips: Clips, cut: Edit) -> tuple[Message, ...]:
    """What was not heard well enough of the prices that the edit keeps. Raises PersonNeeded when another price is clearly said."""
    offer = bench.read("choice.json", Choice).offer
    if offer is None:
        return ()
    said = bench.read("transcripts.json", Transcripts).by_clip
    warnings: list[Message] = []
    for clip in clips.clips:
        kept = [piece for piece in cut.heard if piece.clip_id == clip.id and piece.kind == "speech"]
        phrases = [
            phrase
            for phrase in said[clip.id].phrases
            if any(p.source_start_s <= phrase.start_s < p.source_start_s + p.frames / cut.fps for p in kept)
        ]
        warnings.extend(commerce_room.check_spoken_price(offer, phrases, clip=clip.name, others=_others(bench)))
    return tuple(warnings)


def _card(bench: Bench) -> Card | None:
    offer = bench.read("choice.json", Choice).offer
    if offer is None:
        return None
    return commerce_room.make_card(offer, publish_room.load_destination(bench.job.destination), bench.job.language)


def _ai_label(bench: Bench, cut: Edit) -> str:
    """The words that stand on the picture where the destination asks for them and generated footage is shown; else nothing."""
    clips = bench.read("clips.json", Clips)
    shown = any(clips.by_id(piece.clip_id).generated for piece in cut.cuts if piece.clip_id)
    if not shown or publish_room.load_destination(bench.job.destination).ai_label != "picture":
        return ""
    return say(M("Made with AI"), bench.job.language)


def brand(bench: Bench, progress: Progress) -> None:
    """Title, lower third, product card and end card in the story's style."""
    job, cut = bench.job, bench.read("edit.json", Edit)
    offer = bench.read("choice.json", Choice).offer
    title, place = headline(bench.read("brief.json", Brief), offer, job.story)
    style = brand_room.load_style(job.template)
    title, place = (brand_room.drawable(text, style) for text in (title, place))
    look = brand_room.make_look(
        style,
        card=_card(bench),
        title=title,
        subtitle=place,
        lower_third=offer.origin if offer else "",
        destination=publish_room.load_destination(job.destination),
        width=job.width,
        height=job.height,
        fps=job.fps,
        total_frames=cut.frames,
        card_frame=cut.product_frame,
        card_frames=edit_room.card_frames(cut),
        end_card_frames=cut.cuts[-1].frames if cut.cuts[-1].role == "end_card" else 0,
        store=bench.store,
        label=_ai_label(bench, cut),
    )
    bench.write("look.json", look)
    progress(1.0)


def subtitles(bench: Bench, progress: Progress) -> None:
    """Cues; what a person wrote into subtitles.srt wins."""
    look, cut = bench.read("look.json", Look), bench.read("edit.json", Edit)
    cues = subtitles_room.make_cues(cut, bench.read("transcripts.json", Transcripts).by_clip, look.typography)
    if (bench.story / "subtitles.json").is_file():
        before = bench.read("subtitles.json", Subtitles)
        if bench.by_hand("subtitles.srt"):
            before = subtitles_room.from_srt(_written_by_hand(bench.story / "subtitles.srt"), before)
        cues = subtitles_room.move_along(before, cues, cut)
    bench.write_text("subtitles.srt", subtitles_room.to_srt(cues))
    bench.write("subtitles.json", cues)
    brand_room.check_subtitles(cues, FONTS / brand_room.load_style(bench.job.template).subtitles.font)
    progress(1.0)


def _written_by_hand(path: Path) -> str:
    """A text file as a person's editor saved it: on Chinese machines not always as UTF-8."""
    data = path.read_bytes()
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UserMistake(M("{path} cannot be read as text. Save it as UTF-8.", path=str(path)))


def render(bench: Bench, progress: Progress) -> None:
    """The finished file, chunk by chunk."""
    job, look, cut = bench.job, bench.read("look.json", Look), bench.read("edit.json", Edit)
    clips, analyses = bench.read("clips.json", Clips), bench.read("analyses.json", Analyses).by_clip
    cues = bench.read("subtitles.json", Subtitles)
    _ask_disk(bench, cut.frames)
    style = brand_room.load_style(job.template)
    music = render_room.choose_music(job.music, style.pace.mood, job.story)
    plan = render_room.plan_render(
        cut,
        bench.read("framing.json", Framing),
        clips,
        look,
        picture=render_room.plan_picture(look, job.preset, FONTS),
        sound=render_room.plan_sound(cut, clips, analyses, music),
        ass_under=lambda first, last: subtitles_room.ass_events(
            cues, first, last, look.typography, look.width, look.height, accent=style.subtitles.accent
        ),
        story=job.story,
        destination=job.destination,
    )
    bench.write("plan.json", plan)
    bench.write("rendition.json", render_room.render(plan, bench.store, progress))


def _ask_disk(bench: Bench, frames: int) -> None:
    needed = int(frames * bench.job.width * bench.job.height * BYTES_A_PIXEL * 3) + 50_000_000
    free = shutil.disk_usage(bench.root).free
    if free < needed:
        raise DiskFault(
            M(
                "The disk has {free} MB free, but this video needs about {needed} MB. Free some space and run the same command again.",
                free=free // 1_000_000,
                needed=needed // 1_000_000,
            )
        )


def inspection(bench: Bench, progress: Progress) -> None:
    """The finished file held against its plan."""
    rendition = bench.read("rendition.json", Rendition)
    destination = publish_room.load_destination(bench.job.destination)
    plans = ("plan.json", "edit.json", "look.json", "subtitles.json")
    key = _key(bench, plans, version=inspection_room.VERSION, video=rendition.sha256, destination=destination)
    if (bench.story / "inspection.json").is_file():
        before = bench.read("inspection.json", Inspection)
        if before.key == key and before.passed:
            return
    found = inspection_room.inspect(
        Path(rendition.file),
        rendition=rendition,
        plan=bench.read("plan.json", RenderPlan),
        edit=bench.read("edit.json", Edit),
        look=bench.read("look.json", Look),
        subtitles=bench.read("subtitles.json", Subtitles),
        destination=destination,
        scratch=bench.story / "inspection",
        progress=progress,
    )
    bench.write("inspection.json", found.model_copy(update={"key": key}))


def _key(bench: Bench, documents: Sequence[str], **more: object) -> str:
    """A key of documents as they stand now, and of what else a result depends on."""
    return content_key(documents={name: file_sha256(bench.story / name) for name in documents}, **more)


def publish(bench: Bench, progress: Progress) -> None:
    """The outbox, and the shelf when it is the destination; nothing that inspection has not passed leaves."""
    rendition = bench.read("rendition.json", Rendition)
    if not bench.read("inspection.json", Inspection).passed:
        return
    job, cut = bench.job, bench.read("edit.json", Edit)
    name = f"{job.story}-{job.destination}-{job.width}x{job.height}"
    video, cover, cues = bench.outbox / f"{name}.mp4", bench.outbox / f"{name}.jpg", bench.outbox / f"{name}.srt"
    copy_atomically(Path(rendition.file), video)
    grab(Path(rendition.file), min(1.5, rendition.length_s / 3), cover, width=job.width)
    write_atomically(cues, (bench.story / "subtitles.srt").read_text(encoding="utf-8-sig"))
    files = {"video": str(video), "cover": str(cover), "subtitles": str(cues)}
    progress(0.7)
    if job.destination == "shelf":
        files["page"] = str(_shelve(bench, cut, video, cover, cues))
    bench.write_text("outbox.json", json.dumps(files, ensure_ascii=False))
    progress(1.0)


def _shelve(bench: Bench, cut: Edit, video: Path, cover: Path, cues: Path) -> Path:
    job, offer = bench.job, bench.read("choice.json", Choice).offer
    title, place = headline(bench.read("brief.json", Brief), offer, job.story)
    clips = bench.read("clips.json", Clips)
    return publish_room.put_on_shelf(
        bench.shelf,
        story=job.story,
        video=video,
        cover=cover,
        subtitles=cues if bench.read("subtitles.json", Subtitles).cues else None,
        card=_card(bench),
        offer=offer,
        title=title,
        summary=place,
        length_s=bench.read("rendition.json", Rendition).length_s,
        made_at=datetime.fromtimestamp(Path(bench.read("rendition.json", Rendition).file).stat().st_mtime, job.now.tzinfo),
        language=job.language,
        ai_label=any(clips.by_id(piece.clip_id).generated for piece in cut.cuts if piece.clip_id),
    )


def lesson(bench: Bench, progress: Progress) -> None:
    """The page that explains."""
    job, rendition = bench.job, bench.read("rendition.json", Rendition)
    told = ("clips.json", "analyses.json", "transcripts.json", "choice.json", "edit.json", "prices.json", "subtitles.json", "look.json")
    key = _key(bench, (*told, "inspection.json"), version=lesson_room.VERSION, video=rendition.sha256, language=job.language)
    report = bench.store.make("reports", key, ".html", lambda part: _report(bench, rendition, part))
    copy_atomically(report, bench.story / "report.html")
    copy_atomically(report, bench.outbox / "report.html")
    progress(1.0)


def _report(bench: Bench, rendition: Rendition, path: Path) -> None:
    choice, cut = bench.read("choice.json", Choice), bench.read("edit.json", Edit)
    lesson_room.write_report(
        path,
        job=bench.job,
        clips=bench.read("clips.json", Clips),
        analyses=bench.read("analyses.json", Analyses).by_clip,
        transcripts=bench.read("transcripts.json", Transcripts).by_clip,
        choice=choice,
        edit=cut,
        subtitles=bench.read("subtitles.json", Subtitles),
        rendition=rendition,
        inspection=bench.read("inspection.json", Inspection),
        video=Path(rendition.file),
        seconds_per_stage=seconds_of(bench),
        warnings=(*choice.warnings, *cut.warnings, *bench.read("prices.json", Warnings).messages),
        language=bench.job.language,
        look=bench.read("look.json", Look),
    )


def note_seconds(bench: Bench, stage: str, seconds: float) -> None:
    """Keep what a stage took, for the report and the next estimate."""
    times = {**seconds_of(bench), stage: round(seconds, 2)}
    write_atomically(bench.story / "seconds.json", json.dumps(times))


def seconds_of(bench: Bench) -> dict[str, float]:
    """Seconds per stage of this story's last run."""
    try:
        times = json.loads((bench.story / "seconds.json").read_text())
    except (OSError, ValueError):
        return {}
    return {str(name): float(value) for name, value in times.items()} if isinstance(times, dict) else {}
