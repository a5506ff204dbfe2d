"""A small finished video with its plan, and siblings of it that each have one fault. All of it is made here, nothing is footage."""

import hashlib
import wave
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import pysubs2
import pytest
import segno
from PIL import Image, ImageDraw, ImageFont

from pipeline.documents.destination import Destination, SafeArea
from pipeline.documents.edit import Cut, Edit
from pipeline.documents.look import Box, Layer, Look
from pipeline.documents.message import M
from pipeline.documents.plan import Chunk, RenderPlan, SoundPlan, SourcePiece
from pipeline.documents.plan import Picture as PlannedPicture
from pipeline.documents.rendition import Finding, Inspection, Rendition
from pipeline.documents.subtitles import Cue, Subtitles
from pipeline.inspection import inspect
from pipeline.inspection.checks import CHECKS
from pipeline.inspection.checks.base import InspectionCheck
from pipeline.language import say
from pipeline.media import FFMPEG, fonts_environment, run_media
from pipeline.resources import FONTS
from pipeline.store import Store, file_sha256
from tests import builders

WIDTH, HEIGHT, FPS = 270, 480, 30
LINK = "https://example.com/p/7"
CARD = Box(x=30, y=40, width=210, height=130)
QR_PX = 4
QUICK = "ultrafast"
FORMAT = ["-c:v", "libx264", "-profile:v", "high", "-crf", "23", "-pix_fmt", "yuv420p", "-g", "60"]
CLEAN = ["-movflags", "+faststart", "-map_metadata", "-1"]
TAGGED = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
SOUND = ["-c:a", "aac", "-b:a", "128k", "-ar", "48000", "-ac", "2"]


@dataclass(frozen=True)
class Made:
    """A finished file and everything that was planned for it."""

    video: Path
    plan: RenderPlan
    edit: Edit
    look: Look
    subtitles: Subtitles
    destination: Destination
    scratch: Path
    loudness: float | None = -14.0

    def inspected(self, *checks: type[InspectionCheck], **changes: object) -> Inspection:
        """Its inspection by these checks or all, its rendition made to fit the bytes; `changes` replace fields of the rendition."""
        rendition = Rendition(
            file=str(self.video),
            sha256=file_sha256(self.video) if self.video.is_file() else "",
            destination="shelf",
            width=WIDTH,
            height=HEIGHT,
            fps=FPS,
            frames=self.plan.frames,
            loudness_lufs=self.loudness,
            true_peak_dbtp=-3.0,
        ).model_copy(update=changes)
        return inspect(
            self.video,
            rendition=rendition,
            plan=self.plan,
            edit=self.edit,
            look=self.look,
            subtitles=self.subtitles,
            destination=self.destination,
            store=Store(self.scratch / "store"),
            scratch=self.scratch,
            checks=checks or CHECKS,
        )

    def wrong(self, check: type[InspectionCheck], **changes: object) -> list[Finding]:
        """What one check finds wrong; nothing when it passes."""
        findings = [finding for finding in self.inspected(check, **changes).findings if finding.check == check.name]
        assert findings, "a check that finds nothing at all has not looked"
        for finding in findings:
            assert finding.passed or tells_what_to_do(finding), f"{finding.message} leaves the person helpless"
        return [finding for finding in findings if not finding.passed]


def tells_what_to_do(finding: Finding) -> bool:
    """Whether a finding asks a volunteer, in Chinese, for something, with every place filled."""
    return finding.remedy is not None and "请" in say(finding.remedy, "zh") and say(finding.remedy, "zh") in say(finding.told, "zh")


@dataclass
class Studio:
    """Makes sources, overlays and finished files in one folder; equal things are made once."""

    folder: Path
    made: dict[str, Path] = field(default_factory=dict)

    def run(self, *args: str | Path, env: dict[str, str] | None = None) -> None:
        """ffmpeg with these arguments."""
        run_media([FFMPEG, "-hide_banner", "-nostdin", "-v", "error", "-y", *map(str, args)], name="test", env=env)

    def once(self, name: str, make: Callable[[Path], None]) -> Path:
        """The file of that name, made when it is not there."""
        path = self.folder / name
        if name not in self.made:
            make(path)
            self.made[name] = path
        return path

    def tone(self, seconds: float, level: float) -> Path:
        """A wavering chord without a pause, stereo."""

        def make(path: Path) -> None:
            at = np.arange(round(seconds * 48000)) / 48000
            chord = sum(np.sin(2 * np.pi * pitch * at + pitch) for pitch in (220.0, 331.0, 523.0)) / 3
            voice = chord * (0.8 + 0.2 * np.sin(2 * np.pi * 3 * at)) * level
            both = np.repeat((voice * 32767).astype("<i2")[:, None], 2, axis=1)
            with wave.open(str(path), "wb") as out:
                out.setnchannels(2)
                out.setsampwidth(2)
                out.setframerate(48000)
                out.writeframes(both.tobytes())

        return self.once(f"tone-{seconds}-{level}.wav", make)

    def source(self, seed: int, extra: str = "null", sound: str = "anull") -> Path:
        """Six seconds of a camera gliding over a landscape, with sound. extra, sound: filters that spoil it."""

        def make(path: Path) -> None:
            rng = np.random.default_rng(seed)
            rough = sum(cv2.resize(rng.random((9 * 2**o, 9 * 2**o, 3)), (640, 670), interpolation=cv2.INTER_CUBIC) / 2**o for o in range(5))
            land = np.clip((rough - rough.min()) / np.ptp(rough) * 255, 0, 255).astype(np.uint8)
            still = path.with_suffix(".png")
            Image.fromarray(land).save(still)
            glide = f"crop={WIDTH}:{HEIGHT}:2*n:n,{extra},format=yuv420p"
            held = f"loop=-1:1:0,setpts=N/{FPS}/TB,{glide}"
            self.run(
                "-i",
                still,
                "-i",
                self.tone(6, 0.2),
                "-vf",
                held,
                "-af",
                sound,
                "-r",
                FPS,
                "-frames:v",
                180,
                *FORMAT,
                "-preset",
                "ultrafast",
                *SOUND,
                path,
            )

        return self.once(f"source-{seed}-{hashlib.md5((extra + sound).encode()).hexdigest()[:6]}.mp4", make)

    def card(self, link: str = LINK, price: str = "¥29.9") -> Path:
        """A product card with a code, translucent at the rim."""

        def make(path: Path) -> None:
            picture = Image.new("RGBA", (CARD.width, CARD.height), (20, 60, 40, 120))
            pen = ImageDraw.Draw(picture)
            pen.rounded_rectangle((4, 4, CARD.width - 5, CARD.height - 5), 10, fill=(255, 250, 240, 255))
            pen.text((10, 20), "冕宁土豆", font=ImageFont.truetype(str(FONTS / "NotoSansSC-Bold.ttf"), 20), fill=(20, 60, 40, 255))
            pen.text((10, 60), price, font=ImageFont.truetype(str(FONTS / "NotoSansSC-Bold.ttf"), 28), fill=(200, 30, 20, 255))
            modules = [[255 * (1 - cell) for cell in row] for row in segno.make(link, error="m", micro=False, boost_error=False).matrix]
            code = Image.fromarray(np.kron(np.array(modules, np.uint8), np.ones((QR_PX, QR_PX), np.uint8))).convert("RGBA")
            assert code.width == 100
            picture.paste((255, 255, 255, 255), (97, 12, 97 + 108, 12 + 108))
            picture.paste(code, (101, 16))
            picture.save(path)

        return self.once(f"card-{hashlib.md5((link + price).encode()).hexdigest()[:6]}.png", make)

    def end_card(self) -> tuple[Path, Path]:
        """The backdrop of the end card, and its layer."""

        def backdrop(path: Path) -> None:
            shade = np.linspace(60, 120, HEIGHT).astype(np.uint8)
            Image.fromarray(np.repeat(np.repeat(shade[:, None, None], WIDTH, 1), 3, 2)).save(path)

        def layer(path: Path) -> None:
            picture = Image.new("RGBA", (200, 60), (0, 0, 0, 0))
            ImageDraw.Draw(picture).text(
                (10, 10), "谢谢观看", font=ImageFont.truetype(str(FONTS / "NotoSansSC-Bold.ttf"), 36), fill=(255, 255, 255, 255)
            )
            picture.save(path)

        return self.once("backdrop.png", backdrop), self.once("thanks.png", layer)

    def good(self, sources: tuple[Path, Path] | None = None, *, words: bool = True) -> Made:
        """The plan of five seconds: two cuts under a card and subtitles, then an end card. Its video is not yet made."""
        first, second = sources or (self.source(1), self.source(2))
        backdrop, thanks = self.end_card()
        pieces = [
            _piece(first, 1.0, 60),
            _piece(second, 2.0, 60),
            _piece(backdrop, 0.0, 30, still=True),
        ]
        cues = (
            Cue(start_frame=5, end_frame=35, lines=("刚从地里挖出来",), clip_id="a", source_start_s=1.2, source_end_s=2.2),
            Cue(start_frame=62, end_frame=110, lines=("十斤二十九块九", "拍下就发货"), clip_id="b", source_start_s=2, source_end_s=3),
            Cue(start_frame=36, end_frame=50, lines=("听不清",), clip_id="a", source_start_s=2.3, source_end_s=2.6, held=True),
        )
        cues = cues if words else ()
        script = _script(cues)
        chunks = (
            Chunk(start_frame=0, frames=60, pieces=(pieces[0],), laid=(), ass=script),
            Chunk(start_frame=60, frames=90, pieces=(pieces[1], pieces[2]), laid=(), ass=script),
        )
        voice = builders.voice("a", first, source_start_s=1.0, length_s=4.0)
        picture = PlannedPicture(width=WIDTH, height=HEIGHT, fps=FPS, crf=23, speed="veryfast", lut="", lut_sha256="", fonts=str(FONTS))
        sound = SoundPlan(length_s=5.0, voices=(voice,), music=None)
        plan = RenderPlan(story="t", destination="shelf", picture=picture, chunks=chunks, sound=sound)
        reason = M("A test.")
        edit = Edit(
            fps=FPS,
            cuts=tuple(
                Cut(clip_id="a", source_start_s=piece.source_start_s, frames=piece.frames, role="talk", reason=reason) for piece in pieces
            ),
            heard=(),
            decisions=(),
            led_by="talk",
        )
        card = str(self.card())
        layers = (
            Layer(
                kind="card",
                start_frame=20,
                frames=100,
                box=CARD,
                file=card,
                key="card",
                still=card,
                rest_start=3,
                rest_end=97,
                texts=("冕宁土豆", "¥29.9"),
                text_boxes=(Box(x=40, y=60, width=80, height=24), Box(x=40, y=100, width=80, height=36)),
                qr_link=LINK,
                qr_box=Box(x=CARD.x + 101, y=CARD.y + 16, width=100, height=100),
            ),
            Layer(
                kind="end_card",
                start_frame=120,
                frames=30,
                box=Box(x=35, y=200, width=200, height=60),
                file=str(thanks),
                key="thanks",
                still=str(thanks),
                rest_start=0,
                rest_end=30,
                texts=("谢谢观看",),
                text_boxes=(Box(x=45, y=210, width=150, height=45),),
            ),
        )
        look = Look(style="plain", width=WIDTH, height=HEIGHT, fps=FPS, layers=layers, typography=TYPE, backdrop=str(backdrop))
        margins = SafeArea(top=0.05, bottom=0.1, left=0.05, right=0.05)
        place = Destination(
            name="shelf", label={"en": "Shelf"}, qr=True, watermark=True, contact=True, cart_wording={}, safe_areas={"9:16": margins}
        )
        return Made(self.folder / "none.mp4", plan, edit, look, Subtitles(fps=FPS, cues=cues), place, self.folder / "scratch")

    def composed(self, made: Made, *, card: Path | None = None, shift: int = 0, bare: bool = False, subtitles: bool = True) -> Path:
        """The plan's picture without loss, as a renderer of its own makes it. bare: without the card."""
        pieces = [piece for chunk in made.plan.chunks for piece in chunk.pieces]
        name = hashlib.md5(repr((pieces, card, shift, bare, subtitles, made.subtitles)).encode()).hexdigest()[:10]
        script = self.folder / f"{name}.ass"
        script.write_text(_script(made.subtitles.cues), encoding="utf-8")
        inputs, parts = [], []
        for place, piece in enumerate(pieces):
            inputs += ["-loop", "1", "-r", str(FPS), "-i", piece.path] if piece.still else ["-i", piece.path]
            start = round(piece.source_start_s * FPS)
            cut = f"trim=start_frame={start}:end_frame={start + piece.frames},setpts=PTS-STARTPTS"
            size = f"scale={WIDTH}:{HEIGHT}:out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv420p,settb=1/{FPS}"
            parts.append(f"[{place}:v]{cut},{size}[p{place}]")
        joined = "".join(f"[p{place}]" for place in range(len(pieces))) + f"concat=n={len(pieces)}:v=1:a=0[picture]"
        shown = "between(n,20,119)"
        over = f"[picture][{len(pieces)}:v]overlay={CARD.x + shift}:{CARD.y}:enable='{0 if bare else shown}'[one]"
        thanks = f"[one][{len(pieces) + 1}:v]overlay=35:200:enable='gte(n,120)'[two]"
        burn = f"[two]{f'subtitles={script}:fontsdir={FONTS}' if subtitles else 'null'},format=yuv420p"
        graph = ";".join([*parts, joined, over, thanks, burn])
        inputs += ["-i", str(card or self.card()), "-i", str(self.end_card()[1])]

        def make(path: Path) -> None:
            env = fonts_environment(FONTS, self.folder)
            self.run(
                *inputs, "-filter_complex", graph, "-frames:v", "150", "-c:v", "libx264", "-qp", "0", "-preset", "ultrafast", path, env=env
            )

        return self.once(f"{name}.mkv", make)

    def finished(
        self, made: Made, name: str, *, base: Path | None = None, vf: str = "null", extra: str = "", preset: str = "ultrafast"
    ) -> Made:
        """The finished file. base: its picture, when it is not the plan's. vf: a filter that spoils it. extra: arguments that
        override the right ones."""

        def make(path: Path) -> None:
            inputs = ("-i", base or self.composed(made), "-i", self.tone(5, LEVEL), "-map", "0:v", "-map", "1:a")
            vf_all = vf if vf.startswith("setparams") else f"{vf},{TAGGED}"
            self.run(*inputs, "-vf", vf_all, "-af", QUIET_END, *FORMAT, "-preset", preset, *SOUND, *CLEAN, *extra.split(), path)

        return replace(made, video=self.once(f"{name}.mp4", make))

    def reheard(self, made: Made, name: str, af: str, extra: str = "") -> Made:
        """The same picture with its sound spoiled by a filter."""

        def make(path: Path) -> None:
            inputs = ("-i", made.video, "-i", self.tone(5, LEVEL), "-map", "0:v", "-map", "1:a", "-c:v", "copy")
            self.run(*inputs, "-af", f"{QUIET_END},{af}", *SOUND, *CLEAN, *extra.split(), path)

        return replace(made, video=self.once(f"{name}.mp4", make))

    def repacked(self, made: Made, name: str, extra: str) -> Made:
        """The same picture and sound in another MP4."""
        args = ("-i", made.video, "-map", "0", "-c", "copy", *CLEAN, *extra.split())
        return replace(made, video=self.once(f"{name}.mp4", lambda path: self.run(*args, path)))


LEVEL = 0.475
"""Of the chord: four seconds of it and one of silence are -14.0 LUFS."""
QUIET_END = "volume=0:enable='gte(t,4)'"
TYPE = builders.letters(outline_colour="#102010", margin_bottom_px=60, margin_side_px=20, line_width=9)


def _script(cues: tuple[Cue, ...]) -> str:
    script = pysubs2.SSAFile()
    script.info |= {"PlayResX": str(WIDTH), "PlayResY": str(HEIGHT), "WrapStyle": "2", "ScaledBorderAndShadow": "yes"}
    style = pysubs2.SSAStyle(fontname=TYPE.font, fontsize=TYPE.size_px, bold=True, outline=2, shadow=0, marginv=TYPE.margin_bottom_px)
    style.outlinecolor = pysubs2.Color(0x10, 0x20, 0x10)
    script.styles["Default"] = style
    for cue in cues:
        if not cue.held:
            start, end = (number * 1000 // FPS // 10 * 10 for number in (cue.start_frame, cue.end_frame))
            script.append(pysubs2.SSAEvent(start=start, end=end, text="\\N".join(cue.lines)))
    return script.to_string("ass")


def _piece(path: Path, start_s: float, frames: int, *, still: bool = False) -> SourcePiece:
    return builders.piece(path.name, path, start_s, frames, still=still, width=WIDTH, height=HEIGHT)


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    """Where the files of one test run are made."""
    return Studio(tmp_path_factory.mktemp("studio"))


@pytest.fixture(scope="session")
def good(studio: Studio) -> Made:
    """The good file with its plan."""
    return studio.finished(studio.good(), "good", preset="veryfast")
