"""Gain of each kind of sound in the mix, before mastering brings the whole to the target loudness."""

REFERENCE_LUFS = -16.0
"""Loudness of speech in the mix; a music bed's `gain_db` is relative to it. Only differences matter: mastering sets the whole."""
MOST_RAISED_DB = 24.0
"""More would be for a whisper or a wrong detection, and mostly raise noise."""
MOST_LOWERED_DB = 20.0
NOISE_CEILING_LUFS = -36.0
"""20 units under speech (WCAG 2.2, 1.4.7 asks for that much): above it the noise of a raised clip is heard in every pause."""
MOST_HELD_BACK_DB = 6.0
"""How far a noisy clip may stay below the others: words that cannot be heard are worse than noise that can."""
AMBIENT_LUFS = -34.0
"""A place should be felt behind speech and music, never compete with them."""
AMBIENT_RAISED_DB = 6.0
"""A quiet place is quiet; raising it more brings up the microphone's own noise."""
AMBIENT_LOWERED_DB = 40.0


def speech_gain_db(speech_lufs: float | None, noise_dbfs: float) -> float:
    """Gain (dB) that brings a clip's speech to the reference loudness, less where it would raise audible noise.

    speech_lufs: loudness of the clip's speech alone; None when it was not measured, which gives 0.
    noise_dbfs: level of the clip's quietest tenth.
    """
    if speech_lufs is None:
        return 0.0
    full_gain = REFERENCE_LUFS - speech_lufs
    allowed_gain = max(NOISE_CEILING_LUFS - noise_dbfs, full_gain - MOST_HELD_BACK_DB, min(full_gain, 0.0))
    return round(min(max(min(full_gain, allowed_gain), -MOST_LOWERED_DB), MOST_RAISED_DB), 2)


def ambient_gain_db(loudness_lufs: float | None) -> float:
    """Gain (dB) that keeps a scenic shot's own sound low under speech and music; 0 for silence (None)."""
    if loudness_lufs is None:
        return 0.0
    return round(min(max(AMBIENT_LUFS - loudness_lufs, -AMBIENT_LOWERED_DB), AMBIENT_RAISED_DB), 2)
