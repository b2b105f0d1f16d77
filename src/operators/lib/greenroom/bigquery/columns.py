"""The columns of a result or table, with the names of types that Greenroom knows."""

from __future__ import annotations

from typing import Any

from greenroom.duck.types import full_name
from greenroom.problem import Problem


def type_of(field: Any) -> str:
    """`ARRAY` and `STRUCT` for nested ones."""
    if field.mode == "REPEATED":
        return "ARRAY"
    if field.field_type in ("RECORD", "STRUCT"):
        return "STRUCT"
    return full_name(field.field_type) or field.field_type


def flat_columns(schema: Any) -> dict[str, str]:
    """Name → type, of what a file holds."""
    columns = {field.name: type_of(field) for field in schema}
    for name, type in columns.items():
        if full_name(type) is None:
            raise Problem(
                f"the column `{name}` is {type}, which no file holds",
                "take its parts as columns, UNNEST it, or join it to one text with ARRAY_TO_STRING",
            )
    return columns
