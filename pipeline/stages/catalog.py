"""The product sheet and the volunteer's note."""

from pathlib import Path

from pipeline import catalog as catalog_room
from pipeline.documents.message import M
from pipeline.documents.offer import Brief, Catalog
from pipeline.stages.external_files import SHEET_PICTURES, dropped_files, pictures_of_sheet
from pipeline.stages.stage import Progress, Stage
from pipeline.workspace import StoryContext


def run(context: StoryContext, progress: Progress) -> None:
    """Read the product sheet and the note; a lapsed, unknown or doubtful product ends the run here, before anything costly."""
    job = context.job
    sheet = Catalog(path="", offers=())
    if job.catalog:
        sheet = catalog_room.read_catalog(Path(job.catalog), now=job.now, pictures=context.story / SHEET_PICTURES)
    if Path(job.source).is_dir():
        brief = catalog_room.read_brief(Path(job.source))
    else:  # rendered again after the dropped folder is gone
        brief = context.read("brief.json", Brief) if context.path("brief.json").is_file() else Brief()
    catalog_room.choose_offer(sheet, brief, None, sku=job.product, now=job.now)
    context.write("catalog.json", sheet)
    context.write("brief.json", brief)
    progress(1.0)


STAGE = Stage(
    name="catalog",
    title=M("product sheet and note"),
    run=run,
    writes=("catalog.json", "brief.json"),
    job_fields=("source", "catalog", "product", "timezone", "now"),
    external_inputs=dropped_files,
    external_outputs=pictures_of_sheet,
)
