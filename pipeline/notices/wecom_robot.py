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
from pipeline.network.client import is_safe_address
from pipeline.network.http import HttpAnswer
from pipeline.network.quota import Quota
from pipeline.notices.notice import URGENT, DeliveryResult, Kind, Notice, OutgoingMessage
from pipeline.secrets.secret import Secret
from pipeline.settings import NOTICE_KINDS

MAX_MARKDOWN_BYTES, MAX_TEXT_BYTES = 4096, 2048
"""Longest message, bytes."""
SECONDS, MESSAGES = 20.0, 5
"""The robot's limit is 20 in any minute, and windows are counted from the clock: a minute touches at most four windows of 20 seconds,
and four times five is 20."""
MIN_NOTICE_BYTES = 120
"""Bytes that a notice in a digest keeps at least: a shorter one says nothing."""
EVERYBODY = "@all"
PATH = "/cgi-bin/webhook/send"
_MARKS = {"finished": "✅", "needs_person": "✋", "live": "🟢", "failed": "❌"}
_COLOURS = {"finished": "info", "needs_person": "warning", "live": "info", "failed": "warning"}
_STRUCTURE = str.maketrans({"<": "＜", ">": "＞", "[": "［", "]": "］", "`": "‵", "*": "＊", "#": "＃"})
"""Markdown's marks in their full-width form, so that a story's text can neither mention people nor hide a link."""
_MOBILE = re.compile(r"1\d{10}")

OK, TOO_OFTEN, ROBOT_GONE, BUSY = 0, 45009, frozenset({93000, 93004, 93008}), -1
"""Error codes: accepted; over the rate limit; the robot was removed, or its key is wrong; busy. Any other one refuses the message."""
WAIT_S, BUSY_S = 60.0, 10.0

PlatformLabel = Callable[[str, str], str]


@dataclass(frozen=True)
class WeComRobot:
    """One robot in one group.

    mention: user ids, mobile numbers, or @all; only urgent notices mention anybody. platform_label: the platform's name for people, by
    its name here and a language.
    """

    name: str
    address: Secret
    language: str = "zh"
    kinds: frozenset[Kind] = frozenset(NOTICE_KINDS)
    mention: tuple[str, ...] = ()
    platform_label: PlatformLabel = field(default=lambda name, _language: name)
    quota: Quota = field(default=Quota(name="notices", calls=MESSAGES, per_s=SECONDS))

    def compose(self, notices: Sequence[Notice], at: datetime) -> OutgoingMessage:
        """See Channel. A single notice fills the message; several become a digest with a line or two each."""
        del at
        urgent = self.mention if any(notice.kind in URGENT for notice in notices) else ()
        # Only plain text can mention everybody, or somebody by their number.
        plain = any(name == EVERYBODY or _MOBILE.fullmatch(name) for name in urgent)
        most = MAX_TEXT_BYTES if plain else MAX_MARKDOWN_BYTES
        tail = "" if plain else "".join(f"\n<@{_escaped(name)}>" for name in urgent)
        room = most - _bytes(tail)
        if len(notices) == 1:
            text, notice_count = self._single(notices[0], room, plain=plain), 1
        else:
            text, notice_count = self._digest(notices, room, plain=plain)
        if not plain:
            return _message({"msgtype": "markdown", "markdown": {"content": text + tail}}, notice_count)
        numbers = [name for name in urgent if _MOBILE.fullmatch(name)]
        others = [name for name in urgent if name not in numbers]
        return _message(
            {"msgtype": "text", "text": {"content": text, "mentioned_list": others, "mentioned_mobile_list": numbers}}, notice_count
        )

    def read_answer(self, answer: HttpAnswer) -> DeliveryResult:
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
        if code in ROBOT_GONE:
            return DeliveryResult(
                why=M("the robot was removed from its group, or its address is wrong. Add it again and give FieldCut its address")
            )
        return DeliveryResult(why=M("it refuses the message (code {code})", code=str(code)[:20]))

    def _single(self, notice: Notice, room: int, *, plain: bool) -> str:
        said = partial(say, language=self.language)
        title = f"{_MARKS[notice.kind]} {said(notice.title)}"
        first = title if plain else f'**<font color="{_COLOURS[notice.kind]}">{title}</font>**'
        head = f"{first}\n{_escaped(self._subject(notice))}\n"
        foot = self._foot(notice, plain=plain)
        return head + _cut_to(_escaped(said(notice.text)), room - _bytes(head) - _bytes(foot)) + foot

    def _digest(self, notices: Sequence[Notice], room: int, *, plain: bool) -> tuple[str, int]:
        head = say(M("FieldCut: {count} notices", count=len(notices)), self.language)
        lines = [head if plain else f"**{head}**"]
        for notice_count, notice in enumerate(notices):
            said = say(notice.text, self.language)
            before = f"{_MARKS[notice.kind]} {_escaped(self._subject(notice))}: "
            foot = self._foot(notice, plain=plain)
            left = room - _bytes("\n".join(lines)) - _bytes(before) - _bytes(foot) - 2
            if notice_count and left < min(MIN_NOTICE_BYTES, _bytes(_escaped(said))):
                # Fewer than were announced: the first line is counted anew.
                fewer = notices[:notice_count]
                return self._digest(fewer, room, plain=plain) if notice_count > 1 else (self._single(fewer[0], room, plain=plain), 1)
            lines.append(before + _cut_to(_escaped(said), left) + foot)
        return "\n".join(lines), len(notices)

    def _foot(self, notice: Notice, *, plain: bool) -> str:
        link = quote(notice.web_link, safe=":/?#@!$&'*+,;=%~-._") if _bytes(notice.web_link) <= 500 else ""
        reference = _escaped(notice.reference)[:64]
        link_text = link if plain or not link else f"[{say(M('Open'), self.language)}]({link})"
        reference_text = reference if plain or not reference else f'<font color="comment">{reference}</font>'
        parts = [part for part in (link_text, reference_text) if part]
        return "\n" + " ".join(parts) if parts else ""

    def _subject(self, notice: Notice) -> str:
        label = self.platform_label(notice.platform, self.language)
        return " · ".join(part for part in (notice.story[:60], label[:40]) if part)


def robot_address(text: str) -> Secret:
    """Check the address of a robot, as WeCom shows it. Raises UserMistake, without repeating the address, when it is not one."""
    address = text.strip()
    try:
        parts = urlsplit(address)
        good = is_safe_address(address) and parts.path == PATH and bool(parse_qs(parts.query).get("key"))
    except ValueError:
        good = False
    if not good:
        raise UserMistake(M("This is no address of a group robot: it begins with https:// and ends with its key."))
    return Secret(address)


def _message(message: dict[str, object], notice_count: int) -> OutgoingMessage:
    return OutgoingMessage(
        json.dumps(message, ensure_ascii=False).encode(), notice_count, {"Content-Type": "application/json; charset=utf-8"}
    )


def _escaped(text: str) -> str:
    """The text as one line in which Markdown finds no marks."""
    return " ".join(text.split()).translate(_STRUCTURE)


def _cut_to(text: str, most: int) -> str:
    return text if _bytes(text) <= most else truncate(text, max(0, most), "bytes")


def _bytes(text: str) -> int:
    return len(text.encode())
