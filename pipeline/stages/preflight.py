"""What was asked for is there: known before anything costly, not when it is needed."""

from pipeline import commerce as commerce_room
from pipeline import publish as publish_room
from pipeline import render as render_room
from pipeline.documents.job import Job
from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.stages.style import style_of, subtitle_manner


def check_job(job: Job) -> None:
    """Raises UserMistake for a template, destination or music that is not there: before anything costly, not when it is needed."""
    for spec in job.renditions:
        destination = publish_room.load_destination(spec.destination)
        if spec.leader is not None:
            commerce_room.require_qr_code(destination, job.language)
    style = style_of(job)
    if subtitle_manner(job) != "plain" and not style.subtitles.accent:
        raise UserMistake(
            M(
                "The style {style} has no colour for the words of its subtitles that stand out. Add subtitles.accent to its template.yaml, "
                "or choose plain subtitles.",
                style=style.name,
            )
        )
    render_room.choose_music(job.music, mood=style.pace.mood, story_seed=job.story)
