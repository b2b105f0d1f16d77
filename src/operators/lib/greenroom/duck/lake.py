"""A DuckDB that sees the tables of the catalog and nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from greenroom.catalog import Catalog, Table
from greenroom.duck.explain import message_of
from greenroom.duck.machine import memory_limit, threads
from greenroom.duck.types import DUCKDB
from greenroom.needs import need
from greenroom.params import Param
from greenroom.problem import Problem
from greenroom.sql.macros import statements


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def connect() -> Any:
    """An empty DuckDB within the container's means, that loads no extension from anywhere."""
    duckdb = need("duckdb")
    settings = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    connection = duckdb.connect(config=settings)
    connection.execute("SET TimeZone = 'UTC'")
    # A root or logarithm that is no number is an error, as in BigQuery, and not NaN.
    connection.execute("SET ieee_floating_point_ops = false")
    connection.execute("SET errors_as_json = true")
    connection.execute(f"SET threads = {threads()}")
    connection.execute(f"SET temp_directory = {text(os.environ.get('TMPDIR', '/tmp') + '/duckdb')}")
    limit = memory_limit()
    if limit is not None:
        connection.execute(f"SET memory_limit = '{limit // (1 << 20)}MiB'")
    return connection


def open_lake(catalog: Catalog, tables: list[str], params: dict[str, Param], writable: Path | None) -> Any:
    """With a view for each of these tables, the parameters as variables, and every other path shut."""
    connection = connect()
    used = [table for table in map(catalog.get, dict.fromkeys(tables)) if table is not None]
    for statement in statements():
        connection.execute(statement)
    for schema in dict.fromkeys(table.name.split(".")[0] for table in used):
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quote(schema)}")
    for table in used:
        _view(connection, table)
    for name, param in params.items():
        # As a text of its own: for a value that is handed over as one of Python's, DuckDB imports pandas, to see whether
        # it is one of that, which takes longer than most queries.
        value = f"CAST({text(str(param.value))} AS {DUCKDB[param.bigquery_type]})"
        connection.execute(f"SET VARIABLE {quote('p_' + name)} = {value}")
    files = [file for table in used for file in table.files]
    connection.execute(f"SET allowed_paths = [{', '.join(map(text, files))}]")
    if writable is not None:
        connection.execute(f"SET allowed_directories = [{text(str(writable))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _view(connection: Any, table: Table) -> None:
    schema, name = table.name.split(".")
    columns = ", ".join(
        f"CAST({quote(column)} AS {DUCKDB[type]}) AS {quote(column)}" for column, type in table.columns.items()
    )
    files = ", ".join(map(text, table.files))
    try:
        connection.execute(
            f"CREATE VIEW {quote(schema)}.{quote(name)} AS SELECT {columns} "
            f"FROM read_parquet([{files}], hive_partitioning = false)"
        )
    except Exception as error:
        raise Problem(f"the files of the table {table.name} cannot be read: {message_of(str(error))}", "load it again") from error
