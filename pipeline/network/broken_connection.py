"""Why nothing came back from another machine, in words for a person: the libraries' own names of it are not shown."""

import errno
import socket
import ssl
from collections.abc import Iterator

from pipeline.documents.message import M, Message

REFUSED, ENDED, UNREACHABLE = (
    (errno.ECONNREFUSED,),
    (errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED),
    (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN),
)


def why_no_answer(error: BaseException) -> Message:
    """What an error of httpx, botocore, fsspec or the sockets says of the connection; looks through what caused it, too."""
    for each in reversed([*causes(error)]):  # the innermost knows best
        name = type(each).__name__
        if isinstance(each, socket.gaierror) or "NameResolution" in name:
            return M("its name is not found; look whether this computer is on the network")
        if isinstance(each, ssl.SSLError):
            return M("its certificate is not accepted; look at this computer's date, and whether the network asks you to log in")
        if isinstance(each, TimeoutError) or "Timeout" in name:
            return M("it took too long")
        if "Proxy" in name:
            return M("the proxy that is set does not let it through")
        number = getattr(each, "errno", None)
        if isinstance(each, OSError) and number is not None:
            if number in REFUSED:
                return M("nothing listens at that address")
            if number in UNREACHABLE:
                return M("this computer is not on the network")
            if number in ENDED:
                return M("the connection broke off")
    return M("the connection broke off")


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, then what caused it, and so on."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
