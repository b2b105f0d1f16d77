"""sql_table on the dev warehouse."""

from __future__ import annotations

from pathlib import Path

from greenroom.catalog import nearest
from greenroom.duck import partition
from greenroom.duck.lake import quote
from greenroom.duck.session import ROWS, Column, Result, run_query
from greenroom.duck.types import DUCKDB
from greenroom.needs import need
from greenroom.problem import Problem
from greenroom.step import Partition, Query, Step


def write_table(step: Step, query: Query, replaced: Partition | None, directory: Path) -> int:
    """Leaves the query's rows below the directory; Greenroom puts them in the table. Answers how many."""
    result = run_query(step, query, writable=directory)
    try:
        nested = next((column for column in result.columns if column.type is None), None)
        if nested is not None:
            raise Problem(f"a table cannot hold the column `{nested.name}`: it is {nested.stored}",
                          "take its parts, or a STRING of it")
        target = directory
        if replaced is not None:
            _check(result, replaced)
            target = partition.folder(directory, replaced.column, replaced.value)
    except Problem as problem:
        raise query.locate(problem) from problem.__cause__
    partition.write(result.connection, result.select, target)
    return result.count()


def _check(result: Result, replaced: Partition) -> None:
    """All rows belong to the partition."""
    column = _column(result, replaced)
    partition.check_type(column.name, column.type)
    value, type = replaced.value, DUCKDB[str(column.type)]
    try:
        [(written,)] = result.connection.execute(f"SELECT CAST(CAST(? AS {type}) AS VARCHAR)", [value]).fetchall()
    except need("duckdb").Error as error:
        raise Problem(f"the partition `{value}` is no {column.type}, which `{column.name}` is") from error
    if written != value:
        raise Problem(f"the partition `{value}` is written `{written}`", f"write value: \"{written}\"")
    name = quote(column.name)
    others = result.connection.execute(
        f"SELECT CAST({name} AS VARCHAR), count(*) FROM {ROWS} "
        f"WHERE CAST({name} AS {type}) IS DISTINCT FROM CAST(? AS {type}) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 4",
        [value],
    ).fetchall()
    if others:
        found = [f"{'NULL' if other is None else other} ({count} row{'s'[: count != 1]})" for other, count in others[:3]]
        more = ", …" if len(others) > 3 else ""
        raise Problem(
            f"only rows with {column.name} = {value} belong to the partition, but there are also "
            + ", ".join(found) + more,
            f"add WHERE {column.name} = … to the query",
        )


def _column(result: Result, replaced: Partition) -> Column:
    found = next((column for column in result.columns if column.name == replaced.column), None)
    if found is None:
        names = [column.name for column in result.columns]
        raise Problem(f"the query has no column `{replaced.column}`, which names the partition",
                      nearest(replaced.column, names) or "it has " + ", ".join(names))
    return found
