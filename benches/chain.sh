#!/usr/bin/env bash
# Ten chained trivial steps beside what a user would run instead: ten `docker run --rm` one after the other, kfp's
# DockerRunner, and snakemake with `docker run`; the last two are installed from PyPI. Usage: benches/chain.sh [ROUNDS]
set -euo pipefail
source "$(dirname "$0")/common.sh"

{
    printf 'greenroom: 1\nkind: workflow\nname: chain\nsteps:\n  s0: {run: "true"}\n'
    for n in {1..9}; do printf '  s%s: {needs: [s%s], run: "true"}\n' "$n" "$((n - 1))"; done
} > workflows/chain.yaml

by_docker() { for _ in {1..10}; do docker run --rm "$image" true; done; }

venv=$here/target/rivals
[[ -x $venv/bin/snakemake ]] || { python3 -m venv "$venv" && "$venv/bin/pip" install -q kfp docker snakemake; }

cat > chain_kfp.py <<PY
from kfp import dsl, local

local.init(runner=local.DockerRunner(), pipeline_root="kfp", raise_on_error=True)

@dsl.container_component
def step():
    return dsl.ContainerSpec(image="$image", command=["true"])

@dsl.pipeline
def chain():
    last = step()
    for _ in range(9):
        last = step().after(last)

chain()
PY
by_kfp() { "$venv/bin/python" chain_kfp.py; }

{
    printf 'rule all:\n    input: "s9"\n'
    printf 'rule s0:\n    output: "s0"\n    shell: "docker run --rm %s true && touch {output}"\n' "$image"
    for n in {1..9}; do
        printf 'rule s%s:\n    input: "s%s"\n    output: "s%s"\n' "$n" "$((n - 1))" "$n"
        printf '    shell: "docker run --rm %s true && touch {output}"\n' "$image"
    done
} > Snakefile
by_snakemake() { rm -rf s? .snakemake; "$venv/bin/snakemake" --cores 1 --quiet; }

rounds "${1:-5}" greenroom "$greenroom run chain" docker by_docker kfp by_kfp snakemake by_snakemake
for rival in docker kfp snakemake; do ratio greenroom "$rival"; done
