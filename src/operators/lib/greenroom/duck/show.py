"""A query's first rows, for people to look at."""

from __future__ import annotations

from typing import Any

from greenroom.duck.lake import quote
from greenroom.duck.result import Result


def first_rows(result: Result, limit: int) -> dict[str, Any]:
    """`columns` with their types, the first `rows`, and how many there are in `total`."""
    # Run once: what is counted is what is shown.
    result.execute(f"CREATE TEMP TABLE gr_rows AS {result.in_fixed_order()}")
    values = ", ".join(_value(name, type) for name, type in result.columns.items())
    rows = result.execute(f"SELECT {values} FROM gr_rows ORDER BY rowid LIMIT {limit}").fetchall()
    total = result.one("SELECT count(*) FROM gr_rows")
    return {
        "columns": [{"name": name, "type": type} for name, type in result.columns.items()],
        "rows": [list(row) for row in rows],
        "total": total[0] if total else 0,
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
