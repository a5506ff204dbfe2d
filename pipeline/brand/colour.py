"""How colours are seen: contrast of text, distance of two colours, and what a colour-blind viewer sees of them."""

from collections.abc import Iterable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Colours = NDArray[np.float64]
"""(…, 3)."""
Blindness = Literal["protan", "deutan"]
_TO_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
_WHITE = np.array([0.95047, 1.0, 1.08883])
_SEEN_AS: dict[Blindness, Colours] = {
    "protan": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deutan": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
}
"""Linear RGB as a viewer without red or green receptors sees it: Machado, Oliveira, Fernandes, IEEE TVCG 15(6), 2009, severity 1.0."""


def rgb(colours: Iterable[str]) -> Colours:
    """#RRGGBB as R'G'B' 0..1, (n, 3)."""
    return np.array([[int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)] for colour in colours], dtype=np.float64)


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21, by WCAG 2."""
    dark, light = sorted(float(value) for value in _linear(rgb([first, second])) @ _TO_LUMINANCE)
    return (light + 0.05) / (dark + 0.05)


def legible_on(ground: str) -> str:
    """Black or white, whichever is read better on a colour."""
    return max("#17110F", "#FFFFFF", key=lambda ink: contrast(ink, ground))


def seen_by(colours: Colours, blindness: Blindness) -> Colours:
    """R'G'B' colours as a colour-blind viewer sees them."""
    linear = np.clip(_linear(colours) @ _SEEN_AS[blindness].T, 0, 1)
    return np.asarray(np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055), dtype=np.float64)


def distances(first: str, second: str) -> dict[str, float]:
    """How far two colours are apart (CIEDE2000), by viewer: usual, protan, deutan."""
    colours = rgb([first, second])
    seen: dict[str, Colours] = {"usual": colours}
    seen |= {blindness: seen_by(colours, blindness) for blindness in _SEEN_AS}
    return {viewer: float(delta_e(pair[:1], pair[1:])[0]) for viewer, pair in seen.items()}


def delta_e(first: Colours, second: Colours) -> NDArray[np.float64]:
    """CIEDE2000 between R'G'B' colours row by row: 1 is just seen, 5 is plainly another shade. Sharma, Wu, Dalal 2005."""
    (l1, a1, b1), (l2, a2, b2) = (np.moveaxis(_lab(colours), -1, 0) for colours in (first, second))
    mean_c = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1 + 0.5 * (1 - np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7)))
    c1, c2 = np.hypot(a1 * stretch, b1), np.hypot(a2 * stretch, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a * stretch)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180
    grey = c1 * c2 == 0
    turn = np.where(grey, 0, turn)
    mean_h = np.where(grey, h1 + h2, (h1 + turn / 2) % 360)
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2
    hue = [np.cos(np.radians(factor * mean_h + shift)) for factor, shift in ((1, -30), (2, 0), (3, 6), (4, -63))]
    weight = 1 - 0.17 * hue[0] + 0.24 * hue[1] + 0.32 * hue[2] - 0.20 * hue[3]
    of_l = (l2 - l1) / (1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2))
    of_c = (c2 - c1) / (1 + 0.045 * mean_c)
    of_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * mean_c * weight)
    twist = -2 * np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7)) * np.sin(np.radians(60 * np.exp(-(((mean_h - 275) / 25) ** 2))))
    return np.asarray(np.sqrt(of_l**2 + of_c**2 + of_h**2 + twist * of_c * of_h), dtype=np.float64)


def _linear(colours: Colours) -> Colours:
    return np.asarray(np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4), dtype=np.float64)


def _lab(colours: Colours) -> Colours:
    part = (_linear(colours) @ _TO_XYZ.T) / _WHITE
    root = np.where(part > 216 / 24389, np.cbrt(part), (24389 / 27 * part + 16) / 116)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)
