"""Rows on their way through transformers: a DataFrame is changed at once, a path is read when it is known what for."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from . import cluster, files

if TYPE_CHECKING:
    from .transformer import Transformer


@dataclass(frozen=True)
class Rows:
    """`source` is a path, with the steps that its rows have yet to go through, or a table that went through all."""

    source: str | pa.Table
    schema: pa.Schema
    steps: tuple[Transformer, ...] = ()
    index: pd.Index | None = None

    @classmethod
    def of(cls, rows: str | os.PathLike[str] | pd.DataFrame) -> Rows:
        if isinstance(rows, pd.DataFrame):
            table = files.plain(pa.Table.from_pandas(rows, preserve_index=False))
            return cls(table, table.schema, index=rows.index)
        if isinstance(rows, (str, os.PathLike)):
            return cls(os.fspath(rows), files.schema(rows))
        raise TypeError(f"rows are a path or a pandas DataFrame, not a {type(rows).__name__}")

    def then(self, step: Transformer) -> Rows:
        schema = step.apply(self.schema.empty_table()).schema
        twice = sorted({name for name in schema.names if schema.names.count(name) > 1})
        if twice:
            raise ValueError(f"after {type(step).__name__} there are two columns called {twice}: rename one before")
        if isinstance(self.source, str):
            return Rows(self.source, schema, (*self.steps, step))
        return Rows(step.apply(self.source).cast(schema), schema, index=self.index)

    def summary(self, step: Transformer) -> Any:
        """What `step` learns from all rows; None where there is none."""
        if isinstance(self.source, str):
            return cluster.summary(self.source, self.steps, step)
        # As if it came from a cluster, so that a transformer that works here works there.
        return json.loads(json.dumps(step.learn(self.source))) if self.source.num_rows else None

    def give(self, to: str | os.PathLike[str] | None) -> str | pd.DataFrame:
        if to is not None:
            cluster.write(self.source, self.steps, self.schema, os.fspath(to))
            return os.fspath(to)
        if isinstance(self.source, str):
            raise ValueError(
                "rows that come from a path go to a path: transform(path, to=path); `read(path)` shows them"
            )
        return self.source.to_pandas().set_axis(self.index)
