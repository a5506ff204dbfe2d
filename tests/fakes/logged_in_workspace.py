"""A workspace whose account is logged in at a platform's server of our own, and releases that only need to be carried out.

The video is bytes that were inspected: what happens before a release, the tests of publishing look at.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.actions.publishing_context import publishing_context
from pipeline.documents.release import Captions, CartLink, CoverFile, Declarations, Release
from pipeline.documents.rendition import Inspection
from pipeline.publish.accounts import load_accounts, login
from pipeline.publish.ledger import Actor, Entry, Who, open_ledger
from pipeline.secrets.secret import Secret
from pipeline.secrets.vault import open_vault
from pipeline.store import file_sha256, save_document
from tests import builders
from tests.fakes.login_apps import APPS, browse, free_port
from tests.fakes.servers.kuaishou import KuaishouServer

PLATFORM, OWN = "kuaishou", "coop"
ACCOUNT = f"{PLATFORM}:{OWN}"
STORY = "土豆"
PERSON = Actor(who=Who.PERSON, name="李老师")
PATIENCE_S = 30.0


@dataclass(frozen=True)
class Desk:
    """Where somebody publishes: the workspace, the program's own folder, and the platform's server."""

    workspace: Path
    home: Path
    server: KuaishouServer

    def release(self, text: str, **changes: Any) -> Release:
        """A release of the one video with these words; changes replace its fields."""
        video, cover = self.workspace / "outbox" / STORY / "video.mp4", self.workspace / "outbox" / STORY / "cover.jpg"
        if not video.is_file():
            video.parent.mkdir(parents=True)
            video.write_bytes(os.urandom(100_000))
            cover.write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)))
            save_document(
                self.workspace / "stories" / STORY / "inspection.json", Inspection(rendition_sha256=file_sha256(video), findings=())
            )
        given: dict[str, Any] = {
            "story": STORY,
            "platform": PLATFORM,
            "account": OWN,
            "video": builders.video_file(video),
            "covers": (
                CoverFile(path=str(cover), sha256=file_sha256(cover), size_bytes=cover.stat().st_size, width=1080, height=1920),
            ),
            "captions": Captions(title="高山土豆", text=text, topics=()),
            "cart": CartLink(kind="product_id", value="8812345"),
            "declarations": Declarations(ai_generated=False, commercial=True),
        }  # fmt: skip
        return Release(**{**given, **changes})

    def enter(self, *releases: Release, next_at: datetime | None = None) -> list[Entry]:
        """Put releases into the ledger, as another process does."""
        now = datetime.now(UTC)
        with publishing_context(self.workspace) as context:
            more = {"by": PERSON, "at": now, "next_at": next_at or now, "repost_reason": "every film is of this field"}
            return [context.ledger.prepare(release, **more) for release in releases]

    def entries(self) -> list[Entry]:
        """Where everything stands."""
        with open_ledger(self.workspace / "ledger.db") as ledger:
            return ledger.releases()

    def posts_of(self, text: str) -> list[datetime]:
        """When the platform got posts with these words."""
        return [post.created_at for post in self.server.posts if post.caption == text]

    def _configure(self, scopes: tuple[str, ...]) -> None:
        app_id, _, hosts, settings = APPS[PLATFORM]
        lines = [f'[accounts."{ACCOUNT}"]', f'app_id = "{app_id}"', f'redirect = "http://127.0.0.1:{free_port()}/back"', settings]
        lines += [f"scopes = {json.dumps(scopes)}"] if scopes else []
        lines += [f'upload_hosts = ["{self.server.host.split(":")[0]}"]', 'upload_scheme = "http"', f'[accounts."{ACCOUNT}".hosts]']
        lines += [f'{host} = "{self.server.url}"' for host in hosts]
        (self.workspace / "fieldcut.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _log_in(self) -> None:
        vault = open_vault(self.workspace, home=self.home)
        vault.keep_app_secret(ACCOUNT, Secret(APPS[PLATFORM][1]))
        account = load_accounts(self.workspace).find(ACCOUNT)
        login(account, vault, show=lambda address: threading.Thread(target=browse, args=(address,)).start())


@contextmanager
def desk(folder: Path, *, scopes: tuple[str, ...] = ()) -> Iterator[Desk]:
    """A desk in a folder, with an account that somebody is logged in to. scopes: what the account allows; the usual without them."""
    (folder / "workspace").mkdir()
    (folder / "home").mkdir()
    with KuaishouServer() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDCUT_HOME", str(folder / "home"))
        made = Desk(folder / "workspace", folder / "home", server)
        made._configure(scopes)
        made._log_in()
        yield made


def until(holds: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    """Wait for something to come true."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)
