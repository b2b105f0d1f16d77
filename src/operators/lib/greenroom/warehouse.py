"""The warehouse of the step's environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from greenroom.duck.partition import Partition
from greenroom.load import Load
from greenroom.needs import need
from greenroom.problem import Problem
from greenroom.step import Query, Step


class Warehouse(Protocol):
    """Most answer with a number of rows; -1 where nobody counted."""

    def count(self, table: str, where: str | None) -> int: ...

    def write_table(self, query: Query, table: str, partition: Partition | None, path: Path) -> int: ...

    def export(self, query: Query, format: str, path: Path) -> int: ...

    def load(self, load: Load, table: str, path: Path) -> int: ...

    def show(self, query: Query, limit: int) -> dict[str, Any]:
        """`columns` (name, type), the first `rows`, and how many there are in `total`."""
        ...


def open_warehouse(step: Step) -> Warehouse:
    if step.engine == "duckdb":
        for module in ("duckdb", "sqlglot"):
            need(module)
        from greenroom.duck.warehouse import DuckWarehouse

        return DuckWarehouse(step)
    if step.engine == "bigquery":
        from greenroom.bigquery.warehouse import BigQueryWarehouse

        return BigQueryWarehouse(step)
    raise Problem(f"the warehouse engine {step.engine} is not known; there are duckdb and bigquery")
