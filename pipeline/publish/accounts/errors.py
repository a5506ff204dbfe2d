"""Errors of a login and of the calls for tokens."""

from pipeline.documents.message import M, Message
from pipeline.errors import Fault, PersonNeeded, UserMistake


class LoginFailed(PersonNeeded):
    """A login that a person had begun failed; nothing was saved. why: the reason."""

    def __init__(self, account: str, why: Message) -> None:
        super().__init__(M("{account}: {why} Nothing was saved.", account=account, why=why))
        self.account = account
        self.why = why


class Unreachable(Fault):
    """The platform did not answer, or asks to wait; nothing was published. after_s: seconds until another try makes sense."""

    def __init__(self, account: str, why: Message, after_s: float) -> None:
        super().__init__(M("{account}: {why} Nothing was sent; try again later.", account=account, why=why))
        self.account = account
        self.after_s = after_s


class AppRejected(UserMistake):
    """The platform refuses the app itself: its id, secret, redirect address or scopes. code: the platform's own."""

    def __init__(self, account: str, code: str) -> None:
        super().__init__(
            M(
                "{account}: the platform does not accept this app (answer {code}). Compare app_id, redirect and scopes in fieldcut.toml "
                "with the platform's console, and enter the app secret again: fieldcut login {account} --new-secret",
                account=account,
                code=code,
            )
        )
        self.account = account
        self.code = code


class UnexpectedAnswer(Fault):
    """The platform's answer is not in its contract. code: the HTTP status, or the platform's own code."""

    def __init__(self, account: str, code: str) -> None:
        super().__init__(
            M("{account}: the platform gave an answer about the login that is not understood ({code}).", account=account, code=code)
        )
        self.account = account
        self.code = code
