"""`fieldcut login` and `notices`: the tokens, keys and addresses that the workspace's vault keeps."""

from collections.abc import Callable
from pathlib import Path

from pipeline.actions.publish_report import PublishReport
from pipeline.documents.message import M
from pipeline.language import say
from pipeline.notices import keep_address
from pipeline.publish.accounts import load_accounts, login
from pipeline.secrets.secret import Secret
from pipeline.secrets.vault import open_vault
from pipeline.system import open_in_browser


def log_in_account(
    workspace: Path,
    name: str,
    secret: Callable[[str], str],
    paste: Callable[[str], str],
    show_address: Callable[[str], None],
    *,
    new_secret: bool,
    another_user: bool,
    language: str,
) -> PublishReport:
    """Log a person in to an account of fieldcut.toml and keep its tokens, encrypted, in the workspace's vault.

    secret: asks the person for a secret by its name: an app's secret, a store's keys. paste: asks for the address at which the browser
    ended, given what was wrong with the last answer. show_address: shows the login's address where no browser could be opened.
    """
    account, vault = load_accounts(workspace).find(name), open_vault(workspace)
    if new_secret or not vault.has_app_secret(account.name):
        vault.keep_app_secret(account.name, Secret(secret(account.provider.secret)))
    if account.provider.oauth is None:
        return PublishReport([say(M("Kept, encrypted: what {account} is opened with.", account=account.name), language)])

    def show(address: str) -> None:
        if not open_in_browser(address):
            show_address(address)

    login(account, vault, show=show, paste=lambda problem: paste(say(problem, language) if problem else ""), another_user=another_user)
    return PublishReport([say(M("Logged in: {account}", account=account.name), language)])


def save_channel_address(workspace: Path, name: str, address: str, language: str) -> PublishReport:
    """Keep a notice channel's address, encrypted: anybody who has it can write to the channel."""
    keep_address(open_vault(workspace), name, address)
    return PublishReport([say(M("Notices go to {channel} from now on.", channel=name), language)])
