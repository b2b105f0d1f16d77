"""Transformers one after the other."""

from __future__ import annotations

import sklearn.pipeline

from .rows import Rows
from .transformer import Transformer


class Pipeline(Transformer, sklearn.pipeline.Pipeline):
    """scikit-learn's Pipeline of this library's transformers: rows are read and written once, whatever its length.

    (`fit` of rows at a path reads them once for each transformer that learns.)

    >>> import pandas as pd
    >>> from . import OneHotEncoder, StandardScaler
    >>> flights = pd.DataFrame({"carrier": ["UA", "AA"], "delay": [2.0, 4.0]})
    >>> prepare = make_pipeline(OneHotEncoder(columns=["carrier"]), StandardScaler(columns=["delay"]))
    >>> prepare.fit_transform(flights)
       carrier_AA  carrier_UA  delay
    0         0.0         1.0   -1.0
    1         1.0         0.0    1.0
    >>> prepare["standardscaler"].mean_
    [3.0]
    """

    def follow(self, rows: Rows) -> Rows:
        for _, step in self.steps:
            rows = step.follow(rows)
        return rows

    def after(self, rows: Rows) -> Rows:
        for _, step in self.steps:
            rows = step.after(rows)
        return rows


def make_pipeline(*steps: Transformer) -> Pipeline:
    """A Pipeline whose steps are called by their classes, in small letters."""
    return Pipeline(sklearn.pipeline.make_pipeline(*steps).steps)
