"""`fieldcut cut` reads numbers as people write them, and says how where it cannot."""

import pytest

from flows.cli.cut_command import _read, _read_framings

PAIR = r"(\d+)\s*=\s*(\d+)"


@pytest.mark.parametrize(
    ("given", "form", "numbers"),
    [
        (["4"], r"(\d+)", [(4,)]),
        (["4,6", "9"], r"(\d+)", [(4,), (6,), (9,)]),
        (["4，6、7"], r"(\d+)", [(4,), (6,), (7,)]),
        (["3=2"], PAIR, [(3, 2)]),
        (["3 ＝ 2,5=1"], PAIR, [(3, 2), (5, 1)]),
        (["5：1"], r"(\d+)\s*:\s*(\d+)", [(5, 1)]),
        (None, PAIR, []),
    ],
)
def test_numbers_may_be_written_in_one_option_or_several(given: list[str] | None, form: str, numbers: list[tuple[int, ...]]) -> None:
    assert _read(given, form, "--x", "1", "zh", as_json=False) == numbers


@pytest.mark.parametrize(("given", "form"), [(["four"], r"(\d+)"), (["3-2"], PAIR), (["3=", "2"], PAIR)])
def test_what_is_no_number_ends_the_command_with_an_example(given: list[str], form: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        _read(given, form, "--swap", "3=2", "zh", as_json=False)
    assert ended.value.code == 2
    assert "--swap 3=2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["4=whole"], [(4, {"show": "whole"})]),
        (["4＝整幅，2=跟着"], [(4, {"show": "whole"}), (2, {"show": "follow"})]),
        (["3=0.3", "5=.3:0.75"], [(3, {"show": "place", "x": 0.3}), (5, {"show": "place", "x": 0.3, "y": 0.75})]),
        (["1=0:1"], [(1, {"show": "place", "x": 0.0, "y": 1.0})]),
        (["6=auto"], [(6, {})]),
    ],
)
def test_a_framing_is_read_as_people_write_it(given, read):
    assert _read_framings(given, "zh", as_json=False) == read


@pytest.mark.parametrize("given", ["4", "4=left", "4=1.5", "4=-0.2", "whole", "4=0.3:2"])
def test_a_framing_that_is_none_is_told_with_an_example(given, capsys):
    with pytest.raises(SystemExit):
        _read_framings([given], "zh", as_json=False)
    assert "--frame 4=whole" in capsys.readouterr().err
