"""One query, run on the lake, its rows kept in a table of the connection."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenroom.duck.explain import explain
from greenroom.duck.lake import open_lake, quote
from greenroom.duck.types import DUCKDB, bigquery_type
from greenroom.needs import need
from greenroom.problem import Problem
from greenroom.step import Query, Step

# No dataset is named, and a query names a table of a dataset: it cannot reach this one.
ROWS = "gr_result"


@dataclass(frozen=True)
class Column:
    name: str
    # DuckDB's, and BigQuery's where a table can hold it.
    stored: str
    type: str | None

    @property
    def select(self) -> str:
        """The column in the one type that its BigQuery type always has."""
        name = quote(self.name)
        return name if self.type is None else f"CAST({name} AS {DUCKDB[self.type]}) AS {name}"


@dataclass(frozen=True)
class Result:
    connection: Any
    columns: list[Column]
    # The query says in which order its rows come, and they lie in it.
    ordered: bool

    @property
    def select(self) -> str:
        """All rows, in an order that is always the same."""
        order = "" if self.ordered else f" ORDER BY {', '.join(quote(column.name) for column in self.columns)}"
        return f"SELECT {', '.join(column.select for column in self.columns)} FROM {ROWS}{order}"

    def count(self) -> int:
        return self.connection.execute(f"SELECT count(*) FROM {ROWS}").fetchone()[0]


def run_query(step: Step, query: Query, writable: Path | None = None) -> Result:
    """Translates and runs it. What goes wrong is told at its place in the person's file."""
    need("sqlglot")
    duckdb = need("duckdb")
    from greenroom.sql.translate import translate

    try:
        translated = translate(query.text, step.catalog, step.params)
        step.reads.extend(translated.tables)
        params = {name: step.params[name] for name in translated.params}
        connection = open_lake(step.catalog, translated.tables, params, writable)
        statement = f"CREATE TEMP TABLE {ROWS} AS {translated.sql}"
        try:
            connection.execute(statement)
        except duckdb.Error as error:
            raise explain(error, statement, translated.source) from error
    except Problem as problem:
        raise query.locate(problem) from problem.__cause__
    return Result(connection, columns_of(connection, ROWS), translated.ordered)


def columns_of(connection: Any, table: str) -> list[Column]:
    found = connection.execute(f"DESCRIBE {table}").fetchall()
    return [Column(row[0], row[1], bigquery_type(row[1])) for row in found]
