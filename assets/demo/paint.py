"""Brushes and things to paint for the demo footage: haze, hills, terraces, trees, apples, a table, a farmer.

Everything is drawn from code and seeded noise, so the pictures carry nobody's copyright. A picture is a float32 array
(height, width, 3) of 0..1 RGB; a `Layer` is a picture already multiplied by its alpha, ready to be laid over another.
Solid things are made with `puff`: a filled outline is inflated like a cushion and lit from the upper left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.float32]
Colour = tuple[float, float, float]
Point = tuple[float, float]

HAZE: Colour = (0.97, 0.84, 0.68)
LIGHT = np.array([-0.52, -0.58, 0.63], np.float32)


@dataclass(frozen=True)
class Layer:
    """A picture with alpha, premultiplied. One that `clings` (a shadow) shows only on what a stack already has."""

    rgb: Picture
    alpha: Picture
    clings: bool = False

    def over(self, base: Picture, x: int = 0, y: int = 0) -> None:
        """Lay this layer on `base`, in place, its top left corner at (x, y); what sticks out is cut."""
        h, w = self.alpha.shape
        y0, y1, x0, x1 = max(y, 0), min(y + h, base.shape[0]), max(x, 0), min(x + w, base.shape[1])
        if y0 >= y1 or x0 >= x1:
            return
        part = (slice(y0 - y, y1 - y), slice(x0 - x, x1 - x))
        base[y0:y1, x0:x1] = base[y0:y1, x0:x1] * (1 - self.alpha[part][..., None]) + self.rgb[part]

    def onto(self, under: Layer, x: int = 0, y: int = 0) -> None:
        """Lay this layer on another layer, in place: its picture and its alpha."""
        self.over(under.rgb, x, y)
        Layer(self.alpha[..., None], self.alpha).over(under.alpha[..., None], x, y)

    def moved(self, matrix: Picture, size: tuple[int, int]) -> Layer:
        """The layer under an affine map, on a canvas of (width, height)."""
        rgb = cv2.warpAffine(self.rgb, matrix, size, flags=cv2.INTER_LINEAR)
        return Layer(as_picture(rgb), as_picture(cv2.warpAffine(self.alpha, matrix, size, flags=cv2.INTER_LINEAR)))

    def resized(self, factor: float, flip: bool = False) -> Layer:
        """The layer made smaller (or mirrored)."""
        h, w = self.alpha.shape
        size = (max(1, round(w * factor)), max(1, round(h * factor)))
        rgb, alpha = (as_picture(cv2.resize(a, size, interpolation=cv2.INTER_AREA)) for a in (self.rgb, self.alpha))
        return Layer(rgb[:, ::-1], alpha[:, ::-1]) if flip else Layer(rgb, alpha)

    def graded(self, colour: Colour, amount: float) -> Layer:
        """The layer tinted towards a colour, as distance does."""
        tint = np.array(colour, np.float32) * self.alpha[..., None]
        return Layer(self.rgb * np.float32(1 - amount) + tint * np.float32(amount), self.alpha)


def empty(w: int, h: int) -> Layer:
    """A clear layer to paint on."""
    return Layer(np.zeros((h, w, 3), np.float32), np.zeros((h, w), np.float32))


def as_picture(array: npt.ArrayLike) -> Picture:
    """The same numbers as float32."""
    return np.asarray(array, np.float32)


def stack(layers: Sequence[Layer]) -> Layer:
    """Several layers of one size as one."""
    h, w = layers[0].alpha.shape
    rgb, alpha = np.zeros((h, w, 3), np.float32), np.zeros((h, w), np.float32)
    for layer in layers:
        own = layer.alpha * alpha if layer.clings else layer.alpha
        rgb = rgb * (1 - own[..., None]) + (layer.rgb * alpha[..., None] if layer.clings else layer.rgb)
        alpha = alpha * (1 - own) + own
    return Layer(rgb, alpha)


def mix(a: npt.ArrayLike, b: npt.ArrayLike, t: npt.ArrayLike) -> Picture:
    """From a to b; a mask t of (h, w) mixes colours or pictures."""
    weight = as_picture(t)
    if weight.ndim == 2:
        weight = weight[..., None]
    return as_picture(a) * (1 - weight) + as_picture(b) * weight


def ramp(low: float, high: float, value: npt.ArrayLike) -> Picture:
    """Smooth step from 0 at `low` to 1 at `high`."""
    t = np.clip((as_picture(value) - low) / (high - low), 0, 1)
    return as_picture(t * t * (3 - 2 * t))


def noise(h: int, w: int, cell: float, seed: int, octaves: int = 5, stretch: float = 1.0) -> Picture:
    """Cloudy noise 0..1: coarse features `cell` pixels high and `cell * stretch` wide."""
    rng = np.random.default_rng(seed)
    out = np.zeros((h, w), np.float32)
    for octave in range(octaves):
        size = max(cell / 2**octave, 1.0)
        grid = rng.random((math.ceil(h / size) + 3, math.ceil(w / (size * stretch)) + 3)).astype(np.float32)
        full = (round(grid.shape[1] * size * stretch), round(grid.shape[0] * size))
        out += cv2.resize(grid, full, interpolation=cv2.INTER_CUBIC)[:h, :w] * np.float32(0.5**octave)
    out -= out.min()
    return as_picture(out / out.max())


def slope(field: Picture, dx: int, dy: int) -> Picture:
    """How much higher the field is here than `dx` to the right and `dy` down."""
    return as_picture(field - np.pad(field, ((0, dy), (0, dx)), "edge")[dy:, dx:])


def line(w: int, cell: float, seed: int, octaves: int = 6) -> Picture:
    """A ridge line: cloudy noise in one dimension, -0.5..0.5."""
    return as_picture(noise(4, w, cell, seed, octaves)[1] - 0.5)


def outline(points: Sequence[Point], steps: int = 10) -> Picture:
    """A closed smooth curve through the points (Catmull-Rom)."""
    p = np.array(points, np.float32)
    a, b, c, d = np.roll(p, 1, 0), p, np.roll(p, -1, 0), np.roll(p, -2, 0)
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[:, None, None]
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return as_picture(curve.transpose(1, 0, 2).reshape(-1, 2))


def filled(h: int, w: int, points: npt.ArrayLike) -> Picture:
    """Mask of a polygon, edges smoothed."""
    big = np.zeros((h * 2, w * 2), np.uint8)
    cv2.fillPoly(big, [np.round(as_picture(points) * 2 * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return as_picture(cv2.resize(big, (w, h), interpolation=cv2.INTER_AREA) / 255)


def capsule(a: Point, b: Point, ra: float, rb: float) -> Picture:
    """Outline of a limb from a to b, radii ra and rb at its ends."""
    angle = math.atan2(b[1] - a[1], b[0] - a[0])
    ends = []
    for (x, y), r, start in ((a, ra, angle + math.pi / 2), (b, rb, angle - math.pi / 2)):
        turn = start + np.linspace(0, math.pi, 16)
        ends.append(np.stack([x + r * np.cos(turn), y + r * np.sin(turn)], 1))
    return as_picture(np.concatenate(ends))


def oval(x: float, y: float, rx: float, ry: float, turn: float = 0.0) -> Picture:
    """Outline of an ellipse, turned by `turn` radians."""
    t = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    u, v = rx * np.cos(t), ry * np.sin(t)
    return as_picture(np.stack([x + u * math.cos(turn) - v * math.sin(turn), y + u * math.sin(turn) + v * math.cos(turn)], 1))


def puff(mask: Picture, colour: npt.ArrayLike, depth: float, texture: Picture | None = None, shine: float = 0.0) -> Layer:
    """A filled outline as a lit cushion: `depth` pixels from the edge to the flat top; `texture` 0..1 roughens it."""
    edge = cv2.distanceTransform((mask > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    t = np.clip(edge / depth, 0, 1)
    height = np.sqrt(np.maximum(1 - (1 - t) ** 2, 0)) * depth * 0.8
    height = cv2.GaussianBlur(height, (0, 0), max(depth * 0.10, 0.8))
    if texture is not None:
        height = height + (texture - 0.5) * 1.1
    gx, gy = cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(height, cv2.CV_32F, 0, 1, scale=1 / 8)
    length = np.sqrt(gx**2 + gy**2 + 1)
    lit = np.clip((-gx * LIGHT[0] - gy * LIGHT[1] + LIGHT[2]) / length, 0, 1)
    shade = mix((0.50, 0.46, 0.53), (1.15, 1.09, 0.98), ramp(0.0, 0.95, lit))
    rgb = as_picture(colour) * shade
    if texture is not None:
        rgb = rgb * (0.86 + 0.28 * texture[..., None])
    bounce = np.clip((gx * 0.7 + gy * 0.4) / length, 0, 1)[..., None] * as_picture((0.10, 0.08, 0.04))
    rgb = rgb + bounce + (lit**24 * shine)[..., None]
    return Layer(as_picture(np.clip(rgb, 0, 1) * mask[..., None]), mask)


def shadow(mask: Picture, blur: float, strength: float, dx: int = 0, dy: int = 0) -> Layer:
    """A soft dark copy of a mask, shifted."""
    soft = cv2.GaussianBlur(np.roll(mask, (dy, dx), (0, 1)), (0, 0), blur) * np.float32(strength)
    return Layer(as_picture(soft[..., None] * np.array((0.07, 0.05, 0.09), np.float32)), as_picture(soft), clings=True)


def apple(size: int, seed: int, leaf: bool = False) -> Layer:
    """One apple on a square of `size` pixels: red streaks over gold, specks, a dimple with its stem, a gleam."""
    rng = np.random.default_rng(seed)
    c, r = size / 2, size * 0.40
    turn = np.linspace(0, 2 * math.pi, 90, endpoint=False)
    dent = 1 - 0.13 * np.exp(-(((turn - 1.5 * math.pi) / 0.42) ** 2)) - 0.05 * np.exp(-(((turn - 0.5 * math.pi) / 0.4) ** 2))
    dent += 0.03 * np.cos(turn * 2) + 0.015 * rng.standard_normal() * np.cos(turn + 1)
    shape = np.stack([c + r * dent * np.cos(turn), c + size * 0.035 + r * 1.01 * dent * np.sin(turn)], 1)
    mask = filled(size, size, shape)
    yy, xx = np.mgrid[:size, :size].astype(np.float32)
    top = (c + rng.normal(0, 0.03) * size, c - r * 0.66)
    angle, far = np.arctan2(yy - top[1], (xx - top[0]) * 0.8), np.hypot(xx - top[0], yy - top[1]) / r
    streaks = noise(64, 720, 9, seed + 1, 4, stretch=0.55)
    u, v = (angle + math.pi) / (2 * math.pi) * 718, np.clip(far * 22 + noise(size, size, size / 5, seed + 2) * 6, 0, 62)
    streak = cv2.remap(streaks, as_picture(u), as_picture(v), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    blush = ramp(0.12, 0.62, noise(size, size, size / 2.2, seed + 3, 3) * 0.55 + far * 0.30 + streak * 0.34 - 0.12)
    red = mix((0.70, 0.05, 0.07), (0.90, 0.22, 0.13), ramp(0.3, 0.75, streak))
    colour = mix((0.93, 0.76, 0.33), red, blush)
    specks = cv2.GaussianBlur((rng.random((size, size)) > 0.9965 + 0.0005 * (size < 200)).astype(np.float32), (0, 0), max(size / 420, 0.6))
    colour = mix(colour, (0.98, 0.84, 0.60), np.clip(specks * 4, 0, 0.72))
    colour = colour * (0.88 + 0.24 * noise(size, size, 5, seed + 5, 3))[..., None]
    body = puff(mask, colour, r * 0.96, shine=0.10)
    dimple = np.exp(-(((xx - top[0]) / (r * 0.34)) ** 2 + ((yy - top[1] + r * 0.10) / (r * 0.15)) ** 2))
    gleam = np.exp(-(((xx - c + r * 0.36) / (r * 0.17)) ** 2 + ((yy - c + r * 0.30) / (r * 0.26)) ** 2))
    rgb = body.rgb * (1 - 0.62 * dimple[..., None]) + 0.50 * (gleam**1.5 * mask)[..., None]
    parts = [Layer(as_picture(np.clip(rgb, 0, 1)), mask)]
    stem = capsule((top[0], top[1] - r * 0.06), (top[0] + r * 0.14, top[1] - r * 0.44), size * 0.014, size * 0.022)
    parts.append(puff(filled(size, size, stem), (0.36, 0.24, 0.14), size * 0.02))
    if leaf:
        parts.append(big_leaf(size, (top[0] + r * 0.08, top[1] - r * 0.20), r * 0.85, -0.32, seed))
    return stack(parts)


def big_leaf(size: int, root: Point, length: float, turn: float, seed: int, width: int | None = None) -> Layer:
    """One leaf with veins on a canvas `size` high, growing from `root` in direction `turn` (radians)."""
    w = width or size
    t = np.linspace(0, 1, 24)
    half = length * 0.27 * np.sin(math.pi * t**0.82) ** 0.9
    bend = length * 0.10 * np.sin(math.pi * t)
    side = np.concatenate([np.stack([t * length, bend - half], 1), np.stack([t * length, bend + half], 1)[::-1]])
    cos, sin = math.cos(turn), math.sin(turn)
    place = np.array([[cos, sin], [-sin, cos]])
    mask = filled(size, w, side @ place + np.array(root))
    yy, xx = np.mgrid[:size, :w].astype(np.float32)
    u = ((xx - root[0]) * cos + (yy - root[1]) * sin) / length
    v = (-(xx - root[0]) * sin + (yy - root[1]) * cos) / length - 0.10 * np.sin(math.pi * np.clip(u, 0, 1))
    ribs = np.abs(((u - np.abs(v) * 0.9) * 9) % 1 - 0.5)
    vein = np.maximum(ramp(0.020, 0.004, np.abs(v)), ramp(0.10, 0.0, ribs) * 0.45)
    green = mix((0.20, 0.40, 0.12), (0.50, 0.62, 0.20), ramp(0.15, -0.15, v) * 0.6 + noise(size, w, length / 6, seed) * 0.4)
    return puff(
        mask,
        mix(green, (0.66, 0.74, 0.38), vein * 0.6),
        length * 0.12,
        noise(size, w, length / 22 + 2, seed + 9, 3),
        shine=0.06,
    )


def tree(size: int, seed: int) -> Layer:
    """An apple tree on a square of `size` pixels: trunk, thousands of leaves lit from the upper left, fruit."""
    rng = np.random.default_rng(seed)
    big = size * 2
    canvas, mask = np.zeros((big, big, 3), np.float32), np.zeros((big, big), np.float32)
    trunk = [
        (0.47, 0.99),
        (0.48, 0.75),
        (0.40, 0.58),
        (0.30, 0.44),
        (0.33, 0.43),
        (0.45, 0.56),
        (0.50, 0.62),
        (0.55, 0.42),
        (0.58, 0.42),
        (0.56, 0.60),
        (0.68, 0.46),
        (0.70, 0.48),
        (0.58, 0.66),
        (0.545, 0.76),
        (0.56, 0.99),
    ]
    wood = filled(big, big, (np.array(trunk) * (0.62, 1) + (0.20, 0)) * big)
    bark = puff(wood, (0.40, 0.29, 0.22), big * 0.03, noise(big, big, big / 30, seed, 4, 0.35))
    canvas, mask = bark.rgb.copy(), bark.alpha.copy()
    turn = rng.random(19) * 2 * math.pi
    clumps = np.stack([0.5 + 0.33 * np.cos(turn) * rng.random(19) ** 0.4, 0.37 + 0.21 * np.sin(turn) * rng.random(19) ** 0.4], 1)
    leaf = np.array([(0, 0), (0.3, -0.22), (0.7, -0.18), (1, 0), (0.7, 0.18), (0.3, 0.22)], np.float32)
    fruit = [apple(max(round(big * 0.066), 8), seed * 31 + i) for i in range(4)]
    for step in range(5):
        for _ in range(1500):
            k = rng.integers(len(clumps))
            off = rng.normal(0, 0.052, 2)
            x, y = clumps[k] + off
            sun = np.clip(
                0.36 - off[0] * 3.4 - off[1] * 5.0 - (y - 0.37) * 0.5 - (x - 0.5) * 0.4 + (step - 2.5) * 0.07 + rng.normal(0, 0.10),
                0,
                1,
            )
            colour = mix(mix((0.07, 0.14, 0.08), (0.27, 0.42, 0.14), min(sun * 2, 1)), (0.74, 0.74, 0.34), max(sun * 2 - 1, 0))
            a, length = rng.normal(0.9, 1.2), big * rng.uniform(0.014, 0.025)
            place = np.array([[math.cos(a), math.sin(a)], [-math.sin(a), math.cos(a)]]) * length
            poly = [np.round((leaf @ place + np.array((x, y)) * big) * 16).astype(np.int32)]
            cv2.fillPoly(canvas, poly, [float(c) for c in colour], cv2.LINE_AA, 4)
            cv2.fillPoly(mask, poly, 1.0, cv2.LINE_AA, 4)
        if step in (2, 3, 4):
            both = Layer(canvas, mask)
            for _ in range(12):
                x, y = clumps[rng.integers(len(clumps))] + rng.normal(0, 0.055, 2)
                one = fruit[rng.integers(4)]
                left, top, n = round(x * big), round(y * big), one.alpha.shape[0]
                if 0 <= left < big - n and 0 <= top < big - n:
                    one.over(both.rgb, left, top)
                    area = both.alpha[top : top + n, left : left + n]
                    area[...] = area * (1 - one.alpha) + one.alpha
    return Layer(canvas, mask).resized(0.5)
