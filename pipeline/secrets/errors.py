"""The error that asks a person to log in."""

from pipeline.documents.message import M, Message
from pipeline.errors import PersonNeeded


class LoginNeeded(PersonNeeded):
    """The account cannot be used before a person logs in again. account: its name. why: the reason."""

    def __init__(self, account: str, why: Message) -> None:
        super().__init__(M("{account}: {why} Log in with: fieldcut login {account}", account=account, why=why))
        self.account = account
        self.why = why
