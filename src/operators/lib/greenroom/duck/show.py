"""A query's first rows, for people to look at."""

from __future__ import annotations

import datetime
import decimal
import math
from typing import Any

from greenroom.duck.lake import quote
from greenroom.duck.session import ROWS, run_query
from greenroom.step import Query, Step


def show_rows(step: Step, query: Query, limit: int) -> dict[str, Any]:
    """`columns` with their types, the first `rows`, and how many there are in `total`."""
    result = run_query(step, query)
    rows = result.connection.execute(
        f"SELECT {', '.join(quote(column.name) for column in result.columns)} FROM ({result.select}) LIMIT {limit}"
    ).fetchall()
    return {
        "columns": [{"name": column.name, "type": column.type or column.stored} for column in result.columns],
        "rows": [[_plain(value) for value in row] for row in rows],
        "total": result.count(),
    }


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, decimal.Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return value.astimezone(datetime.timezone.utc).isoformat(" ").replace("+00:00", " UTC")
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    return str(value)
