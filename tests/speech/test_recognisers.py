"""Each library runs for real on a tiny model of random weights built here: the adapters have never heard real speech in these tests."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from pipeline.documents.base import Span
from pipeline.documents.transcript import Phrase, Transcript, Word
from pipeline.errors import Fault
from pipeline.media.decode import RATE_HZ, Samples
from pipeline.settings import MODEL_VARIABLE
from pipeline.speech import model as models
from pipeline.speech import recognisers, recognition
from pipeline.speech.known_models import DEFAULT, known_models
from pipeline.speech.readings import PhraseReading, read_phrases
from pipeline.speech.recognisers import sherpa
from pipeline.stages.recogniser_warnings import recogniser_warnings
from pipeline.store import Store
from pipeline.store.user_store import USER_CACHE, user_store
from tests.speech import tiny_models

needs_torch = pytest.mark.skipif(importlib.util.find_spec("whisper") is None, reason="the extra openai-whisper is not installed")


@pytest.fixture
def sound() -> Samples:
    """Two seconds of noise."""
    return (np.random.default_rng(1).standard_normal(2 * RATE_HZ) * 0.1).astype(np.float32)


@pytest.mark.parametrize("make", [tiny_models.sense_voice, tiny_models.paraformer], ids=["SenseVoice", "Paraformer"])
def test_sherpa_onnx_gives_words_with_times_and_no_scores(tmp_path: Path, sound: Samples, make) -> None:
    recogniser = recognisers.load("sherpa-onnx", make(tmp_path / "model"), 1)
    (segment,) = recogniser.recognise(sound, "zh")
    assert set(segment.text.replace(" ", "")) <= set("".join(tiny_models.VOCABULARY))
    starts = [word.start_s for word in segment.words]
    assert starts == sorted(starts)
    assert all(0 <= word.start_s <= word.end_s <= 2.1 for word in segment.words)
    assert recogniser.spoken_language(sound)[0] == "zh"
    assert recogniser.scores(sound, "zh") is None
    heard = recognition.recognise_speech(recogniser, sound, [Span(start_s=0.2, end_s=1.8)], "zh", lambda _: None)
    assert heard[0].words


def test_without_scores_nothing_is_changed_and_no_trust_is_given() -> None:
    phrase = Phrase(start_s=0, end_s=1, words=(Word(start_s=0, end_s=1, text="实斤三十九块", probability=1.0),))
    assert read_phrases(None, [phrase], ["土豆"]) == (PhraseReading(),)


@pytest.mark.system
@pytest.mark.parametrize("bands", [80, 128])
def test_faster_whisper_takes_80_and_128_mel_bands(tmp_path: Path, sound: Samples, bands: int) -> None:
    base = models.find_model(user_store()).folder
    folder = tiny_models.whisper_ctranslate(tmp_path / "tiny", base, bands)
    assert models.mel_bands(folder / "model.bin") == bands
    recogniser = recognisers.load("faster-whisper", folder, 1)
    assert all(0 <= word.start_s <= word.end_s <= 30 for segment in recogniser.recognise(sound, "zh") for word in segment.words)
    scores = recogniser.scores(sound, "zh")
    assert scores is not None
    short, long = scores(0.2, 1.5, ["土豆", "大凉山的土豆又沙又甜"]) or (0, 0)
    assert long < short < 0
    if bands == 128:
        (folder / "preprocessor_config.json").unlink()
        assert models.missing_files(folder) == ["preprocessor_config.json"]


@pytest.mark.system
@needs_torch
@pytest.mark.parametrize("bands", [80, 128])
def test_openai_whisper_takes_80_and_128_mel_bands(tmp_path: Path, sound: Samples, bands: int) -> None:
    recogniser = recognisers.load("openai-whisper", tiny_models.whisper_pt(tmp_path / "tiny", bands), 1)
    assert recogniser.spoken_language(sound)[0] in ("zh", "en")
    assert all(0 <= word.start_s <= word.end_s <= 30 for segment in recogniser.recognise(sound, "zh") for word in segment.words)
    scores = recogniser.scores(sound, "zh")
    assert scores is not None
    short, long = scores(0.2, 1.5, ["土豆", "大凉山的土豆又沙又甜"]) or (0, 0)
    assert long < short < 0


def test_tokens_become_words_of_both_kinds_of_models() -> None:
    sense_voice = SimpleNamespace(
        tokens=["<|zh|>", "土", "豆", "▁ap", "ple", "▁pie"], timestamps=[0, 0.1, 0.3, 0.5, 0.6, 2.0], ys_log_probs=[]
    )
    words = sherpa.token_words(sense_voice, 3.0)
    assert [word.text for word in words] == ["土", "豆", " apple", " pie"]
    assert [(word.start_s, round(word.end_s, 2)) for word in words] == [(0.1, 0.3), (0.3, 0.5), (0.5, 1.0), (2.0, 2.4)]
    paraformer = SimpleNamespace(tokens=["苹", "果", "or@@", "der", "now"], timestamps=[0.0, 0.2, 0.4, 0.5, 0.8], ys_log_probs=[-0.1] * 5)
    words = sherpa.token_words(paraformer, 1.5)
    assert "".join(word.text for word in words) == "苹果 order now"
    assert all(word.probability == pytest.approx(0.905, abs=0.001) for word in words)
    timeless = SimpleNamespace(tokens=["天", "地"], timestamps=[], ys_log_probs=[])
    assert [word.start_s for word in sherpa.token_words(timeless, 1.0)] == [0.0, 0.5]


def test_the_library_of_a_folder_is_known_by_its_files(tmp_path: Path) -> None:
    assert models.folder_library(tiny_models.sense_voice(tmp_path / "one")) == "sherpa-onnx"
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "large.pt").write_bytes(b"x")
    assert models.folder_library(tmp_path / "two") == "openai-whisper"
    assert models.folder_library(tmp_path) == "faster-whisper"


def test_a_folder_of_any_library_is_taken_by_the_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(MODEL_VARIABLE, raising=False)
    folder = tiny_models.sense_voice(tmp_path / "语音")
    found = models.find_model(Store(tmp_path / "store"), str(folder))
    assert (found.folder, found.library, found.calibrated) == (folder, "sherpa-onnx", False)
    (folder / "tokens.txt").unlink()
    with pytest.raises(Fault, match=r"missing: tokens\.txt"):
        models.find_model(Store(tmp_path / "store"), str(folder))
    tiny_models.sense_voice(folder)
    (folder / "model.onnx").write_bytes(b"broken off")
    with pytest.raises(Fault, match=r"missing: model\.onnx"):
        models.find_model(Store(tmp_path / "store"), str(folder))


def test_a_known_model_that_is_not_here_says_how_to_fetch_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(USER_CACHE, str(tmp_path / "cache"))
    monkeypatch.delenv(MODEL_VARIABLE, raising=False)
    with pytest.raises(Fault, match="fieldcut model get sensevoice-small"):
        models.find_model(Store(tmp_path), "sensevoice-small")
    with pytest.raises(Fault, match="large-v3-turbo"):
        models.find_model(Store(tmp_path), "huge")


def test_only_the_model_that_was_measured_is_trusted_silently() -> None:
    assert [name for name, known in known_models().items() if known.calibrated] == [DEFAULT]
    said = Phrase(start_s=0, end_s=1, words=())
    base = Transcript(clip_id="a", language="zh", phrases=(said,), model="base")
    small = base.model_copy(update={"model": "small", "calibrated": False})
    sense = base.model_copy(update={"model": "sense", "calibrated": False, "scored": False})
    assert recogniser_warnings([base]) == []
    assert "small" in str(recogniser_warnings([base, small])[0])
    assert "no line is held" in str(recogniser_warnings([sense])[0])
    assert recogniser_warnings([sense.model_copy(update={"phrases": ()})]) == []
