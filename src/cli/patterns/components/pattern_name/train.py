"""Learns from the rows that are not kept for judging: python3 train.py FEATURES.csv MODEL.json"""

import csv
import json
import sys
from statistics import linear_regression


def main(features: str, model: str) -> None:
    with open(features, encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["judge"] == "0"]
    slope, intercept = linear_regression([float(row["x"]) for row in rows], [float(row["y"]) for row in rows])
    with open(model, "w", encoding="utf-8") as file:
        json.dump({"slope": slope, "intercept": intercept}, file)
    print(f"y = {slope:.3f} x + {intercept:.3f}, of {len(rows)} rows")


if __name__ == "__main__":
    main(*sys.argv[1:])
