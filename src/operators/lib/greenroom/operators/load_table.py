"""Loads files into a table, every value checked against its column's type."""

from __future__ import annotations

from greenroom.load import Load
from greenroom.step import Step
from greenroom.warehouse import warehouse


def run(step: Step) -> None:
    load = Load(
        given=str(step.inputs["from"]),
        columns=dict(step.inputs.get("columns") or {}),
        null_marker=step.text("null_marker"),
        partition_by=step.text("partition_by"),
    )
    count = warehouse(step).load_files(step, load, step.output())
    print(f"{count} rows for {step.text('table')}")
