"""A query's result: its columns with BigQuery's types, its rows in files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenroom.catalog import Catalog
from greenroom.duck.explain import explain
from greenroom.duck.lake import open_lake, quote, text
from greenroom.duck.names import COLUMN
from greenroom.duck.said import in_bigquerys_types
from greenroom.duck.types import DUCKDB, bigquery_type
from greenroom.params import Param
from greenroom.problem import Problem
from greenroom.sql.translate import Translated, translate


@dataclass
class Result:
    """A query that is ready to run on a connection that sees its tables only."""

    connection: Any
    translated: Translated
    # Name → BigQuery type, in order.
    columns: dict[str, str]
    # Columns of the tables that it reads.
    stored: list[str]

    @property
    def sql(self) -> str:
        """The query with each column of exactly its table type (a SUM of INT64 is wider in DuckDB)."""
        columns = ", ".join(f"{_value(name, type)} AS {quote(name)}" for name, type in self.columns.items())
        return f"SELECT {columns} FROM (\n{self.translated.sql}\n)"

    def execute(self, statement: str) -> Any:
        try:
            return self.connection.execute(statement)
        except Exception as error:
            raise explain(error, statement, self.translated.source, self.stored) from error

    def one(self, statement: str) -> tuple[Any, ...] | None:
        return self.execute(statement).fetchone()

    def in_fixed_order(self) -> str:
        """Ties of an ORDER BY are broken already; without one, all columns tell."""
        if self.translated.ordered:
            return self.sql
        return f"{self.sql}\nORDER BY {', '.join(map(quote, self.columns))}"


def _value(name: str, type: str) -> str:
    """Refuses what no result of BigQuery's is, or what compares otherwise there.

    Nothing lets a NaN or infinity in: load_table and CAST refuse them. So one that comes out is a number that has
    become too large, which is an error in BigQuery, or an aggregate that BigQuery calls NaN. To check here, once a
    value, costs next to nothing; to check each sum and product would.
    """
    value = f"CAST({quote(name)} AS {DUCKDB[type]})"
    if type == "FLOAT64":
        return f"gr_finite({value}, {text(name)})"
    return f"gr_within({value}, {text(name)})" if type in ("DATE", "DATETIME", "TIMESTAMP") else value


def open_result(query: str, catalog: Catalog, params: dict[str, Param], writable: Path | None = None, kept: bool = True) -> Result:
    """`kept`: in a table or file, where every column needs a name that a query can say."""
    translated = translate(query, catalog, params, kept)
    used = {name: param for name, param in params.items() if name in translated.params}
    connection = open_lake(catalog, translated.tables, used, writable)
    read = [table for table in map(catalog.get, dict.fromkeys(translated.tables)) if table is not None]
    result = Result(connection, translated, {}, [name for table in read for name in table.columns])
    for name, type, *_ in result.execute(f"DESCRIBE {translated.sql}").fetchall():
        result.columns[name] = _column(name, type, result, kept)
    return result


def _column(name: str, type: str, result: Result, kept: bool) -> str:
    place = result.translated.source.occurrence(name, 0) or {}
    if kept and not COLUMN.fullmatch(name):
        raise Problem(f"`{name}` is no name for a column", "letters, digits and _: … AS name", **place)
    found = bigquery_type(type)
    if found is None:
        help = "take its parts as columns, UNNEST it, or join it to one text with ARRAY_TO_STRING"
        raise Problem(f"the column `{name}` is {in_bigquerys_types(type)}, which no table or file holds", help, **place)
    return found
