"""Draws the pictures and colour tables of the styles beside it from their recipes: `python templates/draw.py [folder]`.

The results are committed; run it again after changing a shape or a colour. Every shape is our own geometry (`pipeline/brand/drawing/`), in
the colours and manner that a style's `about` names; none copies an existing piece, and none carries writing.
"""

import shutil
import sys
from pathlib import Path

from pipeline.brand.drawing import draw_pictures
from pipeline.brand.style import read_template


def main(folder: Path, into: Path) -> None:
    """Draw every style of `folder` whose recipe has changed, into a folder of the same name in `into`."""
    for file in sorted(folder.glob("*/template.yaml")):
        template, _ = read_template(file)
        target = into / file.parent.name
        if target != file.parent:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
        for written in draw_pictures(target, template.drawn_files(), template.draw, template.grade, template.colours):
            print(written)


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    main(here, Path(sys.argv[1]) if len(sys.argv) > 1 else here)
