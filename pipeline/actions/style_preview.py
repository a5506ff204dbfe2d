"""`fieldcut template preview`: one picture and one page that show a style, drawn by the real layers, without making a video."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from jinja2 import FileSystemLoader
from PIL import Image

from pipeline.brand import load_style, style_roots, with_coop
from pipeline.brand import preview as preview_room
from pipeline.brand.check import StyleFinding, check_style
from pipeline.brand.contact_sheet import SheetWords, colours_of, contact_sheet
from pipeline.brand.style import Style
from pipeline.commerce.qr import qr_modules
from pipeline.documents.card import Card
from pipeline.documents.message import M, Message
from pipeline.documents.offer import StoryNames
from pipeline.documents.subtitles import Cue, SpokenPart, SubtitleManner
from pipeline.language import say
from pipeline.media import FFMPEG, fonts_environment, quote_for_filter, run_media
from pipeline.page_policy import escaping_environment, template_policy
from pipeline.publish import destination_names, load_destination
from pipeline.resources import FONTS
from pipeline.settings import read_settings
from pipeline.store import part_beside, write_atomically
from pipeline.subtitles.ass import to_ass
from pipeline.subtitles.stresses import with_stresses
from pipeline.system import replace as replace_file

LINK = "https://shop.example.com/p/10001"
PAGES = Path(preview_room.__file__).parent / "pages"
FRAME_NAMES: Mapping[str, Message] = {
    "title": M("title"),
    "card": M("product card"),
    "card without code": M("product card without code"),
    "small card": M("small card"),
    "price tag": M("price tag"),
    "end card": M("end card"),
    "end card without product": M("end card without product"),
}
PREVIEW_NAMES = ("土豆", "potatoes")
"""What the words of a preview call its goods."""
LIMIT_NAMES: Mapping[str, Message] = {
    "title": M("title"),
    "subtitle": M("second line"),
    "lower_third": M("line of place"),
    "subtitles": M("subtitles"),
}


@dataclass(frozen=True)
class StylePreview:
    """What was written, and what the check says."""

    picture: Path
    page: Path
    findings: list[StyleFinding]


def preview_style(name: str, workspace: Path, language: str, out: Path | None = None) -> StylePreview:
    """Draw the preview of a style. out: folder for the two files; the workspace's `previews` without it. Raises UserMistake."""
    roots = style_roots(workspace)
    findings = check_style(name, roots)
    style = with_coop(load_style(name, roots), read_settings(workspace).coop.brand_in(workspace))
    findings += [StyleFinding("note", remark) for remark in style.remarks]
    folder = out or workspace / "previews"
    folder.mkdir(parents=True, exist_ok=True)
    shelf = load_destination("shelf")
    frames = _with_subtitles(list(preview_room.preview_frames(style, _card(), shelf)), style, workspace)
    destinations = [load_destination(one) for one in destination_names()]
    areas = [(one.label[language], preview_room.keep_out(style, one, "zh" if language == "zh" else "en")) for one in destinations]
    heading = f"{style.label.get('zh', name)} · {style.label.get('en', name)} ({name})"
    line = style.about.alludes_to if style.about else ""
    limits = {key: value for key, value in preview_room.character_limits(style, shelf).items() if key in LIMIT_NAMES}
    facts = [(say(LIMIT_NAMES[key], language), say(M("{count} characters a line", count=value), language)) for key, value in limits.items()]
    sheet = contact_sheet(
        style,
        frames,
        areas,
        SheetWords(
            heading=heading,
            line=line,
            frames={key: say(message, language) for key, message in FRAME_NAMES.items()},
            keep_out=say(M("What each platform's own buttons may cover"), language),
            limits=" · ".join(f"{key}: {value}" for key, value in facts),
        ),
    )
    picture, page = folder / f"{name}.png", folder / f"{name}.html"
    part = part_beside(picture)
    sheet.save(part, format="PNG", compress_level=4)
    replace_file(part, picture)
    write_atomically(page, _page(style, picture, heading, line, findings, [*facts, *_facts(style, language)], language))
    return StylePreview(picture, page, findings)


def _card() -> Card:
    """A product as long as people write it: a name of two lines, a price of five digits."""
    return Card(
        sku="PREVIEW",
        name="大凉山高山沙地黄心土豆新鲜现挖带泥整箱",
        price="¥12999.9",
        per="/箱",
        list_price="¥15999.9",
        origin="四川省凉山州冕宁县大桥镇",
        wording="扫码下单",
        contact="坏果包赔 客服微信 demo-coop",
        link=LINK,
        qr=qr_modules(LINK),
    )


def _with_subtitles(frames: list[preview_room.PreviewFrame], style: Style, workspace: Path) -> list[preview_room.PreviewFrame]:
    """The frames with their subtitles burned in by libass, as in a video: one process, with a chain for each size and language."""
    chains: dict[tuple[object, ...], list[int]] = {}
    for index, frame in enumerate(frames):
        if frame.spoken:
            chains.setdefault((frame.image.size, frame.spoken), []).append(index)
    inputs, filters, outputs = [], [], []
    with tempfile.TemporaryDirectory(prefix="fieldcut-preview-") as scratch:
        for number, members in enumerate(chains.values()):
            first, folder = frames[members[0]], Path(scratch, str(number))
            folder.mkdir()
            cue, manner = _preview_cue(first.spoken, len(members), style.subtitles.manner), style.subtitles.manner
            script = to_ass([cue], first.typography, *first.image.size, 25, accent=style.subtitles.accent, manner=manner)
            write_atomically(folder / "subtitles.ass", script)
            (folder / "in.rgb").write_bytes(b"".join(frames[index].image.tobytes() for index in members))
            size = "x".join(map(str, first.image.size))
            inputs += [
                "-f",
                "rawvideo",
                "-pixel_format",
                "rgb24",
                "-video_size",
                size,
                "-framerate",
                "25",
                "-i",
                f"file:{folder / 'in.rgb'}",
            ]
            filters.append(f"[{number}:v]subtitles=filename={quote_for_filter(folder / 'subtitles.ass')},format=rgb24[o{number}]")
            outputs += ["-map", f"[o{number}]", "-f", "rawvideo", f"file:{folder / 'out.rgb'}"]
        command = [
            FFMPEG,
            "-hide_banner",
            "-nostdin",
            "-y",
            "-loglevel",
            "warning",
            *inputs,
            "-filter_complex",
            ";".join(filters),
            *outputs,
        ]
        run_media(command, name="subtitles", env=fonts_environment(FONTS, workspace / "cache" / "fonts"))
        done = {}
        for number, members in enumerate(chains.values()):
            raw, size_px = Path(scratch, str(number), "out.rgb").read_bytes(), frames[members[0]].image.size
            length = 3 * size_px[0] * size_px[1]
            for at, index in enumerate(members):
                done[index] = Image.frombytes("RGB", size_px, raw[at * length : (at + 1) * length])
    return [replace(frame, image=done.get(index, frame.image)) for index, frame in enumerate(frames)]


def _preview_cue(lines: tuple[str, ...], frames: int, manner: SubtitleManner) -> Cue:
    """The cue of a preview with its words set as in a video; of karaoke the moment at which the first line has been said."""
    cue = Cue(start_frame=0, end_frame=frames, lines=lines, clip_id="", source_start_s=0, source_end_s=1)
    cue = with_stresses(cue, StoryNames(products=PREVIEW_NAMES), manner)
    if manner != "karaoke":
        return cue
    spoken = (
        SpokenPart(line=index, start=0, end=len(line), from_frame=frames * (index > 0), to_frame=frames * (index > 0))
        for index, line in enumerate(lines)
    )
    return cue.model_copy(update={"spoken": tuple(spoken)})


def _facts(style: Style, language: str) -> list[tuple[str, str]]:
    tell = partial(say, language=language)
    pace, about = style.pace, style.about
    facts = [
        (tell(M("pace")), tell(M("{seconds} s a shot, {longest} s at most", seconds=pace.shot_s, longest=pace.longest_s))),
        (tell(M("music")), tell(MOODS[pace.mood])),
    ]
    if about is not None:
        facts += [
            (tell(M("alludes to")), about.alludes_to),
            (tell(M("sources")), "; ".join(about.sources) or "–"),
            (tell(M("left out")), "; ".join(about.not_used) or "–"),
            (tell(M("asked")), about.asked),
        ]
    return facts


MOODS: Mapping[str, Message] = {
    "unhurried": M("unhurried"),
    "lively": M("lively"),
    "calm": M("calm"),
    "warm": M("warm"),
    "none": M("no music"),
}


def _page(
    style: Style,
    picture: Path,
    heading: str,
    line: str,
    findings: list[StyleFinding],
    facts: list[tuple[str, str]],
    language: str,
) -> str:
    pages = escaping_environment(FileSystemLoader(PAGES))
    return pages.get_template("preview.html.j2").render(
        language=language,
        policy=template_policy(pages, "preview.html.j2"),
        heading=heading,
        line=line,
        picture=picture.name,
        findings=[{"wrong": finding.level == "wrong", "text": say(finding.message, language)} for finding in findings],
        facts=facts,
        colours=[(colour, ", ".join(names)) for colour, names in colours_of(style).items()],
    )
