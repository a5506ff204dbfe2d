"""The states of a release, and the one table of who may move it from which state to which.

Machine:   prepared → uploading → uploaded → publish_intent → publish_sent → accepted → processing → live | failed | uncertain
Hand-off:  prepared → handed_over → claimed → confirmed | abandoned

Every state is written before the call it announces. From `publish_intent` on, no row of the table leads back to anything that would
publish again: what may have left the machine is looked up, never repeated. `failed` means that nothing is public, so it is the only
such state, with `abandoned`, from which a new attempt starts.

A new state needs a migration, be it an empty one: an older program must not meet a word it does not know.
"""

from collections.abc import Mapping
from enum import Flag, StrEnum, auto
from types import MappingProxyType

from pipeline.documents.message import M, Message


class State(StrEnum):
    """Where a release stands."""

    PREPARED = "prepared"
    """Complete and checked; nothing has left the machine."""
    UPLOADING = "uploading"
    """Bytes are on their way; the only state that repeats freely."""
    UPLOADED = "uploaded"
    """The platform has all bytes; nothing is public."""
    PUBLISH_INTENT = "publish_intent"
    """The call that publishes is about to leave, or has left."""
    PUBLISH_SENT = "publish_sent"
    """That call has been answered; the answer is being read."""
    ACCEPTED = "accepted"
    """The platform took the post and named it."""
    PROCESSING = "processing"
    """The platform transcodes or reviews it, or keeps it for its planned hour."""
    LIVE = "live"
    """A look-up, or a person, has seen it in public."""
    LIVE_WITHOUT_CART = "live_without_cart"
    """In public, but the cart link did not stick: a person has something to do, and it does not count as live."""
    FAILED = "failed"
    """Nothing is public, and it is known why."""
    UNCERTAIN = "uncertain"
    """It may be public. Only a look-up or a person can tell."""
    REMOVED = "removed"
    """It was public and is no longer."""
    HANDED_OVER = "handed_over"
    """A pack waits for a person who posts it."""
    CLAIMED = "claimed"
    """One person has taken it upon themselves."""
    CONFIRMED = "confirmed"
    """That person has shown a link or a screenshot: live by a person's word."""
    ABANDONED = "abandoned"
    """A person has said that it was not posted."""


class Who(StrEnum):
    """Who moves a release."""

    MACHINE = "machine"
    """A worker that carries it out."""
    LOOKUP = "lookup"
    """The answer of the platform to a question that changes nothing there."""
    PERSON = "person"


class Movers(Flag):
    """Who may make one move."""

    MACHINE = auto()
    SAME_RUN = auto()
    """The machine, but only the very run that wrote the state it leaves: it made the call, so it knows the answer. A run that found
    the state after a crash knows nothing."""
    OWN_FAILURE = auto()
    """The machine, when it was a machine that saw the failure. What a look-up or a person called failed, a person tries again: the
    listing of a platform may be late."""
    LOOKUP = auto()
    PERSON = auto()


_MACHINE, _SAME_RUN, _LOOKUP, _PERSON = Movers.MACHINE, Movers.SAME_RUN, Movers.LOOKUP, Movers.PERSON
_S = State
_NOTHING: Mapping[State, Movers] = MappingProxyType({})

MOVES: Mapping[State, Mapping[State, Movers]] = MappingProxyType(
    {
        _S.PREPARED: {_S.UPLOADING: _MACHINE, _S.HANDED_OVER: _MACHINE, _S.FAILED: _MACHINE | _PERSON},
        _S.UPLOADING: {_S.UPLOADING: _MACHINE, _S.UPLOADED: _MACHINE | _LOOKUP, _S.FAILED: _MACHINE | _PERSON},
        # A platform may forget bytes that were never published.
        _S.UPLOADED: {_S.UPLOADING: _MACHINE, _S.PUBLISH_INTENT: _MACHINE, _S.FAILED: _MACHINE | _PERSON},
        _S.PUBLISH_INTENT: {
            _S.PUBLISH_SENT: _SAME_RUN,
            _S.ACCEPTED: _LOOKUP,
            _S.PROCESSING: _LOOKUP,
            _S.LIVE: _LOOKUP,
            _S.LIVE_WITHOUT_CART: _LOOKUP,
            # The same run may know that no connection came about, so that nothing left.
            _S.FAILED: _SAME_RUN | _LOOKUP,
            _S.UNCERTAIN: _MACHINE | _LOOKUP,
        },
        _S.PUBLISH_SENT: {
            _S.ACCEPTED: _SAME_RUN | _LOOKUP,
            _S.PROCESSING: _SAME_RUN | _LOOKUP,
            _S.LIVE: _LOOKUP,
            _S.LIVE_WITHOUT_CART: _LOOKUP,
            _S.FAILED: _SAME_RUN | _LOOKUP,
            _S.UNCERTAIN: _MACHINE | _LOOKUP,
        },
        _S.ACCEPTED: {
            _S.PROCESSING: _LOOKUP,
            _S.LIVE: _LOOKUP,
            _S.LIVE_WITHOUT_CART: _LOOKUP,
            _S.FAILED: _LOOKUP,
            _S.UNCERTAIN: _MACHINE | _LOOKUP,
        },
        _S.PROCESSING: {
            _S.LIVE: _LOOKUP,
            _S.LIVE_WITHOUT_CART: _LOOKUP,
            _S.FAILED: _LOOKUP,
            _S.UNCERTAIN: _MACHINE | _LOOKUP,
        },
        _S.UNCERTAIN: {
            _S.ACCEPTED: _LOOKUP,
            _S.PROCESSING: _LOOKUP,
            _S.LIVE: _LOOKUP | _PERSON,
            _S.LIVE_WITHOUT_CART: _LOOKUP | _PERSON,
            _S.FAILED: _LOOKUP | _PERSON,
        },
        _S.LIVE: {_S.LIVE_WITHOUT_CART: _LOOKUP | _PERSON, _S.REMOVED: _LOOKUP | _PERSON},
        _S.LIVE_WITHOUT_CART: {_S.LIVE: _LOOKUP | _PERSON, _S.REMOVED: _LOOKUP | _PERSON},
        # A look-up that found nothing public, where publishing again cannot make a second post.
        _S.FAILED: {_S.PREPARED: Movers.OWN_FAILURE | _LOOKUP | _PERSON, _S.ABANDONED: _PERSON},
        _S.REMOVED: _NOTHING,
        _S.HANDED_OVER: {_S.CLAIMED: _PERSON, _S.ABANDONED: _PERSON},
        _S.CLAIMED: {_S.HANDED_OVER: _PERSON, _S.CONFIRMED: _PERSON, _S.ABANDONED: _PERSON},
        _S.CONFIRMED: {_S.LIVE_WITHOUT_CART: _PERSON, _S.REMOVED: _PERSON},
        _S.ABANDONED: {_S.PREPARED: _PERSON},
    }
)
"""From → to → who may make the move."""

FINAL = frozenset({_S.LIVE, _S.CONFIRMED, _S.FAILED, _S.ABANDONED, _S.REMOVED})
"""States in which nothing is left to do."""
PUBLIC = frozenset({_S.LIVE, _S.LIVE_WITHOUT_CART, _S.CONFIRMED})
"""States in which the post was seen in public."""
RESUMABLE = frozenset({_S.PREPARED, _S.UPLOADING, _S.UPLOADED})
"""Nothing that publishes has left: a worker goes on where the last one stopped."""
IN_FLIGHT = frozenset({_S.PUBLISH_INTENT, _S.PUBLISH_SENT, _S.ACCEPTED, _S.PROCESSING, _S.UNCERTAIN})
"""It may be public already: nothing but look-ups."""
RETRIED = frozenset({_S.FAILED, _S.ABANDONED})
"""Known not to be public: the same release may be tried again."""
ANNOUNCES = frozenset({_S.PREPARED, _S.UPLOADING, _S.PUBLISH_INTENT, _S.HANDED_OVER})
"""Written before a call: when the writing fails, nothing has left."""
NEEDS_REASON = frozenset({_S.FAILED, _S.UNCERTAIN, _S.ABANDONED, _S.REMOVED})
"""Not to be entered without a sentence that says why."""

_NAMES: Mapping[State, Message] = {
    _S.PREPARED: M("prepared"),
    _S.UPLOADING: M("being uploaded"),
    _S.UPLOADED: M("uploaded, not public yet"),
    _S.PUBLISH_INTENT: M("about to be published"),
    _S.PUBLISH_SENT: M("sent for publishing"),
    _S.ACCEPTED: M("taken by the platform"),
    _S.PROCESSING: M("under review at the platform"),
    _S.LIVE: M("live"),
    _S.LIVE_WITHOUT_CART: M("live, but without its cart link"),
    _S.FAILED: M("failed, nothing is public"),
    _S.UNCERTAIN: M("uncertain, it may be public"),
    _S.REMOVED: M("taken down"),
    _S.HANDED_OVER: M("handed over, nobody has claimed it"),
    _S.CLAIMED: M("claimed by a person"),
    _S.CONFIRMED: M("live, as a person has confirmed"),
    _S.ABANDONED: M("abandoned, it was not posted"),
}


def state_name(state: State) -> Message:
    """The state as a person reads it."""
    return _NAMES[state]


def may_move(before: State, after: State, who: Who, *, same_run: bool, own_failure: bool) -> bool:
    """Whether the table allows the move.

    same_run: the run that asks also wrote the state it leaves. own_failure: a machine wrote the state it leaves.
    """
    may = MOVES[before].get(after, Movers(0))
    if who is Who.LOOKUP:
        return Movers.LOOKUP in may
    if who is Who.PERSON:
        return Movers.PERSON in may
    return Movers.MACHINE in may or (Movers.SAME_RUN in may and same_run) or (Movers.OWN_FAILURE in may and own_failure)
