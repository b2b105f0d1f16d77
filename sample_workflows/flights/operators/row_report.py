"""Counts a table's rows per day and draws them: the operator that operators/row_report.yaml describes."""

from __future__ import annotations

import html
import os
import re
from datetime import date
from pathlib import Path

# Greenroom's own, there in every step: `rows(sql)` asks the environment's warehouse in BigQuery's SQL.
from greenroom import rows

WIDTH, HEIGHT, LEFT, BOTTOM = 960, 260, 48, 24

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
  :root {{ color-scheme: light dark; --bar: light-dark(#2f6f8f, #6cb6d9); --line: light-dark(#d9dde2, #3a4048); }}
  body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 3rem auto; padding: 0 1.25rem; }}
  h1 {{ font-size: 1.4rem; margin: 0; }}
  svg {{ width: 100%; height: auto; margin-top: 1.5rem; }}
  rect {{ fill: var(--bar); }} line {{ stroke: var(--line); }} text {{ fill: currentColor; font-size: 12px; }}
</style>
<h1>{title}</h1>
<p>{summary}</p>
{chart}
</html>
"""


def chart(days: list[tuple[date, int]]) -> str:
    """A bar a day, from the first day to the last: a day without rows is a gap."""
    first, last = days[0][0], days[-1][0]
    step = (WIDTH - LEFT) / ((last - first).days + 1)
    most = max(count for _, count in days)
    base = HEIGHT - BOTTOM
    scale = (base - 12) / most
    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="Rows per day">']
    for value in (0, most // 2, most):
        y = base - value * scale
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:,}</text>')
    for day, count in days:
        x = LEFT + (day - first).days * step
        height = count * scale
        parts.append(
            f'<rect x="{x:.2f}" y="{base - height:.1f}" width="{step * 0.8:.2f}" height="{height:.1f}">'
            f"<title>{day}: {count:,}</title></rect>"
        )
        if day.day == 1:
            parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 6}">{day:%b}</text>')
    return "\n".join([*parts, "</svg>"])


def main() -> None:
    # Each input of the operator, by its name.
    table, column = os.environ["GREENROOM_WITH_TABLE"], os.environ["GREENROOM_WITH_COLUMN"]
    title = os.environ["GREENROOM_WITH_TITLE"]
    if not re.fullmatch(r"[A-Za-z_]\w*", column):
        raise SystemExit(f"`column: {column}` is no name of a column")
    found = rows(f"SELECT {column} AS day, COUNT(*) AS rows_found FROM {table} GROUP BY day ORDER BY day")
    days = [(date.fromisoformat(row["day"]), row["rows_found"]) for row in found if row["day"] is not None]
    if not days:
        raise SystemExit(f"{table} has no rows to draw")
    gaps = (days[-1][0] - days[0][0]).days + 1 - len(days)
    total = sum(count for _, count in days)
    summary = f"{total:,} rows of {table} on {len(days)} days, {days[0][0]} to {days[-1][0]}; {gaps} days without any."
    page = PAGE.format(title=html.escape(title), summary=html.escape(summary), chart=chart(days))
    # The declared output, by its name.
    Path(os.environ["GREENROOM_OUTPUT_REPORT"]).write_text(page, encoding="utf-8")
    print(summary)


if __name__ == "__main__":
    main()
