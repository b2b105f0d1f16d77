"""One partition of a table: a column and its value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote as url_quote

from greenroom.problem import Problem


@dataclass(frozen=True)
class Partition:
    column: str
    value: str

    @property
    def folder(self) -> str:
        """`flight_date=2013-01-01`, the value quoted as in a URL."""
        return f"{folder_part(self.column)}={folder_part(self.value)}"


def folder_part(value: str) -> str:
    return url_quote(value, safe="-_.~")


def read_partition(given: Any) -> Partition | None:
    """From `with: partition`. Greenroom replaces the whole table where this is not exactly what it expects."""
    if given is None:
        return None
    if not isinstance(given, dict) or set(given) != {"column", "value"}:
        raise Problem(
            "`partition` takes exactly the keys column and value",
            'partition: {column: flight_date, value: "${{ params.day }}"}',
        )
    value = given["value"]
    if isinstance(value, bool):
        value = str(value).lower()
    return Partition(str(given["column"]), str(value))
