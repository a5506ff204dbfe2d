"""What runs show to people: names in words, pictures and tables, a log of JSON lines without secrets, and failures told once."""

import base64
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from flows import run_artifacts
from flows.run_artifacts import StoryArtifacts, picture_data, show_releases
from flows.run_log import RUN_LOG, open_run_log
from flows.run_names import name_of_several, release_run_name, run_name
from pipeline.actions.outcome import Outcome, Video
from pipeline.actions.story_notifications import note_run_success, notify_run_failure
from pipeline.documents.message import M
from pipeline.errors import Fault, UserMistake
from pipeline.notices import keep_address
from pipeline.secrets.secret import Secret
from pipeline.secrets.vault import open_vault
from pipeline.stages.registry import ORDER
from tests.fakes.logged_in_workspace import desk
from tests.fakes.servers.wecom import KEY, WeComServer

NOW = datetime(2026, 12, 1, 11, 30, tzinfo=UTC)


def test_a_run_is_named_by_story_product_place_and_hour() -> None:
    assert release_run_name("下雨天挖藕", "九孔莲藕", "kuaishou", "coop", NOW, "zh") == "下雨天挖藕 · 九孔莲藕 · 快手 coop · 12-01 19:30"
    assert run_name("下雨天挖藕", "", "", at=None) == "下雨天挖藕"
    assert name_of_several(["甲", "乙", "丙"], "zh") == "甲 等，另有 2 条"
    assert name_of_several(["a"], "en") == "a"


def test_each_line_of_the_log_is_json_and_names_story_and_clip_and_no_secret(tmp_path: Path) -> None:
    token = Secret("tok-5f1e77d0c9")
    log = open_run_log(tmp_path, flow="make-story", run="r1", story="挖藕")
    log.info("%s, %.1f s", "VID_1.mp4", 4.25, extra={"clip": "9f86d081884c7d65"})
    log.warning("%s", f"https://user@host/up?access={token.get_secret_value()} said “no”\nand more")
    open_run_log(tmp_path, story="别的").info("a line of another run")
    lines = [json.loads(line) for line in (tmp_path / RUN_LOG).read_text(encoding="utf-8").splitlines()]
    assert [line["story"] for line in lines] == ["挖藕", "挖藕", "别的"]
    assert (lines[0]["clip"], lines[0]["message"], lines[0]["level"]) == ("9f86d081884c7d65", "VID_1.mp4, 4.2 s", "info")
    assert all(datetime.fromisoformat(line["at"]).tzinfo for line in lines)
    text = (tmp_path / RUN_LOG).read_text(encoding="utf-8")
    assert token.get_secret_value() not in text
    assert "user@" not in text


def test_a_log_that_cannot_be_written_ends_no_run(tmp_path: Path) -> None:
    (tmp_path / "prefect").write_text("a file where the folder should be", encoding="utf-8")
    open_run_log(tmp_path, story="挖藕").info("a line")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """What Prefect was asked to show, by kind."""
    seen: dict[str, list[Any]] = {}
    for kind in (
        "create_progress_artifact",
        "update_progress_artifact",
        "create_table_artifact",
        "create_link_artifact",
        "create_image_artifact",
    ):

        def show(*arguments: Any, kind: str = kind, **_named: Any) -> str:
            seen.setdefault(kind.split("_")[1], []).append(arguments)
            return "id"

        monkeypatch.setattr(run_artifacts, kind, show)
    return seen


def test_a_storys_page_shows_how_far_it_is_its_picture_and_its_videos(shown: dict[str, list[Any]], tmp_path: Path) -> None:
    cover = tmp_path / "cover.jpg"
    Image.new("RGB", (1080, 1920), "red").save(cover)
    page = StoryArtifacts("挖藕", ORDER, "zh")
    page.stage("catalog", M("product sheet and note"))
    page.stage("render", M("product sheet and note"))
    files = {"video": "/out/挖藕.mp4", "cover": str(cover), "report": "/out/report.html", "page": "https://shelf.example/挖藕/"}
    video = Video("shelf-1080x1920", True, files, 21.4, -14.0, (3, 0), ())
    page.finish(Outcome("挖藕", "zh", "lesson", "/out", files, length_s=21.4, passed=True, videos=[video]))
    percents = [arguments[0] if len(arguments) == 1 else arguments[1] for arguments in shown["progress"]]
    assert percents == sorted(percents)
    assert (percents[0], percents[-1]) == (0.0, 100.0)
    assert 20 < percents[1] < 60
    [[[row]]] = shown["table"]
    assert row == {"视频": "shelf-1080x1920", "秒数": 21.4, "检查": "✓", "文件": "/out/挖藕.mp4"}
    assert shown["link"][0][0] == "https://shelf.example/挖藕/"
    assert shown["image"][0][0].startswith("data:image/jpeg;base64,")


def test_a_cover_travels_inside_the_page_and_is_small(tmp_path: Path) -> None:
    cover = tmp_path / "cover.png"
    Image.effect_noise((1080, 1920), 60).save(cover)
    data = picture_data(cover)
    with Image.open(io.BytesIO(base64.b64decode(data.split(",")[1]))) as picture:
        assert max(picture.size) == run_artifacts.PICTURE_PX
    assert len(data) < 80_000


def test_a_server_that_refuses_ends_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ConnectionError("503")

    for kind in ("create_progress_artifact", "create_table_artifact"):
        monkeypatch.setattr(run_artifacts, kind, refuse)
    page = StoryArtifacts("挖藕", ORDER, "zh")
    page.stage("catalog", M("product sheet and note"))
    page.fail(M("publishing"))


def test_releases_are_a_table_in_words(shown: dict[str, list[Any]], tmp_path: Path) -> None:
    with desk(tmp_path) as here:
        show_releases(here.enter(here.release("今天挖的藕", planned_at=NOW)), "zh")
    [[[row]]] = shown["table"]
    assert (row["故事"], row["发到"], row["时间"]) == ("土豆", "快手 coop", "2026-12-01 19:30")
    assert "link" not in shown


@pytest.fixture
def group() -> Iterator[WeComServer]:
    with WeComServer() as server:
        yield server


def test_a_failure_of_what_runs_by_itself_is_told_once_until_it_has_succeeded(
    tmp_path: Path, group: WeComServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIELDCUT_HOME", str(tmp_path / "home"))
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    (workspace / "fieldcut.toml").write_text('[notices."wecom:village"]\nlanguage = "zh"\n', encoding="utf-8")
    keep_address(open_vault(workspace), "wecom:village", f"{group.url}/cgi-bin/webhook/send?key={KEY}")
    error, other = Fault(M("The disk is full.")), UserMistake(M("The sheet is gone."))

    def told() -> int:
        return len(group.messages)

    for _ in range(3):
        assert notify_run_failure(workspace, "照看已发布的", error, NOW) == ()
    assert told() == 1
    assert "照看已发布的" in str(group.messages[0])
    notify_run_failure(workspace, "照看已发布的", other, NOW)
    notify_run_failure(workspace, "发布", other, NOW)
    assert told() == 3
    note_run_success(workspace, "照看已发布的")
    notify_run_failure(workspace, "照看已发布的", other, NOW)
    assert told() == 4


def test_where_nobody_has_a_channel_nothing_is_kept(tmp_path: Path) -> None:
    assert notify_run_failure(tmp_path, "发布", Fault(M("The disk is full.")), NOW) == ()
    assert list(tmp_path.iterdir()) == []
