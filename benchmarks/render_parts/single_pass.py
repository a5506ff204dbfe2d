"""The same video in one ffmpeg, as a competent engineer writes it: seeks at each cut, one graph, no filter that does nothing.

Its parts can be left out one by one, so that the bare pass (decode, crop, scale, encode) is the same graph with less in it. Sound is made
in the same process: voices cut, denoised where the plan says so, mixed with ducked music, brought to loudness by `loudnorm`.
"""

import shutil
from collections.abc import Collection
from itertools import pairwise
from pathlib import Path

from pipeline.documents.plan import Picture, RenderPlan, SoundPlan, Voice
from pipeline.media import FFMPEG, fonts_environment
from pipeline.media.frame_selection import ROUNDING_S, TO_LINEAR_LIGHT, filter_chain
from render_parts.timeline import Shot, layers, moved, script, shots

BARE = ("decode", "frame", "encode")
"""Decode, crop and scale, encode."""
LADDER = ("decode", "frame", "tone_map", "lut", "layers", "subtitles", "encode", "sound")
"""Every part, in the order in which it is added; all of them are the whole video."""
NAMES = {
    "decode": "decoding, at the output's rate",
    "frame": "crop and scale",
    "tone_map": "tone-mapping",
    "lut": "colour table",
    "layers": "layers",
    "subtitles": "subtitles",
    "encode": "x264",
    "sound": "sound",
}
TV = "out_color_matrix=bt709:out_range=tv"
TAGS = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
PIXELS = "format=yuv420p"
MEANT = "yuv420p|yuv422p|yuv444p"
"""Formats of which zscale knows the way to RGB."""
SEEK_BEFORE_S = 0.05
"""A seek this much before the frame that is on screen at a cut still decodes from the same key frame, and never loses it."""


def environment(plan: RenderPlan, scratch: Path) -> dict[str, str]:
    """What `command` wants in its environment: the fonts of the subtitles."""
    return fonts_environment(Path(plan.picture.fonts), scratch)


def command(plan: RenderPlan, out: Path, scratch: Path, parts: Collection[str] = LADDER) -> list[str]:
    """The one ffmpeg call, to be run in `scratch`, where its subtitle, colour and command files lie.

    parts: of LADDER; without "encode" the frames are thrown away. The mp4 has the plan's frames and encoder settings.
    """
    graph = _Graph(plan.picture, scratch, parts)
    picture = graph.picture_of(plan)
    outputs = ["-map", f"[{picture}]", *encoder(plan.picture)] if "encode" in parts else ["-map", f"[{picture}]"]
    if "sound" in parts:
        outputs += ["-map", f"[{graph.sound_of(plan.sound)}]", "-c:a", "aac", "-b:a", "192k", "-ar", "48000", "-ac", "2"]
    outputs += ["-fps_mode", "passthrough", "-frames:v", str(plan.frames), "-map_metadata", "-1"]
    outputs += ["-movflags", "+faststart", f"file:{out}"] if "encode" in parts else ["-f", "null", "-"]
    (scratch / "graph.txt").write_text(";\n".join(graph.chains), encoding="utf-8")
    return [FFMPEG, "-hide_banner", "-nostdin", "-y", "-loglevel", "error", *graph.inputs, "-/filter_complex", "graph.txt", *outputs]


def encoder(picture: Picture) -> list[str]:
    """x264 with the very settings of the chunks."""
    colours = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]
    coder = ["-c:v", "libx264", "-preset", picture.speed, "-crf", str(picture.crf), "-profile:v", "high", "-pix_fmt", "yuv420p"]
    return [*coder, *colours, "-x264-params", "open-gop=0:8x8dct=1", "-g", str(picture.fps * 4)]


def timing(shot: Shot, fps: int) -> tuple[float, str]:
    """Where to seek for a shot, in seconds, and the filters that pick its frames: those that are on screen at each output frame.

    The `fps` filter rounds to the nearest slot, so times are moved by half a slot.
    """
    piece = shot.piece
    seek = max(0.0, piece.source_start_s - piece.longest_gap_s - SEEK_BEFORE_S)
    due, half = piece.source_start_s - seek + ROUNDING_S, 0.5 / fps
    return seek, (
        f"setpts=(PTS-{due:.6f}/TB)/{piece.speed}+{half:.6f}/TB,fps={fps}:start_time=0,tpad=stop_mode=clone:stop=-1,"
        f"trim=end_frame={shot.frames + shot.tail},setpts=PTS-STARTPTS"
    )


class _Graph:
    """Inputs and filter chains as they grow."""

    def __init__(self, picture: Picture, scratch: Path, parts: Collection[str]) -> None:
        self.picture, self.scratch, self.parts = picture, scratch, parts
        self.inputs: list[str] = []
        self.chains: list[str] = []
        self.opened = 0

    def open(self, *arguments: str) -> int:
        """One more input; its number."""
        self.inputs += arguments
        self.opened += 1
        return self.opened - 1

    def filter_chain(self, sources: str, filters: str, label: str) -> str:
        """One more chain from labelled pads to a new one; the new one's name."""
        self.chains.append(f"{sources}{filters}[{label}]")
        return label

    def picture_of(self, plan: RenderPlan) -> str:
        """The label of the finished picture."""
        fps = plan.picture.fps
        under = self._cut(shots(plan), fps)
        if "layers" in self.parts:
            for place, over in enumerate(layers(plan)):
                source = self.open("-i", f"file:{over.file}")
                if over.still:
                    shown = f"enable='between(n,{over.start_frame},{over.start_frame + over.frames - 1})'"
                    under = self.filter_chain(
                        f"[{under}][{source}:v]", f"overlay={over.x}:{over.y}:eof_action=repeat:{shown}", f"laid{place}"
                    )
                    continue
                shown = f"trim=start_frame={over.skip}:end_frame={over.skip + over.frames},settb=1/{fps},setpts=N+{over.start_frame}"
                timed = self.filter_chain(f"[{source}:v]", shown, f"layer{place}")
                under = self.filter_chain(f"[{under}][{timed}]", f"overlay={over.x}:{over.y}:eof_action=pass", f"laid{place}")
        words = script(plan) if "subtitles" in self.parts else ""
        if words:
            (self.scratch / "subtitles.ass").write_text(words, encoding="utf-8")
            under = self.filter_chain(f"[{under}]", "subtitles=subtitles.ass", "titled")
        return under

    def _cut(self, cuts: list[Shot], fps: int) -> str:
        """All shots end to end; where one dissolves into the next, the outgoing runs on beneath."""
        joined, frames = "", 0
        for first, last in pairwise([place for place, shot in enumerate(cuts) if place == 0 or shot.dissolve] + [len(cuts)]):
            run = [self._shot(cuts[place], place) for place in range(first, last)]
            pads = "".join(f"[{shot}]" for shot in run)
            whole = self.filter_chain(pads, f"concat=n={len(run)}:v=1:a=0,settb=1/{fps},setpts=N,fps={fps}", f"run{first}")
            if joined:
                # the first frame of xfade is the outgoing alone: it stands one early, on a repeated first frame of the incoming
                late = self.filter_chain(f"[{whole}]", "tpad=start=1:start_mode=clone", f"late{first}")
                fade = f"xfade=transition=fade:duration={(cuts[first].dissolve + 1) / fps:.6f}:offset={(frames - 1) / fps:.6f}"
                whole = self.filter_chain(f"[{joined}][{late}]", fade, f"upto{last}")
            joined, frames = whole, frames + sum(shot.frames for shot in cuts[first:last])
        return joined

    def _shot(self, shot: Shot, place: int) -> str:
        piece, picture = shot.piece, self.picture
        if piece.still:
            # turned into the video's own pixels once, then held
            source = self.open("-i", f"file:{piece.path}")
            fitted = f"scale={picture.width}:{picture.height}:{TV},{PIXELS},{TAGS},setsar=1"
            held = f"settb=1/{picture.fps},tpad=stop_mode=clone:stop={shot.frames + shot.tail - 1},setpts=N"
            return self.filter_chain(
                f"[{source}:v]", f"{fitted},{held}" if "frame" in self.parts else f"crop=16:16,{held},format=yuv420p", f"s{place}"
            )
        seek, clock = timing(shot, picture.fps)
        source = self.open("-ss", f"{seek:.6f}", "-i", f"file:{piece.path}")
        steps = self._frame(shot, place) if "frame" in self.parts else "crop=16:16:0:0,format=yuv420p,setsar=1"
        shown = self.filter_chain(f"[{source}:v:{piece.video_stream}]", f"{clock},{steps}", f"s{place}")
        x, y, *size = shot.box(picture.width, picture.height)
        if size == [picture.width, picture.height] or not piece.ground or "frame" not in self.parts:
            return shown
        ground = self.open("-i", f"file:{piece.ground}")
        fitted = f"scale={picture.width}:{picture.height}:{TV},{PIXELS},{TAGS},setsar=1"
        held = f"settb=1/{picture.fps},tpad=stop_mode=clone:stop={shot.frames + shot.tail - 1},setpts=N"
        under = self.filter_chain(f"[{ground}:v]", f"{fitted},{held}", f"g{place}")
        return self.filter_chain(f"[{under}][{shown}]", f"overlay={x}:{y},{TAGS}", f"w{place}")

    def _frame(self, shot: Shot, place: int) -> str:
        """From the clip's picture to the video's: crop, tone-map, colour table in the smaller of both sizes, scale."""
        piece, picture = shot.piece, self.picture
        window = shot.window(piece.width, piece.height)
        steps: list[str] = []
        if shot.centres and window != (piece.width, piece.height):
            steps.append(self._crop(shot.corners(piece.width, piece.height), window, place))
        shown = shot.box(picture.width, picture.height)[2:]
        size = shown if shown[0] <= window[0] else window
        graded, light = bool(picture.lut) and "lut" in self.parts, piece.transfer != "sdr" and "tone_map" in self.parts
        smaller = [f"scale={size[0]}:{size[1]}:flags=bicubic"] if size != window else []
        if light:
            steps += [
                *smaller,
                filter_chain(TO_LINEAR_LIGHT),
                "zscale=t=bt709:m=gbr:r=pc" if graded else f"zscale=t=bt709:m=bt709:r=tv,{PIXELS}",
            ]
        elif graded:
            steps += [f"scale={size[0]}:{size[1]}:flags=bicubic:{TV}", f"format={MEANT}", TAGS, "zscale=m=gbr:r=pc"]
        if graded:
            shutil.copyfile(picture.lut, self.scratch / "grade.cube")
            steps += ["format=gbrp16le", "lut3d=grade.cube"]  # planar 16 bits is what lut3d has fast code for
        return ",".join([*steps, f"scale={shown[0]}:{shown[1]}:flags=bicubic:{TV}", PIXELS, TAGS, "setsar=1"])

    def _crop(self, corners: list[tuple[int, int]], window: tuple[int, int], place: int) -> str:
        x, y = corners[0]
        crop = f"crop@w{place}={window[0]}:{window[1]}:{x}:{y}:exact=1"
        changes = moved(corners)
        if len(changes) == 1:
            return crop
        lines = [f"{max(0.0, (at - 0.5) / self.picture.fps):.5f} crop@w{place} x {x}, crop@w{place} y {y};" for at, (x, y) in changes]
        (self.scratch / f"crop{place}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        return f"sendcmd=f=crop{place}.txt,{crop}"

    def sound_of(self, plan: SoundPlan) -> str:
        """The label of the finished sound."""
        length = f"apad,atrim=0:{plan.length_s:.6f}"
        speech = self._mixed([voice for voice in plan.voices if voice.speech], "speech", length)
        place = self._mixed([voice for voice in plan.voices if not voice.speech], "place", length)
        buses = [place]
        if plan.music is not None:
            music = plan.music
            source = self.open("-stream_loop", "-1", "-t", f"{plan.length_s:.6f}", "-i", f"file:{music.path}")
            ends = f"afade=t=out:st={max(0.0, plan.length_s - music.fade_out_s):.3f}:d={music.fade_out_s}"
            bed = self.filter_chain(f"[{source}:a]", f"aresample=48000,aformat=fltp:48000:stereo,volume={music.gain_db}dB,{ends}", "bed")
            self.chains.append(f"[{speech}]asplit[said][key]")
            ducked = self.filter_chain(f"[{bed}][key]", "sidechaincompress=threshold=0.02:ratio=8:attack=80:release=600", "ducked")
            buses += ["said", ducked]
        else:
            buses.append(speech)
        joined = "".join(f"[{bus}]" for bus in buses)
        level = f"loudnorm=I={plan.target_lufs}:TP={plan.peak_dbtp - 0.5}:LRA=11,aresample=48000"
        return self.filter_chain(joined, f"amix=inputs={len(buses)}:normalize=0:duration=shortest,{level}", "sound")

    def _mixed(self, voices: list[Voice], label: str, length: str) -> str:
        made = [self._voice(voice, f"{label}{place}") for place, voice in enumerate(voices)]
        if not made:
            return self.filter_chain("", f"anullsrc=r=48000:cl=stereo,{length}", label)
        joined = "".join(f"[{voice}]" for voice in made)
        return self.filter_chain(joined, f"amix=inputs={len(made)}:normalize=0:duration=longest,{length}", label)

    def _voice(self, voice: Voice, label: str) -> str:
        source = self.open("-ss", f"{voice.source_start_s:.6f}", "-t", f"{voice.length_s:.6f}", "-vn", "-i", f"file:{voice.path}")
        noise = "highpass=f=80,afftdn=nr=12:tn=1," if voice.clean else ""
        fades = f"afade=t=in:d={voice.fade_in_s},afade=t=out:st={max(0.0, voice.length_s - voice.fade_out_s):.4f}:d={voice.fade_out_s}"
        filter_chain = (
            f"aresample=48000,aformat=fltp:48000:stereo,{noise}volume={voice.gain_db}dB,{fades},adelay={round(voice.at_s * 1000)}:all=1"
        )
        return self.filter_chain(f"[{source}:a:{voice.stream}]", filter_chain, label)
