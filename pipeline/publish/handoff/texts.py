"""The pack's plain text files, for people who cannot open the page and for copying from a file manager."""

from collections.abc import Iterator

from pipeline.documents.message import M
from pipeline.language import say
from pipeline.publish.handoff.form import Pasted
from pipeline.publish.handoff.posting_sheet import LANGUAGES, PostingSheet
from pipeline.settings import minute_text, zone_name

PASTED: dict[Pasted, str] = {"title": "title.txt", "short_title": "short-title.txt", "caption": "caption.txt", "topics": "topics.txt"}
"""Files that hold exactly what is pasted."""


def text_files(sheet: PostingSheet) -> dict[str, str]:
    """Return the files' contents by name; a text that the release does not have has no file."""
    files = {name: sheet.texts[field] for field, name in PASTED.items() if field in sheet.texts}
    product = "\n".join(_product(sheet))
    if product:
        files["product.txt"] = product + "\n"
    files["declarations.txt"] = "\n".join(_declarations(sheet)) + "\n"
    files["checklist.txt"] = "\n\n".join("\n".join(_checklist(sheet, language)) for language in LANGUAGES) + "\n"
    return files


def _product(sheet: PostingSheet) -> Iterator[str]:
    names = {
        "product_name": M("Product"),
        "product_link": M("Product link"),
        "product_id": M("Product number"),
        "short_title": M("Short title"),
    }
    sold = {"product_name", "product_link", "product_id"} & set(sheet.texts)
    for field, name in names.items() if sold else ():
        if field in sheet.texts:
            yield f"{say(name, 'zh')} {name}: {sheet.texts[field]}"
    if sold and sheet.price:
        yield f"{say(M('Price'), 'zh')} {M('Price')}: {sheet.price}"


def _declarations(sheet: PostingSheet) -> Iterator[str]:
    for language in LANGUAGES:
        yield "☑ " + sheet.declared[language] if sheet.declared else "☐ " + say(M("Nothing to declare"), language)
        if sheet.also:
            yield say(M("The form takes one declaration only. If it takes another, add:"), language) + " " + sheet.also[language]


def _checklist(sheet: PostingSheet, language: str) -> Iterator[str]:
    yield say(M("To post by hand: {story} on {platform}", story=sheet.story, platform=sheet.label.get(language, sheet.platform)), language)
    if sheet.account:
        yield say(M("Account:"), language) + " " + sheet.account
    yield say(M("Number:"), language) + " " + sheet.release_id
    planned = (
        say(M("{time}, {zone}", time=sheet.planned, zone=zone_name()), language)
        if sheet.planned
        else say(M("As soon as it is posted"), language)
    )
    yield say(M("To be public"), language) + ": " + planned
    if sheet.planned_note:
        yield say(sheet.planned_note, language)
    if sheet.offer_ends:
        ends = minute_text(sheet.offer_ends)
        yield say(M("The offer ends, so do not post after:"), language) + " " + ends
    yield ""
    for number, stop in enumerate(sheet.stops, start=1):
        yield f"[ ] {number}. {stop.words[language]}"
    yield ""
    yield say(M("It counts as live only with its link or a screenshot. Send either to the co-op, with the number above."), language)
