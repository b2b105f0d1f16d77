"""A workflow's parameters, with their types."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

Scalar = str | int | float | bool | datetime.date | datetime.datetime

# Greenroom's type → BigQuery's.
BIGQUERY_TYPES = {
    "string": "STRING",
    "int": "INT64",
    "float": "FLOAT64",
    "bool": "BOOL",
    "date": "DATE",
    "datetime": "DATETIME",
}


@dataclass(frozen=True)
class Param:
    type: str
    value: Scalar

    @property
    def bigquery_type(self) -> str:
        return BIGQUERY_TYPES[self.type]


def read_params(document: dict[str, Any]) -> dict[str, Param]:
    """From `params.json`: name → {type, value}."""
    return {name: read_param(entry["type"], entry["value"]) for name, entry in document.items()}


def read_param(type: str, value: Any) -> Param:
    if type == "date":
        value = datetime.date.fromisoformat(value)
    elif type == "datetime":
        value = datetime.datetime.fromisoformat(value)
    elif type == "float":
        value = float(value)
    return Param(type, value)
