"""Releases of the seller's own pages: which ones a new page has replaced, and which `make` has put there."""

from pipeline.publish.engine import EngineContext, work_on
from pipeline.publish.ledger import PUBLIC, Entry, Who


def replaced_releases(entry: Entry, engine: EngineContext) -> tuple[Entry, ...]:
    """Earlier releases that this one has replaced, on platforms that keep one page a story."""
    if entry.state not in PUBLIC or not engine.platforms[entry.release.platform].capabilities.own_page:
        return ()
    earlier = engine.ledger.releases(story=entry.release.story, platform=entry.release.platform, account=entry.release.account)
    checked = (work_on(other, engine) for other in earlier if other.id != entry.id and other.state in PUBLIC)
    return tuple(other for other in checked if other is not None)


def was_published_by_make(entry: Entry, engine: EngineContext) -> bool:
    """Whether `make` put the release on the shelf: a person who then asks to publish it has it there already."""
    return entry.state in PUBLIC and engine.ledger.history(entry.id)[0].by.who is Who.MACHINE
