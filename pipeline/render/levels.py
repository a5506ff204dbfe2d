"""How loud each kind of sound goes into the mix, before the master brings the whole to the target."""

REFERENCE_LUFS = -16.0
"""Where speech stands in the mix; a music bed's `gain_db` counts from here. Only differences matter: the master sets the whole."""
MOST_RAISED_DB = 24.0
"""More would be for a whisper or a wrong detection, and mostly raise noise."""
MOST_LOWERED_DB = 20.0
NOISE_CEILING_LUFS = -36.0
"""20 units under speech (WCAG 2.2, 1.4.7 asks for that much): above it the noise of a raised clip is heard in every pause."""
NOISE_MAY_COST_DB = 6.0
"""How far a noisy clip may stay below the others: words that cannot be heard are worse than noise that can."""
AMBIENT_LUFS = -34.0
"""A place should be felt behind speech and music, never compete with them."""
AMBIENT_RAISED_DB = 6.0
"""A quiet place is quiet; raising it more brings up the microphone's own noise."""
AMBIENT_LOWERED_DB = 40.0


def speech_gain_db(speech_lufs: float | None, noise_dbfs: float) -> float:
    """Gain that brings a clip's speech to the reference level, held back where it would raise a noise floor.

    speech_lufs: loudness of the clip's speech alone; None when it was not measured, which changes nothing.
    noise_dbfs: level of the clip's quietest tenth.
    """
    if speech_lufs is None:
        return 0.0
    wanted = REFERENCE_LUFS - speech_lufs
    quiet_enough = max(NOISE_CEILING_LUFS - noise_dbfs, wanted - NOISE_MAY_COST_DB, min(wanted, 0.0))
    return round(min(max(min(wanted, quiet_enough), -MOST_LOWERED_DB), MOST_RAISED_DB), 2)


def ambient_gain_db(loudness_lufs: float | None) -> float:
    """Gain that keeps a scenic shot's own sound low under speech and music. None is silence, and stays so."""
    if loudness_lufs is None:
        return 0.0
    return round(min(max(AMBIENT_LUFS - loudness_lufs, -AMBIENT_LOWERED_DB), AMBIENT_RAISED_DB), 2)
