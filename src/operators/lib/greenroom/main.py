"""Runs one operator and tells how it ended."""

from __future__ import annotations

import importlib
import sys
import traceback

from greenroom.problem import NotYet, Problem
from greenroom.report import tell, write_report
from greenroom.step import Step

OPERATORS = ("data_available", "load_table", "sql_table", "sql_export", "sql_show", "check")
NOT_YET = 75
DEFECT = "unless disk or memory is full, this is a defect of the operator: report it with the traceback in the step's log"


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
    except Exception as error:
        # No query and no file is known to be to blame; whoever mends it needs the traceback.
        problem = Problem(f"{argv[0]} ended in a way it should not: {type(error).__name__}: {error}", DEFECT)
        tell(problem)
        traceback.print_exc()
        write_report(reads=step.reads, problem=problem)
        return 1
    write_report(reads=step.reads)
    return 0
