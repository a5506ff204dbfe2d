"""Logs of the network name the call and hold no token, cookie or query."""

import logging

import httpx
import pytest

from pipeline.network.client import open_client
from pipeline.network.log_redaction import LOGGERS, redact_line, redact_network_logs
from pipeline.secrets.secret import Secret
from tests.fakes.log_listener import LogListener
from tests.fakes.log_listener import log as log
from tests.fakes.servers.kuaishou import KuaishouServer


def test_the_networks_logs_name_the_call_and_not_its_query(log: LogListener) -> None:
    with KuaishouServer() as server:
        query = {"app_id": "ks", "access_token": "planted-in-query"}
        open_client().get(f"{server.url}/openapi/photo/list", params=query)
    text = "\n".join(log.lines)
    assert "/openapi/photo/list" in text
    assert "httpcore" in text
    assert "planted" not in text


def test_a_logger_that_httpcore_adds_later_would_be_noticed(log: LogListener) -> None:
    with KuaishouServer() as server:
        open_client().get(server.url)
    heard = {line.split()[0] for line in log.lines}
    assert {name for name in heard if name.startswith(("httpx", "httpcore"))} <= set(LOGGERS)


def test_an_upload_sessions_address_and_cookies_are_withheld_from_the_log() -> None:
    secret = Secret("planted-path-segment")
    lines = (
        "receive_response_headers.complete return_value=(b'HTTP/1.1', 200, [(b'Location', b'https://h/up?upload_id=planted&part=1')])",
        "return_value=(b'HTTP/1.1', 200, [(b'Set-Cookie', b'sid=planted; Path=/'), (b'X', b'kept')])",
        "HTTP Request: GET https://user:planted@host/hook/planted-path-segment 200",
        "Authorization: 'Bearer planted'",
    )
    assert not [line for line in lines if "planted" in redact_line(line)]
    assert "kept" in redact_line(lines[1])
    assert secret


def test_installing_it_twice_is_installing_it_once() -> None:
    redact_network_logs()
    before = list(logging.getLogger("httpx").filters)
    redact_network_logs()
    assert logging.getLogger("httpx").filters == before


def test_httpx_errors_of_such_a_client_are_its_callers_to_drop() -> None:
    """Why nothing of httpx leaves the calls for tokens: its own text for a bad status has the whole address."""
    with KuaishouServer() as server:
        answer = open_client().get(f"{server.url}/nowhere?access_token=planted")
        with pytest.raises(httpx.HTTPStatusError, match="planted"):
            answer.raise_for_status()
