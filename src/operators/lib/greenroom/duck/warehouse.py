"""What the operators do, on the lake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from greenroom.canonical import LONGEST_NAME, check_value
from greenroom.duck.copy import copy
from greenroom.duck.lake import quote, text
from greenroom.duck.load import load_files
from greenroom.duck.partition import Partition
from greenroom.duck.result import Result, open_result
from greenroom.duck.show import show
from greenroom.duck.types import DUCKDB
from greenroom.load import Load
from greenroom.problem import Problem
from greenroom.step import Query, Step


class DuckWarehouse:
    def __init__(self, step: Step) -> None:
        self.step = step

    def count(self, table: str, where: str | None) -> int:
        """The rows of a table for which a condition holds; a table that is not there has none."""
        if self.step.catalog.get(table) is None:
            raise Problem(*self.step.catalog.unknown(table))
        condition = f"\nWHERE {where}" if where else ""
        result = self._open(Query(f"SELECT COUNT(*) AS found FROM {table}{condition}", None))
        row = result.one(result.sql)
        return int(row[0]) if row else 0

    def write_table(self, query: Query, table: str, partition: Partition | None, path: Path) -> int:
        result = self._open(query, path)
        if partition is not None and partition.column in result.columns:
            self._check_value(partition, result.columns[partition.column])
        try:
            if partition is not None:
                self._check_partition(result, partition)
                path = path / partition.folder
            # Sorted, so that the same rows give the same file, and readers can skip.
            result.execute(copy(result.in_fixed_order(), path / "0.parquet", "parquet"))
            return self._rows(result, path / "0.parquet")
        except Problem as problem:
            raise query.locate(problem) from problem

    def export(self, query: Query, format: str, path: Path) -> int:
        result = self._open(query, path.parent)
        try:
            result.execute(copy(result.in_fixed_order(), path, format))
        except Problem as problem:
            raise query.locate(problem) from problem
        return self._rows(result, path) if format == "parquet" else -1

    def load(self, load: Load, table: str, path: Path) -> int:
        return load_files(load, path)

    def show(self, query: Query, limit: int) -> dict[str, Any]:
        try:
            return show(self._open(query, kept=False), limit)
        except Problem as problem:
            raise query.locate(problem) from problem

    def _open(self, query: Query, writable: Path | None = None, kept: bool = True) -> Result:
        try:
            result = open_result(query.text, self.step.catalog, self.step.params, writable, kept)
        except Problem as problem:
            raise query.locate(problem) from problem
        self.step.reads.extend(result.translated.tables)
        return result

    def _check_value(self, partition: Partition, type: str) -> None:
        """Not at a place of the query: that is not where the value stands."""
        check_value(partition.column, partition.value, type)
        if len(partition.folder) > LONGEST_NAME:
            raise Problem(f"`{partition.value[:60]}…` is too long to name a partition", "take another column: a date, or a short code")

    def _check_partition(self, result: Result, partition: Partition) -> None:
        column = partition.column
        if column not in result.columns:
            raise Problem(
                f"the rows lack the partition column `{column}`",
                "the query gives: " + ", ".join(result.columns),
            )
        value = f"CAST({text(partition.value)} AS {DUCKDB[result.columns[column]]})"
        others = f"FROM (\n{result.sql}\n) WHERE {quote(column)} IS DISTINCT FROM {value}"
        row = result.one(f"SELECT CAST({quote(column)} AS VARCHAR), CAST(COUNT(*) OVER () AS BIGINT) {others} LIMIT 1")
        if row is not None:
            raise Problem(
                f"{row[1]} rows do not belong to the partition {column} = {partition.value}; "
                f"one of them has {column} = {'NULL' if row[0] is None else row[0]}",
                f"filter: WHERE {column} = @…, with the parameter that the partition's value is made of",
            )

    def _rows(self, result: Result, path: Path) -> int:
        row = result.one(f"SELECT CAST(SUM(num_rows) AS BIGINT) FROM parquet_file_metadata({text(str(path))})")
        return int(row[0] or 0) if row else 0
