"""How good the predictions were: python3 evaluate.py PREDICTIONS.csv METRICS.json"""

import csv
import json
import sys
from statistics import fmean


def main(predictions: str, metrics: str) -> None:
    with open(predictions, encoding="utf-8") as file:
        errors = [abs(float(row["y"]) - float(row["predicted"])) for row in csv.DictReader(file)]
    with open(metrics, "w", encoding="utf-8") as file:
        json.dump({"error": fmean(errors), "rows": len(errors)}, file)
    print(f"off by {fmean(errors):.3f} on average, in {len(errors)} rows")


if __name__ == "__main__":
    main(*sys.argv[1:])
