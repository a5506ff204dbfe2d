"""The link to a post in what a person pasted."""

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.network.http import is_host_of
from pipeline.publish.handoff.form import HandoffForm

_ADDRESS = re.compile(r"(?i)\b[a-z][a-z0-9+.\-]*://[^\s\"'<>，。；、！）】》]+")
"""Apps copy a link with a sentence round it, in which Chinese marks follow it without a blank."""


def posted_link(text: str, form: HandoffForm) -> str:
    """The https link to a post on the form's platform.

    text: the link alone, or the whole sentence that an app copies with it. Raises UserMistake when there is none, when it is not https,
    or when it leads to the form or to the platform's own front page: those were never a proof that something is public.
    """
    addresses = [match[0].rstrip(".,;:!?)") for match in _ADDRESS.finditer(text)]
    of_theirs = [address for address in addresses if (parts := _parts(address)) and is_host_of(parts.hostname or "", form.link_hosts)]
    for address in of_theirs:
        parts = _parts(address)
        if parts and parts.scheme.lower() == "https" and _is_a_post(parts, form):
            return address
    if any(not address.lower().startswith("https://") for address in of_theirs or addresses):
        raise UserMistake(M("The link of a post begins with https://"))
    if of_theirs:
        raise UserMistake(M("This link leads to the platform, but to no post. Open the post, then copy its link."))
    hosts = ", ".join(form.link_hosts)
    raise UserMistake(M("This is no link to a post of {platform}. Such a link leads to {hosts}.", platform=form.name, hosts=hosts))


def _parts(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        # Whoever writes a name or a port into it wants it to look like something else.
        return parts if parts.hostname and "@" not in parts.netloc and parts.port is None else None
    except ValueError:
        return None


def _is_a_post(parts: SplitResult, form: HandoffForm) -> bool:
    return (parts.path not in ("", "/") or bool(parts.query)) and not _is_below(parts, form.not_posts)


def _is_below(parts: SplitResult, locations: Iterable[str]) -> bool:
    for location in locations:
        host, _, path = location.partition("/")
        at = "/" + path.rstrip("/")
        if is_host_of(parts.hostname or "", (host,)) and (not path or parts.path == at or parts.path.startswith(at + "/")):
            return True
    return False
