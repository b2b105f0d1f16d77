"""The command `sql`: leaves a query's first rows as `rows.json` in its output directory."""

from __future__ import annotations

import json

from greenroom.step import Step
from greenroom.warehouse import open_warehouse


def run(step: Step) -> None:
    shown = open_warehouse(step).show(step.query(), int(step.inputs["limit"]))
    (step.output_dir / "rows.json").write_text(json.dumps(shown, allow_nan=False), encoding="utf-8")
