"""Categories become columns of 0 and 1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .transformer import Transformer, replace

Category = str | int | float | bool | None


class OneHotEncoder(Transformer):
    """scikit-learn's OneHotEncoder: a column for each category, named after it, in the place of the one it was in.

    A missing value (null or NaN, which are one here) is a category of its own, if there was one at `fit`. One that
    `fit` did not see is an error, or, with `handle_unknown="ignore"`, 0 in all of the columns.

    >>> import pandas as pd
    >>> flights = pd.DataFrame({"carrier": ["UA", "AA", "UA"], "delay": [2, 4, 6]})
    >>> encoder = OneHotEncoder(columns=["carrier"], handle_unknown="ignore").fit(flights)
    >>> encoder.categories_
    [['AA', 'UA']]
    >>> encoder.transform(pd.DataFrame({"carrier": ["AA", "ZZ"], "delay": [1, 3]}))
       carrier_AA  carrier_UA  delay
    0         1.0         0.0      1
    1         0.0         0.0      3
    """

    def __init__(self, *, columns: list[str] | None = None, handle_unknown: str = "error") -> None:
        self.columns = columns
        self.handle_unknown = handle_unknown

    def learn(self, batch: pa.Table) -> list[list[Category]]:
        return [pc.unique(categories(batch, name)).to_pylist() for name in self.names(batch.schema)]

    def merge(self, one: list[list[Category]], other: list[list[Category]]) -> list[list[Category]]:
        return [list(dict.fromkeys(here + there)) for here, there in zip(one, other)]

    def settle(self, summary: list[list[Category]]) -> None:
        if self.handle_unknown not in ("error", "ignore"):
            raise ValueError(f"handle_unknown is 'error' or 'ignore', not {self.handle_unknown!r}")
        # What is missing comes last, as in scikit-learn.
        self.categories_ = [
            sorted(value for value in found if value is not None) + [None] * (None in found) for found in summary
        ]

    def apply(self, batch: pa.Table) -> pa.Table:
        for name, known in zip(self.feature_names_in_, self.categories_):
            found = categories(batch, name)
            place = place_of(found, known)
            if self.handle_unknown == "error" and place.null_count:
                unknown = pc.unique(found.filter(place.is_null())).to_pylist()
                raise ValueError(f"Found unknown categories {unknown} in column {name} during transform")
            place = place.fill_null(-1)
            columns = {
                label: pc.equal(place, number).cast(pa.float64()) for number, label in enumerate(labels(name, known))
            }
            if len(columns) < len(known):
                raise ValueError(f"{name} has missing values and the text nan: both would be the column {name}_nan")
            batch = replace(batch, name, columns)
        return batch

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        named = zip(self.feature_names_in_, self.categories_)
        return np.array([label for name, known in named for label in labels(name, known)], dtype=object)


def place_of(found: pa.ChunkedArray, known: list[Category]) -> pa.ChunkedArray:
    """Where each value is among those that are known, whatever type either has; null where it is not."""
    # Missing everywhere at `fit`: then the values that there are now give the type.
    of_known = pa.array(known, found.type if known == [None] else None)
    if of_known.type == found.type:
        return pc.index_in(found, value_set=of_known)
    # To Python 2 and 2.0 are one value, and 1.5 and "a" are others than all numbers: of each different value once.
    places = {value: number for number, value in enumerate(known)}
    different = pc.unique(found)
    of_different = pa.array([places.get(value) for value in different.to_pylist()], pa.int32())
    return pc.take(of_different, pc.index_in(found, value_set=different))


def labels(name: str, known: list[Category]) -> list[str]:
    return [f"{name}_{'nan' if value is None else value}" for value in known]


def categories(batch: pa.Table, name: str) -> pa.ChunkedArray:
    """A column's values; null where there is none."""
    kind, values = batch.schema.field(name).type, batch[name]
    if pa.types.is_floating(kind):
        # The zero below 0 is the same number as the one above.
        return pc.if_else(pc.is_nan(values), None, pc.add(values, pa.scalar(0.0, kind)))
    if pa.types.is_string(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return values
    raise ValueError(f"the column {name} has no categories, but {kind}: make texts of them")
