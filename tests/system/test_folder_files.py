"""A folder that somebody else filled is read without leaving it."""

import os
from pathlib import Path

import pytest

from pipeline.system import list_folder_files, make_private


@pytest.fixture
def dropped(tmp_path: Path) -> Path:
    """A folder with a file and a sub-folder, beside something that is none of its business."""
    for name in ("dropped/DCIM/b.mp4", "dropped/a.mp4", "beside/secret.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    return tmp_path / "dropped"


def link(path: Path, target: Path) -> None:
    try:
        path.symlink_to(target, target_is_directory=target.is_dir())
    except OSError:
        pytest.skip("this user may make no links here")


def names(paths: tuple[Path, ...], folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in paths]


@pytest.mark.parametrize("target", ["../beside/secret.txt", "../beside", "..", "../gone", "/"])
def test_a_link_that_leads_out_is_named_and_not_followed(dropped: Path, target: str) -> None:
    link(dropped / "说明.txt", dropped / target)
    found = list_folder_files(dropped)
    assert names(found.files, dropped) == ["DCIM/b.mp4", "a.mp4"]
    assert names(found.links_out, dropped) == ["说明.txt"]


def test_a_linked_folder_inside_is_read_once_where_it_lies_and_makes_no_circle(dropped: Path) -> None:
    link(dropped / "DCIM" / "up", dropped)
    link(dropped / "same", dropped / "DCIM")
    assert names(list_folder_files(dropped).files, dropped) == ["DCIM/b.mp4", "a.mp4"]
    assert list_folder_files(dropped).links_out == ()


def test_a_linked_file_inside_is_a_file_of_the_folder(dropped: Path) -> None:
    link(dropped / "c.mp4", dropped / "DCIM" / "b.mp4")
    assert names(list_folder_files(dropped).files, dropped) == ["DCIM/b.mp4", "a.mp4", "c.mp4"]


def test_a_link_to_a_link_that_leads_out_leads_out(dropped: Path) -> None:
    link(dropped / "DCIM" / "x.txt", dropped / ".." / "beside" / "secret.txt")
    link(dropped / "y.txt", dropped / "DCIM" / "x.txt")
    assert names(list_folder_files(dropped).links_out, dropped) == ["DCIM/x.txt", "y.txt"]


def test_a_folder_that_is_given_as_a_link_is_read(dropped: Path, tmp_path: Path) -> None:
    link(tmp_path / "stick", dropped)
    assert names(list_folder_files(tmp_path / "stick").files, tmp_path / "stick") == ["DCIM/b.mp4", "a.mp4"]


def test_a_neighbour_whose_name_begins_alike_is_outside(dropped: Path, tmp_path: Path) -> None:
    (tmp_path / "dropped2").mkdir()
    (tmp_path / "dropped2" / "z.mp4").touch()
    link(dropped / "z.mp4", tmp_path / "dropped2" / "z.mp4")
    assert names(list_folder_files(dropped).links_out, dropped) == ["z.mp4"]


def test_without_deep_sub_folders_are_left_out(dropped: Path) -> None:
    assert names(list_folder_files(dropped, deep=False).files, dropped) == ["a.mp4"]


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such rights")
def test_what_is_private_is_its_owners_alone(dropped: Path) -> None:
    for path, mode in ((dropped, 0o700), (dropped / "a.mp4", 0o600)):
        path.chmod(0o755)
        make_private(path)
        assert path.stat().st_mode & 0o777 == mode
    make_private(dropped / "gone")
