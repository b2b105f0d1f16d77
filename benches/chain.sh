#!/usr/bin/env bash
# Ten chained trivial steps beside what a user would run instead: ten `docker run --rm`, one after the other.
# Prints each round's times, then the ratio of the medians. Usage: benches/chain.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${1:-5}
cargo build --release --locked --quiet
greenroom=$PWD/target/release/greenroom
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat > greenroom.yaml <<'YAML'
greenroom: 1
kind: project
name: greenroom_bench
images:
  default: {base: "debian:bookworm-slim"}
environments:
  dev: {root: .greenroom/store}
YAML
mkdir workflows
{
    printf 'greenroom: 1\nkind: workflow\nname: chain\nsteps:\n  s0: {run: "true"}\n'
    for n in {1..9}; do printf '  s%s: {needs: [s%s], run: "true"}\n' "$n" "$((n - 1))"; done
} > workflows/chain.yaml

"$greenroom" local build > /dev/null 2>&1
image=greenroom/greenroom_bench-default:latest

seconds() {
    local start=$EPOCHREALTIME
    "$@" > /dev/null 2>&1
    awk -v from="$start" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.3f\n", to - from }'
}
by_hand() { for _ in {1..10}; do docker run --rm "$image" true; done; }
median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

# Once unmeasured, so that both find what they need in memory.
seconds "$greenroom" run chain > /dev/null
seconds by_hand > /dev/null
for round in $(seq "$rounds"); do
    seconds "$greenroom" run chain >> greenroom.txt
    seconds by_hand >> docker.txt
    echo "round $round: greenroom $(tail -1 greenroom.txt) s, docker run $(tail -1 docker.txt) s"
done
awk -v ours="$(median < greenroom.txt)" -v theirs="$(median < docker.txt)" \
    'BEGIN { printf "median: greenroom %.2f s, docker run %.2f s, ratio %.2f\n", ours, theirs, ours / theirs }'
