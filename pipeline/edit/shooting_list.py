"""What the footage of a story that sells has, and what is still to be filmed; nothing is said that is not known."""

import re
from collections.abc import Callable, Mapping, Sequence

from pipeline.documents.analysis import Analysis
from pipeline.documents.clip import Clips
from pipeline.documents.edit import Decision, Edit
from pipeline.documents.message import M, Message
from pipeline.documents.offer import Offer
from pipeline.documents.product_photos import ProductPhotos
from pipeline.documents.shooting_list import PointKind, ShootingList, StoryPoint
from pipeline.edit.asked_pictures import Subject, asked_subjects
from pipeline.edit.phrase_selection import CALL_TO_ACTION, states_price
from pipeline.edit.scenes import Scene, usable_scenes
from pipeline.edit.shown_subjects import ShownSubjects

FACE_SHARE = 0.3
"""Share of a shot's frames with a face from which somebody is seen in it."""
IN_HAND = re.compile(r"切开|掰开|剥开|咬[一了]|手[里上心]|拿[着起在]|\b(?:cut open|in (?:my|the) hand|bite)\b", re.IGNORECASE)
ADVICE: dict[PointKind, Message] = {
    "grower": M("Film whoever grows it, face to the camera, saying name and village."),
    "place": M("Film where it grows: wide, from a place where the camera can stand still, for ten seconds."),
    "product": M("Film the product close and in daylight, so that it fills the picture."),
    "in_hand": M("Film it in the hand, then cut open or bitten into."),
    "packing": M("Film how it is packed: the open box, the layers, the lid."),
    "price": M("Say the price in one sentence: what it is, how much of it, what it costs."),
    "how_to_buy": M("Say in one sentence how to buy it."),
}
NOT_TOLD = M("the pictures alone do not tell")


def shooting_list(clips: Clips, analyses: Mapping[str, Analysis], edit: Edit, offer: Offer | None, photos: ProductPhotos) -> ShootingList:
    """Tell what the footage of a story has of the seven points that sell, in the order in which a story tells them.

    edit: its decisions hold what is said, and what of it can be used. No points without an offer, or where nobody knows what clips show.
    """
    shown = ShownSubjects(analyses, photos)
    if offer is None or not shown.known:
        return ShootingList()
    scenes, _ = usable_scenes(clips, analyses)
    names = {clip.id: clip.name for clip in clips.clips}
    said = [decision for decision in edit.decisions if decision.words]
    return ShootingList(
        points=(
            _grower(scenes, said),
            _seen("place", "place", scenes, shown),
            _seen("product", "product", scenes, shown),
            _hinted("in_hand", said, names, lambda words: bool(IN_HAND.search(words)), scenes),
            _hinted("packing", said, names, lambda words: "packing" in asked_subjects(words, offer), scenes),
            _said("price", said, names, states_price),
            _said("how_to_buy", said, names, lambda words: bool(CALL_TO_ACTION.search(words))),
        )
    )


def _grower(scenes: Sequence[Scene], said: Sequence[Decision]) -> StoryPoint:
    """Whoever speaks with a face: seen in a usable shot of a clip in which a sentence is kept."""
    speaking = {decision.clip_id for decision in said if decision.kept}
    for scene in scenes:
        if scene.clip.id in speaking and scene.shot.faces >= FACE_SHARE:
            return StoryPoint(kind="grower", state="there", found=M("somebody speaks to the camera in {name}", name=scene.clip.name))
    return StoryPoint(kind="grower", state="missing", advice=ADVICE["grower"])


def _seen(kind: PointKind, subject: Subject, scenes: Sequence[Scene], shown: ShownSubjects) -> StoryPoint:
    """What is recognised in a picture: where it is surest."""
    found = [(showing.sure, scene, showing) for scene in scenes if (showing := shown.find(scene, subject)) is not None]
    if not found:
        return StoryPoint(kind=kind, state="missing", advice=ADVICE[kind])
    _, scene, showing = max(found, key=lambda item: item[0])
    place = _where(scene.clip.name, showing.start_s)
    if subject == "product" and not showing.by_photo:
        guess = M("{place} shows produce, and the product sheet has no photo to tell it by", place=place)
        return StoryPoint(kind=kind, state="unknown", found=guess, advice=ADVICE[kind])
    return StoryPoint(kind=kind, state="there", found=place)


def _hinted(
    kind: PointKind, said: Sequence[Decision], names: Mapping[str, str], speaks_of_it: Callable[[str], bool], scenes: Sequence[Scene]
) -> StoryPoint:
    """What no picture tells: the name of a file says it; words that speak of it are a hint."""
    named = next((scene for scene in scenes if speaks_of_it(scene.clip.name.rsplit(".", 1)[0])), None)
    if named is not None:
        return StoryPoint(kind=kind, state="there", found=M("{name}, by its name", name=named.clip.name))
    for decision in said:
        if decision.kept and speaks_of_it(decision.words):
            place = _where(names[decision.clip_id], decision.start_s)
            hint = M("spoken of in {place}, but the pictures alone do not tell", place=place)
            return StoryPoint(kind=kind, state="unknown", found=hint, advice=ADVICE[kind])
    return StoryPoint(kind=kind, state="unknown", found=NOT_TOLD, advice=ADVICE[kind])


def _said(kind: PointKind, said: Sequence[Decision], names: Mapping[str, str], says_it: Callable[[str], bool]) -> StoryPoint:
    """What is said in a sentence that is used; one that cannot be is told with its reason."""
    sentences = [decision for decision in said if says_it(decision.words)]
    for decision in sorted(sentences, key=lambda one: not one.kept):
        place = _where(names[decision.clip_id], decision.start_s)
        if decision.kept:
            return StoryPoint(kind=kind, state="there", found=M("said in {place}", place=place))
        unused = M("said in {place}, but not used: {reason}", place=place, reason=decision.reason)
        return StoryPoint(kind=kind, state="unknown", found=unused, advice=ADVICE[kind])
    return StoryPoint(kind=kind, state="missing", advice=ADVICE[kind])


def _where(name: str, start_s: float) -> Message:
    return M("{name}, second {second}", name=name, second=round(start_s))
