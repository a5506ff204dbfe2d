"""How getting at an account can end."""

from pipeline.documents.message import M, Message
from pipeline.errors import Fault, PersonNeeded, UserMistake


class LoginFailed(PersonNeeded):
    """A login that a person was in the middle of came to nothing."""

    def __init__(self, account: str, why: Message) -> None:
        super().__init__(M("{account}: {why} Nothing was saved.", account=account, why=why))
        self.account = account
        self.why = why


class Unreachable(Fault):
    """The platform did not answer, or asks to wait; nothing was published. after_s: when it makes sense to try again, seconds."""

    def __init__(self, account: str, why: Message, after_s: float) -> None:
        super().__init__(M("{account}: {why} Nothing was sent; try again later.", account=account, why=why))
        self.account = account
        self.after_s = after_s


class WrongSetup(UserMistake):
    """The platform refuses the app itself: its id, its secret, its redirect address or what it asks for. code: the platform's own."""

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


class OddAnswer(Fault):
    """The platform said something that its contract does not have. code: the HTTP status, or the platform's own code."""

    def __init__(self, account: str, code: str) -> None:
        super().__init__(
            M("{account}: the platform gave an answer about the login that is not understood ({code}).", account=account, code=code)
        )
        self.account = account
        self.code = code
