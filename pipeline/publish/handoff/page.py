"""The pack's page: one file that a phone opens from wherever the pack was put. Only the video lies beside it."""

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from jinja2 import ChoiceLoader, Environment, PackageLoader
from PIL import Image

from pipeline.documents.base import Frozen
from pipeline.documents.message import M
from pipeline.documents.release import VideoFile
from pipeline.page_policy import escaping_environment, template_policy
from pipeline.publish.handoff.form import HandoffForm
from pipeline.publish.handoff.posting_sheet import PostingSheet, in_all_languages
from pipeline.publish.platforms.shelf.pages import QUIET, qr_path
from pipeline.settings import minute_text, zone_name

PREVIEW = 360
"""Width of the covers inside the page, pixels: the covers themselves lie beside it."""


class PackedCover(Frozen):
    """A cover as it lies in the pack. shape: 3:4."""

    name: str
    shape: str
    path: Path
    width: int
    height: int


def handoff_page(
    sheet: PostingSheet,
    form: HandoffForm,
    video: VideoFile,
    covers: Sequence[PackedCover],
    *,
    video_name: str,
    title: str,
    text_language: str,
    qr: Sequence[str],
    language: str,
) -> str:
    """The page in both languages; the same things give the same page.

    video_name: beside the page. qr: the creator site's code, rows of 0 and 1 without its quiet zone. text_language: of the post's own
    words (BCP 47). language: zh or en, which is seen first.
    """
    previews, pages = [_preview(cover.path) for cover in covers], _pages()
    return pages.get_template("page.html").render(
        sheet=sheet,
        policy=template_policy(pages, "page.html"),
        words={name: in_all_languages(message) for name, message in {**_WORDS, "zone": zone_name()}.items()},
        language=language,
        text_lang=text_language,
        title=title,
        length=f"{int(video.length_s) // 60}:{round(video.length_s) % 60:02d}",
        size=f"{video.width}×{video.height}",
        ends=minute_text(sheet.offer_ends) if sheet.offer_ends else "",
        planned_note=in_all_languages(sheet.planned_note) if sheet.planned_note else None,
        video=video_name,
        poster=previews[0] if previews else "",
        covers=[{**cover.model_dump(exclude={"path"}), "preview": preview} for cover, preview in zip(covers, previews, strict=True)],
        site=form.site,
        site_label=form.site_label,
        qr=qr_path(qr),
        qr_side=len(qr) + 2 * QUIET,
        data={
            "release": sheet.release_id,
            "hosts": form.link_hosts,
            "not_posts": form.not_posts,
            "copy": in_all_languages(_WORDS["copy"]),
            "copied": in_all_languages(M("Copied")),
            "copy_by_hand": in_all_languages(M("Press and hold to copy")),
        },
    )


_WORDS = {
    "pack": M("Hand-off pack"),
    "account": M("Account:"),
    "claim_first": M("One person posts this, once. Claim it first, so that nobody else posts it too; the co-op needs this number for it."),
    "number": M("Number:"),
    "copy": M("Copy"),
    "planned": M("To be public"),
    "at_once": M("As soon as it is posted"),
    "not_after": M("The offer ends, so do not post after:"),
    "ended": M("This offer has ended. Do not post this any more; ask the co-op for a new pack."),
    "declare": M("To be declared"),
    "nothing": M("Nothing"),
    "also": M("The form takes one declaration only. If it takes another, add:"),
    "save_video": M("Save the video"),
    "save": M("save"),
    "steps": M("Step by step"),
    "scan": M("Scan the code with the phone that posts, or tap the name."),
    "after": M("After posting"),
    "prove": M("It counts as live only with its link or a screenshot. Send either to the co-op, with the number above."),
    "link": M("Link of the post"),
    "bad_link": M("This is no link to a post there: it begins with https:// and comes from “copy link” of the post."),
    "good_link": M("This is a link to a post there. Copy the line and send it to the co-op."),
    "unverified": M("Platforms move their buttons. Where a step looks different, do what it means, and tell the co-op."),
    "title": M("Title"),
    "short_title": M("Short title"),
    "caption": M("Description"),
    "topics": M("Topics"),
    "product_name": M("Product"),
    "product_link": M("Product link"),
    "product_id": M("Product number"),
}


def _pages() -> Environment:
    own, shared = PackageLoader("pipeline.publish", "handoff"), PackageLoader("pipeline.publish.platforms.shelf", "templates")
    pages = escaping_environment(ChoiceLoader([own, shared]))
    pages.filters["address"] = lambda name: quote(name, safe="")
    return pages


def _preview(cover: Path) -> str:
    """A small picture as an address of its own content."""
    with Image.open(cover) as opened:
        small = opened.convert("RGB")
    small.thumbnail((PREVIEW, 2 * PREVIEW), Image.Resampling.LANCZOS)
    content = io.BytesIO()
    small.save(content, "JPEG", quality=82)
    return "data:image/jpeg;base64," + base64.b64encode(content.getvalue()).decode()
