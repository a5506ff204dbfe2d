"""A WeCom group robot: the key is the whole credential, 20 messages a minute, limits in bytes, always HTTP 200."""

import base64
import hashlib
import json
import secrets
import sys
from collections import deque
from datetime import datetime, timedelta
from typing import Any, ClassVar

from tests.fakes.servers.base import Refused, Route, Server
from tests.fakes.servers.http_wire import Answer, Request, parts_of
from tests.fakes.servers.record import CommonSettings
from tests.fakes.servers.server_process import main

KEY = "0d5d3a5e-4f0e-4f4e-9a3b-7b1f5c2e9d10"
TEXT_MAX, MARKDOWN_MAX = 2048, 4096
IMAGE_MAX, FILE_MAX, VOICE_MAX = 2 << 20, 20 << 20, 2 << 20
MEDIA_LIFE_S = 3 * 86_400
TOO_OFTEN, BAD_KEY, BAD_ARGUMENT, BAD_TYPE, EMPTY, TOO_LONG = 45009, 93000, 40058, 40008, 44004, 45002
BAD_MD5, BAD_SIZE, BAD_MEDIA = 301019, 40009, 40007


class WeComSettings(CommonSettings):
    """per_minute: messages that a robot may send. key: the robot's. in_group: the robot is still in its group."""

    per_minute: int = 20
    key: str = KEY
    in_group: bool = True


class WeComServer(Server):
    """The robot's two calls. What it said stands in `messages`, as it was sent."""

    platform = "wecom"
    Settings = WeComSettings
    routes: ClassVar[tuple[Route, ...]] = (
        Route("send", "notice", "POST", r"/cgi-bin/webhook/send"),
        Route("upload_media", "start", "POST", r"/cgi-bin/webhook/upload_media"),
    )

    def set_up(self) -> None:
        assert isinstance(self.common, WeComSettings)
        self.settings = self.common
        self._sent: deque[datetime] = deque()
        self._media: dict[str, tuple[str, datetime]] = {}

    def _robot(self, request: Request) -> None:
        if request.query.get("key") != self.settings.key or not self.settings.in_group:
            raise Refused(_no(BAD_KEY, "invalid webhook url"))

    def send(self, request: Request) -> Answer:
        self._robot(request)
        now = self.clock()
        while self._sent and now - self._sent[0] >= timedelta(minutes=1):
            self._sent.popleft()
        if len(self._sent) >= self.settings.per_minute:
            return _no(TOO_OFTEN, "api freq out of limit")
        try:
            message = json.loads(request.content)
            kind = message["msgtype"]
            if kind not in ("text", "markdown", "markdown_v2", "image", "news", "file", "voice", "template_card"):
                return _no(BAD_TYPE, "invalid message type")
            self._check(kind, message[kind])
        except (ValueError, KeyError, TypeError):
            return _no(BAD_ARGUMENT, "invalid argument")
        self._sent.append(now)
        self.messages.append(message)
        return Answer(data={"errcode": 0, "errmsg": "ok"}, code="0")

    def _check(self, kind: str, content: dict[str, Any]) -> None:
        match kind:
            case "text" | "markdown" | "markdown_v2":
                length = len(content["content"].encode())
                if not length:
                    raise Refused(_no(EMPTY, "empty content"))
                if length > (TEXT_MAX if kind == "text" else MARKDOWN_MAX):
                    raise Refused(_no(TOO_LONG, "content is too long"))
            case "image":
                raw = base64.b64decode(content["base64"], validate=True)
                if not 0 < len(raw) <= IMAGE_MAX or not raw.startswith((b"\xff\xd8\xff", b"\x89PNG")):
                    raise Refused(_no(BAD_SIZE, "invalid image size or kind"))
                if hashlib.md5(raw).hexdigest() != content["md5"]:
                    raise Refused(_no(BAD_MD5, "md5 mismatch"))
            case "news":
                articles = content["articles"]
                if not 1 <= len(articles) <= 8 or not all(article["title"] and article["url"] for article in articles):
                    raise Refused(_no(BAD_ARGUMENT, "1 to 8 articles with title and url"))
                if any(len(a["title"].encode()) > 128 or len(a.get("description", "").encode()) > 512 for a in articles):
                    raise Refused(_no(TOO_LONG, "title or description is too long"))
            case "file" | "voice":
                known, until = self._media.get(content["media_id"], ("", self.clock()))
                if known != kind or until <= self.clock():
                    raise Refused(_no(BAD_MEDIA, "invalid media_id"))
            case "template_card":
                if content["card_type"] not in ("text_notice", "news_notice") or content["card_action"]["type"] not in (1, 2):
                    raise Refused(_no(BAD_ARGUMENT, "template_card"))

    def upload_media(self, request: Request) -> Answer:
        self._robot(request)
        kind = request.query.get("type", "")
        file = next(iter(parts_of(request)), None)
        limit = {"file": FILE_MAX, "voice": VOICE_MAX}.get(kind)
        if limit is None or file is None or not file.filename:
            return _no(BAD_ARGUMENT, "type is file or voice, and a part with a filename")
        if not 5 < len(file.content) <= limit:
            return _no(BAD_SIZE, "invalid file size")
        media = secrets.token_hex(16)
        self._media[media] = kind, self.clock() + timedelta(seconds=MEDIA_LIFE_S)
        created = str(int(self.clock().timestamp()))
        return Answer(data={"errcode": 0, "errmsg": "ok", "type": kind, "media_id": media, "created_at": created}, code="0")


def _no(code: int, message: str) -> Answer:
    return Answer(data={"errcode": code, "errmsg": message}, code=str(code))


if __name__ == "__main__":
    sys.exit(main(WeComServer))
