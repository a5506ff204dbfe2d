"""From a finished story to a post, on the command line: words checked, packs handed over, a platform's server reached, nothing twice."""

import json
import os
import shutil
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from pipeline.actions.run_campaign import run_campaign
from pipeline.documents.analysis import Subject
from pipeline.documents.clip import Clips
from pipeline.documents.collected import Analyses
from pipeline.documents.edit import Edit
from pipeline.notices import keep_address
from pipeline.publish.accounts import load_accounts, login
from pipeline.publish.engine.retry_policy import RetryPolicy
from pipeline.secrets.secret import Secret
from pipeline.secrets.vault import open_vault
from pipeline.store import load_document, save_document
from tests.fakes.login_apps import APPS, browse, free_port
from tests.fakes.servers.base import Server
from tests.fakes.servers.bilibili import BilibiliServer, BilibiliSettings
from tests.fakes.servers.kuaishou import KuaishouServer, KuaishouSettings
from tests.fakes.servers.shop import Shop
from tests.fakes.servers.truth import Post
from tests.fakes.servers.webhook import WebhookServer
from tests.fakes.servers.youtube import YouTubeServer, YouTubeSettings
from tests.flows.conftest import SHEET, Answer, Run

pytestmark = pytest.mark.system


@pytest.fixture(scope="module", autouse=True)
def hurried() -> Iterator[None]:
    """The servers here show a post at once, so that it is looked for soon after it was made and not a quarter of a minute later."""
    with patch("pipeline.actions.publishing_context.RetryPolicy", partial(RetryPolicy, first_look_s=0.1)):
        yield


@dataclass(frozen=True)
class Made:
    """A finished story, its workspace, and the program's own folder."""

    story: str
    workspace: Path
    home: Path
    folder: Path
    heard: tuple[dict[str, Any], ...]
    """What the office's webhook got while it was made."""


@pytest.fixture(scope="module")
def made(
    tmp_path_factory: pytest.TempPathFactory, drop: Callable[[Sequence[str]], Path], run: Run, listened: Callable[[Path], Path]
) -> Made:
    workspace, home = listened(tmp_path_factory.mktemp("workspace")), tmp_path_factory.mktemp("home")
    text = SHEET.read_text(encoding="utf-8").replace("链接\n", "链接,快手链接\n").replace("YL-PG-05\n", "YL-PG-05,8812345\n")
    (workspace / "catalog.csv").write_text(text.replace("YL-HT-02\n", "YL-HT-02,\n"), encoding="utf-8")
    shutil.copy(SHEET.with_name("apple.jpg"), workspace / "apple.jpg")
    folder = drop(["VID_20261018_081200.mp4", "果园 远景.mp4"])
    how = ("--size", "270x480", "--preset", "draft", "--seconds", "9", "--product", "YL-PG-05", "--workspace", workspace)
    (workspace / "fieldcut.toml").write_text('[notices."webhook:office"]\n', encoding="utf-8")
    with WebhookServer() as office:
        keep_address(open_vault(workspace, home=home), "webhook:office", f"{office.url}/village")
        answer = run("make", folder, *how, FIELDCUT_HOME=str(home))
    assert answer.code == 0, answer.err
    (workspace / "fieldcut.toml").unlink()
    return Made(folder.name, workspace, home, folder, tuple(office.messages))


@pytest.fixture(scope="module")
def tell(made: Made, run_here: Run) -> Callable[..., Answer]:
    """`tell("publish", …)` in the story's workspace, as a person whose keys lie in a folder of the test."""

    def tell(command: str, *arguments: object, run: Run = run_here, **more: str) -> Answer:
        return run(command, *arguments, "--workspace", made.workspace, FIELDCUT_HOME=str(made.home), **more)

    return tell


@pytest.fixture(scope="module")
def handed(made: Made, tell: Callable[..., Answer], run: Run) -> Answer:
    """By a process of its own, as the login is; the other commands come in this one."""
    return tell("publish", made.story, "--to", "shelf,handoff:douyin", "--by", "李老师", "--json", run=run)


def release_of(answer: Answer) -> str:
    """The id in the line that says where a release stands."""
    return next(line.split()[0] for line in answer.told["lines"] if "  抖音  " in line)


def test_a_pack_is_handed_over_and_the_shelf_has_its_page(handed: Answer) -> None:
    assert handed.code == 0, handed.err + handed.out
    page = next(Path(line) for line in handed.told["lines"] if line.endswith("index.html") and "handoff" in line)
    names = {path.name for path in page.parent.iterdir()}
    assert {"title.txt", "caption.txt"} <= names
    with zipfile.ZipFile(page.parent.with_name(page.parent.name + ".zip")) as archive:
        assert archive.testzip() is None
    # `make` has put it there, by the same way.
    [shelf] = [line for line in handed.told["lines"] if "  本地货架  " in line]
    assert "已公开" in shelf
    assert Path(unquote(urlsplit(shelf.split()[-1]).path)).is_file()


def test_the_office_hears_once_that_the_story_is_finished(made: Made) -> None:
    (message,) = made.heard
    body = message["body"]
    assert (body["kind"], body["story"], body["title"]) == ("finished", made.story, "已完成")
    assert "做好了" in body["text"]


def test_two_people_cannot_claim_one_pack_and_a_link_makes_it_live(made: Made, handed: Answer, tell: Callable[..., Answer]) -> None:
    release = release_of(handed)
    assert tell("claim", release, "--by", "王老师").code == 0
    second = tell("claim", release, "--by", "张三")
    assert second.code == 3
    assert "王老师" in second.err
    assert tell("posted", release, "--by", "王老师", "--link", "https://example.com/x").code == 2
    assert tell("posted", release, "--by", "王老师", "--link", "https://v.douyin.com/iAbCdE/").code == 0
    assert "v.douyin.com" in tell("releases", made.story).out
    again = tell("publish", made.story, "--to", "handoff:douyin", "--by", "李老师", "--json")
    assert again.code == 3
    assert any("这次什么都没发出去" in line for line in again.told["lines"])


@contextmanager
def logged_in(made: Made, account: str, server: Server, *settings: str) -> Iterator[None]:
    """An account of the workspace at a platform's server, to which a person has logged in."""
    app_id, app_secret, hosts, needed = APPS[account.partition(":")[0]]
    lines = [f'[accounts."{account}"]', f'app_id = "{app_id}"', f'redirect = "http://127.0.0.1:{free_port()}/back"', needed, *settings]
    lines += [f'[accounts."{account}".hosts]', *(f'{host} = "{server.url}"' for host in hosts)]
    (made.workspace / "fieldcut.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    vault = open_vault(made.workspace, home=made.home)
    vault.keep_app_secret(account, Secret(app_secret))
    found = load_accounts(made.workspace).find(account)
    login(found, vault, show=lambda address: threading.Thread(target=browse, args=(address,)).start())
    yield
    (made.workspace / "fieldcut.toml").unlink()


def published_once(made: Made, tell: Callable[..., Answer], account: str, server: Server) -> Post:
    """The post that came of giving the same command twice."""
    first = tell("publish", made.story, "--to", account, "--by", "李老师", "--json")
    assert first.code == 0, first.err + first.out
    assert len(server.posts) == 1
    again = tell("publish", made.story, "--to", account, "--by", "李老师", "--json")
    assert again.code == 3
    assert len(server.posts) == 1
    return server.posts[0]


def test_a_post_reaches_the_platform_once_with_its_product(made: Made, tell: Callable[..., Answer]) -> None:
    settings = ('upload_hosts = ["127.0.0.1"]', 'upload_scheme = "http"')
    shown_at_once = KuaishouSettings(processing_looks=0, hidden_looks=0)
    with KuaishouServer(settings=shown_at_once) as server, logged_in(made, "kuaishou:coop", server, *settings):
        post = published_once(made, tell, "kuaishou:coop", server)
    assert "8812345" in str(post)


def test_a_mended_note_does_not_make_the_story_public_twice_unless_a_person_says_why(made: Made, tell: Callable[..., Answer]) -> None:
    settings = ('upload_hosts = ["127.0.0.1"]', 'upload_scheme = "http"')
    note, to = made.folder / "说明.txt", ("publish", made.story, "--to", "kuaishou:市集", "--by", "李老师", "--json")
    shown_at_once = KuaishouSettings(processing_looks=0, hidden_looks=0)
    with KuaishouServer(settings=shown_at_once) as server, logged_in(made, "kuaishou:市集", server, *settings):
        assert tell(*to).code == 0
        note.write_text("高山苹果 云岭村\n要点：今早刚下树\n", encoding="utf-8")
        second = tell(*to)
        assert second.code == 3
        assert any("同一个故事在那里只发一次" in line for line in second.told["lines"])
        assert len(server.posts) == 1
        replaced = tell(*to, "--replace")
        assert replaced.code == 0, replaced.out
        assert len(server.posts) == 2
        listed = tell("releases", made.story, "--open").out
        assert "请到那里撤下旧的" in listed
        assert server.posts[0].id in listed
    note.unlink()


def test_a_planned_post_becomes_a_release_that_can_be_moved_and_taken_back(made: Made, tell: Callable[..., Answer]) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    now = datetime.now(zone).replace(microsecond=0)
    first, second = (now + timedelta(hours=hours) for hours in (20, 21))
    plan = made.workspace / "明天.csv"
    plan.write_text(
        f"日期,时间,故事,平台,账号\n{first:%Y年%m月%d日},{first:%H:%M},{made.story},快手,evening\n"
        f"{first:%Y-%m-%d},{first:%H:%M},还没拍的,抖音,\n",
        encoding="utf-8",
    )
    with KuaishouServer() as server, logged_in(made, "kuaishou:evening", server):
        loaded = tell("calendar", "load", plan, "--by", "小周", "--json")
        assert loaded.code == 0, loaded.out + loaded.err
        assert "还没拍的" in loaded.out
        with patch.dict(os.environ, {"FIELDCUT_HOME": str(made.home)}):
            prepared = run_campaign(made.workspace, now, "zh")
        assert not prepared.person_needed, prepared.lines
        posts = tell("calendar", "--json").told["posts"]
        [ours], [later] = ([one for one in posts if one[key] == value] for key, value in (("account", "evening"), ("story", "还没拍的")))
        assert (ours["state"], ours["at"][:16]) == ("prepared", f"{first:%Y-%m-%dT%H:%M}")
        assert later["state"] == "planned"
        assert "还没做好" in later["waits_for"]
        post = ours["id"]
        moved = tell("calendar", "move", post[:8], f"{second:%Y-%m-%d %H:%M}", "--by", "小周")
        assert moved.code == 0, moved.out + moved.err
        assert tell("calendar", "move", post[:8], "2001-01-01 10:00").code == 2
        [again] = [one for one in tell("calendar", "--json").told["posts"] if one["id"] == post]
        assert (again["state"], again["at"][:16]) == ("prepared", f"{second:%Y-%m-%dT%H:%M}")
        assert tell("calendar", "load", plan, "--removed", "cancel").code == 0  # the sheet says the first hour: moved back there
        [back] = [one for one in tell("calendar", "--json").told["posts"] if one["account"] == "evening"]
        assert (back["state"], back["at"][:16]) == ("planned", f"{first:%Y-%m-%dT%H:%M}")
        assert tell("calendar", "cancel", back["id"][:8], "--by", "小周").code == 0
        left = [one["account"] for one in tell("calendar", "--json").told["posts"] if one["kind"] == "planned"]
        assert "evening" not in left
        assert not server.posts
    late = run_campaign(made.workspace, second + timedelta(hours=1), "zh")
    assert late.person_needed
    [held] = [one for one in tell("calendar", "--json").told["posts"] if one["story"] == "还没拍的"]
    assert held["kind"] == "held"
    assert "calendar move" in held["waits_for"]


def test_a_signed_post_reaches_its_review_once_with_title_topics_and_cover(made: Made, tell: Callable[..., Answer]) -> None:
    with BilibiliServer(settings=BilibiliSettings(processing_looks=0)) as server, logged_in(made, "bilibili:合作社", server):
        post = published_once(made, tell, "bilibili:合作社", server)
        assert f"https://www.bilibili.com/video/{post.id}" in tell("releases", made.story).out
    assert post.title
    assert post.cover_sha256
    assert (post.fields["tid"], "苹果" in post.fields["tag"]) == (251, True)


def test_a_login_and_a_publish_are_all_it_takes_to_be_public_with_the_link(made: Made, tell: Callable[..., Answer], run: Run) -> None:
    name, (app_id, app_secret, hosts, settings) = "youtube:coop", APPS["youtube"]
    with YouTubeServer(settings=YouTubeSettings(processing_looks=0)) as server:
        lines = [f'[accounts."{name}"]', f'app_id = "{app_id}"', settings, *(f'hosts.{host} = "{server.url}"' for host in hosts)]
        with (made.workspace / "fieldcut.toml").open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        open_vault(made.workspace, home=made.home).keep_app_secret(name, Secret(app_secret))
        visit = f"{sys.executable} -c 'import sys, urllib.request as web; web.urlopen(sys.argv[1])' %s &"
        logged_in = tell("login", name, run=run, BROWSER=visit, DISPLAY=":0", no_proxy="127.0.0.1")
        assert logged_in.code == 0, logged_in.err + logged_in.out
        first = tell("publish", made.story, "--to", name, "--by", "李老师", "--json")
        assert first.code == 0, first.err + first.out
        assert tell("publish", made.story, "--to", name, "--by", "李老师", "--json").code == 3
        [post] = server.posts
    assert (post.privacy, "https://" in post.caption, bool(post.cover_sha256)) == ("public", True, True)
    assert f"youtube.com/watch?v={post.id}" in tell("releases", made.story).out


def test_a_finding_stops_everything_until_a_person_overrules_it(made: Made, tell: Callable[..., Answer]) -> None:
    note = made.folder / "说明.txt"
    note.write_text("高山苹果 云岭村\n要点：全国最好的苹果；能治癌症\n", encoding="utf-8")
    stopped = tell("publish", made.story, "--to", "handoff:xiaohongshu", "--by", "李老师", "--json")
    assert stopped.code == 3
    blocks = [line for line in stopped.told["lines"] if line.startswith("✗")]
    assert blocks
    assert "小红书" not in tell("releases").out.split("还没有和真正")[0]
    overrule = [part for line in blocks for part in ("--overrule", f"{line.rpartition('[')[2].rstrip(']')}=试验")]
    freed = tell("publish", made.story, "--to", "handoff:xiaohongshu", "--by", "李老师", *overrule, "--json")
    assert freed.code == 0, freed.out
    note.unlink()


def test_a_story_of_an_earlier_release_is_checked_with_cards_and_provenance_made_for_it(made: Made, tell: Callable[..., Answer]) -> None:
    story = made.workspace / "stories" / made.story
    for name in ("card.json", "provenance.json"):
        for path in story.rglob(name):
            path.unlink()
    checked = tell("publish", made.story, "--to", "shelf,handoff:douyin", "--check", "--by", "李老师", "--json")
    assert checked.code == 0, checked.err + checked.out
    assert json.loads((story / "renditions" / "shelf-270x480" / "card.json").read_text(encoding="utf-8"))["card"]["price"] == "¥35.8"
    assert json.loads((story / "provenance.json").read_text(encoding="utf-8"))["generated"] is False


def test_without_the_approval_that_the_settings_ask_for_nothing_is_handed_over(made: Made, tell: Callable[..., Answer]) -> None:
    settings = made.workspace / "fieldcut.toml"
    before = settings.read_text(encoding="utf-8") if settings.is_file() else ""
    settings.write_text("[publish]\napproval = true\n" + before, encoding="utf-8")
    to = ("--to", "handoff:wechat_channels", "--by", "李老师", "--json")
    refused = tell("publish", made.story, *to)
    assert refused.code == 3, refused.out
    assert tell("approve", made.story, *to).code == 0
    assert tell("publish", made.story, *to).code == 0
    # What stands on the shelf already stays there.
    assert "page" in tell("render", made.story, "--json").told["files"]
    settings.write_text(before, encoding="utf-8")


def test_a_new_price_takes_the_place_of_the_old_page_and_is_put_there_once(made: Made, tell: Callable[..., Answer]) -> None:
    sheet, page = made.workspace / "catalog.csv", made.workspace / "shelf" / "果园" / "index.html"
    before = sheet.read_text(encoding="utf-8")
    assert "¥35.8" in page.read_text(encoding="utf-8")
    sheet.write_text(before.replace("35.80", "33.80"), encoding="utf-8")
    to = ("publish", made.story, "--to", "shelf", "--by", "李老师", "--json")
    first = tell(*to)
    assert first.code == 0, first.err + first.out
    states = [line.split()[3] for line in first.told["lines"] if "  本地货架  " in line]
    assert states == ["已公开", "已撤下"]
    assert "¥33.8" in page.read_text(encoding="utf-8")
    assert "¥35.8" not in page.read_text(encoding="utf-8")
    assert (made.workspace / "shelf" / "index.html").read_text(encoding="utf-8").count('href="%E6%9E%9C%E5%9B%AD/index.html"') == 1
    again = tell(*to)
    assert again.code == 3
    assert any("这次什么都没发出去" in line for line in again.told["lines"])
    assert tell(*to, "--insist", "页面被人改坏了").code == 0
    sheet.write_text(before.replace("45.80,,", "45.80,2099-12-01 20:00,", 1), encoding="utf-8")
    ended = tell(*to)
    assert ended.code == 0, ended.err + ended.out
    assert "2099-12-01" in page.read_text(encoding="utf-8")
    sheet.write_text(before, encoding="utf-8")
    back = tell(*to)
    assert back.code == 0, back.err + back.out
    assert "¥35.8" in page.read_text(encoding="utf-8")
    assert "2099-12-01" not in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--to", "nowhere"), "nowhere"),
        (("--to", "douyin"), "handoff:douyin"),
        (("--to", ""), "--to"),
        (("--to", "shelf", "--at", "yesterday"), "yesterday"),
        (("--to", "shelf", "--at", "2001-01-01 10:00"), "2001-01-01"),
        (("--to", "shelf", "--overrule", "abc"), "--overrule"),
    ],
)
def test_what_cannot_be_published_is_refused_with_one_line(made: Made, run_here: Run, arguments: Sequence[str], told: str) -> None:
    answer = run_here("publish", made.story, *arguments, "--workspace", made.workspace)
    assert answer.code == 2
    assert told in answer.err
    assert len(answer.err.strip().splitlines()) == 1


def test_a_close_face_is_asked_about_until_somebody_recorded_who_agreed(
    made: Made, tell: Callable[..., Answer], run_here: Run, tmp_path: Path
) -> None:
    clip = _with_faces(made)

    def consent(*arguments: object, code: int) -> list[str]:
        answer = run_here("consent", made.story, *arguments, "--by", "李老师", "--workspace", made.workspace, "--json")
        assert answer.code == code, answer.err
        return list(answer.told["lines"])

    def finding() -> str:
        check = tell("publish", made.story, "--to", "handoff:xiaohongshu", "--by", "李老师", "--check", "--json")
        found = next(str(line) for line in check.told["lines"] if clip in line)
        assert check.code == (3 if found.startswith("✗") else 0), found
        return found

    (line,) = consent(code=3)
    assert line.startswith("✗")
    assert finding().startswith("✗")
    with Image.open(line.rpartition("  ")[2]) as still:
        assert still.width == 540
    paper = tmp_path / "签字.JPG"
    paper.write_bytes(b"paper")
    (line,) = consent("--clip", clip, "--who", "小明", "--given-by", "小明的妈妈", "--file", paper, code=0)
    kept = Path(line.rpartition("  ")[2])
    assert kept.read_bytes() == b"paper"
    assert os.name != "posix" or [path.stat().st_mode & 0o077 for path in (kept, kept.parent, made.workspace / "ledger.db")] == [0, 0, 0]
    told = finding()
    assert told.startswith("✓")
    assert all(part in told for part in ("小明的妈妈", "李老师", f"{datetime.now(ZoneInfo('Asia/Shanghai')):%Y-%m-%d}"))
    assert any("v.douyin.com" in line for line in consent("--withdraw", line.split()[0], code=3))
    assert finding().startswith("✗")
    consent("--clip", clip, "--no-child", code=0)
    assert consent(code=0)[0].startswith("✓")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--who", "小明", "--no-child"),
        ("--clip", "x.mp4"),
        ("--who", "小明", "--clip", "x.mp4"),
        ("--withdraw", "zz"),
        ("--who", "小明", "--file", "/x/y.jpg"),
    ],
)
def test_a_consent_that_cannot_be_kept_is_refused_with_one_line(made: Made, run_here: Run, arguments: Sequence[str]) -> None:
    answer = run_here("consent", made.story, *arguments, "--workspace", made.workspace)
    assert answer.code == 2
    assert len(answer.err.strip().splitlines()) == 1


def test_a_new_price_in_the_sheet_is_on_the_shelf_after_the_next_settle(made: Made, tell: Callable[..., Answer]) -> None:
    sheet, page = made.workspace / "catalog.csv", made.workspace / "shelf" / made.story / "index.html"
    before = sheet.read_text(encoding="utf-8")
    assert "¥35.8" in page.read_text(encoding="utf-8")
    try:
        sheet.write_text(before.replace("35.80", "31.20"), encoding="utf-8")
        answer = tell("settle")
        assert "¥35.8/5斤 → ¥31.2/5斤" in answer.out
        shown = page.read_text(encoding="utf-8")
        assert "¥31.2" in shown
        assert "¥35.8" not in shown
        sheet.write_text(before, encoding="utf-8")
        assert "¥31.2/5斤 → ¥35.8/5斤" in tell("settle").out
        assert "¥35.8" in page.read_text(encoding="utf-8")
    finally:
        sheet.write_text(before, encoding="utf-8")


def test_a_cart_link_that_is_dead_stops_a_post_until_a_person_confirms_it(
    made: Made, tell: Callable[..., Answer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet, to = made.workspace / "catalog.csv", ("publish", made.story, "--to", "shelf", "--by", "李老师", "--json")
    before = sheet.read_text(encoding="utf-8")
    with Shop({"/gone": 410, "/there": 200, "/shut": 403}, folder=tmp_path) as shop:
        monkeypatch.setenv("SSL_CERT_FILE", str(shop.certificate))
        try:
            found = {}
            for path in ("/there", "/shut", "/gone"):
                sheet.write_text(before.replace("https://shop.example.com/p/YL-PG-05", f"{shop.url}{path}"), encoding="utf-8")
                answer = tell(*to, "--check")
                found[path] = answer.code, [line for line in answer.told["lines"] if "购买链接" in line]
            assert found["/there"] == (0, [])
            assert found["/shut"][0] == 0
            assert found["/shut"][1][0].startswith("⚠")
            assert found["/gone"][0] == 3
            [line] = found["/gone"][1]
            assert line.startswith("✗")
            assert f"{shop.url}/gone" in line
            assert "商品表" in line
            name = line.rpartition("[")[2].rstrip("]")
            assert tell(*to, "--overrule", f"{name}=手机上能打开").code == 0
            assert f"{shop.url}/gone" in (made.workspace / "shelf" / made.story / "index.html").read_text(encoding="utf-8")
        finally:
            sheet.write_text(before, encoding="utf-8")


def _with_faces(made: Made) -> str:
    """Put a close face all through the clip that is seen longest; its name."""
    folder = made.workspace / "stories" / made.story
    cut, clips = load_document(folder / "edit.json", Edit), load_document(folder / "clips.json", Clips)
    longest = max((one for one in cut.cuts if one.clip_id), key=lambda one: one.frames)
    faces = tuple(Subject(at_s=at / 5, x=0.5, y=0.5, width=0.3, height=0.4, kind="face", weight=1) for at in range(200))
    found = load_document(folder / "analyses.json", Analyses)
    seen = found.by_clip[longest.clip_id].model_copy(update={"subjects": faces})
    save_document(folder / "analyses.json", Analyses(by_clip={**found.by_clip, longest.clip_id: seen}))
    return clips.by_id(longest.clip_id).name
