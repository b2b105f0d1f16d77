"""The command `sql`: a query's first rows as JSON on standard output; nothing is written."""

from __future__ import annotations

import json

from greenroom.duck.lake import quote
from greenroom.duck.result import Result, open_result
from greenroom.params import infer_param
from greenroom.problem import Problem
from greenroom.step import Step


def run(step: Step) -> None:
    """Inputs: `query`, `limit`, and `params`, texts as typed."""
    query = step.query()
    params = {name: infer_param(text) for name, text in step.inputs.get("params", {}).items()}
    try:
        result = open_result(query.text, step.catalog, params)
        rows = _rows(result, int(step.inputs["limit"]))
    except Problem as problem:
        raise query.locate(problem) from problem
    print(json.dumps({"columns": result.columns, **rows}))


def _rows(result: Result, limit: int) -> dict[str, object]:
    """Each value as JSON has it; what JSON has not, as text."""
    values = ", ".join(_value(name, type) for name, type in result.columns.items())
    total = "CAST(COUNT(*) OVER () AS BIGINT)"
    found = result.execute(f"SELECT {total}, {values} FROM (\n{result.sql}\n) LIMIT {limit}").fetchall()
    return {"total": found[0][0] if found else 0, "rows": [list(row[1:]) for row in found]}


def _value(name: str, type: str) -> str:
    column = quote(name)
    if type in ("INT64", "BOOL", "STRING"):
        return column
    if type == "FLOAT64":
        return f"CASE WHEN isfinite({column}) THEN {column} END"
    if type == "BYTES":
        return f"base64({column})"
    return f"CAST({column} AS VARCHAR)"
