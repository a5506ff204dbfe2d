"""How getting at an account can end."""

from datetime import datetime, timedelta

from pipeline.documents.message import M, Message
from pipeline.errors import Fault, PersonNeeded, UserMistake
from pipeline.settings import minute_and_zone


class LoginNeeded(PersonNeeded):
    """Nothing goes on with this account before a person has logged in again; `account` is its name, `why` the reason."""

    def __init__(self, account: str, why: Message) -> None:
        super().__init__(M("{account}: {why} Log in with: fieldcut login {account}", account=account, why=why))
        self.account = account
        self.why = why


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


class ClockWrong(PersonNeeded):
    """This machine's clock and the platform's are too far apart. off_s: seconds that ours is ahead; negative when it is behind."""

    def __init__(self, here: datetime, off_s: float) -> None:
        there = here - timedelta(seconds=off_s)
        super().__init__(
            M(
                "This machine's clock says {here}, the platform's {there}. Set the clock right; nothing was sent.",
                here=minute_and_zone(here),
                there=minute_and_zone(there),
            )
        )
        self.off_s = off_s
