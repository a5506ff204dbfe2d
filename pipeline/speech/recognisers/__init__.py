"""Speech recognisers, one file a library. `load` is all that others need; a library is imported when its model is loaded."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Literal, cast

from pipeline.speech.recogniser import Recogniser

Library = Literal["faster-whisper", "sherpa-onnx", "openai-whisper"]
LIBRARIES: dict[Library, tuple[str, str]] = {
    "faster-whisper": ("pipeline.speech.recognisers.faster_whisper", "faster_whisper"),
    "sherpa-onnx": ("pipeline.speech.recognisers.sherpa", "sherpa_onnx"),
    "openai-whisper": ("pipeline.speech.recognisers.openai_whisper", "whisper"),
}
"""Of each library our own module, and the one that it needs."""
PACKAGES: dict[Library, tuple[str, ...]] = {
    "faster-whisper": ("faster-whisper", "ctranslate2"),
    "sherpa-onnx": ("sherpa-onnx",),
    "openai-whisper": ("openai-whisper", "torch"),
}
"""The packages whose versions decide what is heard."""
SCORING: frozenset[Library] = frozenset({"faster-whisper", "openai-whisper"})
"""Libraries that can say how probable a text is in a sound."""


def load(library: Library, folder: Path, threads: int) -> Recogniser:
    """Load a model for the CPU. threads: 0 for one per core. Raises ImportError where the library is not installed."""
    loader = cast("Callable[[Path, int], Recogniser]", import_module(LIBRARIES[library][0]).load)
    return loader(folder, threads)
