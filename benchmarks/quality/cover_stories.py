"""Talks of chance about a product, with views that are filmed from photos: zoomed, panned, turned, lit, blurred, compressed.

What each view shows is known from the folder of its photo, and what each sentence asks for from the list that it stands in.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from benchmarks.quality.made_stories import made_clip
from pipeline.analysis.contents import Contents
from pipeline.analysis.frame import Frame
from pipeline.analysis.image_network import picture_content
from pipeline.documents.analysis import Analysis, Sample, Shot, SoundFacts
from pipeline.documents.base import Span
from pipeline.documents.clip import Clip, Clips
from pipeline.documents.edit import Edit
from pipeline.documents.offer import Brief, Offer
from pipeline.documents.product_photos import ProductPhotos
from pipeline.documents.transcript import Phrase, Transcript, Word
from pipeline.edit import EditParameters, cut_story
from pipeline.media.decode import Picture

Asked = Literal["price", "product", "place", "work", "packing", "nothing"]
SENTENCES: Mapping[str, Mapping[Asked, Sequence[str]]] = {
    "tuned": {
        "price": ("{name}五斤装今天只要{price}块钱", "一箱十斤{price}块包邮到家", "咱们这个{name}{price}块钱一份"),
        "product": ("咬一口又脆又甜全是汁水", "你看这个{name}个头多大", "切开来给大家看看里面的肉", "我们家{name}皮薄肉厚"),
        "place": ("地就在海拔两千米的高山上", "我们村前面就是这条江边", "昼夜温差大日照时间特别长", "整个山坡都是我们的果园"),
        "work": ("每天早上五点钟就开始采摘", "都是一个一个人工挑选的"),
        "packing": ("装箱的时候加了三层泡沫", "当天打包当天就发走快递"),
        "nothing": (
            "大家好欢迎来到我们直播间",
            "喜欢的朋友千万不要错过",
            "有什么问题可以留言问我",
            "点下面的小黄车就能下单",
            "我做这个已经二十多年了",
        ),
    },
    "held out": {
        "price": ("今年的{name}我们卖{price}元一箱", "三斤{price}块钱您看贵不贵", "{name}今天到手价就是{price}块"),
        "product": ("这个{name}闻着就特别香", "汁多味甜小孩子最爱吃", "拿起来一个沉甸甸的新鲜得很", "掰开看一下它这个果肉"),
        "place": ("您看我身后这片山谷多安静", "老家在大山深处的一个寨子", "梯田一层一层一直铺到河边", "泉水从雪山上面流下来浇地"),
        "work": ("婶子们天不亮就下地去摘了", "坏的烂的我们都手工剪下来不要"),
        "packing": ("每个都套好网套放进纸箱", "发货我们走的是顺丰冷链"),
        "nothing": (
            "我是本地人大家叫我阿强就行",
            "说句心里话真的不容易",
            "今天先介绍到这里谢谢大家",
            "想要的赶紧告诉我一声啊",
            "他们都问我为什么要回来",
        ),
    },
}
"""Sentences by what they ask for; the words of `pipeline/edit/asked_pictures.py` were set on the first list."""
SYLLABLE_S, PAUSE_S = 0.22, 1.0
VIEW_S, LOOK_S = 6.0, 1.0
SHORT_SIDE = 360


@dataclass(frozen=True)
class PhotoShelf:
    """Photos by what they show. produce: by kind. views: `land` and `other`."""

    produce: Mapping[str, Sequence[Path]]
    land: Sequence[Path]
    other: Sequence[Path]


@dataclass(frozen=True)
class CoverStory:
    """A story that was cut. shows: by clip id `product`, `land`, `other` or another product's kind. said: each sentence with its label."""

    edit: Edit
    shows: Mapping[str, str]
    said: Sequence[tuple[Asked, Phrase]]
    talk_id: str


def made_story(seed: int, shelf: PhotoShelf, sentences: Mapping[Asked, Sequence[str]]) -> CoverStory:
    """Make and cut the story of a seed. Three in four have a view of the product, one in two one of another product."""
    chance = random.Random(seed)
    own, *rest = chance.sample([kind for kind, photos in shelf.produce.items() if len(photos) > 1], 3)
    others = [kind for kind in rest if shelf.produce[kind]]
    photo, *filmed = chance.sample(list(shelf.produce[own]), len(shelf.produce[own]))
    views = [("land", path) for path in chance.sample(list(shelf.land), min(len(shelf.land), chance.randint(1, 3)))]
    views += [("other", path) for path in chance.sample(list(shelf.other), min(len(shelf.other), chance.randint(1, 2)))]
    if chance.random() < 0.75:
        views += [("product", path) for path in filmed[: chance.randint(1, 2)]]
    if chance.random() < 0.5:
        views.append((others[0], chance.choice(list(shelf.produce[others[0]]))))
    chance.shuffle(views)
    clips, analyses, shows = [], {}, {}
    numbers = count()
    for shown, path in views:
        clip, analysis = _view(chance, next(numbers), path)
        clips.append(clip)
        analyses[clip.id], shows[clip.id] = analysis, shown
    offer = Offer(sku="own", name="本地特产", aliases=(own,), price=Decimal(chance.randint(19, 79)), unit="箱")
    said, talk, facts = _talk(chance, next(numbers), sentences, offer)
    clips.append(talk)
    analyses[talk.id] = facts
    transcripts = {clip.id: Transcript(clip_id=clip.id, language="zh", phrases=()) for clip in clips}
    transcripts[talk.id] = Transcript(clip_id=talk.id, language="zh", phrases=tuple(phrase for _, phrase in said))
    photos = ProductPhotos(
        own=picture_content(_read(photo)),
        others=tuple(picture_content(_read(chance.choice(list(shelf.produce[kind])))) for kind in others),
    )
    wishes = EditParameters(seconds=90.0)
    edit = cut_story(Clips(clips=tuple(clips), set_aside=()), analyses, transcripts, Brief(), offer, wishes, photos=photos)
    return CoverStory(edit, shows, said, talk.id)


@cache
def _read(path: Path) -> Picture:
    picture = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    scale = 1.5 * SHORT_SIDE / min(picture.shape[:2])
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC).astype(np.uint8)


def film(photo: Picture, chance: random.Random) -> list[Picture]:
    """The frames that a hand with a phone makes of a photo, one each LOOK_S: a slow pan over a part of it, never quite level or sharp."""
    rng = np.random.default_rng(chance.getrandbits(32))
    high, wide = photo.shape[:2]
    zoom = chance.uniform(1.05, 1.5)
    angle, light, tint = chance.uniform(-10, 10), chance.uniform(0.75, 1.2), rng.uniform(0.93, 1.07, 3)
    blur, grain, quality = chance.uniform(0.3, 1.3), chance.uniform(1, 4), chance.randint(40, 85)
    spare = 1 - 1 / zoom
    starts, ends = ([chance.uniform(0, spare) for _ in range(2)] for _ in range(2))
    frames = []
    for step in range(int(VIEW_S / LOOK_S)):
        share = step * LOOK_S / VIEW_S
        x, y = (one + (other - one) * share for one, other in zip(starts, ends, strict=True))
        turn = cv2.getRotationMatrix2D((wide * (x + 0.5 / zoom), high * (y + 0.5 / zoom)), angle, zoom * SHORT_SIDE / min(high, wide))
        size = round(wide * SHORT_SIDE / min(high, wide)), round(high * SHORT_SIDE / min(high, wide))
        turn[:, 2] += np.array(size) / 2 - (wide * (x + 0.5 / zoom), high * (y + 0.5 / zoom))
        frame = cv2.warpAffine(photo, turn, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT).astype(np.float32)
        frame = cv2.GaussianBlur(frame * light * tint, (0, 0), blur) + rng.normal(0, grain, frame.shape)
        _, packed = cv2.imencode(".jpg", np.clip(frame, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])
        frames.append(cv2.imdecode(packed, cv2.IMREAD_COLOR).astype(np.uint8))
    return frames


def _view(chance: random.Random, number: int, photo: Path) -> tuple[Clip, Analysis]:
    clip = made_clip(number, VIEW_S, silent=True)
    looks = Contents(clip)
    for step, picture in enumerate(film(_read(photo), chance)):
        looks.feed(Frame(step * LOOK_S, picture))
    samples = tuple(
        Sample(at_s=at / 5, sharpness=0.9, brightness=120, contrast=50, motion=0.02, jerk=0.01) for at in range(int(VIEW_S * 5))
    )
    facts = SoundFacts(loudness_lufs=-30.0, speech_lufs=None, noise_dbfs=-60.0, speech=())
    shot = _shot(VIEW_S, f"{chance.getrandbits(64):016x}")
    return clip, Analysis(clip_id=clip.id, samples=samples, shots=(shot,), subjects=(), sound=facts, contents=looks.result())


def _talk(
    chance: random.Random, number: int, sentences: Mapping[Asked, Sequence[str]], offer: Offer
) -> tuple[list[tuple[Asked, Phrase]], Clip, Analysis]:
    """Eight sentences of chance, one or two of them with a price; pauses between most of them."""
    labels: list[Asked] = ["price", "place", "product", *chance.choices(["place", "product", "work", "packing"], k=2), "nothing", "nothing"]
    labels += ["price"] * (chance.random() < 0.3)
    chance.shuffle(labels)
    pools = {label: chance.sample(list(texts), len(texts)) for label, texts in sentences.items()}
    said: list[tuple[Asked, Phrase]] = []
    at_s = 1.0
    for label in labels:
        if not pools[label]:
            continue
        text = pools[label].pop().format(name=offer.aliases[0], price=offer.price)
        words = [
            Word(start_s=round(at_s + SYLLABLE_S * place, 3), end_s=round(at_s + SYLLABLE_S * (place + 1), 3), text=letter, probability=0.9)
            for place, letter in enumerate(text)
        ]
        said.append((label, Phrase(start_s=words[0].start_s, end_s=words[-1].end_s, words=tuple(words))))
        at_s = words[-1].end_s + chance.choice([0.3, PAUSE_S, PAUSE_S])
    clip = made_clip(number, at_s + 1, silent=True)
    spans = tuple(Span(start_s=phrase.start_s, end_s=phrase.end_s) for _, phrase in said)
    facts = SoundFacts(loudness_lufs=-20.0, speech_lufs=-18.0, noise_dbfs=-60.0, speech=spans)
    shot = _shot(at_s + 1, f"{chance.getrandbits(64):016x}")
    return said, clip, Analysis(clip_id=clip.id, samples=(), shots=(shot,), subjects=(), sound=facts)


def _shot(length_s: float, fingerprint: str) -> Shot:
    return Shot(
        start_s=0.0, end_s=length_s, sharpness=0.9, brightness=120, contrast=50, motion=0.02, shake=0.02, faces=0, fingerprint=fingerprint
    )
