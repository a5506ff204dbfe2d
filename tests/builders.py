"""Documents written by hand, once for all tests: each has usual values, and a test names what it is about.

clip("a", duration_s=9)      # 1920×1080, 30 frames a second, without sound, no file behind it
shot(0, 4, DARK, shake=0.3)  # a good shot with that defect
"""

import subprocess
from pathlib import Path
from typing import Any

from pipeline.documents.analysis import Analysis, Defect, Shot
from pipeline.documents.clip import Clip
from pipeline.documents.look import Typography
from pipeline.documents.plan import SourcePiece, Voice
from pipeline.documents.release import VideoFile
from pipeline.media import FFMPEG, run_media
from pipeline.store import file_sha256


def clip(letter: str = "a", **facts: Any) -> Clip:
    """A clip whose id and hash are made of one letter; facts replace the usual ones."""
    name = facts.get("name", f"{letter}.mp4")
    usual: dict[str, Any] = {
        "id": letter * 16,
        "sha256": facts.get("id", letter * 16) * 4,
        "name": name,
        "path": f"/nowhere/{name}",
        "size_bytes": 1,
        "container": "mp4",
        "codec": "h264",
        "video_stream": 0,
        "width": 1920,
        "height": 1080,
        "rotation": 0,
        "frame_rate": 30.0,
        "variable_rate": False,
        "longest_gap_s": 0.034,
        "duration_s": 300.0,
        "transfer": "sdr",
        "sound": None,
        "captured_at": None,
    }
    return Clip(**{**usual, **facts})


def shot(start_s: float, end_s: float, *defects: Defect, **facts: Any) -> Shot:
    """A sharp, bright, steady shot without a face, with these defects; facts replace the usual ones."""
    usual: dict[str, Any] = {"sharpness": 1, "brightness": 100, "contrast": 40, "motion": 0, "shake": 0, "faces": 0}
    return Shot(start_s=start_s, end_s=end_s, defects=defects, **{**usual, **facts})


def analysis(clip_id: str, *shots: Shot, **facts: Any) -> Analysis:
    """An analysis of these shots, without samples, subjects or sound unless they are given."""
    usual: dict[str, Any] = {"samples": (), "subjects": (), "sound": None}
    return Analysis(clip_id=clip_id, shots=shots, **{**usual, **facts})


def piece(clip_sha256: str, path: str | Path, start_s: float, frames: int, **facts: Any) -> SourcePiece:
    """What a chunk shows of one clip: the whole picture of an upright SDR source; facts replace the usual ones."""
    usual: dict[str, Any] = {
        "video_stream": 0, "still": False, "longest_gap_s": 0.04, "width": 1920, "height": 1080, "transfer": "sdr", "crop": None,
    }  # fmt: skip
    return SourcePiece(clip_sha256=clip_sha256, path=str(path), source_start_s=start_s, frames=frames, **{**usual, **facts})


def voice(clip_sha256: str, path: str | Path, *, fade_s: float = 0.02, **facts: Any) -> Voice:
    """A second of speech from the start of a clip, as loud as it is, faded in and out; facts replace the usual ones."""
    usual: dict[str, Any] = {
        "stream": 0, "source_start_s": 0.0, "at_s": 0.0, "length_s": 1.0, "gain_db": 0.0, "fade_in_s": fade_s, "fade_out_s": fade_s,
        "clean": False, "speech": True,
    }  # fmt: skip
    return Voice(clip_sha256=clip_sha256, path=str(path), **{**usual, **facts})


def letters(**facts: Any) -> Typography:
    """White subtitles with a black outline, for a picture about 300 wide; facts replace the usual ones."""
    usual: dict[str, Any] = {
        "font": "Noto Sans SC", "size_px": 24, "bold": True, "colour": "#FFFFFF", "outline_colour": "#000000", "outline_px": 2,
        "shadow_px": 0, "box": False, "margin_bottom_px": 40, "margin_side_px": 10, "line_width": 10,
    }  # fmt: skip
    return Typography(**{**usual, **facts})


def video_file(path: Path, **facts: Any) -> VideoFile:
    """A release's video of half a minute, by its file; facts replace what the file does not say."""
    usual: dict[str, Any] = {"length_s": 30, "width": 1080, "height": 1920, "fps": 30, "video_codec": "h264", "audio_codec": "aac"}
    return VideoFile(path=str(path), sha256=file_sha256(path), size_bytes=path.stat().st_size, **{**usual, **facts})


def film(path: Path) -> Path:
    """Write two seconds of an upright test picture, 180×320 at 15 frames a second, with sound, as the renderer writes it."""
    inputs = ["-f", "lavfi", "-i", "testsrc2=size=180x320:rate=15:duration=2", "-f", "lavfi", "-i", "sine=duration=2"]
    codecs = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "ultrafast", "-c:a", "aac", "-movflags", "+faststart"]
    run_media([FFMPEG, "-nostdin", "-loglevel", "error", *inputs, *codecs, f"file:{path}"], name=path.name)
    return path


def ffmpeg(*arguments: object, out: Path) -> Path:
    """Run ffmpeg with these arguments and give the file it made; what it says is shown when it fails."""
    command = [FFMPEG, "-hide_banner", "-nostdin", "-y", "-loglevel", "error", *map(str, arguments), f"file:{out}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return out
