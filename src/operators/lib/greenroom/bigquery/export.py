"""A result's rows as one file, the same for the same rows."""

from __future__ import annotations

import base64
import csv
import datetime
import decimal
import json
import re
from pathlib import Path
from typing import Any

from greenroom.needs import need

# What hides a word: comments, and text in quotes.
HIDDEN = re.compile(r"--[^\n]*|#[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`[^`]*`", re.DOTALL)
ORDER = re.compile(r"\border\s+by\b", re.IGNORECASE)


def write(rows: Any, query: str, format: str, path: Path) -> int:
    table = rows.to_arrow(create_bqstorage_client=False)
    if not is_ordered(query):
        table = table.sort_by([(name, "ascending") for name in table.column_names])
    path.parent.mkdir(parents=True, exist_ok=True)
    if format == "parquet":
        need("pyarrow")
        import pyarrow.parquet

        pyarrow.parquet.write_table(table, path, compression="zstd")
    elif format == "csv":
        _csv(table, path)
    else:
        _json(table, path)
    return table.num_rows


def is_ordered(query: str) -> bool:
    """Whether the whole query has an ORDER BY, outside of any parenthesis."""
    text = HIDDEN.sub(" ", query)
    depth, outside = 0, []
    for char in text:
        depth += (char == "(") - (char == ")")
        outside.append(char if depth == 0 else " ")
    return ORDER.search("".join(outside)) is not None


def plain(value: Any) -> Any:
    """As JSON has it; what JSON has not, as text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, decimal.Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ").replace("+00:00", "+00")
    return str(value)


def _csv(table: Any, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(table.column_names)
        for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
            writer.writerow([str(each).lower() if isinstance(each, bool) else each if isinstance(each, float) else plain(each) for each in row])


def _json(table: Any, path: Path) -> None:
    with path.open("w", encoding="utf-8") as out:
        for row in table.to_pylist():
            line = {name: plain(value) for name, value in row.items()}
            out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n")
