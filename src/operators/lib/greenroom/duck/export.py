"""sql_export on the dev warehouse."""

from __future__ import annotations

from pathlib import Path

from greenroom.duck.lake import text
from greenroom.duck.session import run_query
from greenroom.problem import Problem
from greenroom.step import Query, Step

OPTIONS = {
    "parquet": "FORMAT parquet",
    "csv": "FORMAT csv, HEADER true, NULLSTR ''",
    "json": "FORMAT json, ARRAY false",
}


def write_file(step: Step, query: Query, format: str, path: Path) -> int:
    """Writes the query's rows to one file, always in the same order. Answers how many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    result = run_query(step, query, writable=path.parent)
    nested = next((column for column in result.columns if column.type is None), None)
    if nested is not None and format == "csv":
        raise query.locate(Problem(f"csv cannot hold the column `{nested.name}`: it is {nested.stored}",
                                   "take its parts, or format: json"))
    result.connection.execute(f"COPY ({result.select}) TO {text(str(path))} ({OPTIONS[format]})")
    return result.count()
