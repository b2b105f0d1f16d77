"""A query's first rows, for people to look at."""

from __future__ import annotations

from typing import Any

from greenroom.duck.lake import quote
from greenroom.duck.result import Result

# The table that the rows lie in, in the order they are shown: what is counted is what is shown.
ROWS = "gr_rows"


def show(result: Result, limit: int) -> dict[str, Any]:
    result.execute(f"CREATE TEMP TABLE {ROWS} AS {result.in_fixed_order()}")
    return first_rows(result.connection, result.columns, limit)


def first_rows(connection: Any, columns: dict[str, str], limit: int) -> dict[str, Any]:
    """`columns` with their types, the first `rows`, and how many there are in `total`."""
    values = ", ".join(_value(name, type) for name, type in columns.items())
    rows = connection.execute(f"SELECT {values} FROM {ROWS} ORDER BY rowid LIMIT {limit}").fetchall()
    return {
        "columns": [{"name": name, "type": type} for name, type in columns.items()],
        "rows": [list(row) for row in rows],
        "total": connection.execute(f"SELECT count(*) FROM {ROWS}").fetchone()[0],
    }


def _value(name: str, type: str) -> str:
    """As JSON has it; what JSON has not, as text."""
    column = quote(name)
    if type in ("INT64", "BOOL", "STRING"):
        return column
    if type == "FLOAT64":
        return f"CASE WHEN isfinite({column}) THEN {column} END"
    if type == "BYTES":
        return f"base64({column})"
    if type == "NUMERIC":
        return f"gr_text({column})"
    return f"CAST({column} AS VARCHAR)"
