"""What the report tells of the windows: how many shots follow somebody or something, and which are shown wider, and why."""

from collections import Counter
from collections.abc import Iterator

from pipeline.documents.clip import Clips
from pipeline.documents.edit import Edit, Framing, FramingReason
from pipeline.documents.message import M, Message

WHY: dict[FramingReason, Message] = {
    "fast": M("what matters moves faster than the picture should turn"),
    "unsure": M("several things move, and it is not certain which of them matters"),
    "hand": M("set by hand"),
}


def window_rows(edit: Edit, framing: Framing | None, clips: Clips) -> Iterator[Message]:
    """Yield a summary, and a line for each shot that is shown wider or that a person set; nothing where no picture is cropped."""
    reasons = framing.reasons if framing is not None else ()
    counts = Counter(reason for reason in reasons if reason is not None)
    if not counts.keys() - {"whole"}:
        return
    yield M(
        "Of {all} shots {faces} hold a face, {moving} follow what moves, {still} stand where most is to be seen, {wider} are shown wider.",
        all=sum(counts.values()),
        faces=counts["face"],
        moving=counts["moving"],
        still=counts["interest"] + counts["whole"],
        wider=counts["fast"] + counts["unsure"],
    )
    for number, (cut, start, reason) in enumerate(zip(edit.cuts, edit.starts(), reasons, strict=False), 1):
        if reason in WHY:
            yield M(
                "Shot {number}, {at} s, {clip}: {why}. fieldcut cut --frame {number}=… shows another part.",
                number=number,
                at=round(start / edit.fps, 1),
                clip=clips.by_id(cut.clip_id).name,
                why=WHY[reason],
            )
