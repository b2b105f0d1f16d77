"""A notebook, as a whole and split into components."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

from greenroom.split.cells import Problem
from greenroom.split.parts import Notebook
from greenroom.split.write import written

PARTS = ("extract", "preprocess", "train", "predict", "evaluate")


def split(name: str = "book", **cells: str) -> dict[str, Any]:
    """`parameters`, `common` and components, in this order; components that are not given do nothing."""
    told = {**{part: cells[part] for part in ("parameters", "common") if part in cells}}
    told |= {part: cells.get(part, "pass") for part in PARTS}
    listed = [
        {"number": at, "kind": "code", "part": part, "source": source}
        for at, (part, source) in enumerate(told.items(), start=1)
    ]
    return written(Notebook({"name": name, "file": "book.ipynb", "cells": listed}))


class Case(unittest.TestCase):
    maxDiff = None

    def notes(self, **cells: str) -> list[str]:
        return [f"{note['cell']}: {note['message']}" for note in split(**cells)["notes"]]

    def problem(self, **cells: str) -> str:
        with self.assertRaises(Problem) as caught:
            split(**cells)
        problem = caught.exception
        return f"{problem.cell}, {problem.line}: {problem.message}"

    def comes_to_the_same(self, **cells: str) -> None:
        """What evaluate prints."""
        source = "\n".join(cells[part] for part in ("parameters", "common", *PARTS) if part in cells)
        self.assertEqual(self.split_run(cells), self.run_python(["-c", source], {}), cells)

    def stops(self, part: str, **cells: str) -> str:
        """What the component that has to fail says."""
        ended = self.ends(cells)
        self.assertEqual((ended[1], ended[2] != 0), (part, True), (cells, ended))
        return ended[0].stderr

    def warnings(self, part: str) -> list[str]:
        """What the run tells of it."""
        return json.loads(self.files.get(f"{part}/greenroom-report.json", "{}")).get("warnings", [])

    def split_run(self, cells: dict[str, str]) -> str:
        ended, part, code = self.ends(cells)
        self.assertEqual(code, 0, f"{part} of {cells}\n{ended.stdout}\n{ended.stderr}")
        return ended.stdout

    def ends(self, cells: dict[str, str]) -> tuple[subprocess.CompletedProcess[str], str, int]:
        """The component that failed, or the last one; `self.printed` and `self.files` are of all."""
        self.printed, self.files = {}, {}
        made = split(**cells)
        with tempfile.TemporaryDirectory() as folder:
            for path, text in made["files"].items():
                file = Path(folder, path)
                file.parent.mkdir(exist_ok=True)
                file.write_text(text, encoding="utf-8")
            told = {f"GREENROOM_PARAM_{param['name'].upper()}": str(param["default"]) for param in made["params"]}
            for part, component in made["components"].items():
                env = dict(told)
                Path(folder, part).mkdir()
                for name, (giver, output) in component["inputs"].items():
                    env[f"GREENROOM_INPUT_{name.upper()}"] = f"{folder}/{giver}/{output}"
                for name in (*component["outputs"], "metrics"):
                    env[f"GREENROOM_OUTPUT_{name.upper()}"] = f"{folder}/{part}/{name}"
                env["TMPDIR"] = f"{folder}/{part}"
                ended = self.python(["-m", f"book.{part}"], env, folder)
                self.printed[part] = ended.stdout
                if ended.returncode != 0:
                    break
            self.files = {
                str(path.relative_to(folder)): path.read_text(errors="replace")
                for path in Path(folder).rglob("*")
                if path.is_file()
            }
        return ended, part, ended.returncode

    def run_python(self, words: list[str], env: dict[str, str], folder: str | None = None) -> str:
        ended = self.python(words, env, folder)
        self.assertEqual(ended.returncode, 0, f"{words}\n{ended.stdout}\n{ended.stderr}")
        return ended.stdout

    def python(self, words: list[str], env: dict[str, str], folder: str | None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words],
            env={**os.environ, **env, "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
