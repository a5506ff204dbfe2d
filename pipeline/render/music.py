"""Background music: one of the project's own pieces, or the user's file."""

import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import av
import numpy as np

from pipeline.documents.base import Frozen
from pipeline.documents.limits import SILENCE_LUFS
from pipeline.documents.message import M
from pipeline.documents.plan import MusicBed
from pipeline.errors import UserMistake
from pipeline.media import FFMPEG, TOLERANT, ffmpeg_version, run_media
from pipeline.render.beats import SILENCE_LEVEL, find_beats
from pipeline.render.clip_sound import read_block
from pipeline.render.denoise import RATE
from pipeline.render.gain import REFERENCE_LUFS
from pipeline.render.loudness import measure_loudness
from pipeline.render.mixdown import CROSSFADE_S, DecodedMusic
from pipeline.resources import ASSETS, read_packaged_yaml
from pipeline.store import Store, content_key, file_sha256

MUSIC_FOLDER = ASSETS / "music"
SHORTEST_S = 2
"""Music shorter than this is a jingle, and unbearable in a loop."""
MOST_RAISED_DB = 24.0
BEATS_VERSION = 1


class MusicPiece(Frozen):
    """One of the project's own pieces."""

    name: str
    file: str
    moods: tuple[str, ...]
    bpm: float
    length_s: float
    loops: bool
    sha256: str


@cache
def list_music_pieces() -> tuple[MusicPiece, ...]:
    """The pieces in assets/music."""
    return tuple(MusicPiece.model_validate(entry) for entry in read_packaged_yaml(MUSIC_FOLDER / "music.yaml")["pieces"])


def choose_music(request: str, mood: str, story_seed: str) -> Path | None:
    """Choose the music file of a story; None for no music.

    mood: of the style; "none" takes music only where a file is asked for.
    request: "none", a path, or "auto", which picks one of the project's pieces in that mood, always the same for the same seed.
    Raises UserMistake when the path is not a playable music file.
    """
    if request == "none" or (request == "auto" and mood == "none"):
        return None
    if request != "auto":
        return _check_music_file(Path(request).expanduser())
    fitting = [piece for piece in list_music_pieces() if mood in piece.moods] or list(list_music_pieces())
    index = int.from_bytes(hashlib.sha256(story_seed.encode()).digest()[:4], "big") % len(fitting)
    return MUSIC_FOLDER / fitting[index].file


def beat_s(music: Path | None) -> float:
    """Seconds from one beat to the next; 0 for no music, and for a file whose beat nobody knows."""
    piece = next((piece for piece in list_music_pieces() if music == MUSIC_FOLDER / piece.file), None)
    return 60 / piece.bpm if piece else 0.0


def beats_to_cut_on(music: Path | None, store: Store) -> tuple[float, float]:
    """Seconds from one beat to the next, and at which the first one comes; (0, 0) where there is none, or none that can be believed.

    A person's own file is listened to once. Raises MediaFault.
    """
    known = beat_s(music)
    if known or music is None:
        return known, 0.0
    key = content_key(step="beats", version=BEATS_VERSION, tool=ffmpeg_version(), music=file_sha256(music))

    def listen(part: Path) -> None:
        grid = find_beats(music)
        believed = grid is not None and grid.believed
        part.write_text(json.dumps([grid.beat_s, grid.offset_s] if grid is not None and believed else [0.0, 0.0]), encoding="utf-8")

    beat, offset = json.loads(store.make("beats", key, ".json", listen).read_text(encoding="utf-8"))
    return float(beat), float(offset)


def _check_music_file(path: Path) -> Path:
    if not path.is_file():
        raise UserMistake(M("The music file {path} does not exist. Check its name, or use --music auto.", path=str(path)))
    decoded_s = 0.0
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            for frame in container.decode(audio=0):
                decoded_s += frame.samples / frame.sample_rate
                if decoded_s >= SHORTEST_S:
                    return path.resolve()
    except (av.FFmpegError, OSError, IndexError) as error:
        raise UserMistake(M("{path} is not music that can be played. Choose an mp3, m4a, wav or opus file.", path=str(path))) from error
    raise UserMistake(
        M("The music file {path} is shorter than {seconds} seconds. Choose a longer one.", path=str(path), seconds=SHORTEST_S)
    )


def decode_music(bed: MusicBed, length_s: float, raw: Path, progress: Callable[[float], None]) -> DecodedMusic | None:
    """Decode the music into a raw file, with the gain that brings it to the reference loudness; None when there is only silence.

    length_s: length of the timeline; no more than is needed is decoded. raw: path of the decoded file. Raises MediaFault.
    """
    path = Path(bed.path)
    loops = any(piece.sha256 == bed.sha256 and piece.loops for piece in list_music_pieces())
    longest = length_s + CROSSFADE_S + 60
    args = [
        FFMPEG,
        "-hide_banner",
        "-nostdin",
        "-v",
        "error",
        "-y",
        *TOLERANT,
        "-i",
        f"file:{path}",
        "-map",
        "0:a:0",
        "-t",
        f"{longest:.3f}",
    ]
    run_media([*args, "-ar", str(RATE), "-ac", "2", "-f", "f32le", f"file:{raw}"], name=path.name)
    progress(0.5)
    total = raw.stat().st_size // 8
    first, last = (0, total) if loops else _sounding_range(raw, total)
    level = measure_loudness(raw, raw=True, peak=False).lufs
    progress(1.0)
    if level is None or level < SILENCE_LUFS or last - first < RATE // 2:
        return None
    gain = min(REFERENCE_LUFS - level, MOST_RAISED_DB) + bed.gain_db
    return DecodedMusic(raw, first, last - first, gain, bed.ducked_db, bed.fade_out_s, loops, bed.rises_at_s, bed.rise_db)


def _sounding_range(raw: Path, total: int) -> tuple[int, int]:
    """First and last sample between the silences at both ends."""
    first, last = total, 0
    for start in range(0, total, RATE):
        loud = np.flatnonzero(np.abs(read_block(raw, start, RATE, 2)).max(axis=1) > SILENCE_LEVEL)
        if len(loud):
            first, last = min(first, start + int(loud[0])), start + int(loud[-1]) + 1
    return min(first, last), last
