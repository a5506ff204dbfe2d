"""Close-ups of faces, for which a person must say whether they show children.

Detected: faces (BlazeFace) and how large they are in the shown picture. Not detected: age. No detector of children could be
measured here, and a missed child is worse than a needless question, so every close face is asked about, once per clip. Faces that
turn away, are covered or are small are not found.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.commerce.claims.findings import make_claim
from pipeline.documents.analysis import Analysis, Subject
from pipeline.documents.claims import Claim, TextPlace, Verdict
from pipeline.documents.clip import Clips
from pipeline.documents.consent import Consent, ConsentRequest, Consents
from pipeline.documents.edit import CropPath, Cut, Edit, Framing
from pipeline.documents.message import M, Message
from pipeline.media.still import save_still
from pipeline.settings import day_text

CLOSE_UP_HEIGHT = 0.15
"""Height of a face as a share of the shown picture's height from which a person is recognised by those who know her, on a phone: our
own choice, 288 pixels of 1920. Largest faces that the detector found in real clips, looked at one by one: a selfie 0.44 and a speaker
from the waist up 0.17 are close; a print on a box 0.13, a person standing across a room 0.10 and a hot spot of a thermal camera 0.08
are not; hands at work, animals, fields and streets had none."""
UNSEEN, CONSENT = "face.close", "face.consent"
"""Rules: nobody has looked whose face it is; somebody has, and it is a person's who must agree."""
_LAW = ("minors", "portrait", "ad-38")


def find_close_faces(edit: Edit, framing: Framing | None, analyses: Mapping[str, Analysis], clips: Clips) -> tuple[ConsentRequest, ...]:
    """Return a consent request for every clip with a close face, at the moment it is largest, in the order of the timeline.

    framing: the crop of one aspect ratio, which decides how large a face is in it; None for the whole picture.
    """
    largest: dict[str, ConsentRequest] = {}
    paths: tuple[CropPath | None, ...] = framing.paths if framing else (None,) * len(edit.cuts)
    for cut, start, path in zip(edit.cuts, edit.starts(), paths, strict=True):
        if not cut.clip_id or cut.clip_id not in analyses:
            continue
        for face, share in _visible_faces(cut, path, analyses[cut.clip_id], edit.fps):
            if share >= CLOSE_UP_HEIGHT and share > (known.share if (known := largest.get(cut.clip_id)) else 0.0):
                largest[cut.clip_id] = ConsentRequest(
                    clip_id=cut.clip_id,
                    clip=clips.by_id(cut.clip_id).name,
                    source_s=face.at_s,
                    timeline_s=round(start / edit.fps + (face.at_s - cut.source_start_s) / cut.speed, 2),
                    share=round(share, 3),
                )
    return tuple(sorted(largest.values(), key=lambda request: request.timeline_s))


def with_stills(requests: tuple[ConsentRequest, ...], video: Path, folder: Path, *, width: int = 540) -> tuple[ConsentRequest, ...]:
    """Return the requests, each with a still of its moment from the finished video; `folder` is made. width: of the stills, in pixels.

    Raises MediaFault when a moment cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    illustrated = []
    for request in requests:
        still = folder / f"face-{request.clip_id}.jpg"
        save_still(video, request.timeline_s, still, width=width)
        illustrated.append(request.model_copy(update={"picture": str(still.absolute())}))
    return tuple(illustrated)


def _visible_faces(cut: Cut, path: CropPath | None, analysis: Analysis, fps: int) -> Iterator[tuple[Subject, float]]:
    """Yield the faces whose centre is in the shown picture during the cut, with their height as a share of it."""
    until_s = cut.source_start_s + cut.frames / fps * cut.speed
    for subject in analysis.subjects:
        if subject.kind != "face" or not cut.source_start_s <= subject.at_s < until_s:
            continue
        if path is None:
            yield subject, subject.height
            continue
        frame = (subject.at_s - cut.source_start_s) / cut.speed * fps
        x, y = _window_centre(path, frame)
        if abs(subject.x - x) <= path.width / 2 and abs(subject.y - y) <= path.height / 2:
            yield subject, min(1.0, subject.height / path.height)


def _window_centre(path: CropPath, frame: float) -> tuple[float, float]:
    """Return the crop window's centre at a frame of the cut, interpolated linearly between its keys."""
    before = max((key for key in path.keys if key.frame <= frame), key=lambda key: key.frame, default=path.keys[0])
    after = min((key for key in path.keys if key.frame > frame), key=lambda key: key.frame, default=before)
    if after.frame == before.frame:
        return before.x, before.y
    part = (frame - before.frame) / (after.frame - before.frame)
    return before.x + (after.x - before.x) * part, before.y + (after.y - before.y) * part


def check_faces(requests: tuple[ConsentRequest, ...], consents: Consents) -> tuple[Claim, ...]:
    """Check the consent of people in close-ups: ✗ until a person has looked, without consent and after its withdrawal, else ✓."""
    return tuple(
        _unanswered(request) if (consent := consents.of(request.clip_id)) is None else _answered(request, consent) for request in requests
    )


def unseen_faces(requests: tuple[ConsentRequest, ...], consents: Consents) -> tuple[ConsentRequest, ...]:
    """Return the requests that nobody has answered."""
    return tuple(request for request in requests if consents.of(request.clip_id) is None)


def _unanswered(request: ConsentRequest) -> Claim:
    why = M("{clip}, second {second}: a face is seen close. Whether it is a child's is not judged here.", **_facts(request))
    suggestion = M(
        "Look at the picture. If it is a child, let a parent or guardian agree, and record who agreed; else leave the cut out. "
        "{command} shows and records it.",
        command="fieldcut consent",
    )
    return _claim("block", UNSEEN, request, why, suggestion)


def _answered(request: ConsentRequest, consent: Consent) -> Claim:
    facts: dict[str, str | float] = {**_facts(request), "person": consent.recorded_by, "when": day_text(consent.newest_at)}
    if not consent.shown.strip():
        why = M("{clip}, second {second}: {person} has looked on {when}; it is no child.", **facts)
        return _claim("ok", UNSEEN, request, why)
    facts |= {"shown": consent.shown, "who": consent.agreed_by}
    suggestion = M("Record which parent or guardian agreed, or leave the cut out.")
    if consent.withdrawn_at is not None:
        facts.pop("person")
        why = M("{clip}, second {second}: {shown} is seen close, and on {when} {who} took the consent back.", **facts)
        return _claim("block", CONSENT, request, why, suggestion)
    if not consent.agreed_by.strip():
        facts = {**_facts(request), "shown": consent.shown}
        why = M("{clip}, second {second}: {shown} is seen close, and nobody has agreed to that.", **facts)
        return _claim("block", CONSENT, request, why, suggestion)
    why = M("{clip}, second {second}: {shown} is seen close; {who} agreed, as {person} recorded on {when}.", **facts)
    return _claim("ok", CONSENT, request, why)


def _claim(verdict: Verdict, rule: str, request: ConsentRequest, why: Message, suggestion: Message | None = None) -> Claim:
    place = TextPlace(kind="picture", at_s=request.timeline_s)
    return make_claim(verdict, rule, place, why, sources=_LAW, words=request.clip, suggestion=suggestion)


def _facts(request: ConsentRequest) -> dict[str, str | float]:
    return {"clip": request.clip, "second": request.source_s}
