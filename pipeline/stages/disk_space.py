"""Room on the disk for a story's videos, asked for before anything costly is done."""

import shutil
from collections.abc import Sequence

from pipeline.documents.job import Job
from pipeline.documents.message import M
from pipeline.errors import DiskFault
from pipeline.workspace import StoryContext

BYTES_A_PIXEL = 0.12
"""Of a finished frame and its chunk at `best`, generously: what a run asks of the disk before it starts."""
LEADER_SHARE = 0.2
"""Of a video's room on the disk: a leader's variant has few chunks of its own, but a file in the cache and one in the outbox."""
SPARE_BYTES = 50_000_000


def ask_disk(context: StoryContext, videos: Sequence[tuple[Job, int]]) -> None:
    """Raise DiskFault where the disk has no room for videos of these sizes and numbers of frames, in the order of the job's renditions."""
    shares = [1.0 if spec.leader is None else LEADER_SHARE for spec in context.job.renditions]
    pixels = sum(frames * job.width * job.height * share for (job, frames), share in zip(videos, shares, strict=True))
    needed = int(pixels * BYTES_A_PIXEL * 3) + SPARE_BYTES
    free = shutil.disk_usage(context.root).free
    if free < needed:
        raise DiskFault(
            M(
                "The disk has {free} MB free, but this video needs about {needed} MB. Free some space and run the same command again.",
                free=free // 1_000_000,
                needed=needed // 1_000_000,
            )
        )
