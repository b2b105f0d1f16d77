"""load_table on BigQuery: files of the step are checked as in dev, those in a bucket BigQuery reads itself."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from greenroom import files
from greenroom.bigquery.staging import Staging
from greenroom.catalog import nearest
from greenroom.duck.copy import copy
from greenroom.duck.load import TABLE, read_files
from greenroom.duck.types import full_name
from greenroom.load import Load
from greenroom.needs import need
from greenroom.problem import Problem

FORMATS = {"csv": "CSV", "json": "NEWLINE_DELIMITED_JSON", "parquet": "PARQUET"}


@contextmanager
def staged(client: Any, load: Load, table: str) -> Iterator[Staging]:
    """The rows, in a table beside the one that they are for."""
    read = _read_bucket if load.given.startswith("gs://") else _read_files
    with read(client, load, table) as staging:
        staging.schema = list(client.get_table(staging.name).schema)
        by = load.partition_by
        if by is not None and by not in staging.columns:
            help = nearest(by, staging.columns) or "there are " + ", ".join(staging.columns)
            raise Problem(f"there is no column `{by}` to partition by", help)
        yield staging


@contextmanager
def _read_files(client: Any, load: Load, table: str) -> Iterator[Staging]:
    """One rule for a value in dev and stage: DuckDB reads and checks the files, and BigQuery gets them with types."""
    connection, columns = read_files(load)
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as directory:
        path = Path(directory, "rows.parquet")
        connection.execute(copy(f"SELECT * FROM {TABLE}", path, "parquet"))
        connection.close()
        with Staging(client, table, _fields(columns)) as staging, path.open("rb") as rows:
            config = _config("parquet", staging.schema)
            client.load_table_from_file(rows, staging.name, rewind=True, job_config=config).result()
            yield staging


@contextmanager
def _read_bucket(client: Any, load: Load, table: str) -> Iterator[Staging]:
    kind = files.kind_of(Path(load.given))
    if kind is None:
        raise Problem(f"what {load.given} is cannot be told by its name", "name it .csv, .json, .jsonl or .parquet; .gz may follow")
    if not load.columns and kind != "parquet":
        raise Problem(f"{kind} does not say what its columns are", "add columns: {name: TYPE, …}")
    with Staging(client, table, _fields(load.columns)) as staging:
        config = _config(kind, staging.schema)
        if kind == "csv":
            config.skip_leading_rows = 1
            config.allow_quoted_newlines = True
            # BigQuery goes by the order of a csv's columns unless told to go by their names.
            config.source_column_match = "NAME"
            config.null_marker = load.null_marker
        client.load_table_from_uri(load.given, staging.name, job_config=config).result()
        yield staging


def _fields(columns: dict[str, str]) -> list[Any]:
    field = need("google.cloud.bigquery").SchemaField
    return [field(name, full_name(str(type)) or str(type).upper()) for name, type in columns.items()]


def _config(kind: str, schema: list[Any]) -> Any:
    config = need("google.cloud.bigquery").LoadJobConfig(source_format=FORMATS[kind], write_disposition="WRITE_TRUNCATE")
    if schema:
        config.schema = schema
    return config
