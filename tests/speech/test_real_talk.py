"""The real recogniser on real sound: the project's own demo talk, and the shared footage where it is."""

import json
import os
import re
from pathlib import Path

import pytest
from faster_whisper.vad import VadOptions, get_speech_timestamps

from pipeline.documents.base import Span
from pipeline.documents.clip import Clip, Sound
from pipeline.documents.transcript import Transcript
from pipeline.errors import Fault
from pipeline.media.decode import RATE_HZ, read_sound
from pipeline.resources import ASSETS, ROOT
from pipeline.speech import transcribe
from pipeline.store import Store, file_sha256
from tests import builders

FOOTAGE = Path(os.environ.get("FIELDCUT_FOOTAGE") or ROOT.parent / "shared" / "footage")
DEMO_TALK = [
    "大家好我们是云岭村的果农",
    "我们的苹果长在呃长在",
    "我们的苹果长在海拔两千米的高山上",
    "早晚温差大又脆又甜",
    "高山苹果五斤三十五块八毛",
    "点下面的小黄车就可以买",
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("cache"))


def clip_of(path: Path, *, sound: bool = True) -> Clip:
    digest = file_sha256(path)
    track = Sound(stream=0, codec="any", rate_hz=48000, channels=1, duration_s=1.0)
    return builders.clip(
        id=digest[:16], sha256=digest, name=path.name, path=str(path), size_bytes=path.stat().st_size, container="any", codec="any",
        width=16, height=16, longest_gap_s=0.04, duration_s=1.0, sound=track if sound else None,
    )  # fmt: skip


def speech_of(path: Path) -> list[Span]:
    found = get_speech_timestamps(read_sound(path, 0), VadOptions(min_silence_duration_ms=300, speech_pad_ms=60))
    return [Span(start_s=span["start"] / RATE_HZ, end_s=span["end"] / RATE_HZ) for span in found]


def bare(text: str) -> str:
    """Without punctuation, and with the numbers of these talks in one form."""
    text = re.sub(r"[^\w]", "", text)
    for figure, spoken in (("2000", "两千"), ("35", "三十五"), ("29", "二十九"), ("10", "十"), ("5", "五"), ("8", "八"), ("9", "九")):
        text = text.replace(figure, spoken)
    return text


def errors(wanted: str, got: str) -> int:
    row = list(range(len(got) + 1))
    for i, a in enumerate(wanted, 1):
        new = [i]
        for j, b in enumerate(got, 1):
            new.append(min(row[j] + 1, new[-1] + 1, row[j - 1] + (a != b)))
        row = new
    return row[-1]


def error_rate(wanted: str, transcript: Transcript) -> float:
    return errors(bare(wanted), bare("".join(phrase.text for phrase in transcript.phrases))) / len(bare(wanted))


@pytest.mark.system
def test_the_demo_talk_is_written_down_and_kept(store: Store) -> None:
    talk = clip_of(ASSETS / "demo" / "voice.opus")
    speech = {talk.id: speech_of(Path(talk.path))}
    shares: list[float] = []
    first = transcribe([talk], speech, glossary=["云岭村", "高山苹果"], language="zh", store=store, progress=shares.append)[talk.id]
    assert error_rate("".join(DEMO_TALK), first) < 0.12
    assert len(first.phrases) >= len(DEMO_TALK)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert not (store.root / "models").exists(), "the model lies once for all workspaces"
    kept = {path: path.stat().st_mtime_ns for path in store.root.rglob("*.json")}
    again = transcribe([talk], speech, glossary=["云岭村", "高山苹果"], language="zh", store=store, progress=shares.append)[talk.id]
    assert again == first
    assert {path: path.stat().st_mtime_ns for path in store.root.rglob("*.json")} == kept


@pytest.mark.system
@pytest.mark.skipif(not FOOTAGE.is_dir(), reason=f"the shared footage is not at {FOOTAGE}; set FIELDCUT_FOOTAGE")
def test_no_sentence_of_the_potato_talk_is_lost_or_cut(store: Store) -> None:
    truth = json.loads((FOOTAGE / "stories" / "potatoes.truth.json").read_text())["VID_20261012_081500.mp4"]["speech"]
    talk = clip_of(FOOTAGE / "stories" / "potatoes" / "VID_20261012_081500.mp4")
    transcript = transcribe(
        [talk],
        {talk.id: speech_of(Path(talk.path))},
        glossary=["冕宁土豆", "四川省凉山州冕宁县大桥镇"],
        language="auto",
        store=store,
        progress=lambda _: None,
    )[talk.id]
    assert transcript.language == "zh"
    assert error_rate("".join(sentence["text"] for sentence in truth), transcript) < 0.12
    for sentence in truth:
        mine = [phrase for phrase in transcript.phrases if phrase.start_s < sentence["end"] and phrase.end_s > sentence["start"]]
        assert mine, sentence["text"]
        assert mine[0].start_s == pytest.approx(sentence["start"], abs=0.1)
        # The voice's own files end in up to 0.35 s of silence.
        assert sentence["end"] - 0.4 < mine[-1].end_s < sentence["end"] + 0.15


def test_clips_without_sound_or_speech_get_an_empty_transcript(store: Store) -> None:
    path = ASSETS / "demo" / "voice.opus"
    silent, mute = clip_of(path), clip_of(path, sound=False).model_copy(update={"id": "mute"})
    speech = {mute.id: [Span(start_s=0, end_s=1)]}
    found = transcribe([silent, mute], speech, glossary=[], language="auto", store=store, progress=lambda _: None)
    assert [found[clip.id].phrases for clip in (silent, mute)] == [(), ()]


@pytest.mark.system
def test_a_file_without_sound_stream_ends_with_its_name(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "坏的 声音.mp4"
    path.write_bytes(b"not a film at all")
    broken = clip_of(path)
    with pytest.raises(Fault, match=r"坏的 声音\.mp4"):
        transcribe([broken], {broken.id: [Span(start_s=0, end_s=3)]}, glossary=[], language="zh", store=store, progress=lambda _: None)
