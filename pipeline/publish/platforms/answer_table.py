"""What a platform's answers mean, as data beside its adapter: `answers.yaml`, each row with the line of the contract it follows.

A row tells what an answer means for calls that make nothing public (an upload, a look-up), and apart from that what it proves of the call
that publishes. A code that no row lists means nothing: before publishing the call is made again, after it the outcome is unclear.
"""

from functools import cache
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import ValidationError, model_validator

from pipeline.documents.base import Frozen
from pipeline.publish.platform_folders import PLATFORM_FOLDERS, broken_file, where_in_yaml
from pipeline.resources import read_packaged_yaml

ANSWERS = "answers.yaml"

Meaning = Literal[
    "done",
    "token",
    "login",
    "permission",
    "setup",
    "signature",
    "wait",
    "day_spent",
    "channel_spent",
    "busy",
    "person",
    "upload_gone",
    "no_post",
    "no_bucket",
    "bad_parameter",
    "refused",
]
Proof = Literal["a_post", "nothing_happened", "unclear"]


class AnswerRow(Frozen):
    """Answers that mean the same. codes: the platform's own, or HTTP statuses; two numbers with two dots between are a range."""

    codes: tuple[str, ...]
    means: Meaning
    publishing_proves: Proof
    """Of the call that publishes. `a_post` when the answer names it as well."""
    contract: str
    """What the contract says of it, in its own words as far as possible."""

    def has(self, code: str) -> bool:
        """Whether the row is about a code."""
        return any(_is_in(code, listed) for listed in self.codes)


class AnswerTable(Frozen):
    """A platform's rows. contract: where they were read."""

    name: str
    contract: str
    rows: tuple[AnswerRow, ...]

    @model_validator(mode="after")
    def _each_code_once(self) -> Self:
        listed = [code for row in self.rows for code in row.codes]
        if len(listed) != len(set(listed)):
            raise ValueError(f"listed twice: {sorted(code for code in listed if listed.count(code) > 1)}")
        return self

    def row(self, *codes: str | int) -> AnswerRow | None:
        """Return the row of the first of the codes that has one; None when the contract lists none of them."""
        return next((row for code in codes for row in self.rows if row.has(str(code))), None)


@cache
def load_answers(name: str, folder: Path = PLATFORM_FOLDERS) -> AnswerTable:
    """Read a platform's `answers.yaml`. Raises Fault when it is broken: it comes with FieldCut."""
    path = folder / name / ANSWERS
    try:
        table = AnswerTable.model_validate(read_packaged_yaml(path))
    except (OSError, ValidationError, yaml.YAMLError) as error:
        raise broken_file(path, where_in_yaml(error)) from error
    if table.name != name:
        raise broken_file(path, f"name: {table.name}")
    return table


def _is_in(code: str, listed: str) -> bool:
    first, dots, last = listed.partition("..")
    if not dots:
        return code == listed
    return code.removeprefix("-").isdecimal() and int(first) <= int(code) <= int(last)
