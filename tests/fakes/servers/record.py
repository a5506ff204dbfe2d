"""What a platform keeps: posts, transfers, calls and quotas, and with them the truth that a test reads."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, ClassVar

from pipeline.documents.base import Frozen
from tests.fakes.servers.fault_plan import Plan
from tests.fakes.servers.oauth import TokenRules
from tests.fakes.servers.truth import Call, Post, Truth, Upload


class Clock:
    """A clock that tests may set. at: where it starts, aware; None is now. It ticks unless `still`."""

    def __init__(self, at: datetime | None = None, *, still: bool = False) -> None:
        self._at = at or datetime.now(UTC)
        self._still = still
        self._since = time.monotonic()

    def __call__(self) -> datetime:
        return self._at if self._still else self._at + timedelta(seconds=time.monotonic() - self._since)

    def advance(self, seconds: float) -> None:
        """Put it forward."""
        self._at += timedelta(seconds=seconds)


class CommonSettings(Frozen):
    """What every platform has in its own way, and tests may set.

    tokens: how long they live and what a refresh hands out. upload_life_s: how long an unfinished transfer is kept.
    processing_looks: how many look-ups of a post are told that it is being worked on, where the plan does not say.
    hidden_looks: how many look-ups of a new post by its id are told, before that, that there is none.
    list_hidden_s: so long a new post is missing in lists.
    consents, consents_as: what the user in the browser says, and who it is.
    """

    tokens: TokenRules = TokenRules(access_life_s=3600, refresh_life_s=180 * 86_400)
    upload_life_s: float = 86_400
    processing_looks: int = 1
    hidden_looks: int = 0
    list_hidden_s: float = 0.0
    consents: bool = True
    consents_as: str = "coop-main"


class Record:
    """The books of one platform, changed only under `lock`. state: a file that always holds the truth; None is no file."""

    platform: ClassVar[str] = ""
    refusal_reason: ClassVar[str] = "refused"

    def __init__(self, plan: Plan, settings: CommonSettings, clock: Callable[[], datetime], state: Path | None) -> None:
        self.plan = plan
        self.common = settings
        self.clock = clock
        self.lock = threading.RLock()
        self.messages: list[dict[str, Any]] = []
        self._state = state
        self._counts: Counter[str] = Counter()
        self._spent: Counter[tuple[str, str]] = Counter()
        self._posts: dict[str, Post] = {}
        self._uploads: dict[str, Upload] = {}
        self._calls: list[Call] = []

    def truth(self) -> Truth:
        """What happened so far."""
        with self.lock:
            return Truth(
                platform=self.platform,
                posts=self.posts,
                uploads=self.uploads,
                calls=self.calls,
                messages=tuple(self.messages),
                objects=self.objects(),
            )

    @property
    def posts(self) -> tuple[Post, ...]:
        """Every post that came to exist, in order."""
        with self.lock:
            return tuple(self._posts.values())

    @property
    def uploads(self) -> tuple[Upload, ...]:
        """Every transfer, in order."""
        with self.lock:
            return tuple(self._uploads.values())

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every request, in order of arrival."""
        with self.lock:
            return tuple(self._calls)

    def objects(self) -> dict[str, str]:
        """sha256 of what a store holds, by key; a platform that is none has nothing here."""
        return {}

    def amend(self, post: str, **changes: Any) -> Post:
        """Somebody changes a post at the platform itself: takes it down, changes its words, takes the product off."""
        with self.lock:
            self._posts[post] = self._posts[post].model_copy(update=changes)
            self.write_state()
            return self._posts[post]

    def new_post(self, **fields: Any) -> Post:
        """A post comes to exist, and the plan says what becomes of it."""
        with self.lock:
            nth = self.next_of("post")
            hidden = self.common.hidden_looks
            post = Post(created_at=self.clock(), processing_for=hidden + self.common.processing_looks, **fields)
            for fault in self.plan.at("post", nth, 0):
                match fault.kind:
                    case "processing_then_refused":
                        post = post.model_copy(update={"processing_for": hidden + fault.amount, "refusal": self.refusal_reason})
                    case "processing_forever_until":
                        post = post.model_copy(update={"processing_for": hidden + fault.amount})
                    case "link_does_not_stick":
                        post = post.model_copy(update={"link_stuck": False})
            self._posts[post.id] = post
            return post

    def look(self, post: str) -> Post:
        """Somebody asks how a post is doing; each time counts."""
        with self.lock:
            return self.amend(post, looks=self._posts[post].looks + 1)

    def post_of(self, upload: str) -> Post | None:
        """The newest post made of a transfer."""
        return next((post for post in reversed(self._posts.values()) if post.upload == upload), None)

    def listed(self, account: str) -> list[Post]:
        """What a list of an account's posts shows, the newest first."""
        before = self.clock() - timedelta(seconds=self.common.list_hidden_s)
        return [post for post in reversed(self.posts) if post.account == account and not post.deleted and post.created_at <= before]

    def new_upload(self, upload: str, account: str) -> Upload:
        """A transfer begins."""
        with self.lock:
            self._uploads[upload] = Upload(id=upload, account=account, started_at=self.clock())
            return self._uploads[upload]

    def upload_named(self, upload: str) -> Upload | None:
        """A transfer by its id."""
        return self._uploads.get(upload)

    def change_upload(self, upload: str, **changes: Any) -> None:
        """A transfer goes on."""
        with self.lock:
            self._uploads[upload] = self._uploads[upload].model_copy(update=changes)

    def lose_uploads(self) -> None:
        """Every unfinished transfer is forgotten; platforms drop what they hold of it."""
        with self.lock:
            for upload in list(self._uploads.values()):
                if upload.state in ("open", "complete"):
                    self.change_upload(upload.id, state="gone", bytes_kept=0)

    def spend(self, bucket: str, limit: int, zone: tzinfo = UTC) -> bool:
        """Take one from a quota that is filled up at midnight of `zone`; False when none is left."""
        day = self.clock().astimezone(zone).date().isoformat()
        with self.lock:
            self._spent[bucket, day] += 1
            return self._spent[bucket, day] <= limit

    def next_of(self, name: str) -> int:
        """How many of these there have been with this one."""
        with self.lock:
            self._counts[name] += 1
            return self._counts[name]

    def write_down(self, call: Call, upload: str) -> None:
        """A call is over, and its bytes belong to a transfer, if any."""
        with self.lock:
            known = self._uploads.get(upload)
            if known:
                received = known.bytes_received + call.bytes_in
                self.change_upload(upload, bytes_received=received, requests=known.requests + 1)
            self._calls.append(call)
            self.write_state()

    def write_state(self) -> None:
        """The truth into its file, whole or not at all."""
        if self._state is None:
            return
        with self.lock:
            part = self._state.with_name(self._state.name + ".part")
            part.write_text(self.truth().model_dump_json(), encoding="utf-8")
            part.replace(self._state)
