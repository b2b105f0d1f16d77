"""The image-side code of Greenroom's built-in operators; `rows` is for every step."""

from __future__ import annotations

from typing import Any

# What fits into a step's memory; whoever wants more rows wants sql_export.
LIMIT = 100_000


def rows(sql: str, limit: int = LIMIT) -> list[dict[str, Any]]:
    """The rows of a query on the environment's warehouse, in BigQuery's SQL; the workflow's parameters are @name.

    Dates and times are text as in ISO 8601. More rows than the limit are refused, not cut off.
    """
    # Here, so that a step which asks nothing needs no engine in its image.
    from greenroom.problem import Problem
    from greenroom.report import tell, write_report
    from greenroom.step import Query, Step
    from greenroom.warehouse import open_warehouse

    step = Step()
    try:
        shown = open_warehouse(step).show(Query(sql, None), limit)
        if shown["total"] > limit:
            raise Problem(f"the query gives {shown['total']} rows, more than {limit}", "aggregate, or export it as a file")
    except Problem as problem:
        tell(problem)
        write_report(reads=step.reads, problem=problem)
        raise SystemExit(1) from None
    write_report(reads=step.reads)
    names = [column["name"] for column in shown["columns"]]
    return [dict(zip(names, row)) for row in shown["rows"]]
