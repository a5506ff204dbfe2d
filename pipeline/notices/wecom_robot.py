"""WeCom's group robot ("message push"): Markdown into one group, nobody mentioned unless that was asked for.

Written from the public description of its webhook; it has not met the real service. 20 messages a minute, 4,096 bytes of Markdown or
2,048 of plain text; the answer's status is always 200, and the key in the address is the whole credential.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from urllib.parse import parse_qs, quote, urlsplit

from pipeline.chinese.text_truncation import truncate
from pipeline.documents.message import M
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.network.client import is_safe
from pipeline.network.http import HttpAnswer
from pipeline.network.quota import Quota
from pipeline.notices.notice import URGENT, DeliveryResult, Kind, Notice, Post
from pipeline.secrets.secret import Secret
from pipeline.settings import NOTICE_KINDS

MARKDOWN_MOST, TEXT_MOST = 4096, 2048
"""Bytes of a message."""
SECONDS, MESSAGES = 20.0, 5
"""The robot's limit is 20 in any minute, and windows are counted from the clock: a minute touches at most four windows of 20 seconds,
and four times five is 20."""
SHORTEST = 120
"""Bytes that a notice among others is not cut below: a shorter one says nothing."""
EVERYBODY = "@all"
PATH = "/cgi-bin/webhook/send"
_MARKS = {"finished": "✅", "needs_person": "✋", "live": "🟢", "failed": "❌"}
_COLOURS = {"finished": "info", "needs_person": "warning", "live": "info", "failed": "warning"}
_STRUCTURE = str.maketrans({"<": "＜", ">": "＞", "[": "［", "]": "］", "`": "‵", "*": "＊", "#": "＃"})
"""Marks that Markdown would read, in their full width: a story must not be able to mention people, or to hide a link."""
_MOBILE = re.compile(r"1\d{10}")

OK, TOO_OFTEN, GONE, BUSY = 0, 45009, frozenset({93000, 93004, 93008}), -1
"""Answers: taken; more than it allows; the robot was removed, or the key is no key; busy. The others mean that the message is refused."""
WAIT_S, BUSY_S = 60.0, 10.0

PlatformLabel = Callable[[str, str], str]


@dataclass(frozen=True)
class Robot:
    """One robot in one group.

    mention: user ids, mobile numbers, or @all; only notices that need somebody mention anybody. platform_label: what people call a
    platform, by its name and their language.
    """

    name: str
    address: Secret
    language: str = "zh"
    kinds: frozenset[Kind] = frozenset(NOTICE_KINDS)
    mention: tuple[str, ...] = ()
    platform_label: PlatformLabel = field(default=lambda name, _language: name)
    quota: Quota = field(default=Quota(name="notices", calls=MESSAGES, per_s=SECONDS))

    def compose(self, notices: Sequence[Notice], at: datetime) -> Post:
        """See Channel. One notice stands by itself; several stand below each other, a line or two each."""
        del at
        urgent = self.mention if any(notice.kind in URGENT for notice in notices) else ()
        # Only plain text can mention everybody, or somebody by their number.
        plain = any(name == EVERYBODY or _MOBILE.fullmatch(name) for name in urgent)
        most = TEXT_MOST if plain else MARKDOWN_MOST
        tail = "" if plain else "".join(f"\n<@{_plain(name)}>" for name in urgent)
        room = most - _bytes(tail)
        if len(notices) == 1:
            text, taken = self._alone(notices[0], room, plain=plain), 1
        else:
            text, taken = self._several(notices, room, plain=plain)
        if not plain:
            return _post({"msgtype": "markdown", "markdown": {"content": text + tail}}, taken)
        numbers = [name for name in urgent if _MOBILE.fullmatch(name)]
        others = [name for name in urgent if name not in numbers]
        return _post({"msgtype": "text", "text": {"content": text, "mentioned_list": others, "mentioned_mobile_list": numbers}}, taken)

    def judge(self, answer: HttpAnswer) -> DeliveryResult:
        """See Channel."""
        if answer.status == 429 or answer.status >= 500:
            return DeliveryResult(after_s=answer.retry_after_s or WAIT_S, why=M("it is busy (HTTP {status})", status=answer.status))
        code = answer.json().get("errcode")
        if code == OK:
            return DeliveryResult(done=True)
        if code == TOO_OFTEN:
            return DeliveryResult(after_s=WAIT_S, why=M("it was sent more than it takes in a minute"))
        if code == BUSY:
            return DeliveryResult(after_s=BUSY_S, why=M("it is busy (HTTP {status})", status=answer.status))
        if code in GONE:
            return DeliveryResult(
                why=M("the robot was removed from its group, or its address is wrong. Add it again and give FieldCut its address")
            )
        return DeliveryResult(why=M("it refuses the message (code {code})", code=str(code)[:20]))

    def _alone(self, notice: Notice, room: int, *, plain: bool) -> str:
        said = partial(say, language=self.language)
        title = f"{_MARKS[notice.kind]} {said(notice.title)}"
        first = title if plain else f'**<font color="{_COLOURS[notice.kind]}">{title}</font>**'
        head = f"{first}\n{_plain(self._place(notice))}\n"
        foot = self._foot(notice, plain=plain)
        return head + _fitted(_plain(said(notice.text)), room - _bytes(head) - _bytes(foot)) + foot

    def _several(self, notices: Sequence[Notice], room: int, *, plain: bool) -> tuple[str, int]:
        head = say(M("FieldCut: {count} notices", count=len(notices)), self.language)
        lines = [head if plain else f"**{head}**"]
        for taken, notice in enumerate(notices):
            said = say(notice.text, self.language)
            before = f"{_MARKS[notice.kind]} {_plain(self._place(notice))}: "
            foot = self._foot(notice, plain=plain)
            left = room - _bytes("\n".join(lines)) - _bytes(before) - _bytes(foot) - 2
            if taken and left < min(SHORTEST, _bytes(_plain(said))):
                # Fewer than were announced: the first line is counted anew.
                fewer = notices[:taken]
                return self._several(fewer, room, plain=plain) if taken > 1 else (self._alone(fewer[0], room, plain=plain), 1)
            lines.append(before + _fitted(_plain(said), left) + foot)
        return "\n".join(lines), len(notices)

    def _foot(self, notice: Notice, *, plain: bool) -> str:
        link = quote(notice.web_link, safe=":/?#@!$&'*+,;=%~-._") if _bytes(notice.web_link) <= 500 else ""
        reference = _plain(notice.reference)[:64]
        shown = link if plain or not link else f"[{say(M('Open'), self.language)}]({link})"
        told = reference if plain or not reference else f'<font color="comment">{reference}</font>'
        parts = [part for part in (shown, told) if part]
        return "\n" + " ".join(parts) if parts else ""

    def _place(self, notice: Notice) -> str:
        label = self.platform_label(notice.platform, self.language)
        return " · ".join(part for part in (notice.story[:60], label[:40]) if part)


def robot_address(text: str) -> Secret:
    """The address of a robot, as WeCom shows it. Raises UserMistake, without repeating it, when it is none."""
    address = text.strip()
    try:
        parts = urlsplit(address)
        good = is_safe(address) and parts.path == PATH and bool(parse_qs(parts.query).get("key"))
    except ValueError:
        good = False
    if not good:
        raise UserMistake(M("This is no address of a group robot: it begins with https:// and ends with its key."))
    return Secret(address)


def _post(message: dict[str, object], taken: int) -> Post:
    return Post(json.dumps(message, ensure_ascii=False).encode(), taken, {"Content-Type": "application/json; charset=utf-8"})


def _plain(text: str) -> str:
    """One line that Markdown takes as it is."""
    return " ".join(text.split()).translate(_STRUCTURE)


def _fitted(text: str, most: int) -> str:
    return text if _bytes(text) <= most else truncate(text, max(0, most), "bytes")


def _bytes(text: str) -> int:
    return len(text.encode())
