"""Layers stand where they may, last as long as they say, and are made once for equal input."""

from collections.abc import Callable
from math import ceil
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
import zxingcpp
from PIL import Image

from pipeline.brand import code_layer_s, load_style, short_codes, template_names, with_end_card
from pipeline.brand.layout import canvas_for, subtitles_top
from pipeline.documents.card import Card
from pipeline.documents.look import Box, Layer, Look
from pipeline.errors import UserMistake
from pipeline.store import Store
from tests.brand.conftest import LINK, destination, modules
from tests.tiers import sample

SIZES = [(1080, 1920), (720, 1280), (1080, 1080), (1920, 1080), (270, 480)]


def decoded(layer: Layer) -> list[np.ndarray[Any, np.dtype[np.uint8]]]:
    """Every frame of a moving layer as RGBA."""
    with av.open(layer.file) as container:
        return [frame.reformat(format="rgba").to_ndarray() for frame in container.decode(video=0)]


def kinds(look: Look) -> dict[str, Layer]:
    return {layer.kind: layer for layer in look.layers}


def within(inner: Box, outer: Box) -> bool:
    return (
        inner.x >= outer.x
        and inner.y >= outer.y
        and inner.x + inner.width <= outer.x + outer.width
        and inner.y + inner.height <= outer.y + outer.height
    )


@pytest.mark.parametrize("style", ["plain", "liangshan"])
@pytest.mark.parametrize(("width", "height"), sample(SIZES, (720, 1280), (1080, 1080), (270, 480)))
def test_every_text_stands_in_its_layer_and_in_the_safe_area(
    look: Callable[..., Look], crowded: Card, style: str, width: int, height: int
) -> None:
    place = destination(feed=True, watermark=True)
    long = "大凉山冕宁县高山沙地黄心大土豆新鲜现挖带泥整箱十斤装"
    made = look(
        crowded,
        style=style,
        width=width,
        height=height,
        destination=place,
        title=long,
        subtitle=long,
        mark="冕宁合作社",
        label="含生成画面",
        fps=4,
        total_frames=60,
        card_frame=20,
        card_frames=8,
        end_card_frames=8,
    )
    canvas = canvas_for(load_style(style), place, width, height)
    assert [layer.kind for layer in made.layers] == ["title", "lower_third", "card", "end_card", "mark", "label"]
    for layer in made.layers:
        assert layer.texts
        assert len(layer.texts) == len(layer.text_boxes)
        assert within(layer.box, Box(x=0, y=0, width=width, height=height))
        for box in layer.text_boxes:
            assert within(box, layer.box), layer.kind
            assert within(box, canvas.safe), layer.kind
        if layer.kind != "end_card":
            assert max(box.y + box.height for box in layer.text_boxes) <= subtitles_top(canvas), layer.kind
        if layer.qr_box is not None:
            assert within(layer.qr_box, canvas.safe), layer.kind


def test_nothing_stands_over_the_lower_third_or_another_sign(look: Callable[..., Look], crowded: Card) -> None:
    layers = kinds(look(crowded, destination=destination(watermark=True), mark="冕宁合作社", label="含生成画面"))
    card_texts = layers["card"].text_boxes
    assert max(box.y + box.height for box in card_texts) <= min(box.y for box in layers["lower_third"].text_boxes)
    assert min(box.y for box in card_texts) >= max(box.y + box.height for box in layers["mark"].text_boxes)


def test_the_ink_of_a_text_stands_where_its_box_says(look: Callable[..., Look], card: Card) -> None:
    bare = kinds(look(card, lower_third=""))["title"]
    image = np.asarray(Image.open(bare.still).convert("RGB")).astype(int)
    ground = np.array([0xFB, 0xF7, 0xEE])
    for box in bare.text_boxes:
        x, y = box.x - bare.box.x, box.y - bare.box.y
        off = np.abs(image[y : y + box.height, x : x + box.width] - ground).sum(axis=2) > 60
        assert off[:, 0:2].any()
        assert off[:, -2:].any()
        assert off[0:2].any()
        assert off[-2:].any()


def test_a_moving_layer_has_exactly_its_frames_and_rests_as_its_still(look: Callable[..., Look], card: Card) -> None:
    for layer in look(card, fps=30, total_frames=333, card_frame=140, card_frames=73, end_card_frames=47).layers:
        frames = decoded(layer)
        assert len(frames) == layer.frames
        still = np.asarray(Image.open(layer.still))
        assert still.shape == (layer.box.height, layer.box.width, 4)
        assert 0 < layer.rest_start < layer.rest_end <= layer.frames
        for number in range(layer.rest_start, layer.rest_end):
            assert np.array_equal(frames[number], still), (layer.kind, number)
        assert not np.array_equal(frames[0], still)


def test_layers_stand_on_even_pixels_for_half_size_chroma(look: Callable[..., Look], crowded: Card) -> None:
    for layer in look(crowded, width=318, height=566).layers:
        assert not any(value % 2 for value in (layer.box.x, layer.box.y, layer.box.width, layer.box.height))


def test_equal_input_has_equal_keys_and_a_changed_price_changes_only_its_own(look: Callable[..., Look], card: Card) -> None:
    first, again = look(card), look(card)
    assert first == again
    dearer = look(card.model_copy(update={"price": "¥31.9"}))
    changed = {layer.kind for layer, other in zip(first.layers, dearer.layers, strict=True) if layer.key != other.key}
    assert changed == {"card", "end_card"}
    assert dearer.backdrop == first.backdrop


def test_a_templates_colour_changes_the_layers_that_use_it_and_no_others(look: Callable[..., Look], card: Card) -> None:
    plain = load_style("plain")
    colours = plain.palette.plate.model_copy(update={"price": "#12AB34"})
    other = plain.model_copy(update={"palette": plain.palette.model_copy(update={"plate": colours})})
    keys = [{layer.kind: layer.key for layer in look(card, style=style).layers} for style in (plain, other)]
    assert {kind for kind in keys[0] if keys[0][kind] != keys[1][kind]} == {"card"}


def test_the_end_card_may_say_more_than_the_product_card(look: Callable[..., Look], card: Card) -> None:
    hers = card.model_copy(update={"leader": "团长 王秀英 · 秀英小店", "cutoff": "自提：村口"})
    keys = [{layer.kind: layer.key for layer in look(card, end_card=end).layers} for end in (card, hers)]
    assert {kind for kind in keys[0] if keys[0][kind] != keys[1][kind]} == {"end_card"}
    texts = next(layer.texts for layer in look(card, end_card=hers).layers if layer.kind == "end_card")
    assert any("王秀英" in text for text in texts)


def test_a_look_with_another_end_card_is_the_look_that_would_have_been_made_with_it(
    look: Callable[..., Look], card: Card, tmp_path: Path
) -> None:
    hers = card.model_copy(update={"leader": "王秀英 · 村口小店", "cutoff": "自提点 大桥镇3组村口"})
    shared = with_end_card(look(card), load_style("plain"), hers, destination=destination(), store=Store(tmp_path / "cache"))
    assert shared == look(card, end_card=hers) != look(card)


def test_another_photo_under_the_same_name_is_another_card(look: Callable[..., Look], card: Card, tmp_path: Path) -> None:
    other = tmp_path / "photo.png"
    Image.new("RGB", (300, 300), "#886644").save(other)
    mine = card.model_copy(update={"photo": str(other)})
    before = kinds(look(mine))["card"].key
    Image.new("RGB", (300, 300), "#224466").save(other)
    assert kinds(look(mine))["card"].key != before


@pytest.mark.parametrize(
    ("style", "width", "height"),
    sample([("plain", 1080, 1920), ("liangshan", 1080, 1080), ("liangshan", 1280, 720)], ("liangshan", 1080, 1080)),
)
def test_the_code_reads_as_the_link_and_is_large_enough(look: Callable[..., Look], card: Card, style: str, width: int, height: int) -> None:
    made = look(card, style=style, width=width, height=height, fps=4, total_frames=60, card_frame=20, card_frames=8, end_card_frames=8)
    coded = [layer for layer in made.layers if layer.qr_box is not None]
    assert [layer.kind for layer in coded] == ["card", "end_card"]
    for layer in coded:
        assert layer.qr_link == LINK
        assert layer.qr_box is not None
        side = len(card.qr) + 8
        assert layer.qr_box.width % side == 0
        assert layer.qr_box.width // side * 1080 >= 5 * min(width, height)
        x, y = layer.qr_box.x - layer.box.x, layer.qr_box.y - layer.box.y
        image = np.asarray(Image.open(layer.still).convert("RGB"))[y : y + layer.qr_box.height, x : x + layer.qr_box.width]
        assert set(np.unique(image)) == {0, 255}
        assert [found.text for found in zxingcpp.read_barcodes(image)] == [LINK]
        assert cv2.QRCodeDetector().detectAndDecode(np.ascontiguousarray(image))[0] == LINK


def test_without_room_for_the_code_nobody_is_asked_to_scan(look: Callable[..., Look], crowded: Card) -> None:
    layer = kinds(look(crowded.model_copy(update={"qr": modules(LINK + "?leader=" + "0123456789" * 8)})))["card"]
    assert layer.qr_box is None
    assert crowded.wording not in layer.texts


def test_no_code_where_none_is_given(look: Callable[..., Look], card: Card) -> None:
    made = look(card.model_copy(update={"qr": (), "wording": "点小黄车"}), destination=destination(qr=False))
    assert all(layer.qr_box is None and not layer.qr_link for layer in made.layers)
    assert "点小黄车" in kinds(made)["card"].texts


def test_the_card_says_price_unit_and_old_price(look: Callable[..., Look], card: Card) -> None:
    layers = kinds(look(card))
    assert {"冕宁土豆", "¥29.9", "/10斤", "¥39.9"} <= set(layers["card"].texts)
    assert {"冕宁土豆", "¥29.9", "/10斤", "¥39.9"} <= set(layers["end_card"].texts)


def test_a_mark_needs_a_destination_that_allows_it(look: Callable[..., Look], card: Card) -> None:
    assert "mark" not in kinds(look(card, mark="冕宁合作社"))
    mark = kinds(look(card, mark="冕宁合作社", destination=destination(watermark=True)))["mark"]
    assert mark.file == mark.still
    assert (mark.start_frame, mark.frames) == (0, 90)


def test_a_label_stands_for_the_whole_length(look: Callable[..., Look], card: Card) -> None:
    label = kinds(look(card, label="含生成画面"))["label"]
    assert (label.start_frame, label.frames) == (0, 120)


def test_the_card_waits_for_a_title_that_was_cut_short(look: Callable[..., Look], card: Card) -> None:
    layers = kinds(look(card, card_frame=5))
    title, shown = layers["title"], layers["card"]
    assert title.frames == 15
    assert shown.start_frame == title.frames
    assert shown.frames == 30


def test_no_layer_reaches_into_the_end_card(look: Callable[..., Look], card: Card) -> None:
    made = look(card, card_frame=80, card_frames=60)
    assert all(layer.start_frame + layer.frames <= 90 for layer in made.layers if layer.kind != "end_card")
    last = kinds(made)["end_card"]
    assert (last.start_frame, last.frames) == (90, 30)


def test_a_card_that_comes_too_late_is_left_to_the_end_card(look: Callable[..., Look], card: Card) -> None:
    assert "card" not in kinds(look(card, card_frame=85))


@pytest.mark.parametrize("style", sample(template_names(), "plain", "original"))
def test_a_code_that_is_given_its_time_can_be_read_between_entering_and_leaving(
    look: Callable[..., Look], crowded: Card, style: str
) -> None:
    frames = ceil(code_layer_s(load_style(style)) * 30)
    made = look(crowded, style=style, fps=30, total_frames=90 + 2 * frames, card_frame=90, card_frames=frames, end_card_frames=frames)
    shown = {"card", "end_card"} if load_style(style).layout.card.at == "body" else {"end_card"}
    assert {layer.kind for layer in made.layers if layer.qr_link} == shown
    assert short_codes(made) == ()


def test_a_code_that_is_gone_too_soon_is_known_before_anything_is_rendered(look: Callable[..., Look], card: Card) -> None:
    made = look(card, fps=30, total_frames=240, card_frame=60, card_frames=95, end_card_frames=60)
    assert [layer.kind for layer in short_codes(made)] == ["card", "end_card"]


@pytest.mark.parametrize("frames", [1, 2, 3, 5])
def test_a_layer_of_few_frames_still_rests(look: Callable[..., Look], card: Card, frames: int) -> None:
    layer = kinds(look(card, card_frames=frames))["card"]
    assert layer.frames == frames
    assert 0 <= layer.rest_start < layer.rest_end <= frames


def test_without_a_product_the_end_card_says_the_title(look: Callable[..., Look]) -> None:
    made = look(None, title="火把节", subtitle="普格县")
    assert kinds(made)["end_card"].texts == ("火把节", "普格县")
    assert "card" not in kinds(made)
    with Image.open(made.backdrop) as ground:
        assert ground.size == (270, 480)


def test_a_very_short_story_has_only_what_fits(look: Callable[..., Look], card: Card) -> None:
    made = look(card, total_frames=12, end_card_frames=0, card_frame=None)
    assert [layer.kind for layer in made.layers] == ["title"]
    assert made.layers[0].frames == 12
    assert made.backdrop == ""


def test_a_photo_lies_as_it_was_held(look: Callable[..., Look], card: Card, tmp_path: Path) -> None:
    turned = Image.new("RGB", (400, 200), "#FF0000")
    turned.paste("#0000FF", (0, 0, 200, 200))
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "turned.jpg"
    turned.save(path, exif=exif, quality=95)
    made = look(card.model_copy(update={"photo": str(path)}))
    ground = Image.open(made.backdrop).convert("RGB")
    red, _, blue = ground.getpixel((135, 60))  # type: ignore[misc]
    assert blue > 200 > red


@pytest.mark.parametrize("content", [b"", b"not a picture"])
def test_a_broken_photo_is_named(look: Callable[..., Look], card: Card, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "坏的.jpg"
    path.write_bytes(content)
    with pytest.raises(UserMistake, match=r"坏的\.jpg cannot be opened"):
        look(card.model_copy(update={"photo": str(path)}))


def test_a_missing_photo_is_named(look: Callable[..., Look], card: Card) -> None:
    with pytest.raises(UserMistake, match=r"gone\.jpg is not there"):
        look(card.model_copy(update={"photo": "/nowhere/gone.jpg"}))


def test_a_contact_nobody_could_read_is_refused_not_cut(look: Callable[..., Look], card: Card) -> None:
    with pytest.raises(UserMistake, match=r"too long for the picture"):
        look(card.model_copy(update={"contact": "售后请联系合作社客服" * 12}), width=540, height=960)


def test_an_odd_or_tiny_picture_is_refused(look: Callable[..., Look], card: Card) -> None:
    for width, height in ((271, 480), (90, 160)):
        with pytest.raises(UserMistake, match="cannot be set"):
            look(card, width=width, height=height)


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_full_line_of_subtitles_fits_between_its_margins(look: Callable[..., Look], width: int, height: int) -> None:
    style = load_style("plain")
    canvas = canvas_for(style, destination(feed=True), width, height)
    type_ = look(None, width=width, height=height, destination=destination(feed=True), title="", subtitle="", lower_third="").typography
    em = type_.size_px / style.subtitle_face().line_height
    assert type_.line_width >= 8
    assert type_.line_width * em <= width - 2 * type_.margin_side_px
    assert type_.margin_side_px >= max(canvas.safe.x, width - canvas.safe.x - canvas.safe.width)
    if height > width:
        assert type_.line_width <= 14
