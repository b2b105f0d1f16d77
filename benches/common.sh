# What the scripts here share: a release build, a project in a folder of its own, and how times are taken.
# Sourced after `set -euo pipefail`; leaves the working directory in the project.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
greenroom=${CARGO_TARGET_DIR:-$here/target}/release/greenroom
cargo build --release --locked --quiet --manifest-path "$here/Cargo.toml"

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
"$greenroom" local build > build.txt 2>&1 || { cat build.txt; exit 1; }
image=greenroom/greenroom_bench-default:latest

# The seconds that a command takes, its output thrown away. One that fails ends the script.
seconds() {
    local start=$EPOCHREALTIME
    "$@" > last.txt 2>&1 || { cat last.txt >&2; return 1; }
    awk -v from="$start" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.3f\n", to - from }'
}

median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

# rounds N NAME COMMAND [NAME COMMAND]...: every command in turn, N times, after one time each that does not count, so
# that all find what they need in memory. The times of NAME are in NAME.txt.
rounds() {
    local count=$1 round; shift
    for round in $(seq 0 "$count"); do
        local pairs=("$@") line="round $round:"
        while ((${#pairs[@]})); do
            local took; took=$(seconds ${pairs[1]})
            line+=" ${pairs[0]} $took s"
            ((round == 0)) || echo "$took" >> "${pairs[0]}.txt"
            pairs=("${pairs[@]:2}")
        done
        ((round == 0)) || echo "$line"
    done
}

# ratio NAME RIVAL: the median of one beside the other's.
ratio() {
    awk -v ours="$(median < "$1.txt")" -v theirs="$(median < "$2.txt")" -v us="$1" -v them="$2" \
        'BEGIN { printf "median: %s %.2f s, %s %.2f s, ratio %.2f\n", us, ours, them, theirs, ours / theirs }'
}

# peak COMMAND: the peak memory of all of Greenroom's processes together while a run is on. The kernel keeps each one's
# peak itself, so it need only be looked at until the process is gone.
peak() {
    "$@" > last.txt 2>&1 &
    local -A kept
    local exe kib total=0
    while kill -0 $! 2> /dev/null; do
        for exe in /proc/[0-9]*/exe; do
            [[ $(readlink "$exe" 2> /dev/null) == "$greenroom" ]] || continue
            kib=$(awk '/VmHWM/ { print $2 }' "${exe%/exe}/status" 2> /dev/null) || continue
            [[ -z $kib ]] || kept[$exe]=$kib
        done
        sleep 0.05
    done
    wait $! || { cat last.txt >&2; return 1; }
    for kib in "${kept[@]}"; do total=$((total + kib)); done
    echo "peak memory of ${#kept[@]} processes together: $((total / 1024)) MiB"
}
