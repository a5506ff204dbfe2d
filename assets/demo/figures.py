"""The person and the things of the demo footage: the farmer, the table's boards, the crate, the branch held close."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from paint import (
    Colour,
    Layer,
    Picture,
    apple,
    as_picture,
    big_leaf,
    capsule,
    empty,
    filled,
    mix,
    noise,
    outline,
    oval,
    puff,
    ramp,
    shadow,
    stack,
)
from scene import rows

SKIN: Colour = (0.93, 0.69, 0.52)
CLOTH: Colour = (0.22, 0.34, 0.52)


def planks(w: int, h: int, seed: int, colour: Colour = (0.66, 0.47, 0.31), boards: int = 3) -> Picture:
    """Weathered boards lying across the picture."""
    grain = noise(h, w, 5, seed, 4, stretch=16) * 0.6 + noise(h, w, h * 0.5, seed + 1, 4, stretch=4) * 0.4
    rgb = as_picture(colour) * (0.55 + 0.85 * grain)[..., None]
    place = np.linspace(0, boards, h, endpoint=False) % 1
    seam = ramp(0.06, 0.0, place) + ramp(0.95, 1.0, place)
    return as_picture(rgb * (1 - 0.65 * seam)[:, None, None] * (1 + 0.16 * ramp(0.20, 0.06, place))[:, None, None])


def crate(w: int, h: int, seed: int) -> Layer:
    """A slatted crate heaped with apples."""
    rng = np.random.default_rng(seed)
    parts: list[Layer] = []
    back = filled(h, w, [(w * 0.10, h * 0.40), (w * 0.90, h * 0.40), (w * 0.92, h * 0.60), (w * 0.08, h * 0.60)])
    parts.append(puff(back, (0.34, 0.24, 0.16), 6))
    heap = empty(w, h)
    n = round(w * 0.30)
    kinds = [apple(n, seed + i, leaf=i == 2) for i in range(6)]
    for row, (y, count) in enumerate(((0.20, 3), (0.30, 4), (0.40, 5))):
        for k in range(count):
            one = kinds[int(rng.integers(6))]
            x = w * (0.5 + (k - (count - 1) / 2) * 0.175) + rng.normal(0, 2)
            left, top = (
                round(x - n / 2),
                round(h * y + rng.normal(0, 3) - n * 0.36 + abs(k - (count - 1) / 2) * 5 * (2 - row)),
            )
            dark = Layer(np.zeros((n, n, 3), np.float32), shadow(one.alpha, n * 0.05, 0.55, 2, 4).alpha)
            dark.over(heap.rgb, left, top)
            one.onto(heap, left, top)
    parts.append(heap)
    for k in range(3):
        y = h * (0.50 + 0.165 * k)
        slat = filled(h, w, [(w * 0.045, y), (w * 0.955, y), (w * 0.955 - k, y + h * 0.135), (w * 0.045 + k, y + h * 0.135)])
        parts += [shadow(slat, 3, 0.5, 0, 4), puff(slat, planks(w, h, seed + k, (0.90, 0.68, 0.44), 1), 5)]
    for x in (0.03, 0.88):
        post = filled(h, w, [(w * x, h * 0.44), (w * (x + 0.09), h * 0.44), (w * (x + 0.09), h * 0.985), (w * x, h * 0.985)])
        parts += [
            shadow(post, 3, 0.4, 2, 2),
            puff(post, planks(h, w, seed + 8, (0.82, 0.60, 0.38), 1).transpose(1, 0, 2), 5),
        ]
    return stack(parts)


@dataclass(frozen=True)
class Farmer:
    """A farmer cut out like a paper puppet: the parts that move are layers of their own, on one canvas."""

    body: Layer
    arm: Layer
    head: Layer

    SIZE = (560, 640)
    ELBOW = (118.0, 470.0)
    NECK = (280.0, 262.0)

    def posed(self, level: float, blink: float, lift: float, nod: float, tilt: float) -> Layer:
        """The farmer with the mouth open by `level`, eyes shut by `blink`, forearm lifted by `lift` (all 0..1)."""
        head = Layer(self.head.rgb.copy(), self.head.alpha)
        draw_face(head.rgb, level, blink)
        turn = cv2.getRotationMatrix2D(self.NECK, tilt, 1.0)
        turn[1, 2] += nod + 12
        raised = cv2.getRotationMatrix2D(self.ELBOW, -58 + 62 * lift, 1.0)
        return stack([self.body, head.moved(as_picture(turn), self.SIZE), self.arm.moved(as_picture(raised), self.SIZE)])


def farmer() -> Farmer:
    """Paint the parts."""
    w, h = Farmer.SIZE
    weave = noise(h, w, 3, 1, 2)

    def shape(points: Picture, colour: Colour, depth: float, rough: bool = False) -> Layer:
        return puff(filled(h, w, points), colour, depth, weave if rough else None)

    torso = outline(
        [
            (236, 296),
            (196, 310),
            (160, 336),
            (148, 420),
            (152, 560),
            (150, 700),
            (410, 700),
            (408, 560),
            (414, 420),
            (400, 336),
            (364, 310),
            (324, 296),
        ]
    )
    shirt = outline([(244, 282), (316, 282), (308, 330), (282, 420), (276, 420), (252, 330)])
    lapel = np.array([(238, 286), (250, 280), (280, 372), (276, 430), (248, 366), (226, 322)], np.float32)
    other = np.array([(560 - x, y) for x, y in lapel], np.float32)
    button = stack([shape(oval(280, y, 5, 5), (0.86, 0.78, 0.60), 4) for y in (452, 506, 560)])
    neck = shape(outline([(246, 215), (314, 215), (312, 280), (296, 318), (264, 318), (248, 280)]), (0.74, 0.50, 0.36), 26)
    body = stack(
        [
            shape(capsule((396, 356), (442, 476), 40, 34), CLOTH, 30, True),
            shape(torso, CLOTH, 60, True),
            shape(shirt, (0.92, 0.89, 0.82), 18),
            neck,
            shadow(filled(h, w, oval(282, 290, 46, 18)), 8, 0.45),
            shape(lapel, (0.18, 0.28, 0.45), 8, True),
            shape(other, (0.18, 0.28, 0.45), 8, True),
            shadow(filled(h, w, capsule((280, 430), (281, 640), 2, 2)), 1.4, 0.7),
            button,
            shape(capsule((440, 476), (392, 566), 32, 25), CLOTH, 26, True),
            shadow(filled(h, w, capsule((170, 372), (130, 470), 40, 34)), 9, 0.40, 8, 4),
            shape(capsule((166, 356), Farmer.ELBOW, 40, 34), CLOTH, 30, True),
        ]
    )
    hand = (150.0, 352.0)
    fruit = apple(96, 77, leaf=True)
    held = empty(w, h)
    fruit.onto(held, 108, 262)
    fingers = [shape(capsule((hand[0] + dx, hand[1] - 2), (hand[0] + dx * 1.25, hand[1] - 26), 8.5, 7), SKIN, 8) for dx in (-22, -7, 8)]
    arm = stack(
        [
            shape(capsule(Farmer.ELBOW, (144, 386), 34, 26), CLOTH, 27, True),
            shape(capsule((137, 408), (145, 378), 28, 27), (0.86, 0.83, 0.76), 16),
            shape(capsule((144, 384), hand, 21, 25), SKIN, 20),
            held,
            *fingers,
            shape(capsule((hand[0] + 22, hand[1] + 2), (hand[0] + 31, hand[1] - 26), 9, 7.5), SKIN, 8),
        ]
    )
    return Farmer(body, arm, paint_head(w, h))


def paint_head(w: int, h: int) -> Layer:
    """The head under its straw hat, still without eyes and mouth."""
    face = filled(
        h,
        w,
        outline(
            [
                (214, 150),
                (216, 196),
                (232, 240),
                (262, 268),
                (280, 272),
                (298, 268),
                (328, 240),
                (344, 196),
                (346, 150),
                (318, 108),
                (280, 98),
                (242, 108),
            ]
        ),
    )
    ears = [puff(filled(h, w, oval(x, 188, 14, 22)), SKIN, 12) for x in (211, 349)]
    hair = [
        puff(filled(h, w, outline(p)), (0.14, 0.11, 0.10), 9, noise(h, w, 4, 8, 3))
        for p in (
            [(208, 132), (236, 126), (230, 160), (222, 186), (213, 178)],
            [(352, 132), (324, 126), (330, 160), (338, 186), (347, 178)],
        )
    ]
    xx, yy = rows(w, h)
    blush = sum(np.exp(-(((xx - x) / 20) ** 2) - ((yy - 212) / 14) ** 2) for x in (240, 320))
    skin = mix(SKIN, (0.88, 0.46, 0.36), as_picture(blush) * 0.42) * (0.95 + 0.10 * noise(h, w, 3, 2, 2))[..., None]
    nose = puff(
        filled(h, w, outline([(276, 176), (284, 176), (296, 208), (286, 216), (274, 216), (264, 208)])),
        (0.86, 0.60, 0.44),
        11,
        shine=0.12,
    )
    dome = filled(h, w, outline([(206, 116), (214, 66), (246, 36), (280, 30), (314, 36), (346, 66), (354, 116), (280, 128)]))
    brim = filled(
        h,
        w,
        outline(
            [
                (138, 128),
                (170, 100),
                (230, 92),
                (280, 90),
                (330, 92),
                (390, 100),
                (422, 128),
                (386, 144),
                (330, 136),
                (280, 133),
                (230, 136),
                (174, 144),
            ]
        ),
    )
    weave = as_picture(0.5 + 0.5 * np.sin(np.hypot((xx - 280) * 0.42, yy - 40) * 1.5) * np.sin(np.arctan2(yy - 20, xx - 280) * 90))
    straw = (0.93, 0.77, 0.46)
    band = filled(
        h,
        w,
        outline(
            [
                (207, 98),
                (240, 108),
                (280, 111),
                (320, 108),
                (353, 98),
                (355, 118),
                (320, 128),
                (280, 131),
                (240, 128),
                (205, 118),
            ]
        ),
    )
    face_layer = puff(face, skin, 62, shine=0.05)
    shade = shadow(brim, 8, 0.30, 0, 20)
    under = Layer(as_picture(shade.rgb * face[..., None]), as_picture(shade.alpha * face))
    brow = [puff(filled(h, w, outline([(x - 17, 163), (x, 155), (x + 17, 162), (x, 160)])), (0.16, 0.11, 0.09), 3) for x in (252, 308)]
    return stack(
        [
            *ears,
            *hair,
            face_layer,
            under,
            *brow,
            shadow(filled(h, w, oval(281, 218, 13, 5)), 4, 0.35),
            nose,
            puff(brim, straw, 13, weave),
            puff(dome, straw, 46, weave),
            puff(band, (0.62, 0.16, 0.12), 9),
        ]
    )


def draw_face(rgb: Picture, level: float, blink: float) -> None:
    """Eyes and mouth, in place."""

    def fill(points: Picture, colour: Colour) -> None:
        cv2.fillPoly(rgb, [np.round(points * 16).astype(np.int32)], colour, cv2.LINE_AA, 4)

    def stroke(points: Picture, colour: Colour, thick: int) -> None:
        cv2.polylines(rgb, [np.round(points * 16).astype(np.int32)], False, colour, thick, cv2.LINE_AA, 4)

    t = np.linspace(-1, 1, 15)
    for x in (252, 308):
        opened = max(1 - blink, 0.0)
        if opened > 0.25:
            fill(oval(x, 181, 13, 8.5 * opened), (0.97, 0.94, 0.90))
            fill(oval(x + 1, 181, 7.2, min(8.2, 8.5 * opened)), (0.20, 0.12, 0.08))
            fill(oval(x - 1.5, 178.5, 2.2, 2.2 * opened), (1.0, 1.0, 1.0))
        lid = 181 - 8.5 * opened + 3 * blink
        stroke(
            as_picture(np.stack([x + t * 14, lid + 5 * opened * t**2 - 4 * blink * (1 - t**2)], 1)),
            (0.20, 0.12, 0.09),
            2,
        )
        side = 1 if x > 280 else -1
        stroke(as_picture(np.stack([x + side * (16 + 4 * t), 186 + 3 * t * t], 1)), (0.66, 0.42, 0.30), 1)
    half, drop = 23 + 3 * level, 3 + 19 * level
    upper = np.stack([280 + t * half, 234 + 4.0 * (1 - t**2) - 3 * t**2], 1)
    lower = np.stack([280 + t * half, 234 + drop * (1 - t**2) + 4.0 * (1 - t**2) - 3 * t**2], 1)
    mouth = as_picture(np.concatenate([upper, lower[::-1]]))
    if level > 0.06:
        fill(mouth, (0.36, 0.10, 0.09))
        teeth = np.stack([280 + t * half * 0.82, 235.5 + min(5.5, drop * 0.36) + 2.4 * (1 - t**2) - 4 * t**4], 1)
        fill(as_picture(np.concatenate([upper[2:-2], teeth[::-1][2:-2]])), (0.97, 0.95, 0.91))
        if level > 0.35:
            fill(oval(280, 234 + drop * 0.92, half * 0.5, drop * 0.24), (0.80, 0.36, 0.32))
    stroke(as_picture(upper), (0.56, 0.26, 0.20), 2)
    stroke(as_picture(lower), (0.66, 0.32, 0.26), 2)
    for side in (-1, 1):
        stroke(as_picture(np.stack([280 + side * (40 + 5 * (1 - t**2)), 222 + 14 * t], 1)), (0.70, 0.45, 0.33), 1)


def close_branch(w: int, h: int) -> Layer:
    """Three ripe apples on a branch, near enough to touch."""
    big = (h, w)
    rng = np.random.default_rng(3)
    wood = filled(
        *big,
        outline(
            [
                (w * 1.1, h * 0.10),
                (w * 0.66, h * 0.17),
                (w * 0.30, h * 0.15),
                (-w * 0.05, h * 0.20),
                (-w * 0.05, h * 0.235),
                (w * 0.30, h * 0.185),
                (w * 0.66, h * 0.215),
                (w * 1.1, h * 0.165),
            ]
        ),
    )
    parts = [puff(wood, (0.42, 0.31, 0.23), 22, noise(h, w, 9, 2, 4, 2.5))]

    def leaf(x: float, y: float, length: float, turn: float, seed: int) -> None:
        one = big_leaf(h, (x * w, y * h), length * w, turn, seed, width=w)
        parts.extend([shadow(one.alpha, 9, 0.35, 6, 14), one])

    for k in range(9):
        leaf(
            rng.uniform(0.02, 0.95),
            rng.uniform(0.13, 0.20),
            rng.uniform(0.30, 0.42),
            rng.uniform(0.2, 2.9) * (1 if k % 3 else -1),
            20 + k,
        )
    twig = capsule((w * 0.60, h * 0.55), (w * 0.52, h * 0.18), 6, 9)
    parts.append(puff(filled(h, w, twig), (0.40, 0.30, 0.18), 6))
    for x, y, share, seed in ((0.76, 0.375, 0.70, 15), (0.25, 0.40, 0.78, 21), (0.60, 0.665, 0.86, 33)):
        n = round(w * share)
        one, left, top = apple(n, seed), round(x * w - n / 2), round(y * h - n / 2)
        tile = empty(w, h)
        one.onto(tile, left, top)
        parts += [shadow(tile.alpha, 22, 0.50, 10, 24), tile]
    for x, y, length, turn, seed in (
        (0.86, 0.16, 0.42, 2.45, 51),
        (0.44, 0.17, 0.42, 1.15, 52),
        (0.14, 0.18, 0.34, 1.0, 53),
        (0.97, 0.16, 0.34, 1.9, 54),
        (0.56, 0.50, 0.34, 2.6, 55),
        (0.60, 0.51, 0.30, 0.2, 56),
    ):
        leaf(x, y, length, turn, seed)
    return stack(parts)
