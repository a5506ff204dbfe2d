"""The style of a job: a template of the workspace or of the program."""

from pathlib import Path

from pipeline import brand as brand_room
from pipeline.brand import Style
from pipeline.documents.job import Job


def style_of(job: Job) -> Style:
    """Load the job's style with the co-op's own sign and colours; the workspace's styles go before the program's. Raises UserMistake."""
    style = brand_room.load_style(job.template, brand_room.style_roots(Path(job.workspace)))
    return brand_room.with_coop(style, job.coop)
