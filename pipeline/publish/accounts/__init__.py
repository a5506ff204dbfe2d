"""The user's accounts on platforms: how they are configured, what is kept secret of them, how a person logs in, and tokens that live.

In: the workspace's fieldcut.toml, and a person at a browser. Out: an access token that lives long enough. A platform's way of speaking is
data, `account.yaml` in the platform's folder.

    accounts, vault = load_accounts(workspace), open_vault(workspace)
    account = accounts.find("kuaishou:coop")
    token = Tokens(vault).access_token(account, at_least_s=3600)
"""

from pipeline.network.client import open_client
from pipeline.network.errors import ClockWrong
from pipeline.network.log_redaction import redact_network_logs
from pipeline.network.server_clock import ServerClock
from pipeline.publish.accounts.account import Account, Accounts, load_accounts
from pipeline.publish.accounts.errors import LoginFailed, OddAnswer, Unreachable, WrongSetup
from pipeline.publish.accounts.login import LoggedIn, login, open_browser
from pipeline.publish.accounts.tokens import Tokens
from pipeline.secrets.errors import LoginNeeded
from pipeline.secrets.secret import Secret, known_secrets
from pipeline.secrets.vault import Vault, open_vault

__all__ = [
    "Account",
    "Accounts",
    "ClockWrong",
    "LoggedIn",
    "LoginFailed",
    "LoginNeeded",
    "OddAnswer",
    "Secret",
    "ServerClock",
    "Tokens",
    "Unreachable",
    "Vault",
    "WrongSetup",
    "known_secrets",
    "load_accounts",
    "login",
    "open_browser",
    "open_client",
    "open_vault",
    "redact_network_logs",
]
