"""load_table on BigQuery: load jobs, and the table is replaced at once."""

from __future__ import annotations

import csv
import gzip
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

from greenroom import files
from greenroom.catalog import nearest
from greenroom.load import Load
from greenroom.needs import need
from greenroom.problem import Problem

FORMATS = {"csv": "CSV", "json": "NEWLINE_DELIMITED_JSON", "parquet": "PARQUET"}


def load_files(client: Any, load: Load, table: str, token: str) -> Any:
    """Answers the last job. Several files are put together beside the table first, so that nobody sees half of it."""
    bigquery = need("google.cloud.bigquery")
    kind, paths = _find(load.given)
    if not load.columns and kind != "parquet":
        raise Problem(f"{kind} does not say what its columns are", "add columns: {name: TYPE, …}")
    if load.partition_by is not None and load.columns and load.partition_by not in load.columns:
        raise Problem(f"there is no column `{load.partition_by}` to partition by", nearest(load.partition_by, load.columns))
    config = _config(bigquery, kind, load)
    if isinstance(paths, str):
        return client.load_table_from_uri(paths, table, job_config=config).result()
    if len(paths) == 1:
        return _load(client, kind, paths[0], table, load, config)
    beside = f"{table}__{token.replace('-', '')}"
    try:
        for number, path in enumerate(paths):
            config.write_disposition = "WRITE_APPEND" if number else "WRITE_TRUNCATE"
            _load(client, kind, path, beside, load, config)
        copy = bigquery.CopyJobConfig(write_disposition="WRITE_TRUNCATE")
        return client.copy_table(beside, table, job_config=copy).result()
    finally:
        client.delete_table(beside, not_found_ok=True)


def _find(given: str) -> tuple[str, list[Path] | str]:
    if not given.startswith("gs://"):
        return files.find(given)
    kind = files.kind_of(Path(given))
    if kind is None:
        raise Problem(f"what {given} is cannot be told by its name", "name it .csv, .json, .jsonl or .parquet; .gz may follow")
    return kind, given


def _config(bigquery: Any, kind: str, load: Load) -> Any:
    config = bigquery.LoadJobConfig(source_format=FORMATS[kind], write_disposition="WRITE_TRUNCATE")
    if load.columns:
        config.schema = [bigquery.SchemaField(name, str(type).upper()) for name, type in load.columns.items()]
    if kind == "csv":
        config.skip_leading_rows = 1
        config.allow_quoted_newlines = True
        if load.null_marker is not None:
            config.null_marker = load.null_marker
    if load.partition_by is not None:
        config.time_partitioning = bigquery.TimePartitioning(field=load.partition_by)
    return config


def _load(client: Any, kind: str, path: Path, table: str, load: Load, config: Any) -> Any:
    try:
        with tempfile.TemporaryFile() as chosen, path.open("rb") as whole:
            source = _choose(path, list(load.columns), chosen) if kind == "csv" else None
            return client.load_table_from_file(source or whole, table, rewind=True, job_config=config).result()
    except need("google.api_core.exceptions").GoogleAPIError as error:
        details = [each.get("message", "") for each in getattr(error, "errors", None) or []]
        raise Problem(f"{path} cannot be loaded: " + ("; ".join(filter(None, details[:3])) or str(error))) from error


def _choose(path: Path, columns: list[str], into: BinaryIO) -> BinaryIO | None:
    """BigQuery goes by the order of a csv's columns, people by their names. None: the file is right as it is."""
    opened = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as lines:
            rows = csv.reader(lines)
            header = next(rows, [])
            missing = next((name for name in columns if name not in header), None)
            if missing is not None:
                raise Problem(f"{path} has no column `{missing}`", nearest(missing, header) or "it has " + ", ".join(header))
            if header == columns:
                return None
            at = [header.index(name) for name in columns]
            text = tempfile.SpooledTemporaryFile(mode="w+", encoding="utf-8", newline="")
            with text:
                writer = csv.writer(text, lineterminator="\n")
                writer.writerow(columns)
                for number, row in enumerate(rows, 2):
                    if len(row) != len(header):
                        raise Problem(f"{path}, row {number - 1} has {len(row)} values for {len(header)} columns")
                    writer.writerow([row[each] for each in at])
                text.seek(0)
                for line in text:
                    into.write(line.encode())
            return into
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise Problem(f"{path} cannot be read: {error}") from error
