"""A release that waits for a person, as a run of Prefect: suspended for days, without a process, until the ledger has the answer.

Whatever resumes it decides nothing. The run looks into the ledger; an answer that comes with the resuming (Prefect's own form) counts when
its token is that of a link, which the ledger's side checks, and otherwise the run suspends itself again.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from prefect import State, flow, get_run_logger, suspend_flow_run
from prefect.input import RunInput
from prefect.states import Completed, Failed

from flows.desk.address import running_desk
from flows.worker_process import end_with_worker
from pipeline.actions.failures import as_fieldcut_error
from pipeline.actions.open_approvals import ApprovalStanding, answer_by_form, ask_and_tell
from pipeline.language import say


class PersonsWord(RunInput):
    """What Prefect's form asks. Flat, and nothing is required: the watch resumes a run whose answer is in the ledger already."""

    name: str = ""
    token: str = ""
    answer: Literal["yes", "no"] = "yes"
    reason: str = ""


@flow(name="approve-release", retries=0, persist_result=True, result_serializer="json")
def approve_release(release: str, question: str, workspace: str = "workspace", language: Literal["zh", "en"] = "zh") -> State[str]:
    """Wait for a person's yes or no to one release.

    release: its id in the ledger. question: the hash of what is asked; when the release is another by then, the run ends. It completes
    with the line that tells what was answered.
    """
    end_with_worker()
    given = 0
    while True:
        try:
            standing = _standing(Path(workspace), release, question, language)
        except Exception as error:
            return Failed(message=say(as_fieldcut_error(error, Path(workspace)).message, language))
        if standing.over:
            return Completed(message=standing.line, data=standing.line)
        # A resumed run begins at its first line: a suspension that was resumed before gives what came with it, the next one suspends.
        form = PersonsWord.with_initial_data(description=standing.form)
        word = suspend_flow_run(wait_for_input=form, timeout=standing.lasts_s, key=f"word-{given}")
        given += 1
        if word.token or word.name:
            refused = answer_by_form(Path(workspace), word.name, word.token, word.answer, word.reason, datetime.now(UTC))
            if refused is not None:
                get_run_logger().warning(say(refused, language))


def _standing(workspace: Path, release: str, question: str, language: str) -> ApprovalStanding:
    desk = running_desk(workspace)
    reached = desk.address if desk is not None and desk.lan else ""
    return ask_and_tell(workspace, release, question, reached, datetime.now(UTC), language)
