"""Whether a code is read depends on the code, not on what its link happens to be."""

import cv2
import numpy as np
import pytest

from pipeline.brand.paint import qr_code
from pipeline.commerce.qr import qr_modules
from pipeline.inspection.checks.qr import opencv_links


@pytest.mark.parametrize("link", ["https://127.0.0.1:34319/gone", "https://shop.example.com/p/YL-PG-05"])
@pytest.mark.parametrize("around", [40, 245], ids=["on dark", "on light"])
def test_opencv_reads_sharp_codes_that_its_older_detector_loses_at_every_size(link: str, around: int) -> None:
    code = np.asarray(qr_code(qr_modules(link), 3).convert("L"))
    margin = len(code) // 2
    picture = cv2.copyMakeBorder(code, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=around)
    assert opencv_links(np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB), dtype=np.uint8)) == [link]


def test_a_patch_over_a_code_is_read_by_nobody() -> None:
    code = np.asarray(qr_code(qr_modules("https://127.0.0.1:34319/gone"), 3).convert("RGB")).copy()
    code[30:80, 30:80] = 255
    assert opencv_links(code) == []
