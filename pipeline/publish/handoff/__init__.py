"""Hand-off: packs for platforms that a person posts to, and the ledger's moves that record what the person did.

In: a release that the ledger holds, and people. Out: a folder and a zip in `outbox/<story>/handoff/<platform>/`, and the release's state:
prepared → handed_over → claimed → confirmed | abandoned.

    covers = make_covers(video, destination, title, folder, busy=spans_with_words)   # before the release is prepared
    pack = hand_over(release_id, context, outbox, draw_qr=qr_modules)
    claim(ledger, release_id, "李老师", at=now)
    confirm(ledger, release_id, "李老师", at=now, story_folder=folder, link="https://v.douyin.com/…")

A new platform is a folder in `platforms/` with a `form.yaml` and a `profile.yaml`.
"""

from pipeline.publish.handoff.cover_title import TitleStyle
from pipeline.publish.handoff.covers import best_frame_s, make_covers
from pipeline.publish.handoff.form import HandoffForm, form_names, load_form
from pipeline.publish.handoff.hand_over import hand_over
from pipeline.publish.handoff.manual_posting import AlreadyClaimed, PostingClaim, abandon, claim, confirm, give_back
from pipeline.publish.handoff.pack import Pack, make_pack

__all__ = [
    "AlreadyClaimed",
    "HandoffForm",
    "Pack",
    "PostingClaim",
    "TitleStyle",
    "abandon",
    "best_frame_s",
    "claim",
    "confirm",
    "form_names",
    "give_back",
    "hand_over",
    "load_form",
    "make_covers",
    "make_pack",
]
