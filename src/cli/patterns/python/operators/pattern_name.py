"""Each input is GREENROOM_WITH_<NAME>; all together, with their types, they are in the JSON file GREENROOM_WITH."""

import html
import json
import os
from pathlib import Path


def main() -> None:
    given = json.loads(Path(os.environ["GREENROOM_WITH"]).read_text())
    lines = "".join(f"<p>Line {number + 1}</p>\n" for number in range(given["lines"]))
    page = f"<!doctype html>\n<title>{html.escape(given['title'])}</title>\n{lines}"
    path = Path(os.environ["GREENROOM_OUTPUT_DIR"]) / "page.html"
    path.write_text(page)
    print(f"wrote {path.name}, {given['lines']} lines")


if __name__ == "__main__":
    main()
