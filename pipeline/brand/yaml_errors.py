"""Reads a YAML file, and describes its mistakes by file, line, key, and what is allowed there."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

import annotated_types
import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.settings import did_you_mean

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader in C where PyYAML has it, ten times as fast."""


def read_yaml(file: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """Read a file's content and the line of every key (dotted). Raises UserMistake for bad syntax, a repeated key, or no mapping."""
    try:
        text = file.read_text(encoding="utf-8")
        loader = LOADER(text)
        try:
            root = loader.get_single_node()
            data = loader.construct_document(root) if root is not None else None
        finally:
            loader.dispose()
    except UnicodeDecodeError as error:
        raise UserMistake(M("{file} is not UTF-8 text. Save it as UTF-8.", file=str(file))) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise UserMistake(
            M("{file}, line {line}: this is not valid YAML ({problem}).", file=str(file), line=line, problem=error.problem or "?")
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise UserMistake(
            M("{file}, line {line}: this is not valid YAML ({problem}).", file=str(file), line=1, problem=str(error))
        ) from error
    if not isinstance(root, yaml.MappingNode) or not isinstance(data, dict):
        raise UserMistake(M("{file} is empty or holds no keys. Copy a template that works and change it.", file=str(file)))
    lines: dict[str, int] = {}
    _note_lines(root, "", lines, file)
    return data, lines


def _note_lines(node: yaml.MappingNode, prefix: str, lines: dict[str, int], file: Path) -> None:
    for key_node, value_node in node.value:
        key = f"{prefix}{key_node.value}"
        if key in lines:
            raise UserMistake(
                M("{where}: the key {key} is there twice. Keep one.", where=f"{file}:{key_node.start_mark.line + 1}", key=key)
            )
        lines[key] = key_node.start_mark.line + 1
        _note_inner_lines(value_node, key, lines, file)


def _note_inner_lines(node: yaml.Node, key: str, lines: dict[str, int], file: Path) -> None:
    if isinstance(node, yaml.MappingNode):
        _note_lines(node, f"{key}.", lines, file)
    elif isinstance(node, yaml.SequenceNode):
        for number, entry in enumerate(node.value):
            lines[f"{key}.{number}"] = entry.start_mark.line + 1
            _note_inner_lines(entry, f"{key}.{number}", lines, file)


def key_location(file: Path, key: str, lines: dict[str, int]) -> str:
    """A key's location as editors write it, `file:line key`, by the nearest enclosing key that has a line."""
    parts = key.split(".")
    for end in range(len(parts), 0, -1):
        line = lines.get(".".join(parts[:end]))
        if line is not None:
            return f"{file}:{line} {key}"
    return f"{file} {key}"


def validation_message(file: Path, model: type[BaseModel], error: ValidationError, lines: dict[str, int]) -> Message:
    """The first mistake that pydantic found, as one line for the person who edits the file."""
    first = error.errors()[0]
    path, owner, field = _field_at(model, [part for part in first["loc"] if part != "[key]"])
    where = key_location(file, ".".join(path), lines)
    error_type, value = first["type"], _short(first.get("input"))
    if error_type in ("union_tag_invalid", "union_tag_not_found"):
        motifs, given = sorted(_variants(field)), str(first.get("ctx", {}).get("tag", ""))
        mistake = M("{where}: there is no motif {value}. Choose: {known}.", where=where, value=given or "-", known=", ".join(motifs))
        return did_you_mean(mistake, given, motifs)
    if error_type == "extra_forbidden":
        unknown = M("{where}: this key is unknown. Known here: {known}.", where=where, known=", ".join(owner.model_fields))
        return did_you_mean(unknown, path[-1], owner.model_fields)
    if error_type == "missing":
        return M("{where}: this key is missing. Needed here: {known}.", where=where, known=", ".join(_required(owner)))
    if error_type == "string_pattern_mismatch":
        return M("{where}: {value} is not a colour. Write it as #RRGGBB, for example #1F5A3C.", where=where, value=value)
    if error_type == "literal_error":
        return M("{where}: {value} is not allowed. Choose: {known}.", where=where, value=value, known=str(first["ctx"]["expected"]))
    limits = _limits(field)
    if limits is not None:
        return M(
            "{where}: {value} is not allowed. Write a number from {low} to {high}.", where=where, value=value, low=limits[0], high=limits[1]
        )
    if error_type in ("model_type", "model_attributes_type", "dict_type"):
        inner = field.annotation if field is not None else None
        known = ", ".join(inner.model_fields) if isinstance(inner, type) and issubclass(inner, BaseModel) else "zh, en"
        return M("{where}: keys are expected here: {known}.", where=where, known=known)
    if error_type.startswith("bool"):
        return M("{where}: {value} is not allowed. Choose: {known}.", where=where, value=value, known="true, false")
    return M("{where}: {value} is not a text. Put it into quotation marks.", where=where, value=value)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _field_at(model: type[BaseModel], location: Sequence[int | str]) -> tuple[list[str], type[BaseModel], FieldInfo | None]:
    """The path of a mistake as the file has it, the model that owns its last key, and that key's field.

    location: as pydantic gives it; in lists of several kinds of entries it names the kind after the index, which the file does not.
    """
    path: list[str] = []
    owner, field, entered = model, None, model
    kinds: dict[str, type[BaseModel]] = {}
    for part in location:
        if isinstance(part, int):
            kinds = _variants(field)
            path.append(str(part))
        elif kinds:
            entered, kinds = kinds.get(part, entered), {}
        else:
            owner = entered
            field = owner.model_fields.get(part)
            path.append(part)
            inner = field.annotation if field is not None else None
            members = [one for one in (inner, *get_args(inner)) if isinstance(one, type) and get_origin(one) is None]
            entered = next((one for one in members if issubclass(one, BaseModel)), owner)
    return path, owner, field


def _variants(field: FieldInfo | None) -> dict[str, type[BaseModel]]:
    """The kinds of entries that a field's list takes, by the name that an entry gives itself; none where all are of one kind."""
    found: dict[str, type[BaseModel]] = {}
    waiting = [field.annotation] if field is not None else []
    while waiting:
        one = waiting.pop()
        if isinstance(one, type) and get_origin(one) is None and issubclass(one, BaseModel):
            tag = one.model_fields.get("motif")
            found |= dict.fromkeys(map(str, get_args(tag.annotation)), one) if tag is not None else {}
        waiting.extend(get_args(one))
    return found


def _required(model: type[BaseModel]) -> list[str]:
    return [name for name, field in model.model_fields.items() if field.is_required()]


def _limits(field: FieldInfo | None) -> tuple[str, str] | None:
    if field is None or not {field.annotation, *get_args(field.annotation)} & {int, float}:
        return None
    low = [float(str(limit.ge)) for limit in field.metadata if isinstance(limit, annotated_types.Ge)]
    high = [float(str(limit.le)) for limit in field.metadata if isinstance(limit, annotated_types.Le)]
    return (f"{low[0]:g}", f"{high[0]:g}") if low and high else None
