"""What a model may ask of each row: python3 preprocess.py POINTS.csv FEATURES.csv"""

import csv
import sys


def main(points: str, features: str) -> None:
    with open(points, encoding="utf-8") as source, open(features, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["x", "y", "judge"])
        # Every fifth row is kept for judging: nothing is learned from it.
        for number, row in enumerate(csv.DictReader(source)):
            rows.writerow([row["x"], row["y"], int(number % 5 == 0)])


if __name__ == "__main__":
    main(*sys.argv[1:])
