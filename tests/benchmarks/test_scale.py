"""What `benchmarks/scale.py` makes of its measurements; the measuring itself starts three machines and takes minutes."""

from pathlib import Path

import pytest

from benchmarks.scale import Load, load_of, saturates_first
from benchmarks.two_machines import write_clips
from pipeline.store import file_sha256


@pytest.mark.parametrize(("rate", "cores"), [(1, 1), (10, 1), (100, 4), (1000, 35)])
def test_the_cores_for_a_rate_leave_a_fifth_free(rate: int, cores: int) -> None:
    assert load_of(rate, 100.0, 1.0, 1.0, 1e6).workers == cores


def test_a_rate_ten_times_as_high_asks_ten_times_as_much() -> None:
    few, many = (load_of(rate, 100.0, 5.0, 2.0, 50e6) for rate in (10, 100))
    assert many.server == pytest.approx(10 * few.server)
    assert many.database == pytest.approx(10 * few.database)
    assert few.network_mbit == pytest.approx(10 * 50e6 * 2 * 8 / 3600 / 1e6)


@pytest.mark.parametrize(
    ("load", "first"),
    [
        (Load(100, workers=30, server=0.1, database=0.1, network_mbit=10), "worker cores"),
        (Load(1000, workers=8, server=1.4, database=0.2, network_mbit=10), "the API server"),
        (Load(1000, workers=8, server=0.2, database=1.4, network_mbit=10), "the database"),
        (Load(1000, workers=8, server=0.2, database=0.1, network_mbit=2000), "the network to the shared place"),
    ],
)
def test_what_is_used_up_first_is_named(load: Load, first: str) -> None:
    assert saturates_first(load, cores=8) == first


@pytest.mark.system
def test_no_clip_of_the_benchmark_is_a_copy_of_another(tmp_path: Path) -> None:
    clips = list(write_clips(tmp_path / "long", 16.0, "270x480").iterdir())
    assert len({file_sha256(clip) for clip in clips}) == len(clips) >= 4
