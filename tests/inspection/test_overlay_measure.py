"""What tells a wrong overlay from a coarse code: a wrong letter stays through the rest of its layer, what coding leaves goes."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.documents.look import Box
from pipeline.inspection.overlays import Overlay, OverlayRecord, compare_overlay
from pipeline.resources import FONTS

BOX = Box(x=40, y=60, width=180, height=96)
FRAMES = 5


def drawn(words: str = "盐源苹果", price: str = "¥58.6") -> Overlay:
    """A pale plate with rounded corners, a name and a price."""
    picture = Image.new("RGBA", (BOX.width, BOX.height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((0, 0, BOX.width - 1, BOX.height - 1), 9, fill=(246, 240, 228, 245))
    for text, size, at in ((words, 22, (12, 10)), (price, 30, (12, 48))):
        pen.text(at, text, font=ImageFont.truetype(str(FONTS / "NotoSansSC-Bold.ttf"), size), fill=(120, 30, 20, 255))
    pixels = np.asarray(picture, dtype=np.uint16)
    alpha = pixels[..., 3]
    return Overlay(BOX, (pixels[..., :3] * alpha[..., None] // 255).astype(np.uint8), (255 - alpha).astype(np.uint8))


def shown(overlay: Overlay, seed: int, opacity: float = 1.0) -> np.ndarray:
    """A frame of a strewn heap with the overlay on it, as coarse as a small draft: softened, and off by a few levels everywhere."""
    rng = np.random.default_rng(seed)
    ground = cv2.resize(rng.integers(0, 255, (120, 68, 3), dtype=np.uint8), (270, 480), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    box = overlay.box
    under = ground[box.y : box.y + box.height, box.x : box.x + box.width]
    over = overlay.over_black + under * (overlay.transparency[..., None] / 255)
    under[:] = over * opacity + under * (1 - opacity)
    coarse = cv2.GaussianBlur(ground, (0, 0), 0.5) + rng.normal(0, 5, ground.shape)
    return np.clip(coarse, 0, 255).astype(np.uint8)


def record(expected: Overlay, frames: list[np.ndarray]) -> OverlayRecord:
    """The record of frames that should show an overlay."""
    compared = OverlayRecord()
    for frame in frames:
        compared.add(compare_overlay(frame, expected))
    return compared


def rest(overlay: Overlay, **changes: float) -> list[np.ndarray]:
    return [shown(overlay, seed, **changes) for seed in range(FRAMES)]


def test_what_was_drawn_matches_in_every_frame() -> None:
    frames = rest(drawn())
    assert all(compare_overlay(frame, drawn()).is_present for frame in frames)
    assert record(drawn(), frames).is_match


@pytest.mark.parametrize("frame", range(FRAMES))
def test_what_coding_leaves_of_the_entrance_in_one_frame_is_no_wrong_letter(frame: int) -> None:
    frames = rest(drawn())
    remains = frames[frame][BOX.y + 50 : BOX.y + 62, BOX.x + 20 : BOX.x + 32]
    remains[:] = np.clip(remains.astype(np.int16) - 70, 0, 255)
    match = compare_overlay(frames[frame], drawn())
    assert match.clustered > 0.45  # in that frame alone it looks like one
    assert match.is_present
    assert record(drawn(), frames).is_match


def test_one_block_whose_colour_stays_off_is_no_wrong_letter() -> None:
    frames = rest(drawn())
    for frame in frames:
        spot = frame[BOX.y + 80 : BOX.y + 84, BOX.x + 120 : BOX.x + 124]
        spot[..., 2] = np.clip(spot[..., 2].astype(np.int16) - 60, 0, 255)
    assert record(drawn(), frames).is_match


@pytest.mark.parametrize(("words", "price"), [("盐源苹果", "¥58.8"), ("盐源苹果", "¥53.6"), ("盐边苹果", "¥58.6"), ("盐源苹累", "¥58.6")])
def test_one_other_character_stays_and_is_found(words: str, price: str) -> None:
    frames = rest(drawn(words, price))
    assert not record(drawn(), frames).is_match


@pytest.mark.parametrize(("right", "down"), [(2, 0), (0, 2), (-2, -2)])
def test_two_pixels_beside_its_place_is_found(right: int, down: int) -> None:
    moved = replace(drawn(), box=BOX.model_copy(update={"x": BOX.x + right, "y": BOX.y + down}))
    assert not record(drawn(), rest(moved)).is_match


def test_half_gone_is_found_in_every_frame() -> None:
    assert not any(compare_overlay(frame, drawn()).is_present for frame in rest(drawn(), opacity=0.5))


@pytest.mark.parametrize("edge", [np.s_[:, -8:], np.s_[:, :8], np.s_[:8], np.s_[-8:]], ids=["right", "left", "top", "bottom"])
def test_a_strip_cut_off_at_an_edge_is_found(edge: tuple[slice, ...]) -> None:
    cut = drawn()
    cut.over_black[edge], cut.transparency[edge] = 0, 255
    assert not record(drawn(), rest(cut)).is_match


def test_what_is_hidden_in_some_frames_is_judged_by_the_others() -> None:
    compared = OverlayRecord()
    for seed in range(FRAMES):
        covered = (BOX,) if seed < 2 else ()
        compared.add(compare_overlay(shown(drawn(price="¥58.8"), seed), drawn(), covered))
    assert not compared.is_match
