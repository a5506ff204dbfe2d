"""Google's resumable upload: a file sent to a session address in chunks; what 308 and its Range say has arrived is not sent again."""

import re
from collections.abc import Callable
from pathlib import Path

from pipeline.documents.message import M
from pipeline.documents.release import VideoFile
from pipeline.network.errors import OutcomeUnknown, Rejected, RetryableError
from pipeline.network.http import HttpAnswer
from pipeline.publish.platforms.base import UploadProgress

BLOCK = 256 * 1024
"""Every chunk but the last is a multiple of it."""
MIN_CHUNK = 2 * BLOCK
"""To this a chunk is halved, once for each break: where a server keeps nothing of a chunk that broke off, only that much is lost."""
FRUITLESS_ROUNDS = 3
"""In which the server comes no further, before it is left alone for a while."""
STALLED_WAIT_S = 30.0
_RANGE = re.compile(r"bytes=0-(\d+)")

Put = Callable[[bytes, str], HttpAnswer]
"""Sends a body with its Content-Range to the session. Gives back 200, 201 or 308; everything else is raised as what it means."""


def send_file(
    video: VideoFile, put: Put, progress: UploadProgress, *, chunk_bytes: int, fresh: bool, check_lease: Callable[[], None]
) -> HttpAnswer:
    """Send what the session lacks, and return its last answer, which names what was made of the file.

    chunk_bytes: size of the first chunk. fresh: nothing was sent to this session yet; otherwise it is asked first how far it is (one
    whose file is complete answers as it did to the last chunk). Kept in progress: `begun`, bytes that may have been sent, `there`, bytes
    that arrived, and `chunk`. Raises what `put` raises, Rejected for a file that has become shorter, RetryableError for a server that
    makes no progress.
    """
    size, in_vain, best = video.size_bytes, 0, -1
    answer = None if fresh else put(b"", f"bytes */{size}")
    with Path(video.path).open("rb") as file:
        while answer is None or answer.status == 308:
            known = progress.recall()
            at, begun = 0 if answer is None else _arrived(answer), int(known.get("begun") or 0)
            # More than ever left here cannot be there; and all of it without a yes is a server that is still at it.
            believed = at <= begun and at < size
            in_vain = in_vain + 1 if at <= best or not believed else 0
            if in_vain == FRUITLESS_ROUNDS:
                raise RetryableError(M("The platform does not come further than byte {at} of {size}.", at=at, size=size), STALLED_WAIT_S)
            if not believed:
                answer = put(b"", f"bytes */{size}")
                continue
            best = at
            at -= at % BLOCK
            length = min(int(known.get("chunk") or _in_blocks(chunk_bytes)), size - at)
            file.seek(at)
            content = file.read(length)
            if len(content) != length:
                raise Rejected(M("{path} was changed after the post was prepared. Nothing was sent; prepare it anew.", path=video.path))
            check_lease()
            progress.keep(begun=max(begun, at + length), there=max(at, int(known.get("there") or 0)))
            try:
                answer = put(content, f"bytes {at}-{at + length - 1}/{size}")
            except OutcomeUnknown:
                progress.keep(chunk=max(min(MIN_CHUNK, _in_blocks(chunk_bytes)), _in_blocks(length // 2)))
                raise
    return answer


def _arrived(answer: HttpAnswer) -> int:
    """Bytes from the first that the server says it has; no Range is none."""
    found = _RANGE.fullmatch(answer.headers.get("range", "").replace(" ", ""))
    return int(found[1]) + 1 if found else 0


def _in_blocks(length: int) -> int:
    return max(BLOCK, length - length % BLOCK)
