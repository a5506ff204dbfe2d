"""Frames of a page: those after one key frame are decoded once, and are the same pictures as one by one."""

from pathlib import Path

import pytest

from pipeline.lesson.frame_extraction import FrameRequest, decoded_together, extraction_command
from pipeline.media import run_media
from tests.lesson.conftest import QUICK, film

TIMES = (2.4, 0.2, 0.9, 1.1, 1.9, 0.933)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Three seconds that look different at every frame, with a key frame every second."""
    path = tmp_path_factory.mktemp("film") / "50% 摘.mp4"
    return str(
        film(path, "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30:duration=3", *QUICK, "-g", "30", "-bf", "2", "-sc_threshold", "0")
    )


def pictures(requests: list[FrameRequest], folder: Path) -> dict[float, bytes]:
    """The pictures that one process makes, by their times."""
    folder.mkdir()
    outputs = {request: folder / f"{number}.jpg" for number, request in enumerate(requests)}
    run_media(extraction_command(outputs), name="frames")
    return {request.at_s: out.read_bytes() for request, out in outputs.items() if out.is_file()}


def test_frames_after_one_key_frame_are_decoded_together(counted: str) -> None:
    groups = decoded_together([FrameRequest(counted, "sha", at_s) for at_s in TIMES])
    assert [[request.at_s for request in group] for group in groups] == [[0.2, 0.9, 0.933], [1.1, 1.9], [2.4]]


def test_together_they_are_the_same_pictures_as_alone(counted: str, tmp_path: Path) -> None:
    requests = [FrameRequest(counted, "sha", at_s) for at_s in sorted(TIMES)]
    together = pictures(requests, tmp_path / "together")
    alone = {request.at_s: pictures([request], tmp_path / str(request.at_s))[request.at_s] for request in requests}
    assert together == alone
    assert len(set(alone.values())) == len(alone)


def test_a_time_after_the_end_costs_the_others_nothing(counted: str, tmp_path: Path) -> None:
    assert list(pictures([FrameRequest(counted, "sha", at_s) for at_s in (0.5, 9.0)], tmp_path / "end")) == [0.5]


def test_a_file_that_is_no_video_is_read_one_by_one(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    assert len(decoded_together([FrameRequest(str(broken), "sha", at_s) for at_s in (0.5, 0.9)])) == 2
