"""A process of its own that asks for one token: `worker.py WORKSPACE ACCOUNT AT_LEAST_S ANSWER_S`; prints JSON, never the token."""

import hashlib
import json
import sys
from pathlib import Path

from pipeline.errors import FieldCutError
from pipeline.network.client import open_client
from pipeline.publish.accounts import Tokens, load_accounts
from pipeline.secrets.vault import open_vault


def main(workspace: Path, name: str, at_least_s: float, answer_s: float) -> None:
    vault = open_vault(workspace)
    print(json.dumps({"ready": True}), flush=True)
    sys.stdin.readline()
    try:
        token = Tokens(vault, client=open_client(answer_s=answer_s)).access_token(load_accounts(workspace).find(name), at_least_s)
        told = {"token": hashlib.sha256(token.get_secret_value().encode()).hexdigest()}
    except FieldCutError as error:
        told = {"error": type(error).__name__}
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))
