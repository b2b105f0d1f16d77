"""Writes a query's rows to one file, in a fixed order."""

from __future__ import annotations

from greenroom.step import Step
from greenroom.warehouse import open_warehouse


def run(step: Step) -> None:
    format = str(step.inputs.get("format", "parquet"))
    path = step.output(f"{step.environ['GREENROOM_STEP']}.{format}")
    rows = open_warehouse(step).export(step.query(), format, path)
    print(f"wrote {path.name}" + (f", {rows} rows" if rows >= 0 else ""))
