"""Loads files into a table, every value checked against its column's type."""

from __future__ import annotations

from greenroom.load import Load
from greenroom.step import Step
from greenroom.warehouse import open_warehouse


def run(step: Step) -> None:
    table = str(step.inputs["table"])
    load = Load(
        given=str(step.inputs["from"]),
        columns=dict(step.inputs.get("columns") or {}),
        null_marker=step.text("null_marker"),
        partition_by=step.text("partition_by"),
    )
    rows = open_warehouse(step).load(load, table, step.output(table))
    print(f"{rows} rows for {table}")
