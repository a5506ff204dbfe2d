"""`fieldcut worker`: this machine takes work of another one, on which `fieldcut up` runs."""

import socket
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.options import Language
from flows.cli.run import run
from flows.cli.screen import Screen
from pipeline.documents.message import M, Message
from pipeline.language import say


def worker(
    join: Annotated[str, typer.Option(help="那台电脑的地址 | the other machine's address: https://HOST:PORT")],
    store: Annotated[str, typer.Option(help="共用的地方：文件夹或 s3://… | the shared store: a folder, or s3://…")],
    folder: Annotated[Path, typer.Option(help="本机的缓存放哪里 | where this machine keeps its copies")] = Path("fieldcut-worker"),
    cache_gb: Annotated[float, typer.Option(min=1, help="本机缓存最多多大（GB） | the most that these copies may take, GB")] = 20.0,
    threads: Annotated[int, typer.Option(min=0, help="最多用几个核，0 是全部 | cores that it may use, 0 for all")] = 0,
    name: Annotated[str, typer.Option(help="这台电脑叫什么 | what this machine is called")] = "",
    password_file: Annotated[
        Path | None, typer.Option(help="放密码的文件 | a file with the password that the other machine asks for")
    ] = None,
    ca_file: Annotated[
        Path | None, typer.Option(help="那台电脑的证书是谁签的：证书文件 | the certificate of whoever signed the other machine's own")
    ] = None,
    endpoint_url: Annotated[str, typer.Option(help="桶的服务地址 | of a bucket that is not Amazon's")] = "",
    region: Annotated[str, typer.Option(help="桶所在的地区 | of the bucket, where its store wants one")] = "",
    lang: Language = "zh",
) -> None:
    """让这台电脑帮另一台做长视频 | have this machine help another one with long videos."""

    def tell(message: Message) -> None:
        print(say(message, lang), flush=True)

    def work(_now: datetime, screen: Screen) -> Message:
        from flows.batch_machine import BatchMachine
        from flows.joined_worker import JoinedWorker, read_password

        place = folder.expanduser().resolve()
        machine = BatchMachine(store, place / "cache", cache_gb, threads, endpoint_url, region)
        password = read_password(password_file) if password_file is not None else ""
        joined = JoinedWorker(join, machine, place / "prefect", name or socket.gethostname() or "helper", password, tell, ca_file)
        try:
            with joined.running():
                joined.keep()
        except KeyboardInterrupt:
            screen.ended = False  # that is how it is meant to end
        return M("This machine does not help any more.")

    run(work, lambda message: (say(message, lang), 0), folder, lang, as_json=False)
