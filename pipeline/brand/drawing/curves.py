"""Outlines that several motifs share, in units of the motif's size with the origin where it is placed; up is negative y."""

import numpy as np

from pipeline.brand.drawing.sheet import Points


def polygon(corners: int, radius: float, turn_deg: float = 0.0) -> Points:
    """A regular polygon; its first corner points up."""
    angles = np.radians(turn_deg) + np.arange(corners) * 2 * np.pi / corners
    return np.asarray(radius * np.stack([np.sin(angles), -np.cos(angles)], axis=1), dtype=np.float64)


def circle(radius: float, x: float = 0.0, y: float = 0.0) -> Points:
    """A circle as a polygon."""
    return np.asarray(polygon(72, radius) + np.array([x, y]), dtype=np.float64)


def lozenge(reach: float, ratio: float = 1.0) -> Points:
    """A square on its corner; `ratio` is its height over its width."""
    return np.array([(-reach, 0.0), (0.0, -reach * ratio), (reach, 0.0), (0.0, reach * ratio)])


def spiral(radius: float, turns: float, end_deg: float, way: int, x: float = 0.0, y: float = 0.0) -> Points:
    """A spiral from its centre (x, y) outward; it ends on the circle of `radius` at an angle clockwise from the right; `way` is 1 or -1."""
    part = np.linspace(0, 1, round(48 * turns) + 1)
    angle = np.radians(end_deg) - way * (1 - part) * turns * 2 * np.pi
    reach = radius * (0.10 + 0.90 * part)
    return np.stack([x + reach * np.cos(angle), y + reach * np.sin(angle)], axis=1)


def leaf(root: tuple[float, float], tip: tuple[float, float], belly: float, lean: float = 0.8) -> Points:
    """A leaf's outline, `belly` times its length wide on each side; `lean` under 1 puts its widest part nearer to the root."""
    (x0, y0), (x1, y1) = root, tip
    along, across = np.array([x1 - x0, y1 - y0]), np.array([-(y1 - y0), x1 - x0])
    part = np.linspace(0, 1, 25)
    sides = [np.array([x0, y0]) + np.outer(part, along) + np.outer(side * belly * np.sin(np.pi * part**lean), across) for side in (1, -1)]
    return np.concatenate([sides[0], sides[1][::-1]])


def smooth(corners: list[tuple[float, float]], *, closed: bool = True, steps: int = 10) -> Points:
    """A Catmull-Rom curve through points."""
    points = np.array(corners, dtype=np.float64)
    if closed:
        points = np.concatenate([points[-1:], points, points[:2]])
    else:
        points = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    part = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = [
        0.5 * (2 * b + (c - a) * part + (2 * a - 5 * b + 4 * c - d) * part**2 + (3 * b - a - 3 * c + d) * part**3)
        for a, b, c, d in zip(points, points[1:], points[2:], points[3:], strict=False)
    ]
    return np.concatenate([*pieces, points[-2:-1]])


def mirrored(points: Points) -> Points:
    """The same outline with left and right exchanged."""
    return np.asarray(points * np.array([-1.0, 1.0]), dtype=np.float64)
