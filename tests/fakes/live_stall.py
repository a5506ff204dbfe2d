"""A workspace with one story whose page is on the shelf, and the sheet that it sells by, for tests of what keeps live posts true."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from PIL import Image

from pipeline.actions.publishing_context import local_shelf_context
from pipeline.actions.workspace_ledger import open_workspace_ledger
from pipeline.commerce import make_card
from pipeline.documents.job import Job
from pipeline.documents.offer import Offer
from pipeline.documents.release import PromisedOffer, Release
from pipeline.documents.rendition import Inspection
from pipeline.publish import load_destination
from pipeline.publish.engine import deliver
from pipeline.publish.ledger import Actor, Entry, State, Who
from pipeline.store import file_sha256, save_document
from tests import builders
from tests.fakes.shelf_release import release_of
from tests.flows.conftest import Answer, Run

PERSON = Actor(who=Who.PERSON, name="阿芳")
STORY, LINK = "gouqi", "https://shop.example.com/gouqi"
HEADINGS = "编号,商品名,规格,价格,截止,库存,链接,售后\n"
ENDS = datetime.now(UTC).replace(microsecond=0, second=0) + timedelta(days=40)


@dataclass
class Stall:
    """A workspace with one story, whose page is on the shelf, and the sheet that it sells by."""

    workspace: Path
    run: Run

    def sheet(self, price: str = "58", *, ends: datetime | None = ENDS, stock: str = "30", link: str = LINK, state: str = "") -> None:
        end = ends.astimezone().strftime("%Y-%m-%dT%H:%M%z") if ends else ""
        row = f"NX-01,枸杞{state},500克,{price},{end},{stock},{link},微信群里说\n"
        (self.workspace / "catalog.csv").write_text(f"{HEADINGS}{row}NX-02,甘草片,250克,19.9,,,,\n", encoding="utf-8")

    def settle(self, *arguments: object) -> Answer:
        return self.run("settle", *arguments, "--workspace", self.workspace)

    def page(self) -> str:
        return (self.workspace / "shelf" / STORY / "index.html").read_text(encoding="utf-8")

    def entries(self, state: State | None = None) -> list[Entry]:
        with open_workspace_ledger(self.workspace) as ledger:
            return [entry for entry in ledger.releases() if state is None or entry.state is state]

    def release(self, platform: str = "shelf", **changes: Any) -> Release:
        offer = Offer(
            sku="NX-01", name="枸杞", price=Decimal(58), unit="500克", offer_ends=ENDS, after_sales="微信群里说", links={"default": LINK}
        )
        card = make_card(offer, load_destination(platform), "zh")
        folder = self.workspace / "outbox" / STORY
        promised = PromisedOffer(price="¥58/500克", offer_ends=ENDS, link=card.link)
        given = {"platform": platform, "promised": promised, **changes}
        return release_of(
            folder / "v.mp4", folder / "c.png", None, offer, story=STORY, title="宁夏枸杞", text="头茬枸杞，58元一斤", **given
        )

    def put_on_shelf(self) -> Entry:
        now = datetime.now(UTC)
        with local_shelf_context(self.workspace, now) as engine:
            entry = engine.ledger.prepare(self.release(), by=PERSON, at=now)
            assert deliver(entry.id, engine) is State.LIVE
            return engine.ledger.get(entry.id)

    def post_by_hand(self) -> Entry:
        now = datetime.now(UTC)
        with open_workspace_ledger(self.workspace) as ledger:
            entry = ledger.prepare(self.release("douyin", account="合作社", page=None, photo=None), by=PERSON, at=now)
            with ledger.lease(entry.id, holder="test", at=now):
                entry = ledger.advance(entry, State.HANDED_OVER, by=Actor(who=Who.MACHINE, name="test"), at=now)
            for state in (State.CLAIMED, State.CONFIRMED):
                entry = ledger.advance(entry, state, by=PERSON, at=now, link="https://v.douyin.com/x1/" if state is State.CONFIRMED else "")
            return entry


def open_stall(tmp_path: Path, run: Run) -> Stall:
    """Make the workspace; nothing of it is on the shelf yet."""
    workspace, folder = tmp_path / "w", tmp_path / "w" / "outbox" / STORY
    folder.mkdir(parents=True)
    builders.film(folder / "v.mp4")
    Image.linear_gradient("L").resize((180, 320)).convert("RGB").save(folder / "c.png")
    made = Stall(workspace, run)
    made.sheet()
    job = Job(story=STORY, source=str(tmp_path / "in"), workspace=str(workspace), catalog=str(workspace / "catalog.csv"), now=ENDS)
    save_document(workspace / "stories" / STORY / "job.json", job)
    save_document(
        workspace / "stories" / STORY / "inspection.json", Inspection(rendition_sha256=file_sha256(folder / "v.mp4"), findings=())
    )
    return made
