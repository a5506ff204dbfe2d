"""Close faces are asked about, once a clip, and what a person recorded is kept to."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image

from pipeline.analysis import analyse
from pipeline.commerce.claims import check_faces, find_close_faces, unseen_faces, with_stills
from pipeline.documents.analysis import Subject
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.consent import Consent, ConsentRequest, Consents
from pipeline.documents.edit import CropKey, CropPath, Cut, Edit, Framing
from pipeline.documents.message import M
from tests import builders
from tests.tiers import sample

CLIP = builders.clip("a", name="VID_1.mp4", duration_s=9)
REQUEST = ConsentRequest(clip_id=CLIP.id, clip=CLIP.name, source_s=2.0, timeline_s=2.0, share=0.3)


def face(at_s: float, height: float, x: float = 0.5, kind: Literal["face", "interest"] = "face") -> Subject:
    return Subject(at_s=at_s, x=x, y=0.5, width=height * 0.5, height=height, kind=kind, weight=1)


def asked(*subjects: Subject, path: CropPath | None = None, start_s: float = 0.0, speed: float = 1.0) -> tuple[ConsentRequest, ...]:
    cuts = (
        Cut(clip_id="", source_start_s=0, frames=30, role="opening", reason=M("title")),
        Cut(clip_id=CLIP.id, source_start_s=start_s, frames=90, role="scenic", reason=M("title"), speed=speed),
    )
    edit = Edit(fps=30, cuts=cuts, heard=(), decisions=(), led_by="music")
    analysis = builders.analysis(CLIP.id, subjects=subjects)
    framing = Framing(aspect="9:16", paths=(None, path)) if path else None
    return find_close_faces(edit, framing, {CLIP.id: analysis}, Clips(clips=(CLIP,), set_aside=()))


def test_a_clip_is_asked_about_once_at_its_largest_face() -> None:
    (request,) = asked(face(0.4, 0.2), face(0.8, 0.4), face(1.2, 0.3))
    assert (request.clip, request.source_s, request.timeline_s, request.share) == ("VID_1.mp4", 0.8, 1.8, 0.4)


@pytest.mark.parametrize("subject", [face(0.4, 0.05), face(5.0, 0.5), face(0.4, 0.5, kind="interest")])
def test_small_faces_unused_footage_and_other_subjects_are_not_asked_about(subject: Subject) -> None:
    assert asked(subject) == ()


def test_a_crop_brings_a_face_closer_and_leaves_others_out() -> None:
    path = CropPath(width=0.3, height=0.5, keys=(CropKey(frame=0, x=0.2, y=0.5), CropKey(frame=60, x=0.8, y=0.5)))
    assert asked(face(0.0, 0.1, x=0.2), path=path)[0].share == 0.2
    assert asked(face(0.0, 0.1, x=0.8), path=path) == ()
    assert asked(face(2.0, 0.1, x=0.8), path=path)[0].share == 0.2


def test_on_a_ground_a_face_is_smaller_than_in_its_clip() -> None:
    path = CropPath(width=1.0, height=3.0, keys=(CropKey(frame=0, x=0.5, y=0.5),))
    assert asked(face(0.0, 0.3), path=path) == ()
    assert asked(face(0.0, 0.6), path=path)[0].share == 0.2


def test_a_faster_cut_shows_more_of_its_clip() -> None:
    assert asked(face(5.0, 0.3)) == ()
    assert asked(face(5.0, 0.3), speed=2.0)[0].timeline_s == 3.5


def test_a_request_gets_a_picture_of_its_moment(tmp_path: Path, run_ffmpeg: Callable[..., Path]) -> None:
    video = run_ffmpeg("-f", "lavfi", "-i", "color=red:s=90x160:d=1,fps=30", "-f", "lavfi", "-i", "color=blue:s=90x160:d=3,fps=30",
                       "-filter_complex", "concat", out=tmp_path / "v.mp4")  # fmt: skip
    (request,) = with_stills((REQUEST,), video, tmp_path / "faces", width=90)
    with Image.open(request.picture) as picture:
        red, _, blue = picture.convert("RGB").getpixel((45, 80))
    assert blue > red


@pytest.mark.system
@pytest.mark.parametrize(
    ("name", "close"),
    sample(
        [("selfie_hevc_two_video_tracks_rot90.mp4", True), ("flower_bloom_540p.mp4", False)],
        ("selfie_hevc_two_video_tracks_rot90.mp4", True),
    ),
)
def test_a_real_selfie_is_asked_about_and_a_flower_is_not(name: str, close: bool, footage: Path, look_at: Callable[[Path], Clip]) -> None:
    clip = look_at(footage / "clips" / name)
    cut = Cut(clip_id=clip.id, source_start_s=0, frames=round(clip.duration_s * 30), role="scenic", reason=M("title"))
    edit = Edit(fps=30, cuts=(cut,), heard=(), decisions=(), led_by="music")
    requests = find_close_faces(edit, None, {clip.id: analyse(clip, lambda _: None)}, Clips(clips=(clip,), set_aside=()))
    assert [request.clip for request in requests] == ([name] if close else [])


def test_a_face_that_nobody_has_looked_at_stops_a_post_and_says_what_was_not_judged() -> None:
    (claim,) = check_faces((REQUEST,), Consents())
    assert claim.verdict == "block"
    assert unseen_faces((REQUEST,), Consents()) == (REQUEST,)
    assert unseen_faces((REQUEST,), Consents(consents=(consent(shown=""),))) == ()
    assert "not judged" in str(claim.why)
    assert claim.sources


def consent(day: int = 22, shown: str = "a boy", agreed_by: str = "his mother", *, gone: int = 0, clip_id: str = CLIP.id) -> Consent:
    times = {"recorded_at": datetime(2026, 11, day, tzinfo=UTC), "withdrawn_at": datetime(2026, 11, gone, tzinfo=UTC) if gone else None}
    return Consent.model_validate({"clip_id": clip_id, "shown": shown, "agreed_by": agreed_by, "recorded_by": "Li", **times})


@pytest.mark.parametrize(("shown", "agreed_by", "verdict"), [("", "", "ok"), ("a boy", "", "block"), ("a boy", "  ", "block")])
def test_what_a_person_recorded_decides(shown: str, agreed_by: str, verdict: str) -> None:
    records = Consents(consents=(consent(shown=shown, agreed_by=agreed_by),))
    assert [claim.verdict for claim in check_faces((REQUEST,), records)] == [verdict]


@pytest.mark.parametrize("clip_id", [CLIP.id, ""])
def test_a_consent_is_told_with_who_gave_and_who_recorded_it(clip_id: str) -> None:
    (claim,) = check_faces((REQUEST,), Consents(consents=(consent(clip_id=clip_id),)))
    assert claim.verdict == "ok"
    assert all(part in str(claim.why) for part in ("a boy", "his mother", "Li", "2026-11-22"))


def test_what_was_said_last_counts() -> None:
    def verdict(*records: Consent) -> list[str]:
        return [claim.verdict for claim in check_faces((REQUEST,), Consents(consents=records))]

    assert verdict(consent(22, agreed_by=""), consent(20)) == ["block"]
    assert verdict(consent(20, gone=21)) == ["block"]
    assert verdict(consent(18, gone=23), consent(20)) == ["block"]
    assert verdict(consent(18, gone=20), consent(21)) == ["ok"]
    assert verdict(consent(clip_id="b" * 16)) == ["block"]
