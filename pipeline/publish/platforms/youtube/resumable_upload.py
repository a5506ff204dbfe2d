"""A file over a session address, in chunks: what 308 and its Range say is there is not sent again (Google's resumable protocol)."""

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
SMALLEST = 2 * BLOCK
"""To this a chunk is halved, once for each break: where a server keeps nothing of a chunk that broke off, only that much is lost."""
ROUNDS = 3
"""In which the server comes no further, before it is left alone for a while."""
NO_FURTHER_S = 30.0
_RANGE = re.compile(r"bytes=0-(\d+)")

Put = Callable[[bytes, str], HttpAnswer]
"""Sends a body with its Content-Range to the session. Gives back 200, 201 or 308; everything else is raised as what it means."""


def bring_over(
    video: VideoFile, put: Put, memory: UploadProgress, *, chunk_bytes: int, fresh: bool, still_ours: Callable[[], None]
) -> HttpAnswer:
    """Send what the session lacks; its last answer, which tells what was made of the file.

    chunk_bytes: at first. fresh: nothing was sent to this session yet. Asks first otherwise, and then sends from there: a session whose
    file was complete answers as it did to the last chunk. Kept in memory: `begun`, the bytes that may have left, `there`, those that
    arrived, and `chunk`. Raises what `put` raises, Refused for a file that has become shorter, TryLater for a server that gets nowhere.
    """
    size, in_vain, best = video.size_bytes, 0, -1
    answer = None if fresh else put(b"", f"bytes */{size}")
    with Path(video.path).open("rb") as file:
        while answer is None or answer.status == 308:
            kept = memory.recall()
            at, begun = 0 if answer is None else _arrived(answer), int(kept.get("begun") or 0)
            # More than ever left here cannot be there; and all of it without a yes is a server that is still at it.
            believed = at <= begun and at < size
            in_vain = in_vain + 1 if at <= best or not believed else 0
            if in_vain == ROUNDS:
                raise RetryableError(M("The platform does not come further than byte {at} of {size}.", at=at, size=size), NO_FURTHER_S)
            if not believed:
                answer = put(b"", f"bytes */{size}")
                continue
            best = at
            at -= at % BLOCK
            length = min(int(kept.get("chunk") or _in_blocks(chunk_bytes)), size - at)
            file.seek(at)
            content = file.read(length)
            if len(content) != length:
                raise Rejected(M("{path} was changed after the post was prepared. Nothing was sent; prepare it anew.", path=video.path))
            still_ours()
            memory.keep(begun=max(begun, at + length), there=max(at, int(kept.get("there") or 0)))
            try:
                answer = put(content, f"bytes {at}-{at + length - 1}/{size}")
            except OutcomeUnknown:
                memory.keep(chunk=max(min(SMALLEST, _in_blocks(chunk_bytes)), _in_blocks(length // 2)))
                raise
    return answer


def _arrived(answer: HttpAnswer) -> int:
    """Bytes from the first that the server says it has; no Range is none."""
    found = _RANGE.fullmatch(answer.headers.get("range", "").replace(" ", ""))
    return int(found[1]) + 1 if found else 0


def _in_blocks(length: int) -> int:
    return max(BLOCK, length - length % BLOCK)
