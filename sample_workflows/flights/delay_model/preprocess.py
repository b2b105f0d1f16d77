"""Flights → what a model may ask of them: python3 -m delay_model.preprocess FLIGHTS.parquet FEATURES.parquet"""

from __future__ import annotations

import sys

import pyarrow as pa
import pyarrow.compute as pc

from science import Transformer


class Calendar(Transformer):
    """Adds `hour`, `weekday` (1 is Monday) and `month`. Learns nothing: it is the same for any flights."""

    def __init__(self, *, columns: list[str] | None = None) -> None:
        self.columns = columns

    def apply(self, batch: pa.Table) -> pa.Table:
        date, time = (batch[name] for name in self.names(batch.schema))
        made = {
            # 515 is 5:15.
            "hour": pc.cast(pc.divide(time, 100), pa.int64()),
            "weekday": pc.day_of_week(date, count_from_zero=False),
            "month": pc.month(date),
        }
        for name, values in made.items():
            batch = batch.append_column(name, values)
        return batch


def main(flights: str, features: str) -> None:
    Calendar(columns=["flight_date", "sched_dep_time"]).fit_transform(flights, to=features)


if __name__ == "__main__":
    main(*sys.argv[1:])
