"""What to film again: defects of the footage that cost the story something, one entry for each clip and cause."""

from collections.abc import Mapping

from pipeline.documents.analysis import Analysis, Defect, Shot
from pipeline.documents.base import Frozen
from pipeline.documents.clip import AsideKind, Clip, Clips
from pipeline.documents.edit import Edit
from pipeline.documents.message import M, Message

WORTH_S = 3.0
WORTH_SHARE = 1 / 3
"""A bad stretch is worth filming again from three seconds on, or a third of its clip: every clip has a shaky moment at the start,
when the thumb leaves the button."""
LOST: frozenset[AsideKind] = frozenset({"truncated", "empty", "unreadable"})
"""Files that were lost on their way rather than dropped by mistake."""


class Retake(Frozen):
    """One thing to film, or to copy, again."""

    clip_id: str
    """Empty for a file that was set aside."""
    name: str
    start_s: float
    end_s: float
    """The stretch it is about, seconds on the clip's own clock; both 0 for a file that was set aside."""
    whole: bool
    """Nothing else of the clip can be used."""
    reason: Message
    advice: Message | None

    @property
    def message(self) -> Message:
        """The whole of it as one sentence or two."""
        if self.advice is None:
            return self.reason
        return M("{name}: {reason}. {advice}", name=self.name, reason=self.reason, advice=self.advice)


def retake_list(clips: Clips, analyses: Mapping[str, Analysis], edit: Edit | None) -> tuple[Retake, ...]:
    """What to film again, whole clips first, then stretches, then files to be copied again.

    analyses: by clip id; clips without one are passed over. edit: adds the advice of its own decisions (a sentence that cannot be
    understood, for instance); None before there is an edit.
    """
    found: list[Retake] = []
    for clip in clips.clips:
        analysis = analyses.get(clip.id)
        spoiled = _spoiled(clip, analysis) if analysis is not None else []
        found += spoiled
        found += _advised(clip, edit, spoiled, analysis) if edit is not None else []
    lost = [
        Retake(clip_id="", name=aside.name, start_s=0.0, end_s=0.0, whole=True, reason=aside.reason, advice=None)
        for aside in clips.set_aside
        if aside.kind in LOST
    ]
    return (*sorted(found, key=lambda retake: not retake.whole), *lost)


def _spoiled(clip: Clip, analysis: Analysis) -> list[Retake]:
    """The clip's defects, one entry for each kind that is worth it, told by its longest stretch."""
    total = sum(shot.length_s for shot in analysis.shots)
    usable = any(shot.usable and shot.length_s >= 1 for shot in analysis.shots)
    kinds: dict[str, list[tuple[Shot, Defect]]] = {}
    for shot in analysis.shots:
        # The first defect is the one to mend first: a dark picture is unsharp as well, and light cures both.
        for defect in shot.defects[:1]:
            kinds.setdefault(defect.kind, []).append((shot, defect))
    found = []
    for stretches in kinds.values():
        lost = sum(shot.length_s for shot, _ in stretches)
        if usable and lost < WORTH_S and lost < WORTH_SHARE * total:
            continue
        shot, defect = max(stretches, key=lambda stretch: stretch[0].length_s)
        found.append(
            Retake(
                clip_id=clip.id,
                name=clip.name,
                start_s=shot.start_s,
                end_s=shot.end_s,
                whole=not usable,
                reason=defect.reason,
                advice=defect.advice,
            )
        )
    return found


def _advised(clip: Clip, edit: Edit, told: list[Retake], analysis: Analysis | None) -> list[Retake]:
    """Advice that the edit gives beyond the picture's defects, once for each advice and clip."""
    known = {shot_defect.advice.text for shot in (analysis.shots if analysis else ()) for shot_defect in shot.defects}
    known |= {retake.advice.text for retake in told if retake.advice is not None}
    found = []
    for decision in edit.decisions:
        if decision.clip_id != clip.id or decision.kept or decision.advice is None or decision.advice.text in known:
            continue
        known.add(decision.advice.text)
        found.append(
            Retake(
                clip_id=clip.id,
                name=clip.name,
                start_s=decision.start_s,
                end_s=decision.end_s,
                whole=False,
                reason=decision.reason,
                advice=decision.advice,
            )
        )
    return found
