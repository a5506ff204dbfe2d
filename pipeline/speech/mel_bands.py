"""The number of mel bands of a Whisper model, read from the head of its weights: 80, or 128 from large-v3 on.

faster-whisper assumes 80 unless preprocessor_config.json states another number; a model of 128 then fails at its first word.
"""

import struct
from pathlib import Path
from typing import BinaryIO

FIRST_LAYER = "encoder/conv1/weight"
"""Its shape is (width, mel bands, 3)."""
MOST_VARIABLES = 100_000
SUPPORTED_FORMATS = range(4, 7)
"""Binary versions of CTranslate2's model.bin in which every variable states its size in bytes; CTranslate2 4 writes 6."""


def mel_bands(weights: Path) -> int | None:
    """Return the number of mel bands of a CTranslate2 model.bin; None for a file of another format.

    Format: python/ctranslate2/specs/model_spec.py, `_serialize`.
    """
    try:
        with weights.open("rb") as file:
            return _first_layer_bands(file)
    except (OSError, struct.error, UnicodeDecodeError):
        return None


def _first_layer_bands(file: BinaryIO) -> int | None:
    (binary_version,) = _read(file, "<I")
    if binary_version not in SUPPORTED_FORMATS:
        return None
    _text(file)  # the type of model
    _read(file, "<I")  # its revision
    (variables,) = _read(file, "<I")
    for _ in range(min(variables, MOST_VARIABLES)):
        name = _text(file)
        (rank,) = _read(file, "<B")
        shape = _read(file, f"<{rank}I")
        _read(file, "<B")  # the type of numbers
        (size,) = _read(file, "<I")
        if name == FIRST_LAYER:
            return shape[1] if rank > 1 else None
        file.seek(size, 1)
    return None


def _text(file: BinaryIO) -> str:
    """Read a string that ends in a zero byte and has its length before it."""
    (length,) = _read(file, "<H")
    return file.read(length).rstrip(b"\0").decode()


def _read(file: BinaryIO, layout: str) -> tuple[int, ...]:
    return struct.unpack(layout, file.read(struct.calcsize(layout)))
