"""What only a person who logs in can mend."""

from pipeline.documents.message import M, Message
from pipeline.errors import PersonNeeded


class LoginNeeded(PersonNeeded):
    """Nothing goes on with this account before a person has logged in again; `account` is its name, `why` the reason."""

    def __init__(self, account: str, why: Message) -> None:
        super().__init__(M("{account}: {why} Log in with: fieldcut login {account}", account=account, why=why))
        self.account = account
        self.why = why
