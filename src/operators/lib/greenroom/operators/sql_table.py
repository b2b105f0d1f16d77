"""Writes a query's rows as a table, or as exactly one partition of it."""

from __future__ import annotations

from greenroom.duck.partition import read_partition
from greenroom.step import Step
from greenroom.warehouse import open_warehouse


def run(step: Step) -> None:
    table = str(step.inputs["table"])
    partition = read_partition(step.inputs.get("partition"))
    rows = open_warehouse(step).write_table(step.query(), table, partition, step.output(table))
    of = f" of {partition.column} = {partition.value}" if partition else ""
    print(f"{rows} rows{of} for {table}")
