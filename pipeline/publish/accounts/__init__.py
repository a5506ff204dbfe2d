"""The user's accounts on platforms: their settings, the login of a person, and access tokens that are renewed in time.

In: the workspace's fieldcut.toml, and a person at a browser. Out: an access token that lives long enough. How a platform speaks OAuth is
data, `account.yaml` in the platform's folder.

    accounts, vault = load_accounts(workspace), open_vault(workspace)
    account = accounts.find("kuaishou:coop")
    token = Tokens(vault).access_token(account, at_least_s=3600)
"""

from pipeline.publish.accounts.account import Account, Accounts, load_accounts
from pipeline.publish.accounts.account_access import VaultAccountAccess
from pipeline.publish.accounts.errors import AppRejected, LoginFailed, UnexpectedAnswer, Unreachable
from pipeline.publish.accounts.login import LoggedIn, login
from pipeline.publish.accounts.tokens import Tokens

__all__ = [
    "Account",
    "Accounts",
    "AppRejected",
    "LoggedIn",
    "LoginFailed",
    "Tokens",
    "UnexpectedAnswer",
    "Unreachable",
    "VaultAccountAccess",
    "load_accounts",
    "login",
]
