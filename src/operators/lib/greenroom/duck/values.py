"""A value of a file as a column's type: NULL where it does not fit."""

from __future__ import annotations

from greenroom.duck.types import DUCKDB

TRUE, FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")


def fitting(value: str, stored: str, type: str) -> str:
    """An expression. `stored`: DuckDB's type of `value`."""
    if stored == "VARCHAR":
        return _of_text(value, type)
    target = DUCKDB[type]
    if type == "INT64" and stored.startswith(("DOUBLE", "FLOAT", "DECIMAL")):
        return f"CASE WHEN {value} = trunc({value}) THEN TRY_CAST({value} AS {target}) END"
    if type == "JSON":
        return f"to_json({value})"
    if type == "FLOAT64":
        return f"gr_read_float64({value})"
    return f"TRY_CAST({value} AS {target})"


def _of_text(value: str, type: str) -> str:
    if type == "STRING":
        return value
    if type == "BOOL":
        return f"CASE WHEN lower({value}) IN {TRUE} THEN true WHEN lower({value}) IN {FALSE} THEN false END"
    if type == "BYTES":
        return f"TRY(from_base64({value}))"
    if type == "JSON":
        return f"TRY_CAST({value} AS JSON)"
    if type == "FLOAT64":
        return f"gr_read_float64({value})"
    return f"gr_safe_{type.lower()}({value})"
