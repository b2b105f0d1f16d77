"""The archive's packages with their sections and descriptions: python3 -m text_topics.extract TEXTS.parquet"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

# Sections that say how a package is built or used by others, and not what it is about.
FORMS = {"debug", "devel", "doc", "introspection", "libdevel", "libs", "metapackages", "misc", "oldlibs", "tasks", "utils"}
# Of a smaller section too little can be learned.
LEAST = 150


def fetch(folder: Path) -> None:
    """The lists of the archive that the image is made from. apt checks their signatures."""
    for needed in ("lists/partial", "cache/archives/partial"):
        (folder / needed).mkdir(parents=True)
    options = {
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "Dir::State::Status": "/dev/null",
        "Acquire::Languages": "en",
        "Acquire::GzipIndexes": "false",
        "Acquire::Retries": "3",
        # A list that could not be fetched is an error, and not the one of yesterday.
        "APT::Update::Error-Mode": "any",
    }
    words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    subprocess.run(["apt-get", *words, "update"], check=True)


def records(path: Path) -> Iterator[dict[str, str]]:
    """Stanzas of fields; a line that begins with a space goes on with the field before."""
    found: dict[str, str] = {}
    last = ""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            line = line.rstrip("\n")
            if not line:
                if found:
                    yield found
                found = {}
            elif line[0] in " \t":
                found[last] += "\n" + line[1:]
            else:
                last, _, value = line.partition(":")
                found[last] = value.strip()
    if found:
        yield found


def main(texts: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        fetch(Path(scratch))
        lists = Path(scratch) / "lists"
        described = {
            stanza["Description-md5"]: stanza["Description-en"]
            for path in lists.glob("*_Translation-en")
            for stanza in records(path)
        }
        rows: dict[str, tuple[str, str, str]] = {}
        for path in sorted(lists.glob("*_Packages")):
            for stanza in records(path):
                section = stanza.get("Section", "").rpartition("/")[2]
                text = described.get(stanza.get("Description-md5", ""), stanza.get("Description", ""))
                if section and section not in FORMS and text:
                    source = stanza.get("Source", stanza["Package"]).partition(" ")[0]
                    rows[stanza["Package"]] = (source, section, text)
    found = pd.DataFrame(
        [(package, *rest) for package, rest in sorted(rows.items())], columns=["package", "source", "section", "text"]
    )
    found = found[found.groupby("section")["package"].transform("size") >= LEAST]
    found.to_parquet(texts, index=False)
    print(f"{len(found):,} packages of {found['source'].nunique():,} sources")
    print(found["section"].value_counts().to_string())


if __name__ == "__main__":
    main(*sys.argv[1:])
