"""A result of BigQuery in a DuckDB, so that files and pictures are made of it as in dev."""

from __future__ import annotations

from typing import Any

from greenroom.bigquery.columns import flat_columns
from greenroom.duck.lake import connect, quote
from greenroom.duck.show import ROWS
from greenroom.duck.types import DUCKDB
from greenroom.needs import need
from greenroom.sql.macros import statements


def land(rows: Any) -> tuple[Any, dict[str, str]]:
    """A connection with the rows in ROWS, in their order, and their columns. They pass in pages: memory stays small."""
    pyarrow = need("pyarrow")
    columns = flat_columns(rows.schema)
    connection = connect()
    for statement in statements():
        connection.execute(statement)
    fields = ", ".join(f"{quote(name)} {DUCKDB[type]}" for name, type in columns.items())
    connection.execute(f"CREATE TABLE {ROWS} ({fields})")
    values = ", ".join(f"CAST({quote(name)} AS {DUCKDB[type]})" for name, type in columns.items())
    for page in rows.to_arrow_iterable():
        connection.register("page", pyarrow.Table.from_batches([page]))
        connection.execute(f"INSERT INTO {ROWS} SELECT {values} FROM page")
    return connection, columns


def in_fixed_order(columns: dict[str, str], ordered: bool) -> str:
    """A query of the landed rows."""
    by = "rowid" if ordered else ", ".join(map(quote, columns))
    return f"SELECT * FROM {ROWS} ORDER BY {by}"
