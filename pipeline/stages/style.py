"""The style of a job: a template of the workspace or of the program."""

from pathlib import Path

from pipeline import brand as brand_room
from pipeline.brand import Style
from pipeline.documents.job import Job
from pipeline.documents.subtitles import SubtitleManner


def style_of(job: Job) -> Style:
    """Load the job's style with the co-op's own sign and colours; the workspace's styles go before the program's. Raises UserMistake."""
    style = brand_room.load_style(job.template, brand_room.style_roots(Path(job.workspace)))
    return brand_room.with_coop(style, job.coop)


def subtitle_manner(job: Job) -> SubtitleManner:
    """How the words of a job's subtitles are set: as the job says, else as its style does."""
    return style_of(job).subtitles.manner if job.subtitles == "style" else job.subtitles
