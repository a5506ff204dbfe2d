"""How much of faces and of the product lies under title, card, price tag and lower third: per layer, the worst frame.

`python -m benchmarks.quality.picture [STORY …] [--held-out STORY …] [--drawn N] [--first SEED] [--blind]` reads finished stories (folders
in a workspace's `stories/`), each with all its videos. Faces are those of the analysis, between its looks as well, and those that OpenCV's
own frontal-face cascade finds in the footage as it is cropped: it knows nothing of the analysis. A face counts when it is close, and a
layer where it is half opaque or more. `--held-out` names stories that no limit was set on; they are told apart. `--drawn` makes so many
stories of chance with faces that are known at every frame (`drawn_faces.py`), the limits having been set on seeds under 1200; `--blind`
tells their layout of no face. The product is where the analysis has it. Ends with 1 where a layer covers more than 5 % of a close face or
10 % of a product in close-up.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from benchmarks.quality.drawn_faces import drawn_story
from pipeline.analysis import describe_photo
from pipeline.brand.placement import MOST_OF_PRODUCT, close_faces, close_ups
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.collected import Analyses
from pipeline.documents.edit import Edit, Framing
from pipeline.documents.look import Layer, Look
from pipeline.documents.message import Message
from pipeline.documents.offer import Choice
from pipeline.documents.on_screen import FaceOnScreen, OnScreen
from pipeline.documents.product_photos import ProductPhotos
from pipeline.edit import faces_on_screen, products_on_screen
from pipeline.render.plan import crop_centre
from pipeline.store import load_document
from pipeline.story_layout import RENDITIONS

MOST_COVERED = 0.05
LAYERS = ("title", "lower_third", "card", "price_tag")
LOOK_EVERY_S = 0.2
"""Seconds between two frames that the second detector looks at: twice as often as the analysis."""
SECOND_SIDE = 640
"""Pixels of the longer side on which the second detector works."""
SURE_NEIGHBOURS = 8
"""Overlapping finds that make a face of the cascade: fewer take leaves and cloth for faces."""


@dataclass(frozen=True)
class Cover:
    """The most that a layer covers of one close face, or of a product."""

    share: float
    at_s: float
    faces: int
    """Places of faces, or of the product, that were held against the layer."""


@dataclass(frozen=True)
class VideoReading:
    """What was found in one video: by layer, by detector."""

    name: str
    covers: dict[str, dict[str, Cover]]
    layout_ms: float
    """Milliseconds that mapping the faces onto the picture takes."""
    seconds: float


def read_video(story: Path, video: Path) -> VideoReading:
    """Hold every layer of a video against the faces under it."""
    began = time.perf_counter()
    edit = load_document(video / "edit.json" if (video / "edit.json").is_file() else story / "edit.json", Edit)
    look, framing = load_document(video / "look.json", Look), load_document(video / "framing.json", Framing)
    analyses = load_document(story / "analyses.json", Analyses).by_clip
    mapped = time.perf_counter()
    faces = faces_on_screen(edit, framing, analyses)
    products = close_ups(products_on_screen(edit, framing, analyses, _photos(story)))
    layout_ms = 1000 * (time.perf_counter() - mapped)
    clips = load_document(story / "clips.json", Clips)
    covers = {}
    for layer in (layer for layer in look.layers if layer.kind in LAYERS):
        seen = {"analysis": faces, "cascade": tuple(_cascade_faces(layer, edit, framing, clips, look))}
        close = {name: close_faces(found, look.width, look.height) for name, found in seen.items()}
        covers[layer.kind] = {name: worst_cover(layer, found, look) for name, found in (*close.items(), ("product", products))}
    return VideoReading(f"{story.name} {video.name}", covers, layout_ms, time.perf_counter() - began)


def _photos(story: Path) -> ProductPhotos:
    """What the photo of the story's product shows."""
    offer = load_document(story / "choice.json", Choice).offer
    if offer is None or not offer.photo or not Path(offer.photo).is_file():
        return ProductPhotos()
    described = describe_photo(Path(offer.photo))
    return ProductPhotos(own=described.content, white_ground=described.white_ground)


def worst_cover(layer: Layer, things: Sequence[OnScreen], look: Look) -> Cover:
    """The most that a layer covers of one of these things while it is shown."""
    with Image.open(layer.still) as still:
        opaque = np.asarray(still.convert("RGBA"))[..., 3] >= 128
    under = np.zeros((look.height, look.width), dtype=np.bool_)
    box = layer.box
    under[box.y : box.y + box.height, box.x : box.x + box.width] = opaque[: look.height - box.y, : look.width - box.x]
    share, at_frame, count = 0.0, layer.start_frame, 0
    for thing in things:
        if thing.first_frame < layer.start_frame + layer.frames and thing.end_frame > layer.start_frame:
            top, left = int(thing.y * look.height), int(thing.x * look.width)
            part = under[top : int((thing.y + thing.height) * look.height), left : int((thing.x + thing.width) * look.width)]
            count += 1
            if part.size and part.mean() > share:
                share, at_frame = float(part.mean()), max(thing.first_frame, layer.start_frame)
    return Cover(share, at_frame / look.fps, count)


def _cascade_faces(layer: Layer, edit: Edit, framing: Framing, clips: Clips, look: Look) -> Iterator[FaceOnScreen]:
    """The faces that the cascade finds on the picture while a layer is shown."""
    cascade = cv2.CascadeClassifier(str(Path(cv2.data.haarcascades) / "haarcascade_frontalface_alt2.xml"))
    step = max(1, round(LOOK_EVERY_S * look.fps))
    for cut, path, start in zip(edit.cuts, framing.paths, edit.starts(), strict=True):
        first, end = max(start, layer.start_frame), min(start + cut.frames, layer.start_frame + layer.frames)
        numbers = range(first, end, step)
        if path is None or not numbers:
            continue
        at_s = [cut.source_start_s + (number - start) * cut.speed / look.fps for number in numbers]
        for number, picture in zip(numbers, grey_frames(clips.by_id(cut.clip_id), at_s), strict=False):
            centre = crop_centre(path, number - start)
            rows, columns = picture.shape
            left, top = round((centre.x - path.width / 2) * columns), round((centre.y - path.height / 2) * rows)
            window = picture[max(0, top) : top + round(path.height * rows), max(0, left) : left + round(path.width * columns)]
            high, wide = window.shape
            least = round(0.08 * min(window.shape))
            found = cascade.detectMultiScale(np.ascontiguousarray(window), 1.1, SURE_NEIGHBOURS, minSize=(least, least))
            for x, y, width, height in found:
                yield FaceOnScreen(
                    first_frame=number,
                    end_frame=number + step,
                    x=x / wide,
                    y=y / high,
                    width=width / wide,
                    height=height / high,
                )


def grey_frames(clip: Clip, at_s: Sequence[float]) -> Iterator[npt.NDArray[np.uint8]]:
    """Grey pictures of a clip as it is displayed, one for each second of its clock, in order."""
    wanted = list(at_s)
    with av.open(clip.path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        begin = float(stream.start_time * stream.time_base) if stream.start_time else 0.0
        container.seek(int((begin + wanted[0]) / stream.time_base), stream=stream)
        for frame in container.decode(stream):
            if frame.time is not None and frame.time - begin < wanted[0] - 1e-3:
                continue
            scale = SECOND_SIDE / max(frame.width, frame.height)
            grey = frame.reformat(round(frame.width * scale / 2) * 2, round(frame.height * scale / 2) * 2, "gray").to_ndarray()
            turned = np.rot90(grey, round((frame.rotation or 0) / 90) % 4)
            while wanted and (frame.time or 0.0) - begin >= wanted[0] - 1e-3:
                wanted.pop(0)
                yield np.ascontiguousarray(turned)
            if not wanted:
                return


def _print(title: str, stories: Sequence[Path]) -> bool:
    """Print the readings of some stories; whether no close face is covered in any of them."""
    print(title)
    good = True
    for story in stories:
        for video in sorted((story / RENDITIONS).iterdir()):
            if not (video / "look.json").is_file():
                continue
            reading = read_video(story, video)
            print(f"  {reading.name}: faces mapped in {reading.layout_ms:.1f} ms, read in {reading.seconds:.1f} s")
            for kind, by_detector in reading.covers.items():
                told = [
                    f"{name} {100 * cover.share:3.0f} % at {cover.at_s:.1f} s of {cover.faces} places"
                    for name, cover in by_detector.items()
                ]
                bad = any(cover.share > (MOST_OF_PRODUCT if name == "product" else MOST_COVERED) for name, cover in by_detector.items())
                good = good and not bad
                print(f"    {kind:12} {' | '.join(told)}{'  COVERED' if bad else ''}")
    return good


def _print_drawn(seeds: Sequence[int], blind: bool) -> bool:
    """Print what the layers of drawn stories cover of their true faces; whether nothing is."""
    print(f"drawn, seeds {seeds[0]} to {seeds[-1]}")
    worst: dict[str, list[tuple[float, str]]] = {kind: [] for kind in LAYERS}
    reasons: Counter[str] = Counter()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            story = drawn_story(seed, Path(folder), blind=blind)
            reasons.update(_shape_of(reason) for reason in story.look.reasons)
            for layer in (layer for layer in story.look.layers if layer.kind in LAYERS):
                cover = worst_cover(layer, close_faces(story.truth, story.look.width, story.look.height), story.look)
                worst[layer.kind].append((cover.share, f"{story.name} at {cover.at_s:.1f} s"))
    for kind, covers in worst.items():
        covered = [cover for cover in covers if cover[0] > MOST_COVERED]
        share, name = max(covers, default=(0.0, ""))
        print(f"    {kind:12} {len(covers)} shown, {len(covered)} on a face, worst {100 * share:.0f} % ({name})")
    print("\n".join(f"    {count:5} {text}" for text, count in reasons.most_common()))
    print(f"    {(time.perf_counter() - began) / len(seeds):.2f} s a story")
    return all(share <= MOST_COVERED for covers in worst.values() for share, _ in covers)


def _shape_of(reason: Message) -> str:
    """A reason without its numbers, so that equal ones can be counted."""
    return reason.text.replace("{layer}", str(reason.values.get("layer", "")))


def main(arguments: Sequence[str]) -> int:
    """Print the readings and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stories", nargs="*", type=Path)
    parser.add_argument("--held-out", nargs="*", type=Path, default=[])
    parser.add_argument("--drawn", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--blind", action="store_true")
    options = parser.parse_args(arguments)
    results = [_print(title, stories) for title, stories in (("tuned on", options.stories), ("held out", options.held_out)) if stories]
    if options.drawn:
        results.append(_print_drawn(range(options.first, options.first + options.drawn), options.blind))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
