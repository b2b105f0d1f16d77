"""What the model says of the rows kept for judging: python3 predict.py FEATURES.csv MODEL.json PREDICTIONS.csv"""

import csv
import json
import sys


def main(features: str, model: str, predictions: str) -> None:
    with open(model, encoding="utf-8") as file:
        line = json.load(file)
    with open(features, encoding="utf-8") as source, open(predictions, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["x", "y", "predicted"])
        for row in csv.DictReader(source):
            if row["judge"] == "1":
                rows.writerow([row["x"], row["y"], line["slope"] * float(row["x"]) + line["intercept"]])


if __name__ == "__main__":
    main(*sys.argv[1:])
