"""Leaves a query's first rows as JSON, for the command `sql`."""

from __future__ import annotations

import json

from greenroom.step import Step
from greenroom.warehouse import warehouse


def run(step: Step) -> None:
    shown = warehouse(step).show_rows(step, step.query(), int(step.inputs["limit"]))
    (step.output_dir / "rows.json").write_text(json.dumps(shown, allow_nan=False), encoding="utf-8")
