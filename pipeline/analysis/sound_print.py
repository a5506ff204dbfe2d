"""What a sound track sounds like in 16 bits every twentieth of a second, so that a re-sent copy of a talk is known again."""

import numpy as np
from numpy.typing import NDArray

from pipeline.documents.analysis import PRINT_STEP_S
from pipeline.media.decode import RATE_HZ, Samples

WINDOW = 4096
"""Samples, a quarter of a second: five steps, so that copies that begin between two steps have nearly the same print."""
BANDS_HZ = np.geomspace(300.0, 2000.0, 18)
"""Edges of the bands: what a telephone's codec leaves of a voice."""
LEAST_RMS = 10 ** (-60 / 20)
"""Quieter windows have no print: a codec leaves nothing of them."""
LEAST_CHANGE = 1e-3
"""Of the natural logarithm of energy. A tone that stands still has no print either."""
AT_ONCE = 2048
"""Windows that are transformed together, so that hours of sound take no memory."""


def sound_print(samples: Samples) -> str:
    """Four hex digits for every `PRINT_STEP_S` of mono sound at 16 kHz; 0000 where there is nothing to go by.

    Each bit says whether the energy of two neighbouring bands drew apart since the step before (Haitsma and Kalker, 2002). Loudness, size
    and codec change few of them.
    """
    step = round(PRINT_STEP_S * RATE_HZ)
    count = (len(samples) - WINDOW) // step + 1
    if count < 2:
        return ""
    windows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::step][:count]
    energies, loud = zip(*(_band_energies(windows[first : first + AT_ONCE]) for first in range(0, count, AT_ONCE)), strict=True)
    slopes = np.diff(np.log(np.concatenate(energies) + 1e-12), axis=1)
    changes = np.diff(slopes, axis=0, prepend=slopes[:1])
    codes = ((changes > 0) << np.arange(16)[::-1]).sum(axis=1)
    heard = np.concatenate(loud) & (np.abs(changes).max(axis=1) > LEAST_CHANGE)
    return "".join(f"{code:04x}" for code in np.where(heard, codes, 0))


def _band_energies(windows: Samples) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(energy in each band, whether it is loud enough), a row for each window."""
    spectrum = np.abs(np.fft.rfft(windows * np.hanning(WINDOW).astype(np.float32), axis=1)) ** 2
    edges = np.searchsorted(np.fft.rfftfreq(WINDOW, 1 / RATE_HZ), BANDS_HZ)
    energies = np.add.reduceat(spectrum[:, : edges[-1]], edges[:-1], axis=1)
    return energies.astype(np.float64), np.sqrt(np.mean(windows**2, axis=1)) > LEAST_RMS
