"""Live posts that show a clip which somebody has declared as made with AI since: our own page is made anew with the label, elsewhere a
person is told what to declare."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.actions.ai_declarations import undeclared_clips
from pipeline.actions.page_releases import WATCHED, newest_pages, publish_page, require_approval
from pipeline.actions.publish_report import destination_of
from pipeline.documents.message import M, Message, Value
from pipeline.documents.release import Release
from pipeline.errors import Fault, PersonNeeded, StoryBusy, UserMistake
from pipeline.publish.engine import EngineContext
from pipeline.publish.handoff.form import form_names, load_form
from pipeline.publish.ledger import PUBLIC, Actor, Entry, ReleaseLeased, StaleEntry, State, Who
from pipeline.publish.ledger.tasks import CORRECTED, DECLARE, TAKE_DOWN
from pipeline.publish.live_offers import as_new, is_withdrawn


@dataclass(frozen=True)
class LiveDeclarations:
    """One turn over what is live. render: makes a page's video and words anew, and raises what asks for a person; None makes no page, so
    that only the tasks are opened."""

    workspace: Path
    engine: EngineContext
    render: Callable[[Entry], Release] | None

    def keep_true(self, story: str | None = None) -> list[tuple[Entry, tuple[str, ...]]]:
        """Bring everything that is live into line with the declarations. story: only that one's.

        Returns the pages that were made anew, each with the declared clips. Raises what the ledger raises.
        """
        made: list[tuple[Entry, tuple[str, ...]]] = []
        entries = self.engine.ledger.releases(story=story)
        newest = newest_pages(entries, self.engine)
        for entry in entries:
            clips = undeclared_clips(self.workspace, entry.release) if self._is_watched(entry, newest) else ()
            tasks = self.engine.ledger.tasks.all(release_id=entry.id, open_only=False)
            asked = [task for task in tasks if task.kind == DECLARE]
            if not clips:
                for task in asked:
                    if task.closed_at is None:
                        self.engine.ledger.tasks.close(task.id, by=self._machine(), at=self.engine.clock.now())
            elif entry.id not in newest:
                if not any(task.note == CORRECTED and task.subject == _subject(clips) for task in asked):
                    self._ask(entry, clips)
            elif self.render is not None and not any(task.closed_at is None and task.subject == _subject(clips) for task in asked):
                page = self._make_page(entry, clips, self.render)
                made += [(page, clips)] if page else []
        return made

    def _is_watched(self, entry: Entry, newest: set[str]) -> bool:
        platform = self.engine.platforms.get(entry.release.platform)
        is_replaced = platform is not None and platform.capabilities.own_page and entry.id not in newest
        taken_down = any(task.kind == TAKE_DOWN for task in self.engine.ledger.tasks.all(release_id=entry.id))
        return entry.state in WATCHED and not is_replaced and not taken_down

    def _make_page(self, entry: Entry, clips: tuple[str, ...], render: Callable[[Entry], Release]) -> Entry | None:
        """Publish the page anew with the label; where that needs a person, ask. Returns its entry; None where there is none."""
        try:
            release = _labelled(entry.release) if is_withdrawn(entry.release) else render(entry)
            if not is_withdrawn(release):
                require_approval(release, self.engine)
            page = publish_page(release, self.engine)
            if page.state is State.FAILED:
                raise PersonNeeded(page.reason or M("nobody knows why"))
        except (StoryBusy, ReleaseLeased, StaleEntry):
            return None  # whoever holds it publishes its page, or the next turn does
        except (PersonNeeded, UserMistake, Fault) as error:
            message = M(
                "The page of {story} on {place} shows {clips} without the AI label, and could not be made anew: {reason}. Then: "
                "fieldcut publish {story} --to {place}, or take the page down.",
                reason=error.message,
                **self._facts(entry, clips),
            )
            self._open(entry, message, clips)
            return None
        return page

    def _ask(self, entry: Entry, clips: tuple[str, ...]) -> None:
        facts = self._facts(entry, clips)
        if entry.state in PUBLIC:
            message = M(
                "{story} on {place} ({link}) shows {clips}, which was declared as made with AI after it was posted. Declare it there as "
                "{declaration}, then: fieldcut settle {release} --as corrected; or take it down: fieldcut settle {release} --as removed",
                link=entry.link or "–",
                declaration=_declaration_of(entry.release.platform),
                release=entry.id[:8],
                **facts,
            )
        else:
            message = M(
                "The pack of {story} for {place} was made before {clips} was declared as made with AI. Do not post it; give it back "
                "(fieldcut unclaim {release} --reason …) and publish anew.",
                release=entry.id[:8],
                **facts,
            )
        self._open(entry, message, clips)

    def _open(self, entry: Entry, message: Message, clips: tuple[str, ...]) -> None:
        self.engine.ledger.tasks.ask(DECLARE, message, _subject(clips), at=self.engine.clock.now(), release_id=entry.id)

    def _facts(self, entry: Entry, clips: tuple[str, ...]) -> dict[str, Value]:
        return {"story": entry.release.story, "place": destination_of(entry.release), "clips": _subject(clips)}

    def _machine(self) -> Actor:
        return Actor(who=Who.MACHINE, name=self.engine.worker)


def _labelled(release: Release) -> Release:
    """A page that offers nothing any more, with the label beside its video."""
    return as_new(release).model_copy(update={"declarations": release.declarations.model_copy(update={"ai_generated": True})})


def _declaration_of(platform: str) -> str | Message:
    """What a platform's own form calls the declaration; our words where no form of it is known."""
    label = load_form(platform).declarations.get("ai_generated", {}) if platform in form_names() else {}
    return label.get("zh") or M("made with AI")


def _subject(clips: tuple[str, ...]) -> str:
    return ", ".join(clips)
