"""What a picture looks like in 64 bits: the same picture in another size or encoding differs in few of them."""

import cv2
import numpy as np
from numpy.typing import NDArray


def perceptual_hash(grey: NDArray[np.uint8]) -> str:
    """Return a grey picture's hash, 16 hex digits: signs of the lowest 8x8 cosine coefficients of a 32x32 picture (Zauner 2010)."""
    low = cv2.dct(cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32))[:8, :8].reshape(-1)
    bits = low > np.median(low[1:])
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"


def differing_bits(first: str, second: str) -> int:
    """Return in how many of their 64 bits two hashes differ."""
    return (int(first, 16) ^ int(second, 16)).bit_count()
