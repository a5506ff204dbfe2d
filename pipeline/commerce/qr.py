"""A cart link as the modules of a QR code."""

import segno

from pipeline.documents.message import M
from pipeline.errors import UserMistake

MAX_VERSION = 8
"""49 modules and the quiet zone of 4 on each side are 57: at the 5 pixels a module that phones need (measured after a 720p
1 Mbit/s copy) that is 285 pixels of a picture 1080 wide. A finer code either does not read or fills the card."""


def qr_modules(link: str, *, sheet_line: int = 0) -> tuple[str, ...]:
    """Return the rows of a QR code as 0 and 1 (1 is dark), without the quiet zone.

    Error level M; never Micro QR, which phones do not read.

    Raises UserMistake when the link is too long for a code that a phone reads off a video.
    """
    try:
        code = segno.make(link, error="m", micro=False, boost_error=False)
    except segno.DataOverflowError:
        code = None
    if code is None or int(code.version) > MAX_VERSION:
        raise UserMistake(
            M(
                "The cart link in line {line} of the sheet has {length} characters, too many for a QR code that a phone reads off a video. "
                "Use a short link of your shop: {link}",
                line=sheet_line,
                length=len(link),
                link=link if len(link) <= 80 else link[:77] + "...",
            )
        )
    return tuple("".join("1" if dark else "0" for dark in row) for row in code.matrix)
