"""A table's files, one folder `column=value` for each partition."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote as url_quote

from greenroom.duck.lake import quote, text
from greenroom.problem import Problem

# Types whose values are written in one way only.
TYPES = ("DATE", "INT64", "STRING", "BOOL")


def check_type(column: str, type: str | None) -> None:
    if type not in TYPES:
        raise Problem(f"a table cannot be partitioned by `{column}`: it is {type}", "take one of " + ", ".join(TYPES))


def folder(directory: Path, column: str, value: str) -> Path:
    return directory / f"{url_quote(column, safe='')}={url_quote(value, safe='')}"


def write(connection: Any, select: str, directory: Path) -> None:
    """One Parquet file, with the columns even where there is no row."""
    directory.mkdir(parents=True, exist_ok=True)
    connection.execute(f"COPY ({select}) TO {text(str(directory / 'data.parquet'))} (FORMAT parquet)")


def write_partitions(connection: Any, table: str, column: str, directory: Path) -> int:
    """One file for each value of a column. Answers how many there are."""
    name = quote(column)
    values = connection.execute(
        f"SELECT CAST({name} AS VARCHAR) FROM (SELECT DISTINCT {name} FROM {table}) ORDER BY 1"
    ).fetchall()
    for (value,) in values:
        where = f"{name} = CAST({text(value)} AS {_type(connection, table, column)})"
        write(connection, f"SELECT * FROM {table} WHERE {where}", folder(directory, column, value))
    if not values:
        write(connection, f"SELECT * FROM {table}", directory)
    return len(values)


def _type(connection: Any, table: str, column: str) -> str:
    return next(row[1] for row in connection.execute(f"DESCRIBE {table}").fetchall() if row[0] == column)
