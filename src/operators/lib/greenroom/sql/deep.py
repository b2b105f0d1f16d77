"""Room for queries that are nested deeply: parsing and translating them calls itself as deep."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TypeVar

from greenroom.problem import Problem

Result = TypeVar("Result")
CALLS = 20_000
# Only what is used of it costs memory.
STACK = 256 << 20


def deeply(work: Callable[[], Result]) -> Result:
    """What `work` gives or raises; it runs on a stack of its own."""
    done: list[Result] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except RecursionError:
            failed.append(Problem("the query is nested too deeply", "name parts of it in WITH clauses, or write IN (…) for many ORs"))
        except BaseException as error:
            failed.append(error)

    calls, stack = sys.getrecursionlimit(), threading.stack_size(STACK)
    sys.setrecursionlimit(CALLS)
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(calls)
        threading.stack_size(stack)
    if failed:
        raise failed[0]
    return done[0]
