"""What goes wrong, as data: at which call, the how-manieth time, and what the line or the server does then."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Literal

from pipeline.documents.base import Frozen

Kind = Literal[
    "reset_before",
    "reset_during",
    "reset_after",
    "timeout_done",
    "timeout_not_done",
    "http_429",
    "http_500",
    "http_502",
    "http_503",
    "expired_token",
    "revoked_token",
    "lost_upload",
    "wrong_offset",
    "duplicate_fragment",
    "slow",
    "unknown_fields",
    "processing_then_refused",
    "processing_forever_until",
    "link_does_not_stick",
    "says_no",
    "garbled",
]
"""
reset_before        the connection is reset after the request's head was read, before its body and without effect
reset_during        half of the answer is sent, then a reset; `done` says whether the effect happened
reset_after         effect done, the whole answer sent, then a reset instead of a clean close
timeout_done        effect done, no answer: the line hangs until the client hangs up
timeout_not_done    the same without effect
http_429            too many requests; `done` says whether the effect happened; `retry_after_s` and `as_date` shape the header
http_500, 502, 503  a gateway's or server's error; `done` says whether the effect happened
expired_token       every access token runs out just before this call
revoked_token       the user takes the permission back just before this call
lost_upload         the platform forgets every unfinished upload just before this call
wrong_offset        this call says that it holds `amount` bytes (or fragments) more than it does; negative: fewer
duplicate_fragment  the network delivers this request twice; the second answer is the one that arrives
slow                this request is read at `amount` bytes a second
unknown_fields      every object of the JSON answer carries fields that no contract knows
processing_then_refused   (endpoint "post") `amount` look-ups say processing, then the platform refuses the post
processing_forever_until  (endpoint "post") `amount` look-ups say processing, then it is live
says_no             the platform answers with its own error `code`, in the way it has of saying so; `done` says whether the effect happened
garbled             the answer comes whole and cannot be right, in one of GARBLINGS by `amount`; `done` says whether the effect happened
link_does_not_stick       (endpoint "post") the product or link is not there when the post is read back
"""
Role = Literal["page", "token", "start", "piece", "state", "finish", "cover", "publish", "last_piece", "look", "notice"]
"""What an endpoint is for; `last_piece` is an upload whose last bytes make the post."""

MODIFIERS = frozenset({"expired_token", "revoked_token", "lost_upload", "wrong_offset", "slow", "unknown_fields", "duplicate_fragment"})
"""Faults that change a call which is answered all the same; the others decide how it ends."""
OF_POSTS = frozenset({"processing_then_refused", "processing_forever_until", "link_does_not_stick"})
"""Faults of what becomes of a post; their endpoint is "post" and `nth` counts the posts that came to be."""


class Fault(Frozen):
    """One thing that goes wrong.

    endpoint: the call's name as the server lists it, "post" for what becomes of a post, "*" for any call.
    nth: which call of that name, from 1; 0 is every one. done, amount, retry_after_s, as_date, code: see `Kind`.
    """

    kind: Kind
    endpoint: str = "*"
    nth: int = 1
    done: bool = False
    amount: int = 0
    retry_after_s: int | None = None
    as_date: bool = False
    code: str = ""


class Plan(Frozen):
    """All that goes wrong in one run. break_every: the line is cut each time so many bytes have come in; 0 is never."""

    faults: tuple[Fault, ...] = ()
    break_every: int = 0
    seed: int | None = None

    def at(self, endpoint: str, nth: int, any_nth: int) -> tuple[Fault, ...]:
        """The faults of the `nth` call of this endpoint, which is call number `any_nth` of all."""
        return tuple(
            fault
            for fault in self.faults
            if (fault.endpoint == endpoint and fault.nth in (0, nth)) or (fault.endpoint == "*" and fault.nth in (0, any_nth))
        )


_ENDS: tuple[tuple[Kind, int], ...] = (
    ("reset_before", 4),
    ("reset_during", 6),
    ("reset_after", 3),
    ("timeout_done", 5),
    ("timeout_not_done", 3),
    ("http_429", 3),
    ("http_500", 2),
    ("http_502", 2),
    ("http_503", 2),
    ("unknown_fields", 2),
    ("says_no", 6),
    ("garbled", 6),
)
_MORE: dict[Role, tuple[tuple[Kind, int], ...]] = {
    "start": (("expired_token", 3), ("revoked_token", 1)),
    "piece": (("duplicate_fragment", 4), ("slow", 1), ("lost_upload", 1), ("expired_token", 3), ("revoked_token", 1)),
    "last_piece": (("duplicate_fragment", 4), ("slow", 1), ("lost_upload", 1), ("expired_token", 3), ("revoked_token", 1)),
    "state": (("wrong_offset", 6), ("lost_upload", 1)),
    "finish": (("lost_upload", 1), ("expired_token", 2)),
    "cover": (("expired_token", 2),),
    "publish": (("expired_token", 3), ("revoked_token", 1)),
    "look": (("expired_token", 3), ("revoked_token", 1)),
}
_HEAVY: dict[Role, int] = {
    "publish": 14,
    "last_piece": 10,
    "piece": 4,
    "look": 3,
    "state": 3,
    "finish": 3,
    "start": 2,
    "cover": 2,
    "notice": 4,
}
"""How often a role is hit, by how much a mistake there costs; a page is a person's browser and is left alone."""


def random_plan(seed: int, endpoints: Mapping[str, Role], *, noes: Sequence[str] = ("",), most: int = 4) -> Plan:
    """A plan that is the same for the same seed: up to `most` faults, mostly where a wrong step would post twice or lose a post.

    endpoints: as `Server.endpoints()` gives them. noes: the platform's own errors, as `Server.says_no` takes them.
    About one run in eight has no fault, one in ten breaks the line regularly,
    one in four has a post that the platform treats in a special way.
    """
    random = Random(seed)
    names = [name for name, role in endpoints.items() if role != "page"]
    weights = [_HEAVY.get(endpoints[name], 1) for name in names]
    count = random.choices(range(most + 1), [max(1, 3 - abs(1 - n)) for n in range(most + 1)])[0]
    faults = [_random_fault(random, name, endpoints[name], noes) for name in random.choices(names, weights, k=count)]
    posts = any(role in ("publish", "last_piece") for role in endpoints.values())
    if posts and random.random() < 0.25:
        kind = random.choice(sorted(OF_POSTS))
        faults.append(Fault(kind=kind, endpoint="post", amount=random.randint(1, 4)))
    break_every = random.choice((64, 256, 1024)) * 1024 if random.random() < 0.1 else 0
    return Plan(faults=tuple(faults), break_every=break_every, seed=seed)


def _random_fault(random: Random, endpoint: str, role: Role, noes: Sequence[str]) -> Fault:
    kinds, weights = zip(*(_ENDS + _MORE.get(role, ())), strict=True)
    kind: Kind = random.choices(kinds, weights)[0]
    # The first calls of a name matter most: later ones often never come.
    nth = random.choices((1, 2, 3), (6, 3, 1))[0]
    fault = Fault(kind=kind, endpoint=endpoint, nth=nth)
    match kind:
        case "reset_during" | "http_500" | "http_502" | "http_503":
            return fault.model_copy(update={"done": random.random() < 0.5})
        case "says_no":
            return fault.model_copy(update={"done": random.random() < 0.5, "code": random.choice(noes)})
        case "garbled":
            return fault.model_copy(update={"done": random.random() < 0.5, "amount": random.randrange(10**6)})
        case "http_429":
            after = random.choice((None, 1, 2, 30))
            as_date, done = after is not None and random.random() < 0.4, random.random() < 0.3
            return fault.model_copy(update={"retry_after_s": after, "as_date": as_date, "done": done})
        case "wrong_offset":
            return fault.model_copy(update={"amount": random.choice((-2, -1, 1, 2)) * random.choice((1, 256 * 1024))})
        case "slow":
            return fault.model_copy(update={"amount": random.choice((200_000, 1_000_000))})
    return fault
