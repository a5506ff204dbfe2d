"""What was generated is labelled, in the file too; what was not is not."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from pipeline.documents.clip import Clip, Clips
from pipeline.documents.edit import Cut, Edit, Heard
from pipeline.documents.message import M
from pipeline.documents.provenance import GeneratedPart, ImplicitLabel
from pipeline.media import FFMPEG
from pipeline.publish.provenance import label_file, label_for, marked_file, provenance, read_label

Ffmpeg = Callable[..., Path]
LookAt = Callable[[Path], Clip]
GIVEN = ImplicitLabel(
    label="1", content_producer="001191330101MA27WPYJ18xabc", produce_id="p-42", reserved_code_1="r1", content_propagator="somebody"
)
WRITTEN_BY_MUXERS = {"major_brand", "minor_version", "compatible_brands", "handler_name", "language", "vendor_id", "encoder"}
TINY = ["-f", "lavfi", "-i", "testsrc2=s=96x160:r=30:d=2", "-f", "lavfi", "-i", "sine=d=2", "-pix_fmt", "yuv420p", "-c:a", "aac"]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, run_ffmpeg: Ffmpeg) -> Path:
    return run_ffmpeg(*TINY, "-c:v", "libx264", "-preset", "veryfast", out=tmp_path_factory.mktemp("plain") / "plain.mp4")


@pytest.fixture(scope="module")
def marked(plain: Path, tmp_path_factory: pytest.TempPathFactory, run_ffmpeg: Ffmpeg) -> Path:
    """A generator's clip, as a volunteer drops it."""
    out = tmp_path_factory.mktemp("marked") / "generated.mp4"
    return run_ffmpeg("-i", plain, "-c", "copy", "-metadata", f"AIGC={GIVEN.to_json()}", "-movflags", "use_metadata_tags", out=out)


def story(*clips: Clip, shown: tuple[int, ...], heard: tuple[int, ...] = ()) -> tuple[Edit, Clips]:
    """A story of one second of each clip shown, and of the speech of each clip heard."""
    cuts = tuple(Cut(clip_id=clips[at].id, source_start_s=0, frames=30, role="scenic", reason=M("title")) for at in shown)
    speech = tuple(Heard(clip_id=clips[at].id, source_start_s=0, at_frame=0, frames=30, kind="speech") for at in heard)
    return Edit(fps=30, cuts=cuts, heard=speech, decisions=(), led_by="music"), Clips(clips=clips, set_aside=())


def tags(path: Path) -> dict[str, str]:
    with av.open(str(path)) as container:
        found = dict(container.metadata)
        for stream in container.streams:
            found.update(stream.metadata)
    return found


def frames(path: Path) -> str:
    """Every packet's picture or sound and its time."""
    command = [FFMPEG, "-loglevel", "error", "-i", str(path), "-map", "0", "-f", "framemd5", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_footage_without_a_mark_gets_no_label(plain: Path, look_at: LookAt, tmp_path: Path) -> None:
    made = provenance(*story(look_at(plain), shown=(0,)))
    assert not made.generated
    assert label_file(plain, tmp_path / "out.mp4", made) is None
    assert b"AIGC" not in (tmp_path / "out.mp4").read_bytes()


def test_a_generated_clip_that_is_shown_is_labelled_and_our_own_reader_finds_it(marked: Path, look_at: LookAt, tmp_path: Path) -> None:
    made = provenance(*story(look_at(marked), shown=(0,)))
    assert made.generated
    assert label_file(marked, tmp_path / "out.mp4", made) is not None
    assert look_at(tmp_path / "out.mp4").generated == "AIGC"


def test_the_producers_mark_goes_on_unchanged_and_ours_is_added(marked: Path, look_at: LookAt, tmp_path: Path) -> None:
    label_file(marked, tmp_path / "out.mp4", provenance(*story(look_at(marked), shown=(0,))), propagator="冕宁 coop")
    field = json.loads(tags(tmp_path / "out.mp4")["AIGC"])
    assert list(field) == ["Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2"]
    assert (field["Label"], field["ContentProducer"], field["ProduceID"], field["ReservedCode1"]) == (
        "1",
        GIVEN.content_producer,
        "p-42",
        "r1",
    )
    assert field["ContentPropagator"] == "%E5%86%95%E5%AE%81%20coop"
    assert field["PropagateID"].startswith("sha256-")


def test_a_generated_clip_that_was_not_used_needs_no_label(plain: Path, marked: Path, look_at: LookAt) -> None:
    assert not provenance(*story(look_at(plain), look_at(marked), shown=(0,))).generated


def test_a_generated_voice_under_other_pictures_is_labelled(plain: Path, marked: Path, look_at: LookAt) -> None:
    made = provenance(*story(look_at(plain), look_at(marked), shown=(0,), heard=(1,)))
    assert [(part.kind, part.seconds) for part in made.parts] == [("voice", 1.0)]


def test_what_was_made_here_is_labelled_as_ours(plain: Path, look_at: LookAt) -> None:
    voice = GeneratedPart(kind="voice", name="synthetic voice", mark="made", seconds=3)
    label = label_for(provenance(*story(look_at(plain), shown=(0,)), made=(voice,)), "ab" * 32, propagator="coop")
    assert label is not None
    assert (label.label, label.content_producer, label.content_propagator) == ("1", "coop", "coop")


def test_a_mark_without_metadata_names_its_generator_and_numbers_its_file(plain: Path, look_at: LookAt) -> None:
    clip = look_at(plain).model_copy(update={"generated": "Veo"})
    label = label_for(provenance(*story(clip, shown=(0,))), "ab" * 32)
    assert label is not None
    assert (label.label, label.content_producer, label.produce_id) == ("1", "Veo", f"sha256-{clip.sha256[:32]}")


def test_a_suspicion_stays_a_suspicion(plain: Path, look_at: LookAt) -> None:
    part = GeneratedPart(kind="picture", name="a", mark="AIGC", seconds=1, label=ImplicitLabel(label="3", content_producer="x"))
    label = label_for(provenance(*story(look_at(plain), shown=(0,)), made=(part,)), "ab" * 32)
    assert label is not None
    assert label.label == "3"


def test_the_label_touches_no_picture_no_sound_and_no_time(marked: Path, look_at: LookAt, tmp_path: Path) -> None:
    label_file(marked, tmp_path / "out.mp4", provenance(*story(look_at(marked), shown=(0,))))
    assert frames(tmp_path / "out.mp4") == frames(marked)


def test_place_phone_and_name_do_not_pass_with_the_label(
    plain: Path, marked: Path, look_at: LookAt, tmp_path: Path, run_ffmpeg: Ffmpeg
) -> None:
    private = [
        "location=+27.1234+102.2345/",
        "com.apple.quicktime.model=iPhone 6",
        "artist=Wang Village",
        "creation_time=2026-10-12T01:02:03Z",
    ]
    chapters = tmp_path / "chapters.txt"
    chapters.write_text(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=At home\n")
    options = [word for tag in private for word in ("-metadata", tag)]
    home = ["-metadata:s:v", "handler_name=Phone of Wang", "-movflags", "use_metadata_tags"]
    source = run_ffmpeg("-i", plain, "-i", chapters, "-map_metadata", "1", "-c", "copy", *options, *home, out=tmp_path / "private.mp4")
    assert "location" in tags(source)
    for made in (provenance(*story(look_at(marked), shown=(0,))), provenance(*story(look_at(plain), shown=(0,)))):
        label_file(source, tmp_path / "out.mp4", made)
        assert {key.lower() for key in tags(tmp_path / "out.mp4")} <= WRITTEN_BY_MUXERS | {"aigc"}
        data = (tmp_path / "out.mp4").read_bytes()
        for secret in (b"27.12", b"iPhone", b"Wang", b"At home", b"2026-10-12"):
            assert secret not in data


def test_the_same_video_gets_the_same_bytes(marked: Path, look_at: LookAt, tmp_path: Path) -> None:
    made = provenance(*story(look_at(marked), shown=(0,)))
    label_file(marked, tmp_path / "one.mp4", made)
    label_file(marked, tmp_path / "two.mp4", made)
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


def test_a_label_that_is_there_is_never_taken_away(marked: Path, plain: Path, look_at: LookAt, tmp_path: Path) -> None:
    label_file(marked, tmp_path / "out.mp4", provenance(*story(look_at(plain), shown=(0,))))
    assert read_label(tmp_path / "out.mp4") == GIVEN


@pytest.mark.system
def test_the_mark_of_a_long_video_is_found_behind_its_index(tmp_path: Path, run_ffmpeg: Ffmpeg, marked: Path, look_at: LookAt) -> None:
    """Ten minutes of pictures have an index larger than the stretch in which marks are searched byte by byte."""
    long = ["-f", "lavfi", "-i", "color=s=16x16:r=60:d=600", "-f", "lavfi", "-i", "anullsrc=r=48000", "-t", "600"]
    video = run_ffmpeg(*long, "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-c:a", "aac", out=tmp_path / "long.mp4")
    label_file(video, tmp_path / "out.mp4", provenance(*story(look_at(marked), shown=(0,))))
    data = (tmp_path / "out.mp4").read_bytes()
    assert 262_144 < data.find(b"AIGC") < len(data) - 262_144
    assert look_at(tmp_path / "out.mp4").generated == "AIGC"


def test_music_with_a_mark_counts_and_without_does_not(plain: Path, marked: Path) -> None:
    part = marked_file(marked, "music", 20.0)
    assert part is not None
    assert part.label == GIVEN
    assert marked_file(plain, "music", 20.0) is None


@pytest.mark.parametrize("value", ['{"Label":"2"}', '{"AIGC":{"Label":"2"}}'])
def test_a_label_is_read_bare_and_wrapped(value: str, plain: Path, tmp_path: Path, run_ffmpeg: Ffmpeg) -> None:
    command = ["-i", plain, "-c", "copy", "-metadata", f"AIGC={value}", "-movflags", "use_metadata_tags"]
    label = read_label(run_ffmpeg(*command, out=tmp_path / "a.mp4"))
    assert label is not None
    assert label.label == "2"


@pytest.mark.parametrize("content", [b"", b"AIGC", b'AIGC {"Label":', b"\x00" * 5000 + b'AIGC{"x":"Label"}'])
def test_what_is_no_label_is_none(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(content)
    assert read_label(tmp_path / "a.mp4") is None


def test_a_real_generated_clip_is_labelled(footage: Path, look_at: LookAt) -> None:
    clip = look_at(footage / "clips" / "pub_review_woman_AI_portrait.mp4")
    made = provenance(*story(clip, shown=(0,)))
    assert made.generated
    assert "pub_review_woman_AI_portrait.mp4" in str(made.why)
