"""The warehouse of the step's environment."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from greenroom.duck.partition import Partition
from greenroom.problem import Problem
from greenroom.step import Query, Step


class Warehouse(Protocol):
    """Each answers with a number of rows; -1 where nobody counted."""

    def count(self, table: str, where: str | None) -> int: ...

    def write_table(self, query: Query, table: str, partition: Partition | None, path: Path) -> int: ...

    def export(self, query: Query, format: str, path: Path) -> int: ...


def open_warehouse(step: Step) -> Warehouse:
    if step.engine == "duckdb":
        from greenroom.duck.warehouse import DuckWarehouse

        return DuckWarehouse(step)
    if step.engine == "bigquery":
        from greenroom.bigquery.warehouse import BigQueryWarehouse

        return BigQueryWarehouse(step)
    raise Problem(f"the warehouse engine {step.engine} is not known; there are duckdb and bigquery")
