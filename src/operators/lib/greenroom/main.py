"""Runs one operator and tells how it ended."""

from __future__ import annotations

import importlib
import sys

from greenroom.problem import NotYet, Problem
from greenroom.report import tell, write_report
from greenroom.step import Step

OPERATORS = ("data_available", "load_table", "sql_table", "sql_export", "sql_show")
NOT_YET = 75


def main(argv: list[str]) -> int:
    if len(argv) != 1 or argv[0] not in OPERATORS:
        print(f"usage: python3 /greenroom/lib {{{'|'.join(OPERATORS)}}}", file=sys.stderr)
        return 2
    step = Step()
    try:
        importlib.import_module(f"greenroom.operators.{argv[0]}").run(step)
    except NotYet as found:
        print(found)
        write_report(reads=step.reads, found=str(found))
        return NOT_YET
    except Problem as problem:
        tell(problem)
        write_report(reads=step.reads, problem=problem)
        return 1
    write_report(reads=step.reads)
    return 0
