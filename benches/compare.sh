#!/usr/bin/env bash
# Two runs that left a Parquet file of 1,000,000 rows and ten columns each, compared by a key: a hundredth of the rows is
# removed, as many are added, and a tenth has changed. `greenroom diff` beside what a person would write instead: DuckDB's
# full join (installed from PyPI) over the same files, and the same with its SUMMARIZE of both, which is what the
# comparison tells of each column. Usage: benches/compare.sh [ROUNDS]
set -euo pipefail
source "$(dirname "$0")/common.sh"

venv=$here/target/rivals
"$venv/bin/python" -c 'import duckdb' 2> /dev/null || { python3 -m venv "$venv" && "$venv/bin/pip" install -q duckdb; }

cat > workflows/made.yaml <<'YAML'
greenroom: 1
kind: workflow
name: made
steps:
  rows: {run: cp rows.parquet "$GREENROOM_OUTPUT_DIR", outputs: {rows: {path: rows.parquet}}}
YAML
cat > make.py <<'PY'
import sys
import duckdb

first, changed = int(sys.argv[1]), sys.argv[2]
duckdb.sql("CREATE MACRO draw(seed, most) AS CAST(hash(seed) % most AS BIGINT)")
duckdb.sql(f"""
    SELECT id, CASE WHEN {changed} THEN NULL ELSE draw(id, 2000) - 100.25::DOUBLE END AS delay, draw(id + 1, 5000) AS distance,
        ['UA', 'AA', 'DL', 'B6', 'WN'][draw(id + 2, 5) + 1] AS carrier, 'N' || draw(id + 3, 4000) AS tail,
        DATE '2013-01-01' + CAST(draw(id + 4, 365) AS INTEGER) AS day, sin(id) AS wind,
        TIMESTAMP '2013-01-01' + to_minutes(draw(id + 5, 525600)) AS at, draw(id + 6, 2) = 0 AS late,
        CASE WHEN draw(id + 7, 10) > 0 THEN draw(id + 8, 1000000007) / 1e3 END AS figure
    FROM range({first}, {first} + 1000000) rows(id) ORDER BY hash(id + {first})
""").write_parquet("rows.parquet")
PY
for made in "0 FALSE" "10000 id%10=0"; do
    "$venv/bin/python" make.py ${made% *} "${made#* }"
    "$greenroom" run made > run.txt 2>&1 || { cat run.txt; exit 1; }
done
files=("$("$greenroom" path @-2 rows.rows)" "$("$greenroom" path @last rows.rows)")

cat > rival.py <<'PY'
import sys
import duckdb

old, new = (f"'{path}'" for path in sys.argv[1:3])
names = [row[0] for row in duckdb.sql(f"DESCRIBE FROM {old}").fetchall() if row[0] != "id"]
changed = ", ".join(f"count(*) FILTER (a.id = b.id AND a.{name} IS DISTINCT FROM b.{name})" for name in names)
print(duckdb.sql(f"""
    SELECT count(*) FILTER (b.id IS NULL), count(*) FILTER (a.id IS NULL), {changed}
    FROM {old} a FULL JOIN {new} b ON a.id = b.id
"""))
if sys.argv[3:]:
    for file in (old, new):
        print(duckdb.sql(f"SUMMARIZE FROM {file}"))
PY
compare() { "$greenroom" diff @-2 @last --key id; (($? == 1)); }
full_join() { "$venv/bin/python" rival.py "${files[@]}"; }
and_summaries() { "$venv/bin/python" rival.py "${files[@]}" too; }
rounds "${1:-5}" diff compare duckdb full_join duckdb_and_summaries and_summaries
ratio diff duckdb
ratio diff duckdb_and_summaries
compare > shown.txt || true
head -20 shown.txt
/usr/bin/time -f "peak memory of diff: %M KiB" "$greenroom" diff @-2 @last --key id > last.txt || true
/usr/bin/time -f "peak memory of DuckDB: %M KiB" "$venv/bin/python" rival.py "${files[@]}" > last.txt
