"""What a step is given: its inputs, parameters, tables, and where its output goes."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from greenroom.catalog import Catalog
from greenroom.origin import Origin
from greenroom.params import Param, read_params
from greenroom.problem import Problem


@dataclass(frozen=True)
class Query:
    """A query as the person wrote it."""

    text: str
    origin: Origin | None

    def locate(self, problem: Problem) -> Problem:
        if self.origin is not None and problem.place is None:
            begins = len(self.text) - len(self.text.lstrip())
            offset = begins if problem.offset is None else problem.offset
            problem.place = self.origin.place(self.text, offset, problem.length)
        return problem


class Step:
    """Read from the environment and the files below GREENROOM_WITH's directory."""

    def __init__(self, environ: dict[str, str] | None = None) -> None:
        self.environ = dict(os.environ if environ is None else environ)
        path = Path(self.environ["GREENROOM_WITH"])
        self._dir = path.parent
        self.inputs: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        self.output_dir = Path(self.environ["GREENROOM_OUTPUT_DIR"])
        self.reads: list[str] = []

    @cached_property
    def params(self) -> dict[str, Param]:
        return read_params(json.loads((self._dir / "params.json").read_text(encoding="utf-8")))

    @cached_property
    def expect(self) -> dict[str, Any] | None:
        """What must hold of the step's one output, where it is a table of another warehouse than the lake."""
        path = self._dir / "expect.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    @cached_property
    def catalog(self) -> Catalog:
        path = self._dir / "catalog.json"
        document = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return Catalog(document, Path(self.environ.get("GREENROOM_WAREHOUSE", "/lake")))

    @property
    def engine(self) -> str:
        engine = self.environ.get("GREENROOM_WAREHOUSE_ENGINE")
        if engine is None:
            raise Problem(
                "this environment has no warehouse",
                "add to greenroom.yaml, below environments: dev: "
                "{warehouse: {engine: duckdb, path: .greenroom/lake}}",
            )
        return engine

    def text(self, name: str) -> str | None:
        value = self.inputs.get(name)
        return None if value is None else str(value)

    def query(self) -> Query:
        origin = Origin.parse(self.environ.get("GREENROOM_QUERY_ORIGIN", ""))
        path = self.text("query_file")
        if path is None:
            return Query(str(self.inputs["query"]), origin)
        try:
            return Query(Path(path).read_text(encoding="utf-8"), origin or Origin(path, 1, 0))
        except FileNotFoundError:
            raise Problem(f"there is no file {path}", "a step with `files:` sees only those: list it there") from None
        except (OSError, UnicodeDecodeError) as error:
            raise Problem(f"cannot read {path}: {error}") from error

    def output(self, path_of: str | None = None) -> Path:
        """The path that Greenroom expects of the step's one output, which it named in the environment."""
        step = self.environ["GREENROOM_STEP"].upper()
        path = self.environ.get(f"GREENROOM_OUTPUT_{step}")
        return Path(path) if path else self.output_dir / (path_of or step.lower())
