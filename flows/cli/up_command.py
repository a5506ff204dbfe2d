"""`fieldcut up`: everything runs by itself from then on, until somebody ends it."""

from datetime import datetime
from pathlib import Path

from flows.cli.options import Language, Workspace
from flows.cli.run import run
from flows.cli.screen import Screen
from pipeline.documents.message import M, Message
from pipeline.language import say


def up(workspace: Workspace = Path("workspace"), lang: Language = "zh") -> None:
    """一直开着：放进 inbox 的文件夹自动做成视频 | keep everything running: folders dropped into the inbox become videos by themselves."""

    def tell(message: Message) -> None:
        print(say(message, lang), flush=True)

    def work(_now: datetime, screen: Screen) -> None:
        from flows.supervisor import Supervisor
        from pipeline.settings import read_settings

        inbox = read_settings(workspace).inbox.folder_in(workspace).resolve()
        supervisor = Supervisor(workspace, lang, tell)
        try:
            with supervisor.running():
                tell(M("FieldCut runs. Make a folder for each story in {inbox} and put its clips there.", inbox=str(inbox)))
                tell(M("A page beside the clips says how far it is."))
                tell(M("All runs: {address}", address=f"http://127.0.0.1:{supervisor.port}"))
                tell(M("Ctrl-C ends it."))
                supervisor.keep()
        except KeyboardInterrupt:
            screen.ended = False  # that is how it is meant to end

    run(work, lambda _: (say(M("FieldCut has ended."), lang), 0), workspace, lang, as_json=False)
