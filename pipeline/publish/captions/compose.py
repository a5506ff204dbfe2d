"""One source of words → the captions of one destination."""

from pipeline.documents.captions import CaptionSet, CaptionSource
from pipeline.documents.destination import Destination, Links
from pipeline.documents.message import M, Message
from pipeline.documents.release import Captions
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.publish.captions.allowed import links_allowed, permitted, tidy, topic_words, topics_in, without_contacts
from pipeline.publish.captions.fields import short_title_of, title_of
from pipeline.publish.captions.measure import has_words
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
    links = links_allowed(destination, upright=upright, length_s=length_s)
    notes: list[Message] = []
    place = destination.label.get(language) or destination.name
    title, points, topics = _allowed(source, destination, links, notes)
    shown = title_of(title, destination, source.names)
    if "title" in destination.caption_limits:
        if not has_words(shown):
            raise UserMistake(M("The title “{title}” is no title for {place}: write one with words.", title=source.title, place=place))
        if shown != title:
            notes.append(M("The title was cut for {place}: {title}", place=place, title=shown))
    short = short_title_of(source.product, title, destination, source.names)
    if "short_title" in destination.caption_limits and not short:
        notes.append(M("No short title could be made for {place}: write one by hand.", place=place))
    wording = destination.cart_wording.get(language) or destination.cart_wording.get("en", "")
    wording = wording if source.price or source.link else ""
    text = text_field(destination, source.names)
    if text is None:
        used = topics_for(topics, destination, None)
    else:
        _put_needed(text, source, tidy(wording, destination.caption_without) if destination.cart_in_text else "", destination, place)
        left_out = [] if shown else [line for line in (title,) if text.put(TITLE, line, shorten=True) != line]
        used = topics_for(topics, destination, text)
        if destination.topic_form:
            text.put(TOPICS, topic_line(used, destination))
        rest = points if points and points[0] != title else points[1:]
        left_out += [line for at, line in enumerate(rest) if text.put(POINTS + at, line, shorten=True) != line]
        _put_welcome(text, source, destination, links, language)
        if left_out:
            notes.append(M("The text was cut for {place}: not all of “{words}” is in it.", place=place, words=left_out[0]))
        if not has_words("".join([shown, *(line for at, line in text.lines.items() if at < PRICE)])):
            raise UserMistake(M("The caption for {place} has no words, only pictures or marks: write a sentence.", place=place))
    if source.link and links != "tapped" and not destination.cart_in_text:
        notes.append(
            M("The cart link is not in the text for {place}, since nobody can tap it there: show another way to buy.", place=place)
        )
    captions = Captions(
        title=shown,
        short_title=short,
        text="" if text is None else str(text),
        topics=used,
        cart_wording=wording,
        language=BCP_47.get(language, language),
    )
    return CaptionSet(destination=destination.name, captions=captions, notes=_once(notes))


def _allowed(
    source: CaptionSource, destination: Destination, links: Links, notes: list[Message]
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Title, sentences and topics without what the destination refuses."""
    topics = list(source.topics)
    lines = []
    for line in (source.title, *source.points):
        bare, typed = topics_in(tidy(line, destination.caption_without))
        kept, left_out = permitted(bare, destination, links)
        notes.extend(left_out)
        topics.extend(typed)
        lines.append(kept)
    return lines[0], tuple(line for line in lines[1:] if line), topic_words(tuple(topics))


def _put_needed(text: TextField, source: CaptionSource, wording: str, destination: Destination, place: str) -> None:
    declaration, price = (tidy(line, destination.caption_without) for line in (source.declaration, source.price))
    for at, line in ((DECLARATION, declaration), (CART, wording), (PRICE, price)):
        if line and not text.put(at, line):
            raise UserMistake(
                M(
                    "“{words}” does not fit into the caption for {place}, which has room for {most}.",
                    words=line,
                    place=place,
                    most=text.most,
                )
            )


def _put_welcome(text: TextField, source: CaptionSource, destination: Destination, links: Links, language: str) -> None:
    """What is good to have, as far as there is room and the destination allows it."""
    promise = tidy(source.promise, destination.caption_without)
    promise, _ = permitted(promise if destination.contact else without_contacts(promise), destination, links)
    text.put(PROMISE, promise)
    if destination.pickup or destination.contact:
        text.put(ORDERING, source.ordering)
    if destination.contact and source.contact and source.contact not in promise:
        text.put(CONTACT, say(M("After-sales: {contact}", contact=source.contact), language))
    if links == "tapped" and source.link:
        text.put(LINK, say(M("Buy here: {link}", link=source.link), language))


def _once(notes: list[Message]) -> tuple[Message, ...]:
    return tuple(note for at, note in enumerate(notes) if note not in notes[:at])
