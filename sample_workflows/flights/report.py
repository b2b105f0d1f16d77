"""Draws a day's delays as one HTML file: python3 report.py DELAYS.parquet AIRPORTS.parquet REPORT.html"""

from __future__ import annotations

import html
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

ROW, NAME, WIDTH, RIGHT = 30, 190, 860, 70

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Departure delays, {date}</title>
<style>
  :root {{
    color-scheme: light dark;
    --paper: light-dark(#fbfaf8, #16181c); --ink: light-dark(#1d232b, #e8eaed); --quiet: light-dark(#616b77, #9aa4b0);
    --line: light-dark(#e2e0dc, #30353d); --late: light-dark(#c8553d, #f08a6c); --early: light-dark(#2f7f79, #63c2b8);
  }}
  body {{ font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
         max-width: 54rem; margin: 3.5rem auto; padding: 0 1.25rem; font-variant-numeric: tabular-nums; }}
  h1 {{ font-size: 1.75rem; line-height: 1.2; letter-spacing: -.01em; margin: 0 0 .25rem; }}
  h2 {{ font-size: 1.05rem; margin: 2.75rem 0 .75rem; }}
  p {{ margin: 0; color: var(--quiet); }}
  dl {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1rem 2rem; margin: 2rem 0 0;
        padding: 1.25rem 0; border-block: 1px solid var(--line); }}
  dt {{ color: var(--quiet); font-size: .875rem; }} dd {{ margin: 0; font-size: 1.6rem; font-weight: 600; }}
  .wide {{ overflow-x: auto; }}
  svg {{ display: block; width: 100%; min-width: 34rem; height: auto; }}
  svg text {{ fill: currentColor; font-size: 14px; }} svg .quiet {{ fill: var(--quiet); }}
  svg line {{ stroke: var(--line); }} .late {{ fill: var(--late); }} .early {{ fill: var(--early); }}
  table {{ width: 100%; border-collapse: collapse; }}
  th {{ color: var(--quiet); font-size: .875rem; font-weight: 400; }}
  th, td {{ padding: .4rem .75rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }}
  th:first-child, td:first-child {{ text-align: left; padding-left: 0; }} th:last-child, td:last-child {{ padding-right: 0; }}
</style>
<h1>Departure delays from New York</h1>
<p>{long_date}</p>
<dl>{tiles}</dl>
<h2>Mean delay per carrier, in minutes</h2>
<div class="wide">{chart}</div>
<h2>Airports and their weather</h2>
<div class="wide">{airports}</div>
<h2>Carriers</h2>
<div class="wide">{carriers}</div>
</html>
"""


def read(path: str) -> list[dict[str, Any]]:
    found = duckdb.connect().execute("SELECT * FROM read_parquet(?)", [path])
    names = [column[0] for column in found.description]
    return [dict(zip(names, row)) for row in found.fetchall()]


def minutes(value: float | None) -> str:
    # NULL: no flight of it left.
    return "–" if value is None else f"{value:+.1f}".replace("-", "−")


def share(part: int | None, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if part is not None and whole else "–"


def name(row: dict[str, Any], column: str, code: str) -> str:
    """As people call it; its code where the table of names has none."""
    return row[column] or row[code]


def rain(row: dict[str, Any]) -> int | None:
    """Where nobody measured the weather, no flight is known to have left in rain, nor to have not."""
    return row["in_rain"] if row["visibility_miles"] is not None or row["wind_mph"] is not None else None


def chart(delays: list[dict[str, Any]]) -> str:
    """A bar per carrier, the latest first; a carrier that left early on the whole has its bar left of the line."""
    drawn = [row for row in delays if row["mean_delay"] is not None]
    if not drawn:
        return "<p>No flight left on this day.</p>"
    drawn.sort(key=lambda row: (-row["mean_delay"], row["carrier"]))
    most = max([row["mean_delay"] for row in drawn] + [1])
    least = min([row["mean_delay"] for row in drawn] + [0])
    # A figure stands beyond the end of its bar, so a bar to the left needs room for it there as well.
    left = NAME + (RIGHT if least < 0 else 0)
    scale = (WIDTH - left - RIGHT) / (most - least)
    zero = left - least * scale
    height = ROW * len(drawn)
    parts = [f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Mean departure delay per carrier">']
    parts.append(f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="0" y2="{height}"/>')
    for place, row in enumerate(drawn):
        value, middle = row["mean_delay"], place * ROW + ROW / 2
        length = abs(value) * scale
        x, end, anchor = (zero, zero + length + 8, "start") if value >= 0 else (zero - length, zero - length - 8, "end")
        airline = name(row, "airline", "carrier")
        flights = f"{row['flights']} flight{'s' if row['flights'] != 1 else ''}"
        parts.append(
            f'<g><title>{html.escape(airline)}: {flights}</title>'
            f'<text x="0" y="{middle + 5:.1f}">{html.escape(airline)}</text>'
            f'<rect class="{"late" if value >= 0 else "early"}" x="{x:.1f}" y="{middle - 9:.1f}" '
            f'width="{length:.1f}" height="18" rx="2"/>'
            f'<text class="quiet" x="{end:.1f}" y="{middle + 5:.1f}" text-anchor="{anchor}">{minutes(value)}</text></g>'
        )
    return "\n".join([*parts, "</svg>"])


def table(head: list[str], rows: list[list[str]]) -> str:
    def line(cell: str, values: list[str]) -> str:
        return "<tr>" + "".join(f"<{cell}>{html.escape(value)}</{cell}>" for value in values) + "</tr>"

    return "\n".join(["<table>", line("th", head), *(line("td", row) for row in rows), "</table>"])


def measured(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{value:g} {unit}"


def page(day: date, delays: list[dict[str, Any]], airports: list[dict[str, Any]]) -> str:
    flights, cancelled, late = (sum(row[column] or 0 for row in delays) for column in ("flights", "cancelled", "late"))
    tiles = {
        "Flights": f"{flights:,}",
        "Carriers": f"{len(delays)}",
        "15 minutes late or more": share(late, flights),
        "Cancelled": share(cancelled, flights),
    }
    figures = [
        [
            name(row, "airline", "carrier"),
            *(f"{row[column] or 0:,}" for column in ("flights", "cancelled", "late")),
            minutes(row["mean_delay"]),
        ]
        for row in sorted(delays, key=lambda row: (-row["flights"], row["carrier"]))
    ]
    weather = [
        [
            name(row, "airport", "origin"),
            f"{row['flights']:,}",
            minutes(row["mean_delay"]),
            measured(row["wind_mph"], "mph"),
            measured(row["visibility_miles"], "mi"),
            share(rain(row), row["flights"]),
        ]
        for row in airports
    ]
    return PAGE.format(
        date=day,
        long_date=f"{day:%A}, {day.day} {day:%B %Y}",
        tiles="".join(f"<div><dt>{title}</dt><dd>{value}</dd></div>" for title, value in tiles.items()),
        chart=chart(delays),
        airports=table(
            ["Airport", "Flights", "Mean delay", "Strongest wind", "Least visibility", "Flights in rain"], weather
        ),
        carriers=table(["Carrier", "Flights", "Cancelled", "Late", "Mean delay"], figures),
    )


def main(delays: str, airports: str, report: str) -> None:
    # A parameter of the workflow, in capitals.
    day = date.fromisoformat(os.environ["GREENROOM_PARAM_DAY"])
    rows = read(delays)
    Path(report).write_text(page(day, rows, read(airports)), encoding="utf-8")
    print(f"report.html: {len(rows)} carriers on {day}")


if __name__ == "__main__":
    main(*sys.argv[1:])
