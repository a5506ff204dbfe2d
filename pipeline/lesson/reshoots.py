"""Lists what to film again: defects of the footage that cost the story something, one entry for each clip and cause."""

from collections.abc import Mapping

from pipeline.documents.analysis import Analysis, Defect, DefectKind, Shot
from pipeline.documents.base import Frozen
from pipeline.documents.clip import AsideKind, Clip, Clips
from pipeline.documents.edit import Edit
from pipeline.documents.message import M, Message

LEAST_SPOILED_S = 3.0
LEAST_SPOILED_SHARE = 1 / 3
"""A bad stretch is worth filming again from three seconds, or a third of its clip: every clip has a shaky moment at the start, when the
thumb leaves the button."""
LOST_KINDS: frozenset[AsideKind] = frozenset({"truncated", "empty", "unreadable"})
"""Kinds of files that were damaged in copying rather than added by mistake."""
PLAIN_REASONS: dict[DefectKind, Message] = {
    "dark": M("it is too dark"),
    "bright": M("it is too bright: part of the picture is nothing but white"),
    "shaky": M("it shakes too much"),
    "blurred": M("it is out of focus"),
}
"""What is wrong for who films again; what was measured stands in the trainer's part."""


class Reshoot(Frozen):
    """One clip, stretch or file to film, or to copy, again."""

    clip_id: str
    """Empty for a file that was set aside."""
    name: str
    start_s: float
    end_s: float
    """The bad stretch, seconds on the clip's own clock; both 0 for a file that was set aside."""
    whole: bool
    """Nothing else of the clip can be used."""
    reason: Message
    advice: Message | None

    @property
    def message(self) -> Message:
        """The entry as one or two sentences."""
        if self.advice is None:
            return self.reason
        return M("{name}: {reason}. {advice}", name=self.name, reason=self.reason, advice=self.advice)


def list_reshoots(clips: Clips, analyses: Mapping[str, Analysis], edit: Edit | None) -> tuple[Reshoot, ...]:
    """List what to film again: whole clips first, then stretches. A file that was copied badly needs no filming: see `copied_badly`.

    analyses: by clip id; clips without one are skipped. edit: adds the advice of its own decisions (about a sentence that cannot be
    understood, for instance); None before there is an edit.
    """
    reshoots: list[Reshoot] = []
    for clip in clips.clips:
        analysis = analyses.get(clip.id)
        if clip.photo:
            continue  # nobody goes to the field again for a photo: there are others
        spoiled = _spoiled_stretches(clip, analysis) if analysis is not None else []
        reshoots += spoiled
        reshoots += _edit_advice(clip, edit, spoiled, analysis) if edit is not None else []
    return tuple(sorted(reshoots, key=lambda reshoot: not reshoot.whole))


def copied_badly(clips: Clips) -> tuple[Message, ...]:
    """What is wrong with each file that was damaged on its way from the phone, and what to do: it is to be copied again, not filmed."""
    return tuple(aside.reason for aside in clips.set_aside if aside.kind in LOST_KINDS)


def _spoiled_stretches(clip: Clip, analysis: Analysis) -> list[Reshoot]:
    """The clip's defects, one entry for each kind that is worth filming again, described by its longest stretch."""
    total = sum(shot.length_s for shot in analysis.shots)
    usable = any(shot.usable and shot.length_s >= 1 for shot in analysis.shots)
    kinds: dict[str, list[tuple[Shot, Defect]]] = {}
    for shot in analysis.shots:
        # The first defect is the one to mend first: a dark picture is unsharp as well, and light cures both.
        for defect in shot.defects[:1]:
            kinds.setdefault(defect.kind, []).append((shot, defect))
    reshoots = []
    for stretches in kinds.values():
        spoiled_s = sum(shot.length_s for shot, _ in stretches)
        if usable and spoiled_s < LEAST_SPOILED_S and spoiled_s < LEAST_SPOILED_SHARE * total:
            continue
        shot, defect = max(stretches, key=lambda stretch: stretch[0].length_s)
        reshoots.append(
            Reshoot(
                clip_id=clip.id,
                name=clip.name,
                start_s=shot.start_s,
                end_s=shot.end_s,
                whole=not usable,
                reason=PLAIN_REASONS.get(defect.kind, defect.reason),
                advice=defect.advice,
            )
        )
    return reshoots


def _edit_advice(clip: Clip, edit: Edit, known_reshoots: list[Reshoot], analysis: Analysis | None) -> list[Reshoot]:
    """The edit's advice beyond the picture's defects, once for each advice and clip."""
    known_advice = {shot_defect.advice.text for shot in (analysis.shots if analysis else ()) for shot_defect in shot.defects}
    known_advice |= {reshoot.advice.text for reshoot in known_reshoots if reshoot.advice is not None}
    reshoots = []
    for decision in edit.decisions:
        if decision.clip_id != clip.id or decision.kept or decision.advice is None or decision.advice.text in known_advice:
            continue
        known_advice.add(decision.advice.text)
        reshoots.append(
            Reshoot(
                clip_id=clip.id,
                name=clip.name,
                start_s=decision.start_s,
                end_s=decision.end_s,
                whole=False,
                reason=decision.reason,
                advice=decision.advice,
            )
        )
    return reshoots
