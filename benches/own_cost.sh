#!/usr/bin/env bash
# What `run` costs before its first container: from the start of the program until the engine says it has created one.
# Beside it the `docker` client, which only passes one request on. Usage: benches/own_cost.sh [ROUNDS]
set -euo pipefail
source "$(dirname "$0")/common.sh"

cat > workflows/one.yaml <<'YAML'
greenroom: 1
kind: workflow
name: one
steps:
  one: {run: "true"}
YAML
by_docker() { docker rm "$(docker create "$image" true)"; }

# until_created FILE COMMAND: adds the milliseconds from now to the first container that is created from now on.
until_created() {
    local file=$1 start; shift
    start=$(date +%s%N)
    "$@" > last.txt 2>&1 || { cat last.txt >&2; return 1; }
    docker events --since "${start%?????????}.${start: -9}" --until "$(date +%s.%N)" --filter type=container \
        --filter event=create --format '{{.TimeNano}}' \
        | awk -v start="$start" 'NR == 1 { printf "%.1f\n", ($1 - start) / 1e6 }' >> "$file"
}
for _ in $(seq 0 "${1:-9}"); do
    until_created greenroom.txt "$greenroom" run one
    until_created docker.txt by_docker
done
sed -i 1d greenroom.txt docker.txt
awk -v ours="$(median < greenroom.txt)" -v theirs="$(median < docker.txt)" \
    'BEGIN { printf "median: greenroom run %.0f ms, docker create %.0f ms\n", ours, theirs }'
