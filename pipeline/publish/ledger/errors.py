"""The ledger's errors."""

from pipeline.documents.message import M
from pipeline.errors import Fault, PersonNeeded, UserMistake
from pipeline.publish.ledger.records import Approval, Entry
from pipeline.publish.ledger.states import State, Who, state_name
from pipeline.settings import minute_and_zone


class AlreadyReleased(PersonNeeded):
    """The same video with the same words was released to this account before. entry: that release."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(
            M(
                "{story} was given to {platform} {account} with the same video and the same words on {when} and is {state}. "
                "Nothing was sent.",
                story=entry.release.story,
                platform=entry.release.platform,
                account=entry.release.account,
                when=minute_and_zone(entry.created_at),
                state=state_name(entry.state),
            )
        )
        self.entry = entry


class AlreadyDecided(PersonNeeded):
    """Somebody has answered this question before. decision: what they said."""

    def __init__(self, decision: Approval) -> None:
        yes = M("Approved by {person} on {when}.", person=decision.by.name, when=minute_and_zone(decision.at))
        no = M("{person} said no on {when}: {reason}", person=decision.by.name, when=minute_and_zone(decision.at), reason=decision.reason)
        super().__init__(yes if decision.answer == "yes" else no)
        self.decision = decision


class StaleEntry(Fault):
    """The entry is out of date: another process moved the release first. entry: where it stands now."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(
            M(
                "Somebody else was faster: {story} on {platform} is {state} now. Nothing was done twice.",
                story=entry.release.story,
                platform=entry.release.platform,
                state=state_name(entry.state),
            )
        )
        self.entry = entry


class ReleaseLeased(Fault):
    """Another worker holds the lease of this release. holder: its name."""

    def __init__(self, release_id: str, holder: str) -> None:
        super().__init__(M("{holder} is working on release {release} right now.", holder=holder, release=release_id))
        self.holder = holder


class LeaseLost(Fault):
    """The worker lost the lease of the release, because its connection to the ledger broke."""

    def __init__(self, release_id: str) -> None:
        super().__init__(
            M(
                "The connection to the ledger broke, so release {release} is left as it stands. Run the same command again.",
                release=release_id,
            )
        )


class ForbiddenMove(UserMistake):
    """The table of moves does not allow this move to this kind of actor."""

    def __init__(self, before: State, after: State, who: Who) -> None:
        if before is not after:
            message = M("A release that is “{before}” cannot be set to “{after}” here.", before=state_name(before), after=state_name(after))
        elif before is State.REMOVED:
            message = M("It has been taken down already.")
        else:
            message = M("It is “{state}” already.", state=state_name(before))
        super().__init__(message)
        self.before, self.after, self.who = before, after, who


class ProgressUnreadable(Fault):
    """The progress of an upload cannot be decrypted: the key is another one, or none was given."""

    def __init__(self, release_id: str) -> None:
        super().__init__(M("The notes about the upload of release {release} cannot be opened with this machine's key.", release=release_id))
