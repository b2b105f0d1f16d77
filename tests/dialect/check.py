"""Runs in a step: every statement of a file on the dev warehouse, its rows and types, or why it is refused, compared."""

import json
import sys
from pathlib import Path

from greenroom.catalog import Catalog
from greenroom.duck.result import open_result
from greenroom.duck.show import show
from greenroom.params import read_params
from greenroom.problem import Problem
from greenroom.sql.functions import SAME
from greenroom.sql.rewrite import BY_NAME

# What has another value each time, and what only stands inside another function.
UNTRIED = {"RAND", "GENERATE_UUID", "CURRENT_DATE", "CURRENT_TIMESTAMP", "WEEK"}


def written(sql):
    """A long statement is told by its parts, each a text, or a text and how often it stands there."""
    return sql if isinstance(sql, str) else "".join(part if isinstance(part, str) else part[0] * part[1] for part in sql)


def answer(case):
    # Names, or names with their columns and types: none of them has rows.
    named = case.get("tables", [])
    columns = named if isinstance(named, dict) else dict.fromkeys(named, {})
    tables = {name: {"columns": columns[name], "partitions": []} for name in columns}
    try:
        result = open_result(case["sql"], Catalog(tables, Path("/lake")), read_params(case.get("params", {})))
        shown = show(result, 50)
    except Problem as problem:
        return {"refused": problem.message, "help": problem.help}
    return {"types": [column["type"] for column in shown["columns"]], "rows": shown["rows"]}


def fits(case, found):
    if "refused" in case:
        return case["refused"] in found.get("refused", "") and case.get("help", "") in found["help"]
    return found == {"types": case["types"], "rows": case["rows"]}


def main(path):
    cases = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]
    for case in cases:
        case["sql"] = written(case["sql"])
    wrong = [(case, found) for case in cases for found in [answer(case)] if not fits(case, found)]
    for case, found in wrong:
        print(f"{case['sql'][:500]}\n  expected {json.dumps({k: case[k] for k in case if k != 'sql'})}\n  found    {json.dumps(found)}")
    tried = " ".join(case["sql"].upper() for case in cases if "refused" not in case)
    untried = sorted(name for name in (SAME | BY_NAME.keys()) - UNTRIED if f"{name}(" not in tried)
    if untried:
        print("no statement tries " + " ".join(untried))
    print(f"{len(cases)} statements, {len(wrong)} wrong")
    return 1 if wrong or untried else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
