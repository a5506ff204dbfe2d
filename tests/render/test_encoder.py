"""Encoders: what is asked for when it works, x264 and a sentence when it does not, and never two encoders' bytes under one name."""

from pathlib import Path

import av
import pytest

from pipeline.errors import MediaFault, UserMistake
from pipeline.render import choose_encoder, encoder, render
from pipeline.render.chunks import chunk_key, make_chunks
from pipeline.render.encoder import HARDWARE, SOFTWARE, list_h264_encoders
from pipeline.store import Store


@pytest.fixture(autouse=True)
def asked_anew(monkeypatch: pytest.MonkeyPatch):
    """What one test found out about an encoder is not what the next one knows, and a busy machine has the time it needs."""
    monkeypatch.setattr(encoder, "PROBE_S", 60.0)
    encoder.probe_encoder.cache_clear()
    yield
    encoder.probe_encoder.cache_clear()


@pytest.fixture
def no_device(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A computer whose graphics device is not there, as the real ffmpeg finds it."""
    monkeypatch.setattr(encoder, "DEVICE_FOLDER", tmp_path / "dri")
    if "h264_vaapi" not in list_h264_encoders():
        pytest.skip("this ffmpeg was built without VAAPI")


@pytest.fixture(scope="module")
def grey(tmp_path_factory: pytest.TempPathFactory, run_ffmpeg, picture_options, look_at):
    path = tmp_path_factory.mktemp("grey") / "grey.mp4"
    return look_at(run_ffmpeg("-f", "lavfi", "-i", "testsrc2=s=160x96:r=30:d=4", *picture_options, out=path))


@pytest.mark.parametrize("asked", ["x264", "libx264", " X264 ", ""])
def test_x264_is_taken_without_a_trial(asked):
    assert choose_encoder(asked) == (SOFTWARE, None)


def test_an_encoder_that_works_is_taken_without_a_word():
    assert choose_encoder("libopenh264") == ("libopenh264", None)


@pytest.mark.usefixtures("no_device")
def test_hardware_that_is_not_there_is_said_and_x264_used():
    name, told = choose_encoder("h264_vaapi")
    assert name == SOFTWARE
    assert "h264_vaapi does not work on this computer" in str(told)


@pytest.mark.parametrize("name", HARDWARE)
def test_whatever_this_ffmpeg_lists_is_either_usable_or_replaced(name):
    if name not in list_h264_encoders():
        with pytest.raises(UserMistake, match=name):
            choose_encoder(name)
        return
    chosen, told = choose_encoder(name)
    assert (chosen, told) == (name, None) or (chosen == SOFTWARE and name in str(told))


def test_auto_takes_hardware_that_works_or_says_that_none_does():
    chosen, told = choose_encoder("auto")
    if chosen == SOFTWARE:
        assert "No hardware encoder works" in str(told)
        assert all(encoder.probe_encoder(name) is not None for name in HARDWARE if name in list_h264_encoders())
    else:
        assert told is None
        assert encoder.probe_encoder(chosen) is None


@pytest.mark.parametrize("asked", ["libx265", "nvenc", "--", "libx264rgb"])
def test_a_name_that_is_no_h264_encoder_is_a_mistake_that_lists_those_that_are(asked):
    with pytest.raises(UserMistake, match="libopenh264") as mistake:
        choose_encoder(asked)
    assert asked in str(mistake.value)


def test_a_trial_that_takes_too_long_is_ended_and_x264_used(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(encoder, "PROBE_S", 0.0)
    assert choose_encoder("libopenh264")[0] == SOFTWARE


SLOPE = "color=s=64x64:r=30,format=yuv420p,geq=lum='40+10*N+X':cb=90:cr=150,scale=1080:1920:flags=neighbor"
WHOLE = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-pix_fmt", "yuv420p", "-video_track_timescale", "90000"]


@pytest.mark.parametrize(
    ("source", "options", "said"),
    [
        (SLOPE, [*WHOLE, "-frames:v", "12"], None),
        (SLOPE, [*WHOLE, "-frames:v", "11"], "11 frames of 12"),
        (SLOPE, [*WHOLE, "-frames:v", "12", "-bf", "2", "-x264-params", "b-adapt=0"], "cannot be joined"),
        (SLOPE, [*WHOLE, "-frames:v", "12", "-pix_fmt", "yuv444p"], "it made h264 yuv444p"),
        (f"{SLOPE},crop=1080:1912", [*WHOLE, "-frames:v", "12"], "1912"),
        (f"{SLOPE},setpts='if(eq(N,5),4,N)/30/TB',fps=30", [*WHOLE, "-frames:v", "12"], "not what it was given"),
        (f"{SLOPE},geq=lum='lum(X,Y)':cb=90:cr=90", [*WHOLE, "-frames:v", "12"], "not what it was given"),
    ],
    ids=["whole", "a frame short", "reordered", "other pixels", "other size", "a frame doubled", "other colours"],
)
def test_a_trial_that_comes_out_wrong_is_noticed(run_ffmpeg, tmp_path: Path, source, options, said):
    out = run_ffmpeg("-f", "lavfi", "-i", source, *options, out=tmp_path / "probe.mp4")
    found = encoder._probe_defect(out, encoder.PROBE_PICTURE)
    assert str(found) == "None" if said is None else said in str(found)


def test_half_a_file_is_noticed(run_ffmpeg, tmp_path: Path):
    whole = run_ffmpeg("-f", "lavfi", "-i", SLOPE, *WHOLE, "-frames:v", "12", out=tmp_path / "probe.mp4")
    whole.write_bytes(whole.read_bytes()[:300])
    assert encoder._probe_defect(whole, encoder.PROBE_PICTURE) is not None


def with_encoder(plan, name):
    return plan.model_copy(update={"picture": plan.picture.model_copy(update={"encoder": name})})


@pytest.mark.system
def test_results_of_two_encoders_never_share_a_key_and_both_join_whole(grey, planned, tmp_path: Path):
    ours = planned([(grey, 0.3, 95)], longest_s=1.0, shortest_s=0.5)
    theirs = with_encoder(ours, "libopenh264")
    assert not {chunk_key(chunk, ours.picture) for chunk in ours.chunks} & {chunk_key(chunk, theirs.picture) for chunk in theirs.chunks}
    store = Store(tmp_path)
    made = [render(plan, store) for plan in (ours, theirs)]
    assert [one.encoder for one in made] == [SOFTWARE, "libopenh264"]
    assert made[0].file != made[1].file
    assert made[1].chunks_made == len(theirs.chunks)
    for one in made:
        with av.open(one.file) as container:
            frames = list(container.decode(video=0))
        assert len(frames) == 95
        assert [frame.pts for frame in frames] == [place * 3000 for place in range(95)]


@pytest.mark.usefixtures("no_device")
def test_a_device_that_gives_up_in_a_render_is_an_error_that_names_the_way_out(grey, planned, tmp_path: Path):
    plan = with_encoder(planned([(grey, 0.0, 30)]), "h264_vaapi")
    with pytest.raises(MediaFault, match=r"h264_vaapi.*--encoder x264"):
        make_chunks(plan, Store(tmp_path), at_once=1, progress=lambda _: None)
    assert not list((tmp_path / "chunks").glob("*.mp4"))


def test_x264_needs_no_way_out(grey, planned, tmp_path: Path):
    gone = grey.model_copy(update={"path": str(tmp_path / "gone.mp4")})
    with pytest.raises(MediaFault) as fault:
        make_chunks(planned([(gone, 0.0, 30)]), Store(tmp_path), at_once=1, progress=lambda _: None)
    assert "--encoder" not in str(fault.value)
