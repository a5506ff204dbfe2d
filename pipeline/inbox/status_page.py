"""The page beside the clips: waiting, working, ready, or what to film again. It is the only file that we write into a dropped folder."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from pathlib import Path

from pipeline.documents.inbox import STATUS_PAGES
from pipeline.documents.message import M, Message
from pipeline.documents.story_run import StoryRun
from pipeline.inbox.folder_words import folder_sentence, folder_sentences
from pipeline.inbox.pages_environment import link_from, page_environment, write_when_new
from pipeline.inbox.settling import Empty, Filling, Settled, Verdict, WaitingForFiles
from pipeline.language import say
from pipeline.page_policy import template_policy
from pipeline.resources import fieldcut_version
from pipeline.settings import minute_text

TEMPLATE = "status.html.j2"
MINUTE_S = 60.0
NAMES_SHOWN = 5
NOT_BEGUN = M("It cannot go on now. Please tell whoever looks after FieldCut; you need not do anything.")


@dataclass(frozen=True)
class StoryStatus:
    """What the page says of a story: its name and the time of saying it, where the folder stands, the last run, a sentence of its own.

    queued: whether a run was ordered and has not begun. waits_for_yes: places to which its video goes when somebody has approved it.
    anew: whether a run of earlier files is just being ended, because they have changed.
    """

    name: str
    at: datetime
    verdict: Verdict
    run: StoryRun | None = None
    queued: bool = False
    trouble: Message | None = None
    waits_for_yes: tuple[str, ...] = ()
    anew: bool = False

    @property
    def is_moving(self) -> bool:
        """Whether the page changes by itself soon, so that a browser should load it again."""
        return self.queued or (self.run is not None and self.run.state == "working") or isinstance(self.verdict, Filling | WaitingForFiles)

    @property
    def headline(self) -> Message:
        """The first sentence: where the story stands."""
        if self.trouble is not None:
            return self.trouble
        if self.anew:
            return M("Something here has changed: the video is made anew at once.")
        if isinstance(self.verdict, Filling):
            return M("Clips are still coming in. It begins by itself when nothing has changed for a while.")
        if isinstance(self.verdict, WaitingForFiles):
            return M(
                "Not copied whole: {names}. Please copy again. Who does not want to wait puts a file named “{mark}” into this folder; else "
                "after {minutes} minutes at most the story is made without.",
                names=_few(self.verdict.names),
                mark=M("done"),
                minutes=max(1, ceil(self.verdict.give_up_s / MINUTE_S)),
            )
        if self.queued:
            return M("All clips are here. The video is made as soon as it is its turn.")
        return self._of_run()

    def _of_run(self) -> Message:
        if self.run is None:
            empty = M("Nothing is here yet. Put the clips from the phone into this folder.")
            return empty if isinstance(self.verdict, Empty) else M("All clips are here.")
        if self.run.state == "working":
            return M("The video is being made: {percent} %.", percent=round(100 * self.run.share))
        if self.run.state == "ready":
            return M("The video is ready.")
        if self.run.state == "needs_person":
            return M("The story waits for somebody to decide.")
        return M("No video could be made.")

    @property
    def approval(self) -> Message | None:
        """What it waits for besides; None when nobody has to approve anything. The link is not said where a share may show it to others."""
        if not self.waits_for_yes:
            return None
        return M("It waits for somebody's yes before it goes to {places}.", places=", ".join(self.waits_for_yes))

    @property
    def kind(self) -> str:
        """`good`, `bad` or `wait`, for the page's colours."""
        if self.trouble is not None or isinstance(self.verdict, WaitingForFiles):
            return "bad"
        if isinstance(self.verdict, Settled | Empty) and self.run is not None and not self.queued:
            return {"ready": "good", "working": "wait"}.get(self.run.state, "bad")
        return "wait"

    @property
    def left(self) -> Message | None:
        """How long it still takes; None when nobody knows."""
        if self.run is None or self.run.state != "working" or self.run.left_s is None:
            return None
        if self.run.left_s < MINUTE_S:
            return M("less than a minute left")
        return M("about {minutes} min left", minutes=round(self.run.left_s / MINUTE_S))


def write_status_page(folder: Path, status: StoryStatus, language: str) -> bool:
    """Write a story's page into its folder when it says something new. Returns whether it was written; raises DiskFault."""
    path = folder / STATUS_PAGES[0 if language == "zh" else 1]
    return write_when_new(path, status_page(folder, status, language))


def status_page(folder: Path, status: StoryStatus, language: str) -> str:
    """The page as HTML; its links lead from the folder to the finished files."""
    pages = page_environment(language)
    run = status.run
    return pages.get_template(TEMPLATE).render(
        language=language,
        policy=template_policy(pages, TEMPLATE),
        maker=f"FieldCut {fieldcut_version()}",
        status=status,
        run=run,
        ended=run is not None and run.state != "working",
        changed=minute_text(run.changed_at) if run is not None else minute_text(status.at) if status.is_moving else "",
        links={name: _link(folder, getattr(run, name)) for name in ("video", "cover", "report")} if run is not None else {},
        words=_words(),
        headline=folder_sentence(status.headline, language) or say(NOT_BEGUN, language),
        said=folder_sentences(run.said, language) if run is not None else (),
        film_again=folder_sentences(run.film_again, language) if run is not None else (),
        set_aside=folder_sentences(run.set_aside, language) if run is not None else (),
    )


def _words() -> dict[str, Message]:
    return {
        "film_again": M("To film again"),
        "set_aside": M("Not used"),
        "report": M("Why it was cut like this"),
        "open": M("Open the video"),
        "as_of": M("as of"),
    }


def _few(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:NAMES_SHOWN])
    return f"{shown} … ({len(names)})" if len(names) > NAMES_SHOWN else shown


def _link(folder: Path, target: str) -> str:
    return link_from(folder, Path(target)) if target and Path(target).is_file() else ""
