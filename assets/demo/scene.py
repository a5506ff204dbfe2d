"""The places and the person of the demo footage: sky, hills in haze, terraces, the orchard, the table, the farmer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from paint import (
    HAZE,
    Colour,
    Layer,
    Picture,
    as_picture,
    filled,
    line,
    mix,
    noise,
    oval,
    ramp,
    shadow,
    slope,
    stack,
    tree,
)


def rows(w: int, h: int) -> tuple[Picture, Picture]:
    """The x and y of every pixel."""
    yy, xx = np.mgrid[:h, :w].astype(np.float32)
    return xx, yy


def sky(w: int, h: int, horizon: float, sun: tuple[float, float] = (0.24, 0.26)) -> Picture:
    """Morning sky above `horizon` (pixels), the sun at a fraction of the picture."""
    xx, yy = rows(w, h)
    t = np.clip(yy / horizon, 0, 1)
    out = mix((0.36, 0.58, 0.78), (0.74, 0.82, 0.82), ramp(0, 0.62, t))
    out = mix(out, (1.0, 0.86, 0.66), ramp(0.40, 1.0, t))
    far = np.hypot(xx - sun[0] * w, yy - sun[1] * h) / h
    return as_picture(out + np.exp(-((far / 0.24) ** 1.3))[..., None] * as_picture((0.34, 0.24, 0.08)))


def clouds(w: int, h: int, seed: int, amount: float = 0.52) -> Layer:
    """A bank of clouds, lit from the left, thin towards the top and bottom."""
    thick = noise(h, w, h * 0.42, seed, 6, stretch=2.1)
    body = ramp(amount, amount + 0.20, thick * (0.55 + 0.45 * np.sin(np.linspace(0.2, math.pi, h))[:, None]))
    lit = ramp(-0.06, 0.07, slope(thick, round(h * 0.05), round(h * 0.03)))
    rgb = mix((0.76, 0.75, 0.80), (1.0, 0.97, 0.91), lit)
    return Layer(as_picture(rgb * (body * 0.88)[..., None]), as_picture(body * 0.88))


def ridge(w: int, h: int, top: float, amp: float, colour: Colour, haze: float, seed: int, trees: float = 0.0) -> Layer:
    """A range of hills whose crest is near `top` (pixels), dissolving into haze at its foot."""
    _, yy = rows(w, h)
    crest = top + line(w, h * 0.42, seed) * amp * 2
    if trees:
        crest = crest + line(w, 9, seed + 5, 3) * trees
    below = yy - crest[None]
    fold = 1 - np.abs(2 * noise(h, w, h * 0.24, seed + 1, 6, stretch=0.45) - 1)
    fold = as_picture(fold + 0.16 * (1 - np.abs(2 * noise(h, w, h * 0.07, seed + 3, 5, stretch=0.6) - 1)))
    lit = ramp(-0.10, 0.12, slope(fold, round(h * 0.014), round(h * 0.006)))
    rgb = mix(as_picture(colour) * 0.70, as_picture(colour) * 1.18 + as_picture((0.08, 0.05, 0.0)), lit)
    rgb = rgb * (0.86 + 0.28 * noise(h, w, 6, seed + 2, 3))[..., None]
    rgb = mix(rgb, (0.66, 0.76, 0.84), haze)
    mist = ramp(-h * 0.02, h * 0.24, below) * (0.35 + haze)
    alpha = as_picture(np.clip(below + 0.5, 0, 1))
    return Layer(as_picture(mix(rgb, HAZE, mist) * alpha[..., None]), as_picture(alpha))


def terraces(w: int, h: int, top: float, seed: int, steps: float = 15.0) -> Layer:
    """A hillside cut in terraces of ripe rice, young green and still water, finer with distance."""
    _, yy = rows(w, h)
    crest = top + line(w, h * 0.5, seed, 5) * h * 0.16
    below = yy - crest[None]
    s = np.clip(below / (h - top), 0, 2)
    lobes = noise(h, w, h * 0.50, seed + 1, 3, stretch=0.55) + 0.07 * noise(h, w, h * 0.06, seed + 2, 3, stretch=2)
    c = steps * (np.log1p(5.5 * s) / math.log(6.5) + 0.20 * lobes)
    band, part = np.floor(c), c % 1
    pick = (np.sin(band * 12.9898 + seed) * 43758.5453) % 1
    ripe = ramp(0.30, 0.75, 0.55 * pick + 0.65 * noise(h, w, h * 0.22, seed + 8, 3, stretch=2))
    crop = mix((0.47, 0.58, 0.24), (0.90, 0.71, 0.30), ripe)
    water = mix((0.95, 0.88, 0.74), (0.66, 0.78, 0.84), part)
    rgb = mix(crop, water, (pick > 0.84).astype(np.float32) * 0.80)
    tufts = noise(h, w, 5, seed + 3, 3)
    rowed = 0.5 + 0.5 * np.sin(part * 2 * math.pi * 5 + noise(h, w, 30, seed + 4, 3) * 3)
    rgb = as_picture(rgb * (0.72 + 0.34 * tufts + 0.12 * rowed * ramp(0.1, 0.5, s))[..., None])
    bank = ramp(0.70, 0.80, part) * ramp(1.0, 0.97, part)
    rgb = mix(rgb, mix((0.14, 0.22, 0.09), (0.36, 0.42, 0.16), tufts), bank * 0.9)
    rgb = mix(rgb, (1.0, 0.92, 0.66), ramp(0.12, 0.0, part) * 0.42)
    rgb = rgb * mix((0.74, 0.76, 0.86), (1.16, 1.08, 0.94), ramp(0.25, 0.75, noise(h, w, h * 0.4, seed + 6, 2)))
    veil = np.clip(0.60 - s * 1.3, 0.0, 1)
    alpha = as_picture(np.clip(below + 0.5, 0, 1))
    land = Layer(as_picture(np.clip(mix(rgb, HAZE, veil), 0, 1) * alpha[..., None]), alpha)
    rng, bush = np.random.default_rng(seed), tree(160, seed)
    spots = sorted((float(t), int(x)) for t, x in zip(rng.random(70) ** 1.4, rng.integers(0, w, 70), strict=True))
    for k, (t, x) in enumerate(spots):
        y = round(crest[x] + 8 + t * (h - top) * 0.8)
        if k % 9 == 4 and t < 0.5:
            house(round(h * (0.018 + 0.05 * t)), k).graded(HAZE, max(0.45 - t, 0.0)).over(land.rgb, x, y)
        one = bush.resized((0.10 + 0.55 * t) * rng.uniform(0.7, 1.2) * h / 900).graded(HAZE, max(0.55 - t * 1.4, 0.0))
        one.over(land.rgb, x, y - one.alpha.shape[0] // 2)
    return land


def house(n: int, seed: int) -> Layer:
    """A whitewashed farmhouse under a grey tiled roof, `n` pixels high."""
    w = round(n * 1.9)
    walls = [
        filled(n, w, np.array(p) * (w, n))
        for p in (
            [(0.10, 0.45), (0.62, 0.45), (0.62, 1.0), (0.10, 1.0)],
            [(0.62, 0.45), (0.78, 0.20), (0.92, 0.45), (0.92, 1.0), (0.62, 1.0)],
            [(0.0, 0.50), (0.14, 0.12), (0.80, 0.12), (0.66, 0.50)],
            [(0.26, 0.66), (0.36, 0.66), (0.36, 1.0), (0.26, 1.0)],
        )
    ]
    tones = ((0.97, 0.91, 0.80), (0.78, 0.74, 0.72), (0.40 + 0.02 * (seed % 3), 0.38, 0.42), (0.45, 0.30, 0.22))
    return stack([Layer(as_picture(m[..., None] * np.array(c, np.float32)), m) for m, c in zip(walls, tones, strict=True)])


def mist(w: int, h: int, middle: float, depth: float, seed: int, strength: float) -> Layer:
    """A drifting bank of mist round the height `middle`."""
    _, yy = rows(w, h)
    veil = np.exp(-(((yy - middle) / depth) ** 2)) * ramp(0.28, 0.80, noise(h, w, depth * 1.3, seed, 5, stretch=3.2)) * strength
    return Layer(as_picture(veil[..., None] * as_picture((1.0, 0.93, 0.82))), as_picture(veil))


def meadow(w: int, h: int, top: float, seed: int) -> Layer:
    """Orchard grass from `top` down, blade by blade, with flowers."""
    rng = np.random.default_rng(seed)
    _, yy = rows(w, h)
    crest = top + line(w, h * 0.35, seed, 4) * h * 0.05
    near = np.clip((yy - crest[None]) / (h - top), 0, 1)
    rgb = mix((0.66, 0.64, 0.30), (0.30, 0.40, 0.15), near) * (0.66 + 0.62 * noise(h, w, h * 0.10, seed + 1, 6, 2.2))[..., None]
    alpha = as_picture(np.clip(yy - crest[None] + 0.5, 0, 1))
    rgb = as_picture(rgb * alpha[..., None])
    for _ in range(w * 14):
        x, t = int(rng.integers(w)), 1.04 * rng.random() ** 0.8
        y = crest[x] + t * (h - top)
        tall = (3 + 20 * t) * rng.uniform(0.5, 1.1)
        shade = rng.random() * (0.55 + 0.45 * math.sin(x * 0.011 + y * 0.02))
        colour = mix((0.13, 0.23, 0.07), (0.72, 0.74, 0.30), shade)
        tip = (x + rng.normal(0, 0.3) * tall, y - tall)
        cv2.line(
            rgb,
            (x * 16, round(y * 16)),
            (round(tip[0] * 16), round(tip[1] * 16)),
            [float(c) for c in colour],
            1,
            cv2.LINE_AA,
            4,
        )
        cv2.line(alpha, (x * 16, round(y * 16)), (round(tip[0] * 16), round(tip[1] * 16)), 1.0, 1, cv2.LINE_AA, 4)
    for _ in range(w // 8):
        x, t = int(rng.integers(w)), rng.random()
        petal = ((0.98, 0.93, 0.80), (0.96, 0.74, 0.25), (0.86, 0.45, 0.42))[rng.integers(3)]
        centre = (x * 16, round((crest[x] + 4 + t * (h - top)) * 16))
        cv2.circle(rgb, centre, round((1.0 + 1.8 * t) * 16), petal, -1, cv2.LINE_AA, 4)
        cv2.circle(alpha, centre, round((1.0 + 1.8 * t) * 16), 1.0, -1, cv2.LINE_AA, 4)
    return Layer(rgb, alpha)


@dataclass(frozen=True)
class Landscape:
    """A view: sky, clouds that drift, and layers from far to near with how much of a pan each one follows."""

    sky: Picture
    clouds: Layer
    layers: tuple[tuple[Layer, float], ...]


def far_layers(w: int, h: int, top: float, seed: int) -> list[tuple[Layer, float]]:
    """Four ranges of hills and the mist between them, the first crest near `top` (a fraction of the height)."""
    return [
        (ridge(w, h, h * top, h * 0.13, (0.50, 0.60, 0.72), 0.46, seed), 0.12),
        (ridge(w, h, h * (top + 0.08), h * 0.11, (0.36, 0.50, 0.56), 0.34, seed + 10), 0.20),
        (mist(w, h, h * (top + 0.16), h * 0.05, seed + 15, 0.75), 0.26),
        (ridge(w, h, h * (top + 0.14), h * 0.09, (0.26, 0.42, 0.34), 0.20, seed + 20, h * 0.008), 0.32),
    ]


def wide_view(w: int, h: int) -> Landscape:
    """The orchard above the terraces."""
    layers = far_layers(w, h, 0.30, 11)
    layers.append((terraces(w, h, h * 0.47, 41, 20), 0.55))
    layers.append((mist(w, h, h * 0.53, h * 0.04, 52, 0.55), 0.60))
    ground = meadow(w, h, h * 0.74, 61)
    kinds = [tree(460, s) for s in (3, 4, 8)]
    rng = np.random.default_rng(7)
    gaps: dict[float, tuple[float, ...]] = {
        0.36: (0.02, 0.13, 0.25, 0.37, 0.62, 0.72, 0.84, 0.93),
        0.60: (0.07, 0.24, 0.70, 0.87),
        1.0: (-0.11, 0.76),
    }
    for size, places in gaps.items():
        depth = 0.70 + 0.25 * size
        for k, place in enumerate(places):
            x = place * w
            one = kinds[int(rng.integers(3))].resized(size * rng.uniform(0.88, 1.08), flip=bool(rng.random() < 0.5))
            one = one.graded(HAZE, 0.30 * (1 - size))
            n = one.alpha.shape[0]
            left, foot = round(x + rng.normal(0, 12)), round(h * (depth + 0.012 * math.sin(k * 2.1)))
            pool = filled(h, w, oval(left + n * 0.62, foot - n * 0.01, n * 0.40, n * 0.055))
            shadow(pool, n * 0.03, 0.62).over(ground.rgb)
            one.onto(ground, left, foot - n)
    layers.append((ground, 1.0))
    return Landscape(sky(w, h, h * 0.52), clouds(w * 2, round(h * 0.40), 5), tuple(layers))


def tall_view(w: int, h: int) -> Landscape:
    """Terraces rising into the mist, upright."""
    layers = far_layers(w, h, 0.26, 71)
    layers.append((terraces(w, h, h * 0.42, 84, 22), 0.6))
    layers.append((mist(w, h, h * 0.47, h * 0.035, 92, 0.85), 0.75))
    layers.append((mist(w, h, h * 0.60, h * 0.05, 95, 0.42), 0.9))
    ground = meadow(w, h, h * 0.90, 99)
    for size, x, foot in ((0.50, -0.04, 0.925), (0.66, 0.70, 0.955)):
        one = tree(460, round(size * 20)).resized(size)
        one.onto(ground, round(w * x), round(h * foot) - one.alpha.shape[0])
    layers.append((ground, 1.0))
    return Landscape(sky(w, h, h * 0.46, (0.30, 0.20)), clouds(w * 2, round(h * 0.34), 6), tuple(layers))
