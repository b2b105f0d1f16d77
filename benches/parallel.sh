#!/usr/bin/env bash
# A hundred trivial steps, eight at a time, beside `xargs -P 8` with `docker run --rm`. Usage: benches/parallel.sh [ROUNDS]
set -euo pipefail
source "$(dirname "$0")/common.sh"

{
    printf 'greenroom: 1\nkind: workflow\nname: parallel\nsteps:\n'
    for n in {1..100}; do printf '  s%s: {run: "true"}\n' "$n"; done
} > workflows/parallel.yaml

by_xargs() { seq 100 | xargs -P 8 -I{} docker run --rm "$image" true; }

rounds "${1:-3}" greenroom "$greenroom run parallel --jobs 8" xargs by_xargs
ratio greenroom xargs
