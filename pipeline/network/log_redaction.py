"""Redaction of the HTTP libraries' logs.

httpx logs the whole address of each request at INFO, and some platforms carry tokens in the query. httpcore logs the headers of answers
at DEBUG, and the address of an upload session, or a cookie, is one of them.
"""

import logging
import re

from pipeline.secrets.secret import known_secrets

LOGGERS = (
    "httpx",
    "httpcore",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
)
"""A logger's filter sees its own records only, so each has one."""
WITHHELD = "[withheld]"
_QUERY = re.compile(r"(?<=[\w/\]])\?[^\s\"'<>]+")
_USER = re.compile(r"(?<=://)[^\s/@\"']+@")
_HEADER = re.compile(
    r"(?P<name>(?:set-cookie|cookie|authorization|access-token)[\"']?\s*[,:]\s*)(?P<value>b?\"[^\"]*\"|b?'[^']*')",
    re.IGNORECASE,
)


def redact_line(text: str) -> str:
    """Return a log line without queries of addresses, without cookies, and without any secret that this process holds."""
    for secret in known_secrets():
        text = text.replace(secret, WITHHELD)
    text = _HEADER.sub(lambda match: f"{match['name']}'{WITHHELD}'", text)
    return _USER.sub("", _QUERY.sub("?…", text))


class _Redaction(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        try:
            record.msg = redact_line(record.getMessage())
        except Exception:  # a record that cannot be put together is the handler's to report, without its values
            record.msg = WITHHELD
        record.args = None
        # httpcore's own errors name hosts; those of a caller may hold more.
        record.exc_info, record.exc_text = None, None
        return True


_FILTER = _Redaction()


def redact_network_logs() -> None:
    """Keep secrets of httpx and httpcore from every log handler from now on; calling it again changes nothing."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)
