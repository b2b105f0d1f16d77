"""How good the predictions were: python3 -m delay_model.evaluate PREDICTIONS.parquet DIRECTORY"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

BINS = 10


def main(predictions: str, directory: str) -> None:
    folder = Path(directory)
    flights = pd.read_parquet(predictions)
    arrived = flights[flights["late"].notna()].astype({"late": bool})
    if arrived["late"].nunique() < 2:
        raise SystemExit("to judge by, there have to be flights that were late and flights that were not")
    late, probability = arrived["late"], arrived["probability"]

    bins = arrived.groupby((probability * BINS).astype(int).clip(upper=BINS - 1))
    calibration = bins.agg(flights=("late", "size"), predicted=("probability", "mean"), observed=("late", "mean"))
    calibration.rename_axis("bin").reset_index().to_csv(folder / "calibration.csv", index=False)

    # Called late if it is more likely than for a flight that nothing is known of.
    said = probability > late.mean()
    told = pd.DataFrame(
        {
            "carrier": arrived["carrier"],
            "late_and_said": late & said,
            "late_not_said": late & ~said,
            "in_time_but_said_late": ~late & said,
            "in_time_and_said": ~late & ~said,
        }
    )
    told.groupby("carrier").sum().reset_index().to_csv(folder / "confusion.csv", index=False)

    metrics = {
        "auc": roc_auc_score(late, probability),
        "log_loss": log_loss(late, probability),
        "brier": brier_score_loss(late, probability),
        # What one would get by always saying the share of late flights.
        "log_loss_of_the_mean": log_loss(late, [late.mean()] * len(late)),
        "flights": len(arrived),
        "share_late": float(late.mean()),
        "calibration": [
            {"predicted": float(row.predicted), "value": float(row.observed)} for row in calibration.itertuples()
        ],
    }
    (folder / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    for name in ("auc", "log_loss", "log_loss_of_the_mean", "brier"):
        print(f"{name} {metrics[name]:.4f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
