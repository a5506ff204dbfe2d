"""How far each style's colour table moves real skin and real produce: CIEDE2000 between a picture's patches before and after.

uv run python -m benchmarks.quality.colours PHOTOS [PHOTOS ...] [--faces CLIPS [CLIPS ...]]

PHOTOS: folders of product photos, whose middle halves are looked at. CLIPS: videos, or folders of them, whose faces are looked at (twice
a second, the middle of each). A patch is a sixteenth of the picture's or face's side; its mean colour goes through the style's .cube file
by ffmpeg's lut3d, as in a render. Ends with 1 when a style moves one patch in twenty by more than its limit (`pipeline.brand.check`: 5.0).
"""

import argparse
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.analysis.faces import Faces
from pipeline.analysis.frame import Frame
from pipeline.brand import load_style, template_names
from pipeline.brand.check import MOST_MOVED
from pipeline.brand.colour import delta_e
from pipeline.footage.probe import probe
from pipeline.media import FFMPEG, quote_for_filter
from pipeline.media.decode import small_frames
from pipeline.store import file_sha256

Pixels = NDArray[np.uint8]
GRID, CELL_PX = 16, 4
PICTURES, VIDEOS = (".jpg", ".jpeg", ".png"), (".mp4", ".mov", ".avi", ".mkv")
ACROSS = 64
"""Patches in a row of the sheet that ffmpeg gets."""


def patches(picture: Pixels) -> Pixels:
    """Mean colours of a picture's cells, (n, 3)."""
    return cv2.resize(picture, (GRID, GRID), interpolation=cv2.INTER_AREA).reshape(-1, 3).astype(np.uint8)


def middle(picture: Pixels) -> Pixels:
    """The middle half, where the goods are."""
    high, wide = picture.shape[:2]
    return picture[high // 4 : high - high // 4, wide // 4 : wide - wide // 4]


def produce(folders: Iterable[Path]) -> Iterator[Pixels]:
    """The patches of every photo, BGR."""
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in PICTURES):
        picture = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
        if picture is not None:
            yield patches(middle(np.asarray(picture, np.uint8)))


def skin(clips: Iterable[Path]) -> Iterator[Pixels]:
    """The patches of the middle of every face, BGR."""
    for path in clips:
        clip = probe(path, path.name, file_sha256(path))
        finder = Faces(clip)
        for at_s, picture in small_frames(clip, short_side=480, rate=2.0):
            finder.feed(Frame(at_s, picture))
            for face in finder.result().subjects:
                high, wide = picture.shape[:2]
                half_w, half_h = face.width * wide / 4, face.height * high / 4
                left, right = round(face.x * wide - half_w), round(face.x * wide + half_w)
                top, bottom = round(face.y * high - half_h), round(face.y * high + half_h)
                if 0 <= left < right and 0 <= top < bottom:
                    yield patches(picture[top:bottom, left:right])
            finder.result().subjects.clear()


def graded(colours: Pixels, table: Path) -> NDArray[np.float64]:
    """The colours, (n, 3) R'G'B', as ffmpeg grades them with a .cube file; 0..1."""
    rows = -(-len(colours) // ACROSS)
    sheet = np.zeros((rows * ACROSS, 3), np.uint8)
    sheet[: len(colours)] = colours
    sheet = sheet.reshape(rows, ACROSS, 3).repeat(CELL_PX, axis=0).repeat(CELL_PX, axis=1)
    size = f"{ACROSS * CELL_PX}x{rows * CELL_PX}"
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size]
    command = [FFMPEG, "-loglevel", "error", *raw, "-i", "-", "-vf", f"lut3d=file={quote_for_filter(table)}", *raw, "-"]
    out = subprocess.run(command, input=sheet.tobytes(), capture_output=True, check=True).stdout
    picture = np.frombuffer(out, np.uint8).reshape(sheet.shape)
    return np.asarray(picture[CELL_PX // 2 :: CELL_PX, CELL_PX // 2 :: CELL_PX].reshape(-1, 3)[: len(colours)] / 255.0, np.float64)


def moved(found: Sequence[Pixels], table: Path) -> NDArray[np.float64]:
    """Distances of all patches."""
    colours = np.concatenate(found)[:, ::-1]
    return delta_e(colours / 255.0, graded(np.ascontiguousarray(colours), table))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("photos", nargs="+", type=Path)
    parser.add_argument("--faces", nargs="*", type=Path, default=[])
    asked = parser.parse_args()
    given = [path for one in asked.faces for path in (sorted(one.iterdir()) if one.is_dir() else [one])]
    kinds = {"produce": list(produce(asked.photos)), "skin": list(skin(path for path in given if path.suffix.lower() in VIDEOS))}
    kinds = {kind: found for kind, found in kinds.items() if found}
    print(", ".join(f"{kind}: {len(found)} pictures" for kind, found in kinds.items()))
    print("| style | " + " | ".join(f"{kind}: median, 95 %, most" for kind in kinds) + " |\n|---|" + "---|" * len(kinds))
    failed = False
    for name in template_names():
        table = load_style(name).lut_file()
        if table is None:
            continue
        cells = []
        for found in kinds.values():
            distance = moved(found, table)
            median, most_of, most = np.percentile(distance, 50), np.percentile(distance, 95), distance.max()
            failed = failed or bool(most_of > MOST_MOVED)
            cells.append(f"{median:.1f}, {most_of:.1f}, {most:.1f}")
        print(f"| {name} | {' | '.join(cells)} |")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
