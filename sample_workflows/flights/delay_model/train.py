"""Learns from the flights before the split: python3 -m delay_model.train FEATURES.parquet DIRECTORY"""

from __future__ import annotations

import json
import os
import pickle
import sys
from datetime import date
from pathlib import Path

import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss

from science import OneHotEncoder, StandardScaler, make_pipeline, read

from .columns import CATEGORIES, NUMBERS

TREES, STAGES = 120, 6


def main(features: str, directory: str) -> None:
    folder = Path(directory)
    split = date.fromisoformat(os.environ["GREENROOM_PARAM_SPLIT"])
    flights = read(features)
    known = flights[(pd.to_datetime(flights["flight_date"]) < pd.Timestamp(split)) & flights["late"].notna()]
    if known.empty:
        raise SystemExit(f"no flight before {split} has arrived: choose a later split, or an earlier first_day")
    prepare = make_pipeline(
        OneHotEncoder(columns=CATEGORIES, handle_unknown="ignore"), StandardScaler(columns=NUMBERS)
    )
    columns = CATEGORIES + NUMBERS
    ready, late = prepare.fit_transform(known[columns]), known["late"].astype(bool)
    model = HistGradientBoostingClassifier(
        max_depth=int(os.environ["GREENROOM_PARAM_DEPTH"]),
        learning_rate=float(os.environ["GREENROOM_PARAM_RATE"]),
        max_iter=TREES // STAGES,
        early_stopping=False,
        warm_start=True,
        # The same model of the same flights.
        random_state=0,
    )
    with (folder / "progress.jsonl").open("w", encoding="utf-8") as progress:
        for stage in range(1, STAGES + 1):
            model.set_params(max_iter=TREES * stage // STAGES)
            model.fit(ready, late)
            loss = log_loss(late, model.predict_proba(ready)[:, 1])
            progress.write(json.dumps({"trees": model.n_iter_, "training_loss": loss}) + "\n")
            progress.flush()
            print(f"{model.n_iter_} trees of {len(known):,} flights: log loss {loss:.4f}", flush=True)
    prepare.save(folder / "prepare.json")
    with (folder / "model.pickle").open("wb") as file:
        pickle.dump({"model": model, "columns": list(ready.columns), "split": split}, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
