"""Numbers get mean 0 and standard deviation 1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from .transformer import Transformer, replace

Summary = dict[str, list[float]]


class StandardScaler(Transformer):
    """scikit-learn's StandardScaler: `(value - mean_) / scale_`, a column at a time; missing values stay missing.

    `mean_`, `var_`, `scale_` and `n_samples_seen_` are as in scikit-learn (lists, in the order of `feature_names_in_`).
    A constant column has the scale 1. A column without any value has none of them, and stays empty.

    >>> import pandas as pd
    >>> flights = pd.DataFrame({"carrier": ["UA", "AA", "B6"], "delay": [2.0, 4.0, None]})
    >>> scaler = StandardScaler(columns=["delay"]).fit(flights)
    >>> scaler.mean_, scaler.scale_
    ([3.0], [1.0])
    >>> scaler.transform(flights)
      carrier  delay
    0      UA   -1.0
    1      AA    1.0
    2      B6    NaN
    """

    def __init__(self, *, columns: list[str] | None = None, with_mean: bool = True, with_std: bool = True) -> None:
        self.columns = columns
        self.with_mean = with_mean
        self.with_std = with_std

    def learn(self, batch: pa.Table) -> Summary:
        found = np.column_stack([numbers(batch, name) for name in self.names(batch.schema)])
        there = ~np.isnan(found)
        count = there.sum(axis=0)
        mean = np.sum(found, axis=0, where=there) / np.maximum(count, 1)
        apart = found - mean
        # What rounding did to the mean is taken back: the values of a constant column lie at it exactly.
        missed = np.sum(apart, axis=0, where=there) / np.maximum(count, 1)
        mean, apart = mean + missed, apart - missed
        squares = np.sum(apart**2, axis=0, where=there)
        return {"count": count.tolist(), "mean": mean.tolist(), "squares": squares.tolist()}

    def merge(self, one: Summary, other: Summary) -> Summary:
        # Chan, Golub and LeVeque: sums of squares of the values themselves would cancel each other out.
        (n, mean, squares), (m, second, more) = (map(np.asarray, part.values()) for part in (one, other))
        share = m / np.maximum(n + m, 1)
        apart = second - mean
        squares = squares + more + apart**2 * n * share
        return {"count": (n + m).tolist(), "mean": (mean + apart * share).tolist(), "squares": squares.tolist()}

    def settle(self, summary: Summary) -> None:
        count, mean, squares = map(np.asarray, summary.values())
        var = squares / np.maximum(count, 1)
        # scikit-learn's rule, too: a variance that rounding alone can make is none.
        rounding = np.finfo(float).eps
        constant = var <= count * rounding * var + (count * mean * rounding) ** 2
        scale = np.where(constant, 1.0, np.sqrt(var))
        self.n_samples_seen_ = count.tolist()[0] if len(set(count.tolist())) == 1 else count.tolist()
        self.mean_, var, scale = (
            [v if n else None for v, n in zip(part.tolist(), count)] for part in (mean, var, scale)
        )
        self.var_, self.scale_ = (var, scale) if self.with_std else (None, None)

    def apply(self, batch: pa.Table) -> pa.Table:
        for place, name in enumerate(self.feature_names_in_):
            values = numbers(batch, name)
            if self.mean_[place] is None:
                values = np.full(len(values), np.nan)
            elif self.with_mean:
                values = values - self.mean_[place]
            if self.with_std and self.scale_[place] is not None:
                values = values / self.scale_[place]
            batch = replace(batch, name, {name: pa.array(values, pa.float64(), from_pandas=True)})
        return batch

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        return np.array(self.feature_names_in_, dtype=object)


def numbers(batch: pa.Table, name: str) -> np.ndarray:
    """A column's values; NaN where there is none."""
    kind = batch.schema.field(name).type
    if pa.types.is_string(kind) or pa.types.is_nested(kind) or pa.types.is_temporal(kind):
        raise ValueError(f"the column {name} has no numbers, but {kind}")
    # Whole numbers of 17 digits lose their last, as in scikit-learn.
    values = batch[name].cast(pa.float64(), safe=False).to_numpy()
    if np.isinf(values).any():
        raise ValueError(f"the column {name} contains infinity")
    return values
