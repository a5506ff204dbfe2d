"""Many videos of one story, and what is made again after a correction: only what changed."""

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import av
import pytest
import zxingcpp

from pipeline.actions.story_job import prepare_story
from tests.conftest import share_hearing
from tests.demo_story import look_at_faces
from tests.flows.conftest import SHEET, Answer, Run, Undisturbed

VIDEOS = ("shelf-270x480", "shelf-360x360")
LEADERS = "团长,店名,提货点,链接\n王秀英,秀英小店,村口,https://s.example.cn/g/1\n李梅,,桥头,https://s.example.cn/g/2\n,无名,x,https://s.example.cn/3\n"


@dataclass(frozen=True)
class Made:
    """A story in several sizes and for two destinations, and how it went."""

    answer: Answer
    workspace: Path
    sheet: Path
    story: Path

    def own(self, name: str) -> Path:
        """Where the documents of one video lie."""
        return self.story / "renditions" / name


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, undisturbed: Undisturbed, run: Run) -> Made:
    workspace, folder = tmp_path_factory.mktemp("workspace"), undisturbed.folder
    share_hearing(undisturbed.workspace, workspace)
    sheet = workspace / "catalog.csv"
    shutil.copy(SHEET, sheet)
    shutil.copy(SHEET.with_name("apple.jpg"), workspace / "apple.jpg")
    look_at_faces(workspace, folder.name)
    sizes = ("--size", "270x480", "--size", "360x360")
    how = ("--preset", "draft", "--seconds", "10", "--template", "liangshan", "--workspace", workspace)
    answer = run("make", folder, *sizes, *how, "--explain", "--json")
    return Made(answer, workspace, sheet, workspace / "stories" / folder.name)


@pytest.fixture
def again(made: Made, run_here: Run, tmp_path: Path) -> Iterator[Callable[..., Answer]]:
    """`again("render")` on the story, whose hand-made files are put back afterwards."""
    kept = {path: path.read_bytes() for path in (made.sheet, made.story / "subtitles.srt", made.story / "edit.json")}
    before = shutil.copytree(made.story, tmp_path / "before")

    def again(command: str, *arguments: object) -> Answer:
        return run_here(command, made.story.name, "--workspace", made.workspace, "--json", *arguments)

    yield again
    for path, content in kept.items():
        path.write_bytes(content)
    shutil.rmtree(made.story)
    shutil.copytree(before, made.story)


def remade(answer: Answer) -> dict[str, list[dict[str, Any]]]:
    """The chunks that were made, by video."""
    assert answer.code == 0, answer.err + answer.out[-2000:]
    return {video["name"]: [chunk for chunk in video["explained"] if chunk["made"]] for video in answer.told["videos"]}


def last_frame_codes(video: Path) -> list[str]:
    with av.open(str(video)) as container:
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    return [found.text for found in zxingcpp.read_barcodes(frames[-3])]


def test_every_size_is_wanted_for_every_destination(tmp_path: Path, drop: Callable[[Sequence[str]], Path]) -> None:
    asked = {"sizes": [(270, 480), (360, 360)], "destinations": ["shelf", "douyin"]}
    bench = prepare_story(drop(["果园 远景.mp4"]), tmp_path, asked, datetime.now().astimezone())
    bench.close()
    assert [one.name for one in bench.job.renditions] == ["shelf-270x480", "shelf-360x360", "douyin-270x480", "douyin-360x360"]


@pytest.mark.system
def test_every_size_is_made(made: Made) -> None:
    assert made.answer.code == 0, made.answer.err + made.answer.out[-2000:]
    videos = made.answer.told["videos"]
    assert [video["name"] for video in videos] == list(VIDEOS)
    for video in videos:
        with av.open(video["files"]["video"]) as container:
            shape = container.streams.video[0]
            assert f"{shape.width}x{shape.height}" == video["name"].rpartition("-")[2]
    assert len({video["length_s"] for video in videos}) == 1


@pytest.mark.system
def test_the_shelf_gets_the_first_video_and_no_other(made: Made) -> None:
    pages = [name for name in made.answer.told["videos"] if "page" in name["files"]]
    assert [page["name"] for page in pages] == [VIDEOS[0]]


@pytest.mark.system
def test_the_same_again_makes_nothing(again: Callable[..., Answer]) -> None:
    answer = again("render", "--explain")
    assert not any(remade(answer).values())
    assert answer.told["chunks"]["made"] == 0


@pytest.mark.system
def test_a_story_of_an_earlier_release_gets_its_cards_and_provenance_when_it_is_rendered(made: Made, again: Callable[..., Answer]) -> None:
    documents = sorted(path for name in ("card.json", "provenance.json") for path in made.story.rglob(name))
    assert [str(path.relative_to(made.story)) for path in documents] == [
        "provenance.json",
        *(f"renditions/{name}/card.json" for name in VIDEOS),
    ]
    before = [path.read_bytes() for path in documents]
    for path in documents:
        path.unlink()
    assert not any(remade(again("render", "--explain")).values())
    assert [path.read_bytes() for path in documents] == before


@pytest.mark.system
def test_a_story_of_an_earlier_release_whose_first_video_lay_in_its_folder_is_opened_and_corrected(
    made: Made, again: Callable[..., Answer]
) -> None:
    """Earlier releases kept the first video's documents among the story's own; here one is put back as it was, and corrected since."""
    first = made.own(VIDEOS[0])
    for path in first.iterdir():
        path.replace(made.story / path.name)
    first.rmdir()
    (made.story / "cues.json").unlink()
    srt = made.story / "subtitles.srt"
    words = re.findall(r"--> \d\d:\d\d:\d\d,\d+\n(.+)", srt.read_text(encoding="utf-8"))[1]
    srt.write_text(srt.read_text(encoding="utf-8").replace(words, words[:-1] + "多"), encoding="utf-8")
    answer = again("render", "--explain")
    assert {name: bool(chunks) for name, chunks in remade(answer).items()} == dict.fromkeys(VIDEOS, True)
    assert all("字幕" in chunk["why"] for chunks in remade(answer).values() for chunk in chunks)
    assert words[:-1] + "多" in srt.read_text(encoding="utf-8")
    assert {path.name for path in first.glob("*.json")} == {path.name for path in made.own(VIDEOS[1]).glob("*.json")}
    assert not (made.story / "look.json").exists()


@pytest.mark.system
def test_a_corrected_word_makes_the_seconds_under_it_again_and_no_others(made: Made, again: Callable[..., Answer]) -> None:
    listened = {name: (made.story / name).stat().st_mtime_ns for name in ("clips.json", "analyses.json", "transcripts.json")}
    srt = made.story / "subtitles.srt"
    text = srt.read_text(encoding="utf-8")
    first, last, words = re.findall(r"(\d\d:\d\d:\d\d,\d+) --> (\d\d:\d\d:\d\d,\d+)\n(.+)", text)[1]
    srt.write_text(text.replace(words, words[:-1] + "好"), encoding="utf-8")
    answer = again("render", "--explain")
    begin, end = (int(at[6:8]) + int(at[9:]) / 1000 for at in (first, last))
    for name, chunks in remade(answer).items():
        assert chunks, name
        assert all(chunk["start_s"] < end and chunk["end_s"] > begin for chunk in chunks), (name, begin, end)
        assert all("字幕" in chunk["why"] for chunk in chunks)
    assert {name: (made.story / name).stat().st_mtime_ns for name in listened} == listened


@pytest.mark.system
def test_a_changed_price_makes_the_cards_again_and_nothing_else(made: Made, again: Callable[..., Answer]) -> None:
    made.sheet.write_text(made.sheet.read_text(encoding="utf-8").replace("45.80", "48.80"), encoding="utf-8")
    look = json.loads((made.own(VIDEOS[0]) / "look.json").read_text(encoding="utf-8"))
    shown = [layer for layer in look["layers"] if layer["kind"] in ("card", "end_card")]
    for name, chunks in remade(again("render", "--explain")).items():
        assert chunks, name
        for chunk in chunks:
            assert any(
                chunk["start_s"] * 30 < layer["start_frame"] + layer["frames"] and chunk["end_s"] * 30 > layer["start_frame"]
                for layer in shown
            ), (name, chunk)


@pytest.mark.system
def test_other_music_makes_no_picture(made: Made, again: Callable[..., Answer]) -> None:
    job = json.loads((made.story / "job.json").read_text(encoding="utf-8"))
    (made.story / "job.json").write_text(json.dumps({**job, "music": "none"}), encoding="utf-8")
    before = json.loads((made.own(VIDEOS[0]) / "rendition.json").read_text(encoding="utf-8"))["sha256"]
    answer = again("render", "--explain")
    assert not any(remade(answer).values())
    assert json.loads((made.own(VIDEOS[0]) / "rendition.json").read_text(encoding="utf-8"))["sha256"] != before


@pytest.mark.system
def test_each_leader_gets_her_own_code_and_shares_all_else(made: Made, again: Callable[..., Answer], tmp_path: Path) -> None:
    leaders = tmp_path / "团长.csv"
    leaders.write_text(LEADERS, encoding="utf-8")
    answer = again("variants", "--leaders", leaders, "--size", "270x480", "--explain")
    videos = {video["name"]: video for video in answer.told["videos"]}
    wang, li = videos["group_buy-270x480-王秀英-秀英小店"], videos["group_buy-270x480-李梅"]
    assert "https://s.example.cn/g/1" in last_frame_codes(Path(wang["files"]["video"]))
    assert "https://s.example.cn/g/2" in last_frame_codes(Path(li["files"]["video"]))
    made_chunks = remade(answer)
    end_card = [
        layer
        for layer in json.loads((made.own(VIDEOS[0]) / "look.json").read_text(encoding="utf-8"))["layers"]
        if layer["kind"] == "end_card"
    ]
    assert all(chunk["end_s"] * 30 > end_card[0]["start_frame"] for chunk in made_chunks[li["name"]])
    assert not made_chunks[VIDEOS[0]]
    assert any("第 4 行" in warning for warning in answer.told["warnings"])
    rows = list(csv.reader(io.StringIO((made.workspace / "outbox" / made.story.name / "leaders.csv").read_text(encoding="utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["王秀英", "李梅"]
    assert all((made.workspace / "outbox" / made.story.name / row[4]).is_file() for row in rows[1:])


@pytest.mark.system
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("render", "没有"), "没有"),
        (("variants", "STORY", "--leaders", "gone.csv"), "gone.csv"),
        (("variants", "STORY", "--leaders", "SHEET"), "catalog.csv"),
        (("variants", "STORY", "--leaders", "LEADERS", "--for", "douyin"), "抖音"),
    ],
)
def test_what_cannot_be_made_is_refused_with_one_line(
    made: Made, run_here: Run, tmp_path: Path, arguments: Sequence[str], told: str
) -> None:
    leaders = tmp_path / "l.csv"
    leaders.write_text(LEADERS, encoding="utf-8")
    names = {"STORY": made.story.name, "SHEET": made.sheet, "LEADERS": leaders}
    answer = run_here(*(names.get(argument, argument) for argument in arguments), "--workspace", made.workspace)
    assert answer.code == 2
    assert told in answer.err
    assert len(answer.err.strip().splitlines()) == 1
