"""How likely each flight from the split on is to be late:
python3 -m delay_model.predict FEATURES.parquet PREPARE.json MODEL.pickle PREDICTIONS.parquet"""

from __future__ import annotations

import os
import pickle
import sys
from datetime import date

import pandas as pd

from science import load, read

from .columns import CATEGORIES, KEY, NUMBERS


def main(features: str, prepare: str, model: str, predictions: str) -> None:
    split = date.fromisoformat(os.environ["GREENROOM_PARAM_SPLIT"])
    flights = read(features)
    flights = flights[pd.to_datetime(flights["flight_date"]) >= pd.Timestamp(split)]
    if flights.empty:
        raise SystemExit(f"there is no flight from {split} on: choose an earlier split, or a later last_day")
    # Made by this blueprint's own training, which the run's record names. Never load a pickle from elsewhere.
    with open(model, "rb") as file:
        found = pickle.load(file)
    if split < found["split"]:
        raise SystemExit(f"the model has learned from days before {found['split']}: choose a split that is no earlier")
    ready = load(prepare).transform(flights[CATEGORIES + NUMBERS])[found["columns"]]
    judged = flights[[*KEY, "late"]].assign(probability=found["model"].predict_proba(ready)[:, 1])
    judged.sort_values(KEY).to_parquet(predictions, index=False)
    print(f"{len(judged):,} flights, {judged['probability'].mean():.1%} of them late in all likelihood")


if __name__ == "__main__":
    main(*sys.argv[1:])
