"""Makes small whole files of many kinds and damages them: the same for a seed."""

import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from pipeline.media import FFMPEG, run_media

PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=128x96:r=25:d=2")
SOUND = ("-f", "lavfi", "-i", "sine=440:r=44100:d=2")
KINDS: dict[str, tuple[str, ...]] = {
    "phone.mp4": (*PICTURE, *SOUND, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"),
    "faststart.mov": (*PICTURE, *SOUND, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "+faststart"),
    "pieces.mp4": (*PICTURE, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "10", "-movflags", "frag_keyframe+empty_moov"),
    "hevc.mp4": (*PICTURE, *SOUND, "-c:v", "libx265", "-x265-params", "log-level=error", "-tag:v", "hvc1", "-c:a", "aac"),
    "camera.avi": (*PICTURE, *SOUND, "-c:v", "mjpeg", "-q:v", "6", "-c:a", "pcm_s16le"),
    "old.avi": (*PICTURE, *SOUND, "-c:v", "mpeg4", "-c:a", "mp2"),
    "feature.3gp": (*PICTURE, *SOUND, "-s", "176x144", "-c:v", "h263", "-c:a", "aac"),
    "live.ts": (*PICTURE, *SOUND, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"),
    "tape.mpg": (*PICTURE, *SOUND, "-c:v", "mpeg2video", "-c:a", "mp2"),
    "screen.mkv": (*PICTURE, *SOUND, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "libopus"),
    "web.webm": (*PICTURE, *SOUND, "-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libvorbis"),
    "chat.flv": (*PICTURE, *SOUND, "-c:v", "flv1", "-c:a", "aac"),
    "windows.wmv": (*PICTURE, *SOUND, "-c:v", "wmv2", "-c:a", "wmav2"),
    "moving.gif": (*PICTURE,),
    "photo.jpg": (*PICTURE, "-frames:v", "1"),
    "photo.png": (*PICTURE, "-frames:v", "1"),
    "voice.m4a": (*SOUND, "-c:a", "aac"),
    "voice.wav": (*SOUND,),
}
Damage = Callable[[bytearray, random.Random, list[bytes]], bytes]


def make_whole_files(folder: Path) -> list[Path]:
    """One whole file of each kind, two seconds long where it has a length."""
    paths = []
    for name, options in KINDS.items():
        run_media([FFMPEG, "-nostdin", "-v", "error", "-y", *options, str(folder / name)], name=name)
        paths.append(folder / name)
    with zipfile.ZipFile(folder / "live.livp", "w") as archive:
        archive.write(folder / "photo.jpg", "IMG_1.JPG")
        archive.write(folder / "phone.mp4", "IMG_1.MOV")
    (folder / "words.mp4").write_text("亲爱的妈妈\n" * 300, encoding="utf-8")
    return [*paths, folder / "live.livp", folder / "words.mp4"]


def _bits(data: bytearray, dice: random.Random, _others: list[bytes]) -> bytes:
    for _ in range(dice.choice((1, 4, 30, 300))):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


def _cut_off(data: bytearray, dice: random.Random, _others: list[bytes]) -> bytes:
    return bytes(data[: dice.randrange(len(data))])


def _beginning_lost(data: bytearray, dice: random.Random, _others: list[bytes]) -> bytes:
    return bytes(data[dice.randrange(len(data)) :])


def _hole(data: bytearray, dice: random.Random, _others: list[bytes]) -> bytes:
    start = dice.randrange(len(data))
    del data[start : start + dice.randrange(1, 1 + len(data) // 4)]
    return bytes(data)


def _zeros(data: bytearray, dice: random.Random, _others: list[bytes]) -> bytes:
    """As a card that lost a block leaves it."""
    start, length = dice.randrange(len(data)), dice.choice((512, 4096, 32768))
    stop = min(len(data), start + length)
    data[start:stop] = bytes(stop - start)
    return bytes(data)


def _numbers(data: bytearray, dice: random.Random, _others: list[bytes]) -> bytes:
    """Extreme values in fields of the header: lengths of years, pictures of a million columns, clocks that jump."""
    extreme = (0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, dice.getrandbits(32))
    for _ in range(dice.choice((1, 2, 8))):
        place = dice.randrange(min(len(data), 4096) if dice.random() < 0.5 else len(data))
        field = struct.pack(dice.choice((">I", "<I")), dice.choice(extreme))
        data[place : place + 4] = field
    return bytes(data)


def _twice(data: bytearray, _dice: random.Random, _others: list[bytes]) -> bytes:
    return bytes(data + data)


def _joined(data: bytearray, dice: random.Random, others: list[bytes]) -> bytes:
    return bytes(data) + dice.choice(others)


def _mixed(data: bytearray, dice: random.Random, others: list[bytes]) -> bytes:
    other, place = dice.choice(others), dice.randrange(len(data))
    start = dice.randrange(len(other))
    piece = other[start : start + dice.choice((64, 1024, 16384))]
    data[place : place + len(piece)] = piece
    return bytes(data)


def _empty(_data: bytearray, _dice: random.Random, _others: list[bytes]) -> bytes:
    return b""


DAMAGES: tuple[Damage, ...] = (_bits, _bits, _cut_off, _beginning_lost, _hole, _zeros, _twice, _joined, _mixed, _empty, *3 * (_numbers,))


def write_damaged_files(whole: list[Path], folder: Path, count: int, dice: random.Random) -> list[Path]:
    """Write damaged copies, each by one kind of damage or two; now and then under the name of another kind."""
    contents = [path.read_bytes() for path in whole]
    paths = []
    for number in range(count):
        original = dice.choice(whole)
        data = original.read_bytes()
        for damage in dice.sample(DAMAGES, dice.choice((1, 1, 2))):
            data = damage(bytearray(data), dice, contents) if data else data
        suffix = original.suffix if dice.random() < 0.85 else dice.choice(whole).suffix
        path = folder / f"f{number:03d}-{original.stem}{suffix}"
        path.write_bytes(data)
        paths.append(path)
    return paths
