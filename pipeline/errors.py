"""Everything that can end a run, as one small tree.

FieldCutError
├── UserMistake    the input or the command line is wrong        exit 2
├── PersonNeeded   the input is fine, but a person must decide   exit 3
│   ├── SheetQuestion  the product's row can be read in two ways
│   └── StoryBusy      another run is working on the story
└── Fault          the machine or the program failed             exit 1
    ├── MediaFault an ffmpeg process failed or hung
    └── DiskFault  the disk is full or refuses: somebody must act    exit 3
"""

from pipeline.documents.message import Message


class FieldCutError(Exception):
    """An end that has one clear line for the person at the screen."""

    exit_code = 1

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class UserMistake(FieldCutError):
    """Something in the input or on the command line must be corrected."""

    exit_code = 2


class PersonNeeded(FieldCutError):
    """A person must act before the story can go on: a lapsed offer, another price said than written."""

    exit_code = 3


class SheetQuestion(PersonNeeded):
    """The row of the product that the story sells was set aside with a question; the sheet must be corrected."""


class StoryBusy(PersonNeeded):
    """Another run is working on the story; it is free again when that has ended."""


class Fault(FieldCutError):
    """Something outside anybody's input went wrong: a broken install, a process that hangs."""


class DiskFault(Fault):
    """The disk is full or does not let itself be written; the same command goes on once a person has seen to it."""

    exit_code = PersonNeeded.exit_code


class MediaFault(Fault):
    """A media process failed; `log` holds the end of what it printed."""

    def __init__(self, message: Message, log: str = "") -> None:
        super().__init__(message)
        self.log = log
