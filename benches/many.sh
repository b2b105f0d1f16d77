#!/usr/bin/env bash
# What grows: a run of 1,000 steps (memory of its processes; what its first and last hundred steps cost), and
# `greenroom runs` in a store of 10,000 runs beside `find`, which only lists their events. Usage: benches/many.sh [ROUNDS]
set -euo pipefail
source "$(dirname "$0")/common.sh"

{
    printf 'greenroom: 1\nkind: workflow\nname: thousand\nsteps:\n  s0: {run: "true"}\n'
    for n in {1..999}; do printf '  s%s: {needs: [s%s], run: "true"}\n' "$n" "$((n - 1))"; done
} > workflows/thousand.yaml
cat > workflows/one.yaml <<'YAML'
greenroom: 1
kind: workflow
name: one
steps:
  one: {run: "true"}
YAML

peak "$greenroom" run thousand
run=$("$greenroom" show @last --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["path"])')
python3 - "$run/_run/events.jsonl" <<'PY'
import datetime, json, sys

events = map(json.loads, open(sys.argv[1]))
ends = [datetime.datetime.fromisoformat(e["ts"][:26]) for e in events if e["event"] == "step_finished"]
first, last = ((hundred[-1] - hundred[0]).total_seconds() * 1000 / 99 for hundred in (ends[:100], ends[-100:]))
print(f"a step of the first hundred {first:.0f} ms, of the last {last:.0f} ms, ratio {last / first:.2f}")
PY

# 10,000 runs of one step: one that ran, and copies of it with tokens of their own.
rm -rf .greenroom/store
"$greenroom" run one > last.txt 2>&1
python3 - .greenroom/store/greenroom_bench/dev/one/0.1.0 <<'PY'
import pathlib, shutil, sys

runs = pathlib.Path(sys.argv[1])
(ran,) = runs.iterdir()
for n in range(9_999):
    token = f"{ran.name[:24]}{n:012x}"
    shutil.copytree(ran, runs / token)
    for path in (runs / token / "_run").glob("*.json*"):
        path.write_text(path.read_text().replace(ran.name, token))
PY
list_events() { find .greenroom/store -name events.jsonl; }
echo "first look at 10,000 runs, which makes the index: $(seconds "$greenroom" runs) s"
rounds "${1:-5}" greenroom "$greenroom runs" find list_events
ratio greenroom find
