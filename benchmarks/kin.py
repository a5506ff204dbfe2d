"""Kin by picture, on real clips: how sure a copy is known again, and a film of other things is not.

uv run python -m benchmarks.kin [FOLDER …]

Every clip of the demo and of the folders (by default the test footage beside the project, where it is) is encoded twice: as a first post
had it, and as a copy that was cut by a third of a second, halved, made brighter, coded roughly, and has other words on it. True kin are the
two of one clip, false kin are those of two clips. Printed: the share of alike pictures of each true pair, the largest of the false ones,
and whether `KIN_SHARE` lies between. Ends with 1 when it does not.
"""

import argparse
import itertools
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pipeline.media.ffmpeg import FFMPEG
from pipeline.publish.kinship import FEWEST_PICTURES, KIN_SHARE, shared_pictures
from pipeline.publish.picture_signature import picture_signature
from pipeline.resources import ASSETS, ROOT

FOLDERS = (ROOT.parent / "shared" / "footage" / "clips", ROOT.parent / "shared" / "footage" / "stories" / "live-replay")
DEMO = ("VID_20261018_081200.mp4", "VID_20261018_085500.mp4", "VID_20261018_093000.mp4", "果园 远景.mp4")
SECONDS = "30"
FIRST = ("-vf", "scale=-2:960", "-crf", "20")
WORDS = "drawbox=y=ih*0.72:h=ih*0.1:color=white:t=fill,drawbox=y=ih*0.03:h=ih*0.1:color=red:t=fill"
COPY = ("-vf", f"scale=-2:480,{WORDS},eq=brightness=0.04", "-crf", "34", "-ss", "0.3")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folders", nargs="*", type=Path, default=FOLDERS)
    clips = [ASSETS / "demo" / "story" / name for name in DEMO]
    for folder in parser.parse_args().folders:
        clips += sorted(path for path in folder.glob("*") if path.suffix.lower() in (".mp4", ".mov", ".avi"))
    with tempfile.TemporaryDirectory() as scratch:
        signed = {clip.stem: signatures(clip, Path(scratch)) for clip in clips}
    told = {name: both for name, both in signed.items() if min(map(len, both)) >= FEWEST_PICTURES}
    true = {name: shared_pictures(*both) for name, both in told.items()}
    false = {
        (one, other): shared_pictures(told[one][0], told[other][0])
        for one, other in itertools.combinations(told, 2)
        if told[one][0] != told[other][0]  # the same clip under two names
    }
    for name, share in sorted(true.items(), key=lambda item: item[1]):
        print(f"true   {share:.2f}  {name}")
    worst = max(false, key=lambda pair: false[pair])
    print(f"false  {false[worst]:.2f} at most, of {len(false)} pairs: {' / '.join(worst)}")
    print(f"{len(signed) - len(told)} clips show too little to be told from others")
    return 0 if min(true.values()) >= KIN_SHARE > false[worst] else 1


def signatures(clip: Path, scratch: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The signatures of a clip's first encoding and of its copy."""
    found: list[tuple[str, ...]] = []
    for number, how in enumerate((FIRST, COPY)):
        out = scratch / f"{clip.stem}-{number}.mp4"
        encode(clip, out, how)
        found.append(picture_signature(out))
    return found[0], found[1]


def encode(clip: Path, out: Path, how: Sequence[str]) -> None:
    """Encode a clip anew, without its sound."""
    plain = ("-an", "-r", "25", "-t", SECONDS, "-c:v", "libx264", "-preset", "ultrafast")
    subprocess.run([FFMPEG, "-v", "error", "-y", "-i", str(clip), *how, *plain, str(out)], check=True)


if __name__ == "__main__":
    sys.exit(main())
