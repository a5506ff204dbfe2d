"""What a run says at its end of files that were damaged on their way from the phone."""

from pipeline.actions.outcome import Outcome
from pipeline.documents.message import M


def test_a_file_that_was_copied_badly_is_no_retake() -> None:
    broken = M("{name} was broken off while it was copied. Copy it again from the phone.", name="晒场.mp4")
    outcome = Outcome(
        "s", "zh", "lesson", "out", files={"report": "r.html"}, length_s=30.0, passed=True, set_aside=[broken], copy_again=[broken]
    )
    summary = outcome.summary("zh")
    assert "晒场.mp4" in summary
    assert "重拍" not in summary
    assert any("晒场.mp4" in str(part) for part in outcome.summary_parts())
