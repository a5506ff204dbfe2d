"""The process that serves the desk's pages while `fieldcut up` runs.

python -m flows.desk WORKSPACE LANGUAGE HOST PORT
"""

import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from flows.desk.app import desk_app
from pipeline.network.log_redaction import redact_network_logs

MOST_AT_ONCE = 64
"""Requests; a co-op's phones need a few. Further ones are told to come again."""


def main() -> int:
    """Serve until somebody ends the process. Addresses hold tokens, so requests are not logged."""
    workspace, language, host, port = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    redact_network_logs()
    uvicorn.run(
        desk_app(workspace, language, lambda: datetime.now(UTC)),
        host=host,
        port=port,
        access_log=False,
        log_level="error",
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MOST_AT_ONCE,
        timeout_graceful_shutdown=5,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
