"""`fieldcut login` and `notices`: the tokens, keys and addresses that the workspace's vault keeps."""

from collections.abc import Callable
from pathlib import Path

from pipeline.actions.publish_report import PublishReport
from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.language import say
from pipeline.notices import keep_address
from pipeline.publish.accounts import Account, load_accounts, login
from pipeline.publish.destinations import destination_named
from pipeline.secrets.secret import Secret
from pipeline.secrets.vault import open_vault
from pipeline.system import open_in_browser


def log_in_account(
    workspace: Path,
    name: str,
    secret: Callable[[Message], str],
    paste: Callable[[str], str],
    show_address: Callable[[str], None],
    *,
    new_secret: bool,
    another_user: bool,
    language: str,
) -> PublishReport:
    """Log a person in to an account of fieldcut.toml and keep its tokens, encrypted, in the workspace's vault.

    name: as --to writes it, by the platform's name or what people call it. secret: asks the person for an app's secret, a store's keys.
    paste: asks for the address at which the browser ended, given what was wrong with the last answer. show_address: shows the login's
    address where no browser could be opened.
    """
    account, vault = load_accounts(workspace).find(_account_named(name)), open_vault(workspace)
    if new_secret or not vault.has_app_secret(account.name):
        vault.keep_app_secret(account.name, Secret(secret(_secret_question(account))))
    if account.provider.oauth is None:
        return PublishReport([say(M("Kept, encrypted: what {account} is opened with.", account=account.name), language)])

    def show(address: str) -> None:
        if not open_in_browser(address):
            show_address(address)

    login(account, vault, show=show, paste=lambda problem: paste(say(problem, language) if problem else ""), another_user=another_user)
    return PublishReport([say(M("Logged in: {account}", account=account.name), language)])


def channel_question(name: str) -> Message:
    """What is asked of a person who sets up a notice channel."""
    if name.startswith("wecom:"):
        return M("Paste the address of the WeCom group robot (group settings, robots, copy); it is not shown")
    return M("Paste the address to which notices are sent; it is not shown")


def save_channel_address(workspace: Path, name: str, address: str, language: str, *, trial: bool = True) -> PublishReport:
    """Keep a notice channel's address, encrypted: anybody who has it can write to the channel.

    trial: send a notice at once and say whether it arrived.
    """
    keep_address(open_vault(workspace), name, address)
    report = PublishReport([say(M("Notices go to {channel} from now on.", channel=name), language)])
    if trial:
        from pipeline.actions.release_notifications import try_channel  # loads the ledger

        result = try_channel(workspace, name)
        report.lines.append(say(result or M("A trial notice has arrived there."), language))
        report.person_needed = result is not None
    return report


def _account_named(given: str) -> str:
    """The account as fieldcut.toml writes it: 快手:合作社 is kuaishou:合作社. What nobody knows stays, and is told with those there are."""
    platform, colon, account = given.replace("：", ":").partition(":")
    try:
        return f"{destination_named(platform)}{colon}{account}"
    except UserMistake:
        return given


def _secret_question(account: Account) -> Message:
    if account.provider.oauth is None:
        return M("Paste the keys of the store as {form}; they are not shown", form=account.provider.secret)
    return M("Paste the app secret that {platform}'s open platform gave; it is not shown", platform=account.platform)
