"""How long and how often the release engine tries, waits and looks."""

from pipeline.documents.base import Frozen

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S


class RetryPolicy(Frozen):
    """How long and how often a call is tried, a post is waited for and looked up. Seconds."""

    tries: int = 10
    """Tries of an upload that makes no progress; progress resets the count. With the waits below, about an hour."""
    restarts: int = 4
    """How often an upload that the platform has forgotten begins from its first byte."""
    attempts: int = 5
    """Attempts to publish, when each was refused for the moment and certainly had no effect."""
    first_wait_s: float = 2.0
    longest_wait_s: float = 900.0
    """Between two tries: doubled each time, at most this."""
    stay_s: float = 300.0
    """How long one `deliver` waits in all; what takes longer is left for another run, with its hour on record."""
    late_s: float = 12 * HOUR_S
    """A post that is later than this for its planned hour is not published: its words may no longer be true."""
    first_look_s: float = 15.0
    longest_look_s: float = 6 * HOUR_S
    """Between two look-ups: half of the time since publishing, within these."""
    processing_s: float = 3 * DAY_S
    """A post that is still worked on after this is a person's to look at; look-ups go on."""
    stop_s: float = 14 * DAY_S
    """From then on only a person can tell."""
    live_looks_s: tuple[float, ...] = (HOUR_S, DAY_S)
    """When a live post is looked at again, counted from when it was first seen: is it still there, and its cart link?"""
    cart_s: float = 7 * DAY_S
    """So long a missing cart link is looked for again."""
