"""What is wrong in a text that is being typed, which is never run: leaves it as `problems.json` in its output directory."""

from __future__ import annotations

import json
import platform
import warnings
from typing import Any

from greenroom.problem import Problem
from greenroom.step import Step


def run(step: Step) -> None:
    check = _python if step.inputs["language"] == "python" else _sql
    problems = [_in_whole(found, asked) for asked in step.inputs["texts"] for found in check(asked, step)]
    (step.output_dir / "problems.json").write_text(json.dumps(problems), encoding="utf-8")


def _in_whole(found: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """At its place in the text of which only a part was asked for."""
    column = found["column"] + (asked["column"] if found["line"] == 1 else 0)
    return {**found, "line": found["line"] + asked["line"], "column": column}


def _sql(asked: dict[str, Any], step: Step) -> list[dict[str, Any]]:
    """By the warehouse, which only looks at what it would do; as far as all that the query names is known."""
    from greenroom.duck.result import open_result
    from greenroom.sql.translate import check_names

    text = asked["text"]
    try:
        # A step that has not run yet is to write some of its tables.
        if asked["tables_to_come"]:
            check_names(text, None)
        elif asked["params_unknown"]:
            check_names(text, step.catalog)
        else:
            open_result(text, step.catalog, step.params, kept=step.inputs["kept"])
    except Problem as problem:
        offset = len(text) - len(text.lstrip()) if problem.offset is None else problem.offset
        line = text.count("\n", 0, offset)
        column = offset - (text.rfind("\n", 0, offset) + 1)
        return [_problem(problem.message, line + 1, column + 1, problem.length, problem.help)]
    return []


def _python(asked: dict[str, Any], step: Step) -> list[dict[str, Any]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(asked["text"], step.inputs["file"], "exec", dont_inherit=True)
    except SyntaxError as error:
        line, column = error.lineno or 1, error.offset or 1
        ends_here = error.end_lineno == error.lineno and (error.end_offset or 0) > column
        # The image in which it is to run may have another.
        help = f"so says Python {platform.python_version()} of the image `default`"
        return [_problem(error.msg, line, column, error.end_offset - column if ends_here else 1, help)]
    except (ValueError, RecursionError, MemoryError):
        # Too deep or too large to tell, or with a NUL, which no file of a person has.
        pass
    return []


def _problem(message: str, line: int, column: int, length: int, help: str) -> dict[str, Any]:
    return {"message": message, "line": line, "column": max(1, column), "length": max(1, length), "help": help}
