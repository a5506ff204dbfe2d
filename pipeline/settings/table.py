"""Reads a table of a settings file into a model, with messages for what is wrong in it."""

import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.settings.nearest import did_you_mean
from pipeline.settings.toml import Key, TomlFile

S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True)
class AllowedValues:
    """Describes what may be written for a field, where its type does not tell."""

    description: Message


@dataclass(frozen=True)
class Table:
    """A table of a file. key: its key in the file. name: what a person calls it, `kuaishou:coop` for example; empty for the whole file."""

    file: TomlFile
    key: Key
    name: str
    values: Mapping[str, Any]

    def where(self, *key: str | int) -> Message | str:
        """File and line of a key of this table."""
        return self.file.where(*self.key, *key)

    def read(self, model: type[S]) -> S:
        """Validate the table as a model. Raises UserMistake for the first mistake; it never repeats a value."""
        self.refuse_unknown(model.model_fields)
        try:
            return model.model_validate(dict(self.values))
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            key = str(first["loc"][0])
            raise self.wrong(key, allowed_values(model.model_fields[key])) from None

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """Raise UserMistake for the first key that is not known, with the nearest known one."""
        known = tuple(known)
        for key in self.values:
            if key not in known:
                raise self.unknown((key,), known)

    def unknown(self, key: tuple[str, ...], known: Iterable[str]) -> UserMistake:
        """The mistake of an unknown key. key: relative to this table."""
        known = tuple(known)
        where, dotted, names = self.where(*key), ".".join(key), ", ".join(known)
        if self.name:
            mistake = M("{path}: {name} has no setting {key}. Known: {known}", path=where, name=self.name, key=dotted, known=names)
        else:
            mistake = M("{path}: unknown setting {name}. Allowed are: {known}.", path=where, name=dotted, known=names)
        return UserMistake(did_you_mean(mistake, key[-1], known))

    def wrong(self, key: str, shape: Message) -> UserMistake:
        """The mistake of an invalid value at a key (dotted). The value is not shown: it may be a secret in the wrong line."""
        return UserMistake(wrong_value(self.where(*key.split(".")), f"{self.name} {key}".strip(), shape))


def wrong_value(where: Message | str, key: str, shape: Message) -> Message:
    """The message for an invalid value."""
    return M("{path}: {key} must be {shape}.", path=where, key=key, shape=shape)


def allowed_values(field: FieldInfo) -> Message:
    """Describe what may be written for a field of a settings model, by its `AllowedValues`, else by its type."""
    for note in field.metadata:
        if isinstance(note, AllowedValues):
            return note.description
    least = next((f"{float(str(note.ge)):g}" for note in field.metadata if isinstance(note, annotated_types.Ge)), "")
    most = next((f"{float(str(note.le)):g}" for note in field.metadata if isinstance(note, annotated_types.Le)), "")
    kind = _without_none(field.annotation)
    if get_origin(kind) is Literal:
        return one_of_choices(get_args(kind))
    if get_origin(kind) is tuple:
        inner = get_args(kind)[0]
        choices = ", ".join(f'"{choice}"' for choice in get_args(inner)) if get_origin(inner) is Literal else '"…", "…"'
        return M("a list of texts: [{example}]", example=choices)
    if kind is bool:
        return M("true or false")
    if kind is int and least and most:
        return M("a whole number from {least} to {most}", least=least, most=most)
    if kind is int:
        return M("a whole number, at least {least}", least=least) if least else M("a whole number")
    if kind is float:
        return M("a number, at least {least}", least=least) if least else M("a number")
    return M("text, in quotes")


def one_of_choices(choices: Iterable[str]) -> Message:
    """The message that one of these texts may be written."""
    return M("one of {choices}", choices=", ".join(f'"{choice}"' for choice in choices))


def _without_none(annotation: object) -> object:
    if get_origin(annotation) in (Union, types.UnionType):
        return next(part for part in get_args(annotation) if part is not type(None))
    return annotation
