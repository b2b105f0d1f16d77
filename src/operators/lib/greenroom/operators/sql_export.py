"""Writes a query's rows to one file, in a fixed order."""

from __future__ import annotations

from greenroom.step import Step
from greenroom.warehouse import warehouse


def run(step: Step) -> None:
    path = step.output()
    count = warehouse(step).write_file(step, step.query(), step.text("format") or "parquet", path)
    print(f"{count} rows in {path.name}")
