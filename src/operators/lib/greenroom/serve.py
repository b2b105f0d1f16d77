"""Operators for somebody who asks again and again: each runs in a process of its own, which has all imported already.

A request is a line on standard input, `{"id": 1, "operator": "sql_show", "env": {…}}`, and its end a line on standard
output, `{"id": 1, "code": 0}`. A request ends the one before it, which is answered first, and `{"cancel": true}` does
only that; the end of the input ends all. A line of which only a part was written is nothing.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenroom.main import main

INPUT = 0


@dataclass
class Running:
    id: int
    pid: int
    # Readable once the process is gone.
    ended: int


def serve() -> int:
    _import()
    # What an operator prints is for people; answers keep their stream for themselves.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    running: Running | None = None
    pending = b""
    while True:
        waiting = [INPUT] if running is None else [INPUT, running.ended]
        ready, _, _ = select.select(waiting, [], [])
        if running is not None and running.ended in ready:
            running = _end(running, answers)
        if INPUT not in ready:
            continue
        read = os.read(INPUT, 1 << 16)
        if not read:
            if running is not None:
                os.kill(running.pid, signal.SIGKILL)
            return 0
        *lines, pending = (pending + read).split(b"\n")
        for line in lines:
            try:
                request = json.loads(line)
            except ValueError:
                continue
            if running is not None:
                os.kill(running.pid, signal.SIGKILL)
                _end(running, answers)
            running = None if "cancel" in request else _start(request)


def _import() -> None:
    """What takes long the first time. No connection: a process with threads cannot be forked safely."""
    try:
        import duckdb  # noqa: F401

        import greenroom.duck.warehouse
        import greenroom.operators.sql_show  # noqa: F401
        from greenroom.catalog import Catalog
        from greenroom.sql.translate import translate

        translate("SELECT 1 AS n", Catalog({}, Path("/")), {}, False)
    except ImportError:
        # Whoever asks is told which package is missing, and what to do.
        pass


def _start(request: dict[str, Any]) -> Running:
    ended, alive = os.pipe()
    pid = os.fork()
    if pid:
        os.close(alive)
        return Running(request["id"], pid, ended)
    code = 1
    try:
        os.close(ended)
        os.close(INPUT)
        os.environ.update(request["env"])
        code = main([request["operator"]])
        sys.stdout.flush()
    finally:
        # Nothing of the process that it was forked from may run a second time.
        os._exit(code)


def _end(running: Running, answers: Any) -> None:
    _, status = os.waitpid(running.pid, 0)
    os.close(running.ended)
    print(json.dumps({"id": running.id, "code": os.waitstatus_to_exitcode(status)}), file=answers, flush=True)
