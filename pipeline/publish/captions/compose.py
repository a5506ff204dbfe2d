"""One source of words → the captions of one destination."""

from dataclasses import dataclass

from pipeline.chinese.text_length import has_words
from pipeline.documents.captions import CaptionSet, CaptionSource
from pipeline.documents.destination import Destination, Links
from pipeline.documents.message import M, Message
from pipeline.documents.release import Captions
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.publish.captions.allowed import clean_topics, links_allowed, split_topics, tidy, without_contacts, without_forbidden_clauses
from pipeline.publish.captions.fields import short_title_of, title_of
from pipeline.publish.captions.text import TextField, text_field, topic_line, topics_for

BCP_47 = {"zh": "zh-Hans"}
TITLE, POINTS, PRICE, PROMISE, ORDERING, CONTACT, LINK, CART, DECLARATION, TOPICS = (0, 10, 900, 901, 902, 903, 904, 905, 906, 907)
"""Where each line is read; points follow one another from theirs."""


def make_captions(
    source: CaptionSource, destination: Destination, language: str, *, upright: bool = True, length_s: float = 60.0
) -> CaptionSet:
    """The captions of one destination, each field within its limit as the destination counts it.

    language: zh or en, of the words that are added. upright, length_s: the video's shape and its seconds, since under short upright
    videos a link may be no link. Declaration, call to buy and price are set aside first, so that the sentences are what is cut; a cut
    lies between two words, never inside a price with its amount, a name, a topic or an emoji.
    Raises UserMistake for a title or a text without a word, and where declaration, call to buy and price alone do not fit.
    """
    label = destination.label.get(language) or destination.name
    links = links_allowed(destination, upright=upright, length_s=length_s)
    words = _allowed(source, destination, links)
    title, title_notes = _title(source, words.title, destination, label)
    short, short_notes = _short_title(source, words.title, destination, label)
    wording = _cart_wording(source, destination, language)
    text = text_field(destination, source.names)
    topics, left_out = topics_for(words.topics, destination, None), tuple[str, ...]()
    if text is not None:
        needed = wording if destination.cart_in_text else ""
        if wording and destination.link_in_text:
            needed = say(M("Buy here: {link}", link=source.link), language)
        _put_needed(text, source, tidy(needed, destination.caption_without), destination, label)
        topics, left_out = _put_sentences(text, words, destination, titled=bool(title))
        _put_welcome(text, source, destination, links, language)
        if not has_words("".join([title, *(line for at, line in text.lines.items() if at < PRICE)])):
            raise UserMistake(M("The caption for {place} has no words, only pictures or marks: write a sentence.", place=label))
    cut_notes = [M("The text was cut for {place}: not all of “{words}” is in it.", place=label, words=line) for line in left_out[:1]]
    captions = Captions(
        title=title,
        short_title=short,
        text="" if text is None else str(text),
        topics=topics,
        cart_wording=wording,
        language=BCP_47.get(language, language),
    )
    notes = [*words.notes, *title_notes, *short_notes, *cut_notes, *_link_notes(source, destination, links, label)]
    return CaptionSet(destination=destination.name, captions=captions, notes=_once(notes))


@dataclass(frozen=True)
class _Words:
    """Title, sentences and topics without what the destination refuses, and notes on what that was."""

    title: str
    points: tuple[str, ...]
    topics: tuple[str, ...]
    notes: tuple[Message, ...]


def _allowed(source: CaptionSource, destination: Destination, links: Links) -> _Words:
    topics, notes, lines = list(source.topics), list[Message](), list[str]()
    for line in (source.title, *source.points):
        bare, typed = split_topics(tidy(line, destination.caption_without))
        kept, left_out = without_forbidden_clauses(bare, destination, links)
        notes.extend(left_out)
        topics.extend(typed)
        lines.append(kept)
    return _Words(lines[0], tuple(line for line in lines[1:] if line), clean_topics(tuple(topics)), tuple(notes))


def _title(source: CaptionSource, allowed: str, destination: Destination, label: str) -> tuple[str, list[Message]]:
    """The title within its limit, and a note where it was cut. Raises UserMistake for one without a word where there must be one."""
    title = title_of(allowed, destination, source.names)
    if "title" not in destination.caption_limits:
        return title, []
    if not has_words(title):
        raise UserMistake(M("The title “{title}” is no title for {place}: write one with words.", title=source.title, place=label))
    return title, [M("The title was cut for {place}: {title}", place=label, title=title)] if title != allowed else []


def _short_title(source: CaptionSource, allowed: str, destination: Destination, label: str) -> tuple[str, list[Message]]:
    short = short_title_of(source.product, allowed, destination, source.names)
    missing = "short_title" in destination.caption_limits and not short
    return short, [M("No short title could be made for {place}: write one by hand.", place=label)] if missing else []


def _cart_wording(source: CaptionSource, destination: Destination, language: str) -> str:
    """The call to buy; nothing where no cart will be there."""
    wording = destination.cart_wording.get(language) or destination.cart_wording.get("en", "")
    return wording if destination.has_cart(source.link) else ""


def _put_sentences(text: TextField, words: _Words, destination: Destination, *, titled: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Put in the title (where it has no field of its own), topics and sentences.

    Returns the topics that were used, and the lines that were cut or left out.
    """
    left_out = [] if titled else [line for line in (words.title,) if text.put(TITLE, line, shorten=True) != line]
    topics = topics_for(words.topics, destination, text)
    if destination.topic_form:
        text.put(TOPICS, topic_line(topics, destination))
    points = words.points if words.points and words.points[0] != words.title else words.points[1:]
    left_out += [line for at, line in enumerate(points) if text.put(POINTS + at, line, shorten=True) != line]
    return topics, tuple(left_out)


def _put_needed(text: TextField, source: CaptionSource, wording: str, destination: Destination, label: str) -> None:
    declaration, price = (tidy(line, destination.caption_without) for line in (source.declaration, source.price))
    for at, line in ((DECLARATION, declaration), (CART, wording), (PRICE, price)):
        if line and not text.put(at, line):
            raise UserMistake(
                M(
                    "“{words}” does not fit into the caption for {place}, which has room for {most}.",
                    words=line,
                    place=label,
                    most=text.most,
                )
            )


def _put_welcome(text: TextField, source: CaptionSource, destination: Destination, links: Links, language: str) -> None:
    """What is good to have, as far as there is room and the destination allows it."""
    promise = tidy(source.promise, destination.caption_without)
    promise, _ = without_forbidden_clauses(promise if destination.contact else without_contacts(promise), destination, links)
    text.put(PROMISE, promise)
    if destination.pickup or destination.contact:
        text.put(ORDERING, source.ordering)
    if destination.contact and source.contact and source.contact not in promise:
        text.put(CONTACT, say(M("After-sales: {contact}", contact=source.contact), language))
    if links == "tapped" and source.link:
        text.put(LINK, say(M("Buy here: {link}", link=source.link), language))


def _link_notes(source: CaptionSource, destination: Destination, links: Links, label: str) -> list[Message]:
    """A note where the cart link is left off the text since nobody could tap it there."""
    if not source.link or links == "tapped" or destination.link_in_text:
        return []
    if not destination.has_cart(source.link):
        return [
            M(
                "{place} hangs a product on a post by its number in the shop there, and the sheet has an address only: the post has no "
                "cart and its words speak of none.",
                place=label,
            )
        ]
    if destination.cart_in_text:
        return []
    return [M("The cart link is not in the text for {place}, since nobody can tap it there: show another way to buy.", place=label)]


def _once(notes: list[Message]) -> tuple[Message, ...]:
    return tuple(note for at, note in enumerate(notes) if note not in notes[:at])
