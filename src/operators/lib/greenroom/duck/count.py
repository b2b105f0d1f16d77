"""data_available on the dev warehouse."""

from __future__ import annotations

from greenroom.duck.session import ROWS, run_query
from greenroom.step import Query, Step


def count_rows(step: Step, query: Query) -> int:
    """What a query of one row and one column finds."""
    return run_query(step, query).connection.execute(f"SELECT * FROM {ROWS}").fetchone()[0]
