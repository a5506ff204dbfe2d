"""A platform's server, an account that is logged in, a ledger and a finished video, all on one clock that is put forward by hand."""

import atexit
import hashlib
import io
import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from sqlalchemy import delete

from pipeline.documents.release import Captions, CartLink, CoverFile, Declarations, OfferShown, Release, SubtitleFile
from pipeline.documents.rendition import Inspection
from pipeline.network.client import open_client
from pipeline.network.server_clock import ServerClock
from pipeline.publish.accounts import Tokens, VaultAccountAccess, load_accounts
from pipeline.publish.engine import EngineContext, PublishRules, RetryPolicy
from pipeline.publish.ledger import Actor, Entry, Ledger, Who, open_ledger
from pipeline.publish.ledger.database import PATIENCE_S, Database, connect
from pipeline.publish.ledger.tables import METADATA
from pipeline.publish.platforms.base import Platform
from pipeline.publish.platforms.bilibili.adapter import PLATFORM as BILIBILI
from pipeline.publish.platforms.kuaishou.adapter import PLATFORM as KUAISHOU
from pipeline.publish.platforms.shelf.adapter import PLATFORM as SHELF
from pipeline.publish.platforms.youtube.adapter import PLATFORM as YOUTUBE
from pipeline.secrets.key import Key
from pipeline.secrets.secret import Secret
from pipeline.secrets.vault import AccountSecrets, Grant, Vault
from tests import builders
from tests.fakes.servers import bilibili, kuaishou, s3, youtube
from tests.fakes.servers.base import Server
from tests.fakes.servers.fault_plan import Plan, Role
from tests.fakes.servers.record import CommonSettings
from tests.fakes.servers.truth import Post

NOW = datetime(2026, 12, 1, 11, 30, tzinfo=UTC)
PERSON = Actor(who=Who.PERSON, name="李老师")
OWN = "coop-main"
TITLE = "高山土豆"
WORDS = "高山土豆，现挖现发 #土豆 #大桥镇"
SHOP = "https://shop.example.cn/p/2020"
SUBTITLES = "1\n00:00:01,000 --> 00:00:02,000\n高山土豆\n"
Image.linear_gradient("L").resize((90, 160)).convert("RGB").save(_drawn := io.BytesIO(), "JPEG")
PICTURE = _drawn.getvalue()
BLOCK = 1 << 20
KEY = Key(Secret("Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHNlY3JldCEhISE="))


class HandClock:
    """A clock that moves only when somebody waits, or puts it forward."""

    def __init__(self, at: datetime = NOW) -> None:
        self._at = at
        self.waited: list[float] = []

    def __call__(self) -> datetime:
        return self._at

    def now(self) -> datetime:
        """Aware."""
        return self._at

    def wait(self, seconds: float) -> None:
        """At once."""
        self.waited.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Put it forward."""
        self._at += timedelta(seconds=max(0.0, seconds))

    def until(self, at: datetime) -> None:
        """Put it to `at`, if that is not past."""
        self._at = max(self._at, at)


@dataclass(frozen=True)
class Adapter:
    """A platform that has a server and an adapter: one line here, and every test of the engine runs with it.

    hosts: which of the account's hosts the server plays. toml: other settings of the account. settings: how the server may read its
    contract where that is open, by a seeded choice. decoy: how a post of another release would look that has the same words. size: of
    the video, bytes, so that it takes a few pieces. publishes: the endpoint, and which call of it, that makes the post; None for the
    first call of the one that has that role. calls: the endpoints that faults are for, all of them when empty. every: where a run is
    costly, only one in so many is made.
    """

    platform: Platform
    server: type[Server]
    app: tuple[str, str]
    scopes: tuple[str, ...]
    hosts: tuple[str, ...]
    toml: str = ""
    cart: CartLink = field(default_factory=CartLink)
    settings: Callable[[random.Random], CommonSettings] = lambda _: CommonSettings()
    decoy: Mapping[str, Any] = field(default_factory=dict)
    size: int = 150_000
    publishes: tuple[str, int] | None = None
    calls: tuple[str, ...] = ()
    every: int = 1

    @property
    def name(self) -> str:
        """The platform's."""
        return self.platform.name

    def endpoints(self) -> dict[str, Role]:
        """As `random_plan` takes them."""
        return {name: role for name, role in self.server.endpoints().items() if not self.calls or name in self.calls}

    def publishing(self) -> tuple[str, int]:
        """The endpoint that makes the post, and which call of it does."""
        return self.publishes or (next(name for name, role in self.endpoints().items() if role == "publish"), 1)

    def __str__(self) -> str:
        return self.name


def _kuaishou_settings(chance: random.Random) -> CommonSettings:
    return kuaishou.KuaishouSettings(
        second_publish=chance.choice(("refused", "second_post", "same_post")),
        resent_fragment=chance.choice(("answers", "refused")),
        product_in_info=chance.random() < 0.8,
        hidden_looks=chance.choice((0, 1, 2)),
        processing_looks=chance.choice((0, 1, 3)),
        list_hidden_s=chance.choice((0.0, 0.0, 20.0, 4 * 3600.0, 20 * 3600.0)),
        create_time_ms=chance.random() < 0.7,
    )


def _bilibili_settings(chance: random.Random) -> CommonSettings:
    return bilibili.BilibiliSettings(
        second_publish=chance.choice(("refused", "second_post", "same_post")),
        second_publish_code=chance.choice((bilibili.CONFLICT, bilibili.BAD_UPLOAD)),
        resent_part=chance.choice(("overwrites", "refused")),
        hidden_looks=chance.choice((0, 0, 1, 2)),
        processing_looks=chance.choice((0, 1, 3)),
        list_hidden_s=chance.choice((0.0, 0.0, 20.0, 4 * 3600.0, 20 * 3600.0)),
    )


def _youtube_settings(chance: random.Random) -> CommonSettings:
    return youtube.YouTubeSettings(
        session_needs_token=chance.random() < 0.5,
        gone_status=chance.choice((404, 410)),
        unaligned=chance.choice(("refused", "keeps_blocks")),
        keeps_cut_chunk=chance.random() < 0.7,
        locks_private=chance.random() < 0.1,
        may_set_thumbnail=chance.random() < 0.7,
        hidden_looks=chance.choice((0, 0, 1, 2)),
        processing_looks=chance.choice((0, 1, 3)),
        list_hidden_s=chance.choice((0.0, 20.0, 4 * 3600.0)),
    )


def _bucket_settings(chance: random.Random) -> CommonSettings:
    # Signatures have the real time, and this server the stand's: they are checked where the store's own server is tested.
    return s3.S3Settings(bucket="village-{port}", checks_signature=False, public=True, there=chance.random() > 0.1)


ADAPTERS = (
    Adapter(
        KUAISHOU, kuaishou.KuaishouServer, (kuaishou.APP_ID, kuaishou.APP_SECRET), kuaishou.SCOPES, ("api",),
        toml='upload_hosts = ["127.0.0.1"]\nredirect = "http://127.0.0.1:8765/"\nfragment_mb = 0.04\n',
        cart=CartLink(kind="product_id", value="2020"), settings=_kuaishou_settings, decoy={"caption": WORDS},
    ),
    Adapter(
        BILIBILI, bilibili.BilibiliServer, (bilibili.CLIENT_ID, bilibili.CLIENT_SECRET), bilibili.SCOPES,
        ("consent", "token", "api", "upload"),
        toml='category = 251\nredirect = "http://127.0.0.1:8765/"\npart_mb = 0.04\n',
        settings=_bilibili_settings, decoy={"title": TITLE, "caption": WORDS, "fields": {"cover": ""}},
    ),
    Adapter(
        YOUTUBE, youtube.YouTubeServer, (youtube.CLIENT_ID, youtube.CLIENT_SECRET), (*youtube.SCOPES, youtube.FORCE_SSL),
        ("consent", "token", "api"), toml="chunk_mb = 0.25", cart=CartLink(kind="url", value=SHOP), settings=_youtube_settings,
        decoy={"title": TITLE, "caption": f"{WORDS}\n购买链接：{SHOP}"}, size=600_000,
    ),
    Adapter(
        SHELF, s3.S3Server, ("", f"{s3.ACCESS_KEY}:{s3.SECRET_KEY}"), (), (),
        toml='address = "s3://village-{port}/shelf"\npublic_url = "{url}/village-{port}/shelf"\nendpoint_url = "{url}"\n'
        'region = "us-east-1"\naddressing = "path"\nanswer_s = {answer_s}\n',
        cart=CartLink(kind="url", value="https://shop.example.com/p/1?a=1&b=2"), settings=_bucket_settings, publishes=("put_object", 3),
        calls=("put_object", "get_object", "head_object", "list"), every=4,
    ),
)  # fmt: skip


class Stand:
    """Everything round the engine that outlives a worker: the folder with ledger, vault and video, the server, the clock.

    answer_s: how long a silent server is waited for. size: of the video, bytes, None for the adapter's. new: False where the folder is
    there already. database: an open one to use instead of a file of its own.
    """

    def __init__(
        self, adapter: Adapter, folder: Path, url: str, clock: Any, *, answer_s: float = 5.0, size: int | None = None, new: bool = True,
        database: Database | None = None,
    ) -> None:  # fmt: skip
        self.adapter, self.folder, self.clock = adapter, folder, clock
        self.answer_s, self.database = answer_s, database
        self.video, self.cover, self.subtitles = folder / "视频 [1].mp4", folder / "封面.jpg", folder / "字幕.srt"
        if new:
            folder.mkdir(parents=True, exist_ok=True)
            self._configure(url)
            self._write_video(size or adapter.size)
            self.cover.write_bytes(PICTURE)
            self.subtitles.write_text(SUBTITLES, encoding="utf-8")

    @property
    def account(self) -> str:
        """platform:own."""
        return f"{self.adapter.name}:{OWN}"

    def log_in(self, access: str, refresh: str, ends: datetime) -> None:
        """As a login would have left it."""
        account = load_accounts(self.folder).find(self.account)
        now = self.clock.now()
        # Tokens that have lived for a while: of one that never lived longer nobody asks for more.
        taken_at = min(now, ends - timedelta(hours=40))
        grant = Grant(
            issuer=account.issuer, access=Secret(access), access_ends=ends, taken_at=taken_at, refresh=Secret(refresh), login_at=taken_at,
            scopes=self.adapter.scopes,
        )  # fmt: skip
        vault = Vault(self.folder / "vault", KEY)
        with vault.lock(self.account):
            vault.write(AccountSecrets(account=self.account, app_secret=Secret(self.adapter.app[1]), grant=grant))

    def release(self, **changes: Any) -> Release:
        """The release; changes replace its fields."""
        given: dict[str, Any] = {
            "story": "土豆",
            "platform": self.adapter.name,
            "account": OWN,
            "video": builders.video_file(self.video),
            "covers": (CoverFile(path=str(self.cover), sha256=sha256_of(self.cover), size_bytes=len(PICTURE), width=1080, height=1920),),
            "subtitles": (SubtitleFile(path=str(self.subtitles), sha256=sha256_of(self.subtitles), language="zh-Hans"),),
            "captions": Captions(title=TITLE, text=WORDS, topics=("土豆", "大桥镇")),
            "cart": self.adapter.cart,
            "declarations": Declarations(ai_generated=False, commercial=True),
            "offer": OfferShown(sku="TD10", name="土豆", price="¥29.9", unit="10斤"),
        }  # fmt: skip
        return Release(**{**given, **changes})

    @contextmanager
    def worker(self, *, patience_s: float = PATIENCE_S, **changes: Any) -> Iterator[EngineContext]:
        """A worker of its own, as a process that starts would have it; changes replace what it works with.

        patience_s: how long it waits for others at the ledger.
        """
        with ExitStack() as stack:
            cipher = Vault(self.folder / "vault", KEY).cipher("ledger")
            path = self.folder / "ledger.db"
            opened = Ledger(self.database, cipher) if self.database else open_ledger(path, cipher=cipher, patience_s=patience_s)
            ledger = stack.enter_context(opened)
            clock, client = ServerClock(self.clock.now), line(self.answer_s)
            tokens = Tokens(Vault(self.folder / "vault", KEY), client=client, clock=clock, now=self.clock.now, wait=self.clock.wait)
            access = VaultAccountAccess(load_accounts(self.folder), tokens, client)
            given: dict[str, Any] = {
                "ledger": ledger,
                "platforms": {self.adapter.name: self.adapter.platform},
                "access": access,
                "rules": PublishRules(inspection=lambda release: Inspection(rendition_sha256=release.video.sha256, findings=())),
                "clock": self.clock,
                "retry_policy": RetryPolicy(),
                "worker": "worker-1",
                "chance": lambda: 0.5,
            }
            yield EngineContext(**{**given, **changes})

    def prepare(self, context: EngineContext, *, again: str = "", **changes: Any) -> Entry:
        """The release in the ledger. again: why the person posts the same film once more."""
        return context.ledger.prepare(self.release(**changes), by=PERSON, at=self.clock.now(), repost_reason=again)

    def _write_video(self, size: int) -> None:
        """No two of its megabytes are the same: fragments that change places would show."""
        block = random.Random(size).randbytes(min(size, BLOCK) - 8)
        with self.video.open("wb") as file:
            for number in range(-(-size // BLOCK)):
                file.write((number.to_bytes(8, "big") + block)[: size - number * BLOCK])

    def _configure(self, url: str) -> None:
        here = {"{url}": url, "{port}": url.rpartition(":")[2], "{answer_s}": str(self.answer_s)}
        toml = self.adapter.toml
        for name, value in here.items():
            toml = toml.replace(name, value)
        app = [f'app_id = "{self.adapter.app[0]}"'] if self.adapter.app[0] else []
        lines = [f'[accounts."{self.account}"]', *app, toml]
        lines += [f'hosts.{host} = "{url}"' for host in self.adapter.hosts]
        (self.folder / "fieldcut.toml").write_text("\n".join(lines), encoding="utf-8")
        shutil.copyfile(_empty_ledger(), self.folder / "ledger.db")


@contextmanager
def stand(
    adapter: Adapter, folder: Path, plan: Plan | None = None, *, settings: CommonSettings | None = None, **more: Any
) -> Iterator[tuple[Stand, Server]]:
    """A stand with its server in a thread, and an account that is logged in."""
    clock = HandClock()
    with adapter.server(plan, settings=settings, clock=clock) as server:
        made = Stand(adapter, folder, server.url, clock, **more)
        grant = server.grants.give(OWN, adapter.scopes)
        made.log_in(grant.access, grant.refresh, grant.access_ends)
        yield made, server


def sha256_of(path: Path) -> str:
    """As the release has it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def public(posts: tuple[Post, ...]) -> list[Post]:
    """Those that the public sees, or will: neither private, nor taken down, nor refused in the end."""
    return [post for post in posts if not post.deleted and not post.refusal and post.privacy == "public"]


def open_ones(ledger: Ledger) -> list[Entry]:
    """What still has a time to be touched."""
    return [entry for entry in ledger.releases() if entry.next_at is not None]


@cache
def line(answer_s: float) -> httpx.Client:
    """A client for all workers of this process: no connection of it is used twice, and opening one reads all certificates there are."""
    return open_client(answer_s=answer_s)


def quick_folder() -> Path:
    """A folder in memory, where there is such a thing: a run writes its ledger some sixty times, and waits for the disk each time."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="fieldcut-stand-", dir=memory if os.access(memory, os.W_OK) else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def emptied_database(database: Database | None = None) -> Database:
    """A database with its tables and nothing in them; None for the one of this process, whose statements are put together once."""
    database = database or _database()
    with database.write() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(delete(table))
    return database


@cache
def _database() -> Database:
    shutil.copyfile(_empty_ledger(), path := quick_folder() / "ledger.db")
    return connect(path)


@cache
def _empty_ledger() -> Path:
    """Made once: lifting its tables takes longer than a whole run."""
    folder = quick_folder()
    open_ledger(folder / "ledger.db").close()
    return folder / "ledger.db"
