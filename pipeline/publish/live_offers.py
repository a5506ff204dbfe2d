"""What a post promises of an offer, held against what the sheet says now: the differences, and a shelf's page without the offer.

A page whose offer has lapsed stays at its address: buyers come back to links that were sent to their groups, and read there that the offer
is over and whom to ask after a sale. What could still sell goes: price, cart, code, the words of the post and what is said in the video.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from pipeline.documents.message import M, Message
from pipeline.documents.release import Captions, CartLink, CoverFile, Lapse, OfferShown, PageShown, PromisedOffer, Release
from pipeline.language import say
from pipeline.settings import minute_text
from pipeline.store import file_sha256

_LAPSES: dict[Lapse, Message] = {
    "ended": M("This offer has ended."),
    "sold_out": M("Sold out."),
    "taken_down": M("Not on sale now."),
    "changed": M("The offer is being brought up to date; nothing can be ordered here until then."),
}


def lapse_words(lapse: Lapse) -> Message:
    """Return what a page says to a buyer of an offer that no longer holds."""
    return _LAPSES[lapse]


def promised_by(release: Release) -> PromisedOffer | None:
    """Return what a release promises; of one by an earlier FieldCut what its fields tell. None without a product."""
    if release.promised is not None:
        return release.promised
    offer, page = release.offer, release.page
    if offer is None:
        return None
    return PromisedOffer(
        price=f"{offer.price}/{offer.unit}" if offer.unit else offer.price,
        list_price=page.list_price if page else "",
        offer_ends=offer.offer_ends,
        link=release.cart.value,
    )


def sheet_says(release: Release, promise: PromisedOffer) -> PromisedOffer:
    """Return what the sheet promises, without what a release by an earlier FieldCut left unsaid and nobody can compare."""
    if release.promised is not None:
        return promise
    unsaid = ({} if release.page else {"list_price": ""}) | ({} if release.cart.value else {"link": ""})
    return promise.model_copy(update=unsaid)


def differences(before: PromisedOffer, now: PromisedOffer) -> tuple[Message, ...]:
    """Return what differs, as a person would change it: old → new. Of an offer that has lapsed only that."""
    return tuple(_differences(before, now))


def _differences(before: PromisedOffer, now: PromisedOffer) -> Iterator[Message]:
    if now.lapsed:
        if now.lapsed != before.lapsed:
            yield _lapsed(now)
        return
    if before.lapsed:
        yield M("it is on sale again, at {price}", price=now.price)
    fields = (
        (M("price"), before.price, now.price),
        (M("old price"), before.list_price, now.list_price),
        (M("end"), _moment(before.offer_ends), _moment(now.offer_ends)),
        (M("link"), before.link, now.link),
    )
    for what, was, present in fields:
        if was != present:
            yield M("{what}: {was} → {now}", what=what, was=was or "–", now=present or "–")


def _lapsed(now: PromisedOffer) -> Message:
    if now.lapsed == "ended" and now.offer_ends is not None:
        return M("the offer ended on {when}", when=minute_text(now.offer_ends))
    return {"sold_out": M("it is sold out"), "taken_down": M("it is not on sale any more")}.get(now.lapsed or "", M("the offer has ended"))


def only_end_differs(before: PromisedOffer, now: PromisedOffer) -> bool:
    """Whether a page can be brought up to date without another video: an end stands beside the video, never in it."""
    return before.model_copy(update={"offer_ends": now.offer_ends}) == now


def with_end(release: Release, ends: datetime | None) -> Release:
    """Return the page's next release with another end, for the same video and words."""
    page, offer, promised = release.page or PageShown(), release.offer, promised_by(release)
    return Release.model_validate(
        {
            **_as_new(release),
            "page": page.model_copy(update={"offer_ends": ends}),
            "offer": offer and offer.model_copy(update={"offer_ends": ends}),
            "promised": promised and promised.model_copy(update={"offer_ends": ends}),
        }
    )


def withdrawn(release: Release, lapse: Lapse, shelf: Path | None) -> Release:
    """Return the page's next release, which says that the offer no longer holds and offers nothing.

    shelf: the page's own folder, whose copies stand in for a video or cover that has changed since; None where there is none at hand.
    """
    promised, page, offer = promised_by(release), release.page or PageShown(), release.offer
    name = offer.name if offer else ""
    language = "zh" if release.captions.language.startswith("zh") else release.captions.language
    words = say(M("{lapse} What the video says and shows of the price no longer holds.", lapse=lapse_words(lapse)), language)
    photo = release.photo if release.photo and _is_intact(release.photo.path, release.photo.sha256) else None
    return Release.model_validate(
        {
            **_as_new(release),
            "video": release.video.model_copy(update={"path": _present_path(release.video.path, release.video.sha256, "video", shelf)}),
            "covers": tuple(_present_cover(cover, shelf) for cover in release.covers),
            "subtitles": (),
            "captions": Captions(title=release.captions.title, text=words, language=release.captions.language),
            "cart": CartLink(),
            "offer": OfferShown(sku=offer.sku if offer else "", name=name, price="", unit=""),
            "page": PageShown(origin=page.origin, after_sales=page.after_sales, withdrawn=lapse),
            "photo": photo,
            "promised": promised and promised.model_copy(update={"lapsed": lapse}),
        }
    )


def is_withdrawn(release: Release) -> bool:
    """Whether a release only says that an offer no longer holds."""
    return release.page is not None and release.page.withdrawn is not None


def files_are_intact(release: Release) -> bool:
    """Whether every file of a release is still, byte for byte, the one that it was made with."""
    pictures = [*release.covers, *([release.photo] if release.photo else [])]
    files = [(release.video.path, release.video.sha256), *((picture.path, picture.sha256) for picture in pictures)]
    files += [(track.path, track.sha256) for track in release.subtitles]
    return all(_is_intact(path, sha256) for path, sha256 in files)


def as_new(release: Release) -> Release:
    """Return a release of the same content, to be entered once more: a page that goes back to what it said."""
    return Release.model_validate(_as_new(release))


def _as_new(release: Release) -> dict[str, object]:
    fields = {name: getattr(release, name) for name in Release.model_fields if name != "id"}
    return {**fields, "planned_at": None, "approval": None, "replaces": ()}


def _present_cover(cover: CoverFile, shelf: Path | None) -> CoverFile:
    path = _present_path(cover.path, cover.sha256, "cover", shelf)
    if path == cover.path:
        return cover
    return cover.model_copy(update={"path": path, "sha256": file_sha256(Path(path)), "size_bytes": Path(path).stat().st_size})


def _present_path(path: str, sha256: str, kind: str, shelf: Path | None) -> str:
    """The file itself, or the page's copy of it where it is gone or was made anew since. A copied cover has other bytes."""
    if _is_intact(path, sha256) or shelf is None:
        return path
    copies = sorted(shelf.glob(f"{kind}-*"), key=lambda copy: copy.stat().st_mtime, reverse=True)
    if kind == "video":
        copies = [copy for copy in copies if _is_intact(str(copy), sha256)]
    return str(copies[0]) if copies else path


def _is_intact(path: str, sha256: str) -> bool:
    try:
        return file_sha256(Path(path)) == sha256
    except OSError:
        return False


def _moment(moment: datetime | None) -> str:
    return minute_text(moment) if moment else ""
