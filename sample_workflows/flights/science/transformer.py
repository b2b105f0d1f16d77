"""What every transformer has in common: scikit-learn's manners outside, a few hooks inside."""

from __future__ import annotations

import os
from typing import Any

import pandas as pd
import pyarrow as pa
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from . import artifact
from .rows import Rows


class Transformer(BaseEstimator):
    """Derive from this to write your own.

    `apply(batch)` is all that one must have: it gets some of the rows as a `pyarrow.Table` and returns as many.
    It is called with no row at all, too, to find out which columns come out, so their types must not hang on values.

    One that learns from all rows first has three hooks more. `learn(batch)` sums a batch up in plain lists, dicts,
    texts and numbers; `merge(one, other)` makes one summary of two, in whatever order they come; `settle(summary)` sets
    the attributes that were learned. Their names end in `_`, and they are plain, too: so they are saved as JSON.

    >>> import pyarrow.compute as pc
    >>> class FillMissing(Transformer):
    ...     def __init__(self, *, columns=None, value=0):
    ...         self.columns, self.value = columns, value
    ...
    ...     def apply(self, batch):
    ...         for name in self.names(batch.schema):
    ...             batch = replace(batch, name, {name: pc.fill_null(batch[name], self.value)})
    ...         return batch
    >>> FillMissing(columns=["delay"]).fit_transform(pd.DataFrame({"delay": [4.0, None]}))["delay"].tolist()
    [4.0, 0.0]
    """

    # Which columns it works on: a list of names; None: all. One that works on one column has `column` instead.
    columns: list[str] | None = None

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        artifact.CLASSES[cls.__name__] = cls

    def fit(self, rows: str | os.PathLike[str] | pd.DataFrame, y: Any = None) -> Transformer:
        """Learns from the rows at a path (see `files.py`), or from a DataFrame. `y` is there for scikit-learn only."""
        self.follow(Rows.of(rows))
        return self

    def transform(self, rows: str | os.PathLike[str] | pd.DataFrame, to: str | os.PathLike[str] | None = None) -> Any:
        """The rows changed: written to the path `to`, which is returned; as a DataFrame, where a DataFrame came in."""
        return self.after(Rows.of(rows)).give(to)

    def fit_transform(
        self, rows: str | os.PathLike[str] | pd.DataFrame, y: Any = None, *, to: str | os.PathLike[str] | None = None
    ) -> Any:
        """`fit`, then `transform` of the same rows."""
        return self.follow(Rows.of(rows)).give(to)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes parameters and what was learned as JSON, here or on `gs://`."""
        artifact.save(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str], functions: tuple[Any, ...] | list[Any] = ()) -> Any:
        """What `save` wrote. A file holds no code: functions that were a parameter are handed in again, by their names.

        `StandardScaler.load` takes that one only, `load` and `Transformer.load` take each.
        """
        found = artifact.load(path, functions)
        if not isinstance(found, cls):
            raise ValueError(f"{os.fspath(path)} holds a {type(found).__name__}, no {cls.__name__}")
        return found

    def names(self, schema: pa.Schema) -> list[str]:
        """The columns it works on; every one of them is there."""
        named = getattr(self, "feature_names_in_", [self.column] if hasattr(self, "column") else self.columns)
        named = schema.names if named is None else named
        if isinstance(named, str) or not named:
            raise ValueError(f"columns of {type(self).__name__} is a list of names, not {named!r}")
        lacking = [name for name in named if name not in schema.names]
        if lacking:
            raise ValueError(f"{type(self).__name__} lacks the columns {lacking}; there are {schema.names}")
        return list(named)

    def learn(self, batch: pa.Table) -> Any:
        raise NotImplementedError

    def merge(self, one: Any, other: Any) -> Any:
        raise NotImplementedError

    def settle(self, summary: Any) -> None:
        raise NotImplementedError

    def apply(self, batch: pa.Table) -> pa.Table:
        raise NotImplementedError

    def follow(self, rows: Rows) -> Rows:
        """Learns from rows that are still on their way, and goes along with them."""
        for old in artifact.learned(self):
            delattr(self, old)
        names = self.names(rows.schema)
        if self.__sklearn_tags__().requires_fit:
            summary = rows.summary(self)
            if summary is None:
                # scikit-learn's words.
                raise ValueError(
                    f"Found array with 0 sample(s) (shape=(0, {len(names)})) while a minimum of 1 is required by "
                    f"{type(self).__name__}."
                )
            self.settle(summary)
        self.feature_names_in_ = names
        return self.after(rows)

    def after(self, rows: Rows) -> Rows:
        check_is_fitted(self)
        self.names(rows.schema)
        return rows.then(self)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = type(self).learn is not Transformer.learn
        return tags


def replace(batch: pa.Table, name: str, columns: dict[str, pa.Array | pa.ChunkedArray]) -> pa.Table:
    """The batch with others in the place of one column."""
    place = batch.schema.get_field_index(name)
    fields, arrays = list(batch.schema), list(batch.columns)
    fields[place : place + 1] = [pa.field(new, values.type) for new, values in columns.items()]
    arrays[place : place + 1] = columns.values()
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))
