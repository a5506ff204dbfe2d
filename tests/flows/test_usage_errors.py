"""What the command line library refuses is one line in the reader's language, with the way to the help, and exit code 2."""

import pytest

from flows.cli.language import language_of
from tests.flows.conftest import Run


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("makee",), "没有“makee”这个命令，是不是 make？用法见：fieldcut --help"),
        (("make",), "没写 素材文件夹（手机视频放在哪个文件夹，只读不改）。用法见：fieldcut make --help"),
        (("make", "x", "--seconds", "abc"), "--seconds 写得不对，它是：最长秒数。"),
        (("make", "x", "--sizes", "3"), "没有“--sizes”这个选项，是不是 --size？"),
        (("make", "x", "--lang", "en", "--sizess", "3"), "There is no option --sizess; --size was probably meant."),
        (("calendar", "mov"), "没有“mov”这个命令。用法见：fieldcut calendar --help"),
        (("up", "--workspace"), "--workspace 后面要写一个值。"),
    ],
)
def test_a_mistyped_command_is_said_in_one_line(run_here: Run, arguments: tuple[str, ...], says: str) -> None:
    answer = run_here(*arguments)
    assert answer.code == 2
    assert says in answer.err
    assert len(answer.err.strip().splitlines()) == 1


@pytest.mark.parametrize("arguments", [("notices", "wecom:village")])
def test_what_must_be_typed_is_not_asked_for_where_nobody_is(run: Run, tmp_path: object, arguments: tuple[str, ...]) -> None:
    answer = run(*arguments, "--workspace", tmp_path)
    assert (answer.code, "请在终端里运行" in answer.err) == (2, True)


def test_the_language_is_known_before_the_command_line_is_read() -> None:
    lines = ("x", "x --lang en", "x --lang=en", "x --lang zh", "en --lang")
    assert [language_of(line.split()) for line in lines] == ["zh", "en", "en", "zh", "zh"]
