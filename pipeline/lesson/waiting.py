"""The page of a story that waits for a person: what is asked, where the report stands once it goes on."""

from pathlib import Path

from pipeline.documents.message import M, Message
from pipeline.lesson.report import page_environment
from pipeline.resources import fieldcut_version
from pipeline.store import write_atomically

WAITS = M("This story waits for an answer; no video was made this time.")


def write_waiting_page(path: Path, story: str, question: Message, language: str) -> None:
    """Write the page with a question, in all languages, the reader's shown first."""
    page = page_environment().get_template("waiting.html.j2")
    text = page.render(language=language, story=story, verdict=WAITS, question=question, maker=f"FieldCut {fieldcut_version()}")
    write_atomically(path, text)
