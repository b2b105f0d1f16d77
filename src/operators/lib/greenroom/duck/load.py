"""load_table on the dev warehouse: every value is checked before any is kept."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from greenroom import files
from greenroom.canonical import LONGEST_NAME, check_type
from greenroom.catalog import nearest
from greenroom.duck.copy import copy
from greenroom.duck.csv_file import plain, read_csv
from greenroom.duck.explain import message_of
from greenroom.duck.lake import connect, quote, text
from greenroom.duck.names import check_names
from greenroom.duck.partition import Partition
from greenroom.duck.types import DUCKDB, bigquery_type, full_name
from greenroom.duck.values import fitting
from greenroom.load import Load
from greenroom.needs import need
from greenroom.problem import Problem
from greenroom.sql.macros import statements

RAW, TABLE = "raw", "loaded"
NOT_FINITE = re.compile(r"\s*[+-]?(nan|inf|infinity)\s*", re.IGNORECASE)


def load_files(load: Load, directory: Path) -> int:
    """Leaves the files' rows below the directory; Greenroom puts them in the table. Answers how many."""
    connection, columns = read_files(load)
    if load.partition_by is None:
        _write(connection, f"SELECT * FROM {TABLE}", directory)
    else:
        _write_partitions(connection, load.partition_by, columns[load.partition_by], directory)
    return connection.execute(f"SELECT count(*) FROM {TABLE}").fetchone()[0]


def read_files(load: Load) -> tuple[Any, dict[str, str]]:
    """A DuckDB with all rows, checked, in TABLE; and its columns with BigQuery's types."""
    kind, paths = files.find(load.given)
    columns = {name: _type(name, type) for name, type in load.columns.items()}
    if not columns and kind != "parquet":
        raise Problem(f"{kind} does not say what its columns are", "add columns: {name: TYPE, …}")
    connection = connect()
    for statement in statements():
        connection.execute(statement)
    source = "columns" if columns else str(paths[0])
    columns = columns or _columns_of(connection, paths[0])
    check_names(columns, source)
    if load.partition_by is not None:
        if load.partition_by not in columns:
            raise Problem(f"there is no column `{load.partition_by}` to partition by",
                          nearest(load.partition_by, columns) or "there are " + ", ".join(columns))
        check_type(load.partition_by, columns[load.partition_by])
    fields = ", ".join(f"{quote(name)} {DUCKDB[type]}" for name, type in columns.items())
    connection.execute(f"CREATE TABLE {TABLE} ({fields})")
    for path in paths:
        _load(connection, kind, path, columns, load)
    return connection, columns


def _type(column: str, type: Any) -> str:
    name = full_name(str(type))
    if name is None:
        raise Problem(f"`{type}` is no type of a column, and `{column}` shall have it", "the types are " + ", ".join(DUCKDB))
    return name


def _columns_of(connection: Any, path: Path) -> dict[str, str]:
    columns = {}
    for name, stored, *_ in _read(connection, path, "DESCRIBE SELECT * FROM " + _parquet(path)):
        type = bigquery_type(stored)
        if type is None:
            raise Problem(f"{path}: a table cannot hold the column `{name}`: it is {stored}", "name the others in columns:")
        columns[name] = type
    return columns


def _load(connection: Any, kind: str, path: Path, columns: dict[str, str], load: Load) -> None:
    """One file: as it is into RAW, then checked, then into TABLE."""
    source = {"csv": _csv, "json": _json, "parquet": lambda path, *_: _parquet(path)}[kind](path, columns, load)
    _read(connection, path, f"CREATE OR REPLACE TEMP TABLE {RAW} AS SELECT * FROM {source}")
    names = {row[0]: row[1] for row in connection.execute(f"DESCRIBE {RAW}").fetchall()}
    # Capitals make no difference, to DuckDB and to BigQuery.
    stored = {name.lower(): type for name, type in names.items()}
    missing = next((name for name in columns if name.lower() not in stored), None)
    if missing is not None:
        known = "it has " + ", ".join(f"`{name}`" for name in names)
        raise Problem(f"{path} has no column `{missing}`", nearest(missing, names) or known)
    values = {name: fitting(quote(name), stored[name.lower()], type) for name, type in columns.items()}
    _check(connection, path, columns, values)
    if load.partition_by is not None:
        _check_partition(connection, path, load.partition_by)
    chosen = ", ".join(values.values())
    connection.execute(f"INSERT INTO {TABLE} SELECT {chosen} FROM {RAW} ORDER BY rowid")


def _check(connection: Any, path: Path, columns: dict[str, str], values: dict[str, str]) -> None:
    """All columns in one pass; only for the first that is wrong its first value is looked up."""
    wrong = {name: f"{quote(name)} IS NOT NULL AND ({value}) IS NULL" for name, value in values.items()}
    counts = connection.execute(f"SELECT {', '.join(f'count_if({each})' for each in wrong.values())} FROM {RAW}").fetchone()
    for (name, condition), count in zip(wrong.items(), counts):
        if not count:
            continue
        row, found = connection.execute(
            f"SELECT rowid + 1, CAST({quote(name)} AS VARCHAR) FROM {RAW} WHERE {condition} ORDER BY rowid LIMIT 1"
        ).fetchone()
        shown = found if len(found) <= 60 else found[:60] + "…"
        more = f" ({count} rows have such values there)" if count > 1 else ""
        raise Problem(f"{path}, row {row}, column `{name}`: `{shown}` is no {columns[name]}{more}", _advice(columns[name], found))


def _advice(type: str, found: str) -> str:
    if type == "FLOAT64" and NOT_FINITE.fullmatch(found):
        return f'NaN and infinity compare otherwise in BigQuery than here; put NULL in their place (in a csv: null_marker: "{found}")'
    if found.strip().upper() in ("", "NA", "N/A", "NULL", "NONE", "\\N", "-"):
        return f'if it stands for NULL, say so: null_marker: "{found}"'
    if type == "INT64":
        return "take FLOAT64 or STRING for it, or mend the file"
    return "mend the file, or take STRING for it"


def _check_partition(connection: Any, path: Path, column: str) -> None:
    row = connection.execute(f"SELECT min(rowid) + 1 FROM {RAW} WHERE {quote(column)} IS NULL").fetchone()[0]
    if row is not None:
        raise Problem(f"{path}, row {row}, column `{column}`: NULL belongs to no partition", "leave out partition_by, or such rows")
    # A partition is a folder, named as in Partition.
    most = LONGEST_NAME - len(Partition(column, "").folder)
    row = connection.execute(
        f"SELECT min(rowid) + 1 FROM {RAW} WHERE length(url_encode(CAST({quote(column)} AS VARCHAR))) > {most}"
    ).fetchone()[0]
    if row is not None:
        raise Problem(f"{path}, row {row}, column `{column}`: the value is too long to name a partition",
                      "take another column for partition_by: a date, or a short code")


def _parquet(path: Path) -> str:
    return f"read_parquet({text(str(path))}, hive_partitioning = false)"


def _csv(path: Path, columns: dict[str, str], load: Load) -> str:
    return read_csv(path, load.null_marker)


def _json(path: Path, columns: dict[str, str], load: Load) -> str:
    names = "{" + ", ".join(f"{text(name)}: 'VARCHAR'" for name in columns) + "}"
    return f"read_json({text(str(path))}, columns = {names}, hive_partitioning = false)"


def _read(connection: Any, path: Path, statement: str) -> list[tuple[Any, ...]]:
    try:
        return connection.execute(statement).fetchall()
    except need("duckdb").Error as error:
        said = str(error)
        message, help = plain(said) or (_first(said), "")
        raise Problem(f"{path}{_line(said)} cannot be read: {message}", help) from error


def _line(message: str) -> str:
    found = re.search(r"(?:CSV Error on Line|in line|line): (\d+)", message)
    return f", line {found.group(1)}," if found else ""


def _first(message: str) -> str:
    """The line that says what is wrong; around it there is advice about options that are not to be had here."""
    lines = [line.strip() for line in message_of(message).splitlines() if line.strip()]
    kept = [line for line in lines if not line.startswith(("CSV Error on Line", "Original Line"))]
    return (kept or lines or ["unknown"])[0]


def _write(connection: Any, select: str, directory: Path) -> None:
    """One file, with the columns even where there is no row."""
    connection.execute(copy(select, directory / "0.parquet", "parquet"))


def _write_partitions(connection: Any, column: str, type: str, directory: Path) -> None:
    """One file for each value. Without any row there is no partition, and one empty file tells the columns."""
    name = quote(column)
    found = connection.execute(f"SELECT DISTINCT CAST({name} AS VARCHAR) FROM {TABLE} ORDER BY 1").fetchall()
    for (value,) in found:
        select = f"SELECT * FROM {TABLE} WHERE {name} = CAST({text(value)} AS {DUCKDB[type]})"
        _write(connection, select, directory / Partition(column, value).folder)
    if not found:
        _write(connection, f"SELECT * FROM {TABLE}", directory)
