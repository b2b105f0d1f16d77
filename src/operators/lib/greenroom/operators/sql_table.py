"""Writes a query's rows as a table, or as exactly one partition of it."""

from __future__ import annotations

from greenroom.step import Step
from greenroom.warehouse import warehouse


def run(step: Step) -> None:
    replaced = step.partition()
    count = warehouse(step).write_table(step, step.query(), replaced, step.output())
    where = f", partition {replaced.column}={replaced.value}" if replaced else ""
    print(f"{count} rows for {step.text('table')}{where}")
