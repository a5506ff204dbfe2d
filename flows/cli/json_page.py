"""The answers of `json_answers` as JSON schemas, and docs/json.md, which is written from them."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from flows.cli.json_answers import ANSWERS, ErrorAnswer, JsonAnswer

EXIT_CODES = {
    0: "done",
    1: "the program, its installation or a child process failed",
    2: "something in the input or on the command line must be corrected",
    3: "a person is needed: to decide, to wait for another run, or to see to a disk that is full or refuses",
    130: "ended by Ctrl-C, or by the system; the same command goes on where it stopped",
    141: "nobody reads what is printed any more",
}


def schema_of(command: str) -> dict[str, Any]:
    """The JSON schema (2020-12) of a command's answer. Raises KeyError for a command without --json."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **ANSWERS[command].model_json_schema(by_alias=True)}


def page() -> str:
    """docs/json.md: every answer with its commands and fields."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# What commands print with `--json`"
    yield ""
    yield "Written from `flows/cli/json_answers.py` by `python -m flows.cli.json_page`; a test compares the two. `fieldcut schema COMMAND`"
    yield "prints the same as JSON schema. One object on standard output; progress and warnings go to standard error. Times are ISO 8601,"
    yield "lengths seconds, sizes bytes; sentences are in the language of `--lang`. A field that is not listed does not appear."
    commands: dict[type[JsonAnswer], list[str]] = {}
    for command, answer in ANSWERS.items():
        commands.setdefault(answer, []).append(command)
    for answer, names in commands.items():
        yield from _section(answer, ", ".join(f"`{name}`" for name in names))
    yield from _section(ErrorAnswer, "Any command that fails")
    yield from ("", "## Exit codes", "", "| code | |", "|---|---|")
    yield from (f"| {code} | {what} |" for code, what in EXIT_CODES.items())


def _section(answer: type[BaseModel], title: str) -> Iterator[str]:
    yield from ("", f"## {title}", "", str(answer.__doc__).partition("\n")[0], "", "| field | | what |", "|---|---|---|")
    yield from _rows(answer, "")


def _rows(answer: type[BaseModel], prefix: str) -> Iterator[str]:
    schema = answer.model_json_schema(by_alias=True)
    for name, fact in schema["properties"].items():
        yield f"| `{prefix}{name}` | {_kind(fact)} | {fact['description']} |"
        for inner in _inner(answer, name):
            mark = "[]" if _kind(fact).startswith("list") else ""
            yield from _rows(inner, f"{prefix}{name}{mark}.")


def _kind(fact: dict[str, Any]) -> str:
    if "anyOf" in fact:
        return " or ".join(_kind(one) for one in fact["anyOf"])
    if "$ref" in fact:
        return "object"
    if fact.get("type") == "array":
        return f"list of {_kind(fact['items'])}"
    return {"string": "text", "integer": "number", "boolean": "true, false"}.get(fact.get("type", ""), str(fact.get("type", "anything")))


def _inner(answer: type[BaseModel], name: str) -> Iterator[type[BaseModel]]:
    field = next(field for own, field in answer.model_fields.items() if (field.alias or own) == name)
    waiting: list[Any] = [field.annotation]
    while waiting:
        one = waiting.pop()
        if isinstance(one, type) and issubclass(one, BaseModel):
            yield one
        waiting += getattr(one, "__args__", ())


if __name__ == "__main__":
    print(page(), end="")
