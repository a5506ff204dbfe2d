"""The process that watches the inbox and the ledger while `fieldcut up` runs: what is complete, or due, is ordered from the server.

python -m flows.watcher WORKSPACE LANGUAGE
"""

import logging
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal, cast

from flows.approval_runs import ApprovalRuns
from flows.campaign_runs import CampaignRuns
from flows.clock_jumps import ClockJumps, bring_back_orders
from flows.desk.address import running_desk
from flows.prefect_api import PrefectApi
from flows.release_runs import ReleaseRuns
from flows.story_runs import PrefectStoryRuns
from pipeline.actions.open_work import OpenWork, open_work
from pipeline.actions.watch_inbox import InboxWatch
from pipeline.documents.message import Message
from pipeline.errors import FieldCutError
from pipeline.language import say
from pipeline.settings import read_settings, using_zone_of

LOOK_EVERY_S = 2.0
"""Between two looks: a page that is a few seconds old is new enough, and a share is not kept busy."""

LEDGER_EVERY_S = 5.0
"""Runs are ordered well before they are due."""

log = logging.getLogger("fieldcut.watcher")


def watch(workspace: Path, language: Literal["zh", "en"]) -> None:
    """Look at the workspace's inbox for ever. What goes wrong at one look is logged once, and the next look tries again."""
    inbox_settings = read_settings(workspace).inbox
    inbox = inbox_settings.folder_in(workspace)
    inbox.mkdir(parents=True, exist_ok=True)
    api, said = PrefectApi(os.environ["PREFECT_API_URL"]), ""
    with using_zone_of(workspace) as zone:
        inbox_watch = InboxWatch(
            inbox=inbox,
            workspace=workspace,
            runs=PrefectStoryRuns(api, workspace, language),
            language=language,
            now=lambda: datetime.now(zone),
            elapsed_s=time.monotonic,
            quiet_s=inbox_settings.quiet_seconds,
            give_up_s=inbox_settings.give_up_seconds,
        )
        releases, campaigns = ReleaseRuns(api, workspace, language), CampaignRuns(api, workspace, language)
        approvals = ApprovalRuns(api, workspace, language)
        ledger_looked_s, clock, set_back = -LEDGER_EVERY_S, ClockJumps(lambda: datetime.now(zone), time.monotonic), False

        def look_into_ledger() -> list[Message]:
            found: list[OpenWork] = []
            desk, elapsed_s = running_desk(workspace), time.monotonic()
            troubles = _looked(lambda: found.append(open_work(workspace, desk.address if desk is not None else "", datetime.now(zone))))
            for work in found:
                inbox_watch.approvals = work.waiting
                troubles += [work.trouble] if work.trouble is not None else []
                troubles += _looked(partial(releases.look, work.due, elapsed_s))
                troubles += _looked(partial(campaigns.look, work.posts, elapsed_s))
                troubles += _looked(partial(approvals.look, work.approvals, elapsed_s))
            return troubles

        while True:
            troubles = _looked(inbox_watch.look)
            set_back = clock.set_back() or set_back
            if set_back:
                troubles += (unheard := _looked(lambda: bring_back_orders(api, datetime.now(zone))))
                set_back = bool(unheard)
            if time.monotonic() - ledger_looked_s >= LEDGER_EVERY_S:
                ledger_looked_s = time.monotonic()
                troubles += _looked(releases.look_at_sheet)
                troubles += look_into_ledger()
            troubles += [inbox_watch.trouble] if inbox_watch.trouble else []
            trouble = " ".join(say(message, language) for message in troubles)
            if trouble and trouble != said:
                log.warning(trouble)
            said = trouble
            time.sleep(LOOK_EVERY_S)


def _looked(look: Callable[[], object]) -> list[Message]:
    """Look once. Returns what went wrong; the next look tries again."""
    try:
        look()
    except FieldCutError as error:
        return [error.message]
    return []


def main() -> int:
    """Watch until somebody ends the process."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    workspace, language = Path(sys.argv[1]), sys.argv[2]
    with suppress(KeyboardInterrupt):
        watch(workspace, cast(Literal["zh", "en"], language))
    return 0


if __name__ == "__main__":
    sys.exit(main())
