"""A table beside the one that is written: filled, looked at, and only then published."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from greenroom.bigquery.client import quote, start
from greenroom.bigquery.columns import type_of
from greenroom.catalog import nearest
from greenroom.duck.partition import Partition
from greenroom.needs import need
from greenroom.problem import Problem

# After this BigQuery removes what an attempt that was killed left.
LIFE = datetime.timedelta(days=1)


class Staging:
    """Use with `with`: the staging table is gone afterwards, whatever happened. `table`: with project and dataset."""

    def __init__(self, client: Any, table: str, schema: Any) -> None:
        self.client = client
        self.table = table
        self.schema = list(schema)
        self.name = f"{table}__{uuid.uuid4().hex}"

    def __enter__(self) -> Staging:
        beside = need("google.cloud.bigquery").Table(self.name, schema=self.schema)
        beside.expires = datetime.datetime.now(datetime.UTC) + LIFE
        self.client.create_table(beside)
        return self

    def __exit__(self, *_: object) -> None:
        self.client.delete_table(self.name, not_found_ok=True)

    @property
    def columns(self) -> dict[str, str]:
        return {field.name: type_of(field) for field in self.schema}

    def count(self, condition: str = "TRUE", params: dict[str, str] | None = None) -> int:
        return int(self.one(f"SELECT COUNTIF({condition}) AS n FROM {quote(self.name)}", params)[0])

    def one(self, query: str, params: dict[str, str] | None = None) -> Any:
        return next(iter(self._run(query, params).result()))

    def check_partition(self, partition: Partition) -> None:
        column = quote(partition.column)
        if partition.column not in self.columns:
            raise Problem(
                f"the rows lack the partition column `{partition.column}`",
                "the query gives: " + ", ".join(self.columns),
            )
        others = f"FROM {quote(self.name)} WHERE {column} IS DISTINCT FROM {self._value(partition)}"
        found, example = self.one(f"SELECT COUNT(*), MIN(CAST({column} AS STRING)) {others}", {"value": partition.value})
        if found:
            raise Problem(
                f"{found} rows do not belong to the partition {partition.column} = {partition.value}; "
                f"one of them has {partition.column} = {'NULL' if example is None else example}",
                f"filter: WHERE {partition.column} = @…, with the parameter that the partition's value is made of",
            )

    def replace_table(self, by: str | None) -> None:
        """In one statement: readers see the old table or the new one."""
        self._run(f"CREATE OR REPLACE TABLE {quote(self.table)}{self._layout(by)} AS SELECT * FROM {quote(self.name)}")

    def replace_partition(self, partition: Partition) -> None:
        """In one statement, which also two runs of different days can do at once."""
        self._run(
            f"CREATE TABLE IF NOT EXISTS {quote(self.table)}{self._layout(partition.column)} "
            f"AS SELECT * FROM {quote(self.name)} WHERE FALSE"
        )
        self._check_columns()
        columns = ", ".join(map(quote, self.columns))
        self._run(
            f"MERGE {quote(self.table)} AS t USING {quote(self.name)} AS s ON FALSE "
            f"WHEN NOT MATCHED BY SOURCE AND t.{quote(partition.column)} = {self._value(partition)} THEN DELETE "
            f"WHEN NOT MATCHED BY TARGET THEN INSERT ({columns}) VALUES ({columns})",
            {"value": partition.value},
        )

    def _check_columns(self) -> None:
        there = {field.name: type_of(field) for field in self.client.get_table(self.table).schema}
        for name in self.columns:
            if name not in there:
                raise Problem(
                    f"the table {self.table} has no column `{name}`, which this partition would have",
                    nearest(name, there) or "it has " + ", ".join(there),
                )
        for name, type in there.items():
            if self.columns.get(name) != type:
                found = f"is {self.columns[name]}" if name in self.columns else "is missing"
                raise Problem(
                    f"the column `{name}` {found}, but in the table {self.table} it is {type}",
                    "all partitions of a table have the same columns",
                )

    def _layout(self, by: str | None) -> str:
        """By days where the column is a date; BigQuery has no partitions of other values, and sorts by them."""
        if by is None:
            return ""
        return f" {'PARTITION' if self.columns[by] == 'DATE' else 'CLUSTER'} BY {quote(by)}"

    def _value(self, partition: Partition) -> str:
        return f"CAST(@value AS {self.columns[partition.column]})"

    def _run(self, query: str, params: dict[str, str] | None = None) -> Any:
        scalar = need("google.cloud.bigquery").ScalarQueryParameter
        job = start(self.client, query, [scalar(name, "STRING", value) for name, value in (params or {}).items()])
        job.result()
        return job
