"""Reads a YAML file, and describes its mistakes by file, line, key, and what is allowed there."""

from pathlib import Path
from typing import Any, get_args, get_origin

import annotated_types
import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from pipeline.documents.message import M, Message
from pipeline.errors import UserMistake
from pipeline.settings import did_you_mean


def read_yaml(file: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """Read a file's content and the line of every key (dotted). Raises UserMistake for bad syntax, a repeated key, or no mapping."""
    try:
        text = file.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
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
        if isinstance(value_node, yaml.MappingNode):
            _note_lines(value_node, f"{key}.", lines, file)


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
    path = [str(part) for part in first["loc"] if part != "[key]"]
    where = key_location(file, ".".join(path), lines)
    error_type, value = first["type"], _short(first.get("input"))
    owner, field = _field_at(model, path)
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


def _field_at(model: type[BaseModel], path: list[str]) -> tuple[type[BaseModel], FieldInfo | None]:
    """The model that owns the last key of a path, and the field that the key names."""
    owner, field = model, None
    for position, key in enumerate(path):
        field = owner.model_fields.get(key)
        inner = field.annotation if field is not None else None
        if position < len(path) - 1 and isinstance(inner, type) and get_origin(inner) is None and issubclass(inner, BaseModel):
            owner = inner
    return owner, field


def _required(model: type[BaseModel]) -> list[str]:
    return [name for name, field in model.model_fields.items() if field.is_required()]


def _limits(field: FieldInfo | None) -> tuple[float, float] | None:
    if field is None or (field.annotation is not float and float not in get_args(field.annotation)):
        return None
    low = [float(str(limit.ge)) for limit in field.metadata if isinstance(limit, annotated_types.Ge)]
    high = [float(str(limit.le)) for limit in field.metadata if isinstance(limit, annotated_types.Le)]
    return (low[0], high[0]) if low and high else None
