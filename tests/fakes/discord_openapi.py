"""Discord's own OpenAPI description, as far as a body is checked by it.

It is read where the reference data stands beside the project; a body passes where it does not. Mended in
memory as ../shared/contracts says: ids may be integers, and `oneOf` is read as `anyOf`.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from tests.shared import SHARED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Json = Any

SPECIFICATION = SHARED / "contracts" / "discord-openapi.json"

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


@cache
def specification(path: Path = SPECIFICATION) -> Json:
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def faults_of(method: str, path: str, body: Json) -> list[str]:
    """Return what the description finds wrong with the body of a call; `path` is its template there."""
    whole = specification()
    operation = whole["paths"].get(path, {}).get(method.lower()) if whole else None
    if not operation or "requestBody" not in operation:
        return []
    schema = operation["requestBody"]["content"].get("application/json", {}).get("schema", {})
    return list(faults(schema, body, "body"))


def faults(schema: Json, value: Json, where: str) -> Iterator[str]:
    """Yield what is wrong with a value, by the keywords that the description uses."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name == "SnowflakeType" and isinstance(value, int) and not isinstance(value, bool):
            return
        yield from faults(specification()["components"]["schemas"][name], value, where)
        return
    for each in schema.get("allOf", ()):
        yield from faults(each, value, where)
    branches = schema.get("oneOf") or schema.get("anyOf")
    if branches:
        yield from of_branches(branches, value, where)
    if "type" in schema and not has_type(schema["type"], value):
        yield f"{where} is {type(value).__name__}, not {schema['type']}"
        return
    yield from of_value(schema, value, where)


def of_branches(branches: list[Json], value: Json, where: str) -> Iterator[str]:
    tried = [list(faults(branch, value, where)) for branch in branches]
    if all(tried):
        yield min(tried, key=len)[0] if len(tried) == 1 else f"{where} fits none: {min(tried, key=len)[0]}"


def has_type(wanted: str | list[str], value: Json) -> bool:
    names = [wanted] if isinstance(wanted, str) else wanted
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, TYPES[name]) for name in names)


def of_value(schema: Json, value: Json, where: str) -> Iterator[str]:
    if "const" in schema and value != schema["const"]:
        yield f"{where} is {value!r}, not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is {value!r}, none of {schema['enum']}"
    match value:
        case dict():
            yield from of_object(schema, value, where)
        case list():
            yield from of_length(schema, len(value), "minItems", "maxItems", where)
            for at, each in enumerate(value):
                yield from faults(schema.get("items", {}), each, f"{where}[{at}]")
        case str():
            yield from of_length(schema, len(value), "minLength", "maxLength", where)
            if "pattern" in schema and not re.search(schema["pattern"], value):
                yield f"{where} does not look like {schema['pattern']}"
        case int() | float() if not isinstance(value, bool):
            yield from of_length(schema, value, "minimum", "maximum", where)


def of_object(schema: Json, value: Json, where: str) -> Iterator[str]:
    yield from (f"{where} lacks {name}" for name in schema.get("required", ()) if name not in value)
    for name, each in value.items():
        inner = schema.get("properties", {}).get(name)
        if inner is not None:
            yield from faults(inner, each, f"{where}.{name}")


def of_length(schema: Json, length: float, least: str, most: str, where: str) -> Iterator[str]:
    if length < schema.get(least, length) or length > schema.get(most, length):
        yield f"{where} has {length}, from {schema.get(least)} to {schema.get(most)} are taken"
