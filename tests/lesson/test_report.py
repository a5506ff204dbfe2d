"""The page that explains: one file, two languages, a frame and a reason for everything."""

import base64
import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from pipeline.documents.edit import Decision
from pipeline.documents.message import M
from pipeline.lesson import pictures
from pipeline.resources import fieldcut_version
from pipeline.store import Store


class Reader(HTMLParser):
    """Text, pictures and addresses of a page; `order` holds articles as their texts."""

    def __init__(self, page):
        super().__init__()
        self.pictures, self.addresses, self.tags, self.text, self.articles, self.depth = [], [], [], [], [], 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        known = dict(attributes)
        self.addresses += [known[name] for name in ("src", "href", "action", "poster") if known.get(name)]
        if tag == "img":
            self.pictures.append(known["src"])
        if tag == "article":
            self.articles.append("")
            self.depth += 1

    def handle_endtag(self, tag):
        self.depth -= tag == "article"

    def handle_data(self, data):
        if self.tags and self.tags[-1] == "style":
            return
        self.text.append(data)
        if self.depth:
            self.articles[-1] += data


def picture_of(uri):
    """The picture in a data URI."""
    return Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))


def test_the_page_is_one_file_that_asks_for_nothing_outside(story):
    page = story.page()
    assert all(address.startswith("data:image/jpeg;base64,") for address in Reader(page).addresses)
    assert "url(" not in page
    assert "@import" not in page
    assert "script" not in Reader(page).tags


def test_the_page_says_which_release_made_it(story):
    assert f'<meta name="generator" content="FieldCut {fieldcut_version()}">' in story.page()


def test_names_from_the_phone_cannot_break_the_page(story):
    page = story.page()
    read = Reader(page)
    assert "<b>.mp4" not in page
    assert "村里 [1]'s <b>.mp4" in "".join(read.text)
    assert "土豆 <新>" in "".join(read.text)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_opens_in_the_language_of_the_job(story, language):
    page = story.but(language=language).page()
    assert re.findall(r'id="(\w+)" checked', page) == [language]
    assert page.count('class="zh"') == page.count('class="en"') > 40


def test_every_decision_has_its_frame_times_words_and_reason(story):
    rows = [text for text in Reader(story.page()).articles if "0:00.5–0:02.0" in text or "0:02.0–0:03.5" in text]
    assert len(rows) == 2
    assert "我们的土豆" in rows[0]
    assert "a slip: the speaker takes it back" in rows[1]
    # three decisions, one retake with a frame, two frames of the contact sheet
    assert len(Reader(story.page()).pictures) == 6


def test_a_frame_shows_the_moment_that_it_stands_for(story):
    pictures = [np.asarray(picture_of(uri).convert("L"), dtype=float) for uri in Reader(story.page()).pictures[-3:]]
    assert np.abs(pictures[0] - pictures[1]).mean() > 3


def test_what_failed_stands_before_everything_else(story):
    read = Reader(story.page())
    assert "The picture is black." in read.articles[0]
    assert "0:01.5" in read.articles[0]


def test_what_to_film_again_stands_with_its_advice(story):
    told = [text for text in Reader(story.page()).articles if "it is too dark" in text]
    assert "夜里.mp4" in told[0]
    assert "Film before sunset" in told[0]


def test_a_lost_file_is_among_what_was_not_used_and_not_among_what_to_film_again(story):
    page = Reader(story.page())
    assert "坏.mp4 was broken off." in "".join(page.text)
    assert not any("坏.mp4" in text for text in page.articles)


def test_held_words_repairs_warnings_and_seconds_are_told(story):
    text = "".join(Reader(story.but(warnings=(M("Look here."), M("Look here."))).page()).text)
    for told in ("听不清", "面宁", "冕宁", "Only one clip can be shown.", "4.0 s", "¥29.9 / 10斤", "-14.0 LUFS"):
        assert told in text, told
    assert text.count("Look here.") == 2, "said once, in two languages"


def test_a_story_without_a_video_still_has_a_page(story):
    page = story.but(rendition=None, inspection=None, video=None, subtitles=None).page()
    assert "There is no video yet." in page


def test_a_page_that_is_written_again_takes_no_frame_again(story, tmp_path, monkeypatch):
    store = Store(tmp_path)
    page, started = story.page(store=store), []
    monkeypatch.setattr(pictures, "run_side_by_side", lambda children, **_: started.extend(children))
    assert story.page(store=store) == page
    assert not started


def test_a_clip_that_is_gone_costs_only_its_pictures(story):
    gone = story.clips.clips[0].model_copy(update={"path": "/in/gone.mp4"})
    page = story.but(clips=story.clips.model_copy(update={"clips": (gone, story.clips.clips[1])})).page()
    assert "我们的土豆" in page
    assert len(Reader(page).pictures) == 4


def test_a_turned_clip_is_shown_upright(story, turned):
    clips = story.clips.model_copy(update={"clips": (turned, story.clips.clips[1])})
    upright = [picture_of(uri).size for uri in Reader(story.but(clips=clips, rendition=None).page()).pictures]
    assert sum(height > width for width, height in upright) == 2


def test_an_hdr_clip_is_shown_with_ordinary_brightness(story, hdr):
    """Reference white of 203 nits is code 148 of 255 in PQ, and must be near white on the page."""
    clips = story.clips.model_copy(update={"clips": (hdr,)})
    story = story.but(clips=clips, analyses={}, rendition=None)
    assert np.asarray(picture_of(Reader(story.page()).pictures[0]).convert("L")).mean() > 200


@pytest.mark.system
def test_a_long_story_stays_small_enough_for_a_chat_app(story, grainy):
    decisions = tuple(
        Decision(clip_id="c" * 16, start_s=at / 50, end_s=at / 50 + 0.5, kept=at % 2 == 0, reason=M("said clearly"), words="土豆" * 20)
        for at in range(100)
    )
    clips = story.clips.model_copy(update={"clips": (grainy,)})
    page = story.but(clips=clips, edit=story.edit.model_copy(update={"decisions": decisions})).page()
    assert len(page.encode()) < 3_000_000
    assert len(Reader(page).pictures) > 95
