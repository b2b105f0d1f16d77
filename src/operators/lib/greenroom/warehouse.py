"""The environment's warehouse."""

from __future__ import annotations

import importlib
from types import ModuleType

from greenroom.step import Step


def warehouse(step: Step) -> ModuleType:
    """Functions of the same names and arguments for every engine; each is loaded only where it is asked."""
    return importlib.import_module({"duckdb": "greenroom.duck", "bigquery": "greenroom.bigquery"}[step.engine] + ".warehouse")
