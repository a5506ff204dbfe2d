"""Where the desk's pages are: the address that the supervisor noted, and this machine's in the local network."""

import ipaddress
import socket
from pathlib import Path

import psutil
from pydantic import Field

from flows.supervisor_files import HOME, is_running
from pipeline.documents.base import Document
from pipeline.documents.message import M
from pipeline.errors import FieldCutError, UserMistake
from pipeline.store import load_document, save_document

DESK_FILE = "desk.json"
"""In the supervisor's folder, while it runs."""
LOOPBACK, ANYWHERE = "127.0.0.1", "0.0.0.0"
_ELSEWHERE = "192.0.2.1"
"""An address of nobody (RFC 5737): asked for the way to it, the system says which of its own addresses it would use. Nothing is sent."""


class DeskPlace(Document):
    """Where the desk listens. lan: whether other machines of the local network reach it."""

    port: int = Field(ge=1, le=65535)
    lan: bool = False

    @property
    def host(self) -> str:
        """The address to listen at."""
        return ANYWHERE if self.lan else LOOPBACK

    @property
    def address(self) -> str:
        """http://HOST:PORT, as people open it: in the local network where that reaches it, else on this machine."""
        return f"http://{lan_address() if self.lan else LOOPBACK}:{self.port}"


def note_desk(home: Path, place: DeskPlace) -> None:
    """Write down where the desk is. home: the supervisor's folder. Raises DiskFault."""
    save_document(home / DESK_FILE, place)


def running_desk(workspace: Path) -> DeskPlace | None:
    """Where the desk of a workspace is now; None while nothing keeps it running."""
    path = workspace / HOME / DESK_FILE
    try:
        return load_document(path, DeskPlace) if path.is_file() and is_running(workspace) else None
    except FieldCutError:
        return None


def require_desk(workspace: Path) -> str:
    """The address of the desk that runs. Raises UserMistake while none does: a link would lead nowhere."""
    place = running_desk(workspace)
    if place is None:
        raise UserMistake(M("FieldCut does not run, so no link can be opened. Start it with `fieldcut up`, for phones with --lan."))
    return place.address


def lan_address() -> str:
    """This machine's IPv4 address in the local network; loopback where it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_ELSEWHERE, 9))
            found = str(probe.getsockname()[0])
        except OSError:
            found = ""
    if found and not ipaddress.ip_address(found).is_loopback:
        return found
    candidates = (
        address.address for addresses in psutil.net_if_addrs().values() for address in addresses if address.family == socket.AF_INET
    )
    return next((one for one in candidates if not ipaddress.ip_address(one).is_loopback), LOOPBACK)
