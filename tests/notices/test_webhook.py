"""What a receiver of one's own gets, and how it knows that it is from us."""

import hashlib
import hmac
import json
from dataclasses import replace

import pytest

from pipeline.errors import UserMistake
from pipeline.notices import Webhook
from pipeline.notices.webhook import SIGNATURE, webhook_address
from pipeline.secrets.secret import Secret
from tests.fakes.servers.webhook import WebhookServer
from tests.notices.conftest import NOW, PATH, MakeNotifier, notice


def test_each_notice_is_one_object(receiver: WebhookServer, webhook: Webhook, notifier: MakeNotifier) -> None:
    notifier(webhook).send(notice(1), notice(2, kind="failed"))
    assert [message["path"] for message in receiver.messages] == [PATH, PATH]
    bodies = {message["body"]["story"]: message["body"] for message in receiver.messages}
    body = bodies["土豆1"]
    assert set(body) == {"version", "id", "kind", "story", "platform", "title", "text", "link", "reference", "at", "language"}
    assert (body["kind"], body["platform"], body["reference"], body["at"]) == ("finished", "douyin", "r1", NOW.isoformat())
    assert len({body["id"] for body in bodies.values()}) == 2


def test_a_signature_covers_the_time_and_every_byte(receiver: WebhookServer, webhook: Webhook, notifier: MakeNotifier) -> None:
    post = replace(webhook, signing=Secret("ein Geheimnis")).compose([notice(1)], NOW)
    when, _, made = post.headers[SIGNATURE].partition(",v1=")
    seconds = when.removeprefix("t=")
    assert int(seconds) == int(NOW.timestamp())
    expected = hmac.new(b"ein Geheimnis", seconds.encode() + b"." + post.body, hashlib.sha256).hexdigest()
    assert made == expected
    notifier(replace(webhook, signing=Secret("ein Geheimnis"))).send(notice(1))
    (message,) = receiver.messages
    assert message["headers"][SIGNATURE.lower()] == post.headers[SIGNATURE]
    assert json.loads(post.body) == message["body"]


def test_without_a_secret_there_is_no_signature(receiver: WebhookServer, webhook: Webhook, notifier: MakeNotifier) -> None:
    notifier(webhook).send(notice(1))
    assert SIGNATURE.lower() not in receiver.messages[0]["headers"]


@pytest.mark.parametrize("address", ["", "http://example.org/x", "ftp://example.org", "example.org/geheim"])
def test_an_address_that_anybody_could_listen_to_is_refused(address: str) -> None:
    with pytest.raises(UserMistake) as refused:
        webhook_address(address)
    assert "geheim" not in str(refused.value)
