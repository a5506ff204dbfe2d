"""A plain webhook of somebody's own: takes JSON, keeps it, answers 204."""

import json
import sys
from typing import ClassVar

from tests.fakes.servers.base import Route, Server
from tests.fakes.servers.http_wire import Answer, Request
from tests.fakes.servers.server_process import main


class WebhookServer(Server):
    """Any path. What came stands in `messages`, with the path and the headers it came with."""

    platform = "webhook"
    routes: ClassVar[tuple[Route, ...]] = (Route("webhook", "notice", "POST", r"/.*"),)

    def webhook(self, request: Request) -> Answer:
        if not request.headers.get("content-type", "").startswith("application/json"):
            return Answer(400, body=b"JSON, please", code="type")
        try:
            body = json.loads(request.content)
        except ValueError:
            return Answer(400, body=b"this is no JSON", code="json")
        self.messages.append({"path": request.path, "headers": request.headers, "body": body})
        return Answer(204)


if __name__ == "__main__":
    sys.exit(main(WebhookServer))
