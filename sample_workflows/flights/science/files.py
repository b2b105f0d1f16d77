"""Files of rows, on this disk or on `gs://`: Parquet, and csv and jsonl where others want them.

A path is a file (`day.parquet`), a folder of files (`days/`) or a pattern (`days/2013-07-*.parquet`). Of what is
written, a path that ends in `/` becomes a folder of as many Parquet files as the runner likes, any other one file.
csv and jsonl may be packed (`.csv.gz`). Their columns' types are those of their first megabyte; Parquet has its own.
The order of rows is not kept.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath
from typing import Any

import apache_beam as beam
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet as pq
from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

FORMATS = ("parquet", "csv", "jsonl")
# Of a piece of a file, so many rows are in memory at a time.
BATCH = 65_536


def read(path: str | os.PathLike[str]) -> pd.DataFrame:
    """All rows at a path, in the memory of this process.

    >>> import tempfile
    >>> path = tempfile.mkdtemp() + "/airlines.csv"
    >>> write_text(path, "carrier,name\\nUA,United\\n")
    >>> read(path)
      carrier    name
    0      UA  United
    """
    return table(path).to_pandas()


def table(path: str | os.PathLike[str]) -> pa.Table:
    found = schema(path)
    parts = [batch for file in matching(path) for piece in pieces(file) for batch in batches(piece, found)]
    return pa.concat_tables([found.empty_table(), *parts])


def schema(path: str | os.PathLike[str]) -> pa.Schema:
    """The columns of the first file; all others must have them, too. Where one has floats, whole numbers are, too."""
    with ThreadPoolExecutor(16) as pool:
        first, *others = pool.map(schema_of, matching(path))
    for other in others:
        for place, field in enumerate(first):
            at = other.get_field_index(field.name)
            if pa.types.is_integer(field.type) and at >= 0 and pa.types.is_floating(other.field(at).type):
                first = first.set(place, field.with_type(pa.float64()))
    return first


def schema_of(file: str) -> pa.Schema:
    with opened(file) as raw:
        if file_format(file) == "parquet":
            return plain(pq.read_schema(raw).empty_table()).schema.remove_metadata()
        return text_reader(file, raw, None).schema


def matching(path: str | os.PathLike[str]) -> list[str]:
    pattern = os.fspath(path)
    found = FileSystems.match([f"{pattern}*" if pattern.endswith("/") else pattern])[0].metadata_list
    files = sorted(file.path for file in found if file_format(file.path) or not pattern.endswith("/"))
    if not files:
        raise FileNotFoundError(f"no file of rows at {pattern}")
    return files


def file_format(file: str) -> str | None:
    name = PurePosixPath(file.removesuffix(".gz")).suffix.removeprefix(".")
    return name if name in FORMATS else None


def pieces(file: str) -> Iterator[tuple[str, int | None]]:
    """What can be read by different workers: Parquet's row groups."""
    if file_format(file) != "parquet":
        yield file, None
        return
    with opened(file) as raw:
        yield from ((file, group) for group in range(pq.ParquetFile(raw).num_row_groups))


def batches(piece: tuple[str, int | None], wanted: pa.Schema) -> Iterator[pa.Table]:
    file, group = piece
    try:
        with opened(file) as raw:
            found = (
                text_reader(file, raw, wanted)
                if group is None
                else pq.ParquetFile(raw).iter_batches(batch_size=BATCH, row_groups=[group])
            )
            for batch in found:
                batch = plain(pa.Table.from_batches([batch]))
                lacking = set(wanted.names) ^ set(batch.schema.names)
                if lacking:
                    raise ValueError(f"{file} has not the columns of the first file: {sorted(lacking)} is in one only")
                yield batch.select(wanted.names).cast(wanted)
    except pa.ArrowException as error:
        others = [field for field in schema_of(file) if field.name in wanted.names]
        apart = [
            f"{field.name} is {field.type}, not {wanted.field(field.name).type}; "
            for field in others
            if field.type != wanted.field(field.name).type
        ]
        raise ValueError(f"{file}: {''.join(apart)}{error}") from error


def opened(file: str) -> Any:
    # What Beam unpacks itself says of itself that it is closed, so pyarrow does not read it.
    return FileSystems.open(file, compression_type=CompressionTypes.UNCOMPRESSED)


def text_reader(file: str, raw: Any, wanted: pa.Schema | None) -> Any:
    if file.endswith(".gz"):
        raw = gzip.open(raw)
    if file_format(file) == "csv":
        # Nothing between two commas is a missing text, "" is an empty one.
        convert = pa.csv.ConvertOptions(column_types=wanted, strings_can_be_null=True, quoted_strings_can_be_null=False)
        return pa.csv.open_csv(raw, convert_options=convert)
    if file_format(file) == "jsonl":
        return pa.json.open_json(raw, parse_options=pa.json.ParseOptions(explicit_schema=wanted))
    raise ValueError(
        f"{file}: rows are in a folder/ or in files that end in {', '.join('.' + name for name in FORMATS)}"
    )


def plain(table: pa.Table) -> pa.Table:
    """Texts that are kept as numbers, or as views of a buffer, are texts."""

    def kind(found: pa.DataType) -> pa.DataType:
        if pa.types.is_dictionary(found):
            return kind(found.value_type)
        return pa.string() if pa.types.is_large_string(found) or pa.types.is_string_view(found) else found

    return table.cast(pa.schema([field.with_type(kind(field.type)) for field in table.schema]))


def check_target(to: str) -> None:
    if to.endswith("/"):
        if FileSystems.match([f"{to}*"])[0].metadata_list:
            raise FileExistsError(f"{to} has files already; rows of two runs would lie in it as one")
    elif file_format(to) is None or to.endswith(".gz"):
        raise ValueError(f"{to}: rows are written to a folder/ or to a file that ends in .parquet, .csv or .jsonl")


def sink(to: str, wanted: pa.Schema) -> beam.PTransform:
    """A transform that writes batches, which keep to a schema."""
    if to.endswith("/"):
        return beam.io.WriteToParquetBatched(f"{to}part", wanted, file_name_suffix=".parquet")
    one_file = {"num_shards": 1, "shard_name_template": ""}
    if file_format(to) == "parquet":
        return beam.io.WriteToParquetBatched(to, wanted, **one_file)
    header = None
    if file_format(to) == "csv":
        header = io.StringIO()
        csv.writer(header, lineterminator="").writerow(wanted.names)
        header = header.getvalue()
    return beam.FlatMap(lines, file_format(to)) | beam.io.WriteToText(to, header=header, **one_file)


def lines(batch: pa.Table, name: str) -> Iterator[str]:
    if name == "jsonl":
        yield from (json.dumps(row, ensure_ascii=False, default=str) for row in batch.to_pylist())
    elif batch.num_rows:
        buffer = io.BytesIO()
        pa.csv.write_csv(batch, buffer, pa.csv.WriteOptions(include_header=False))
        yield buffer.getvalue().decode().removesuffix("\n")


def read_text(path: str | os.PathLike[str]) -> str:
    with FileSystems.open(os.fspath(path)) as raw:
        return raw.read().decode()


def write_text(path: str | os.PathLike[str], text: str) -> None:
    with FileSystems.create(os.fspath(path), "text/plain") as raw:
        raw.write(text.encode())
