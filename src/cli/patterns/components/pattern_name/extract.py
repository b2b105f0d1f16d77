"""Where the data comes from: python3 extract.py POINTS.csv"""

import csv
import os
import random
import sys


def main(points: str) -> None:
    chance = random.Random(1)
    noise = float(os.environ["GREENROOM_PARAM_NOISE"])
    with open(points, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["x", "y"])
        for _ in range(int(os.environ["GREENROOM_PARAM_POINTS"])):
            x = chance.uniform(0, 100)
            rows.writerow([x, 3 * x + 7 + chance.gauss(0, noise)])


if __name__ == "__main__":
    main(*sys.argv[1:])
