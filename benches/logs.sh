#!/usr/bin/env bash
# A step that writes a million lines (100 MB) beside a `json-file` container that is followed with `docker logs`: from
# the start of both until every byte is in a file. The container rotates no log: one that does loses lines to who
# follows it. Then the peak memory of Greenroom's processes, in a run of its own. Usage: benches/logs.sh [ROUNDS]
set -euo pipefail
source "$(dirname "$0")/common.sh"

lines='seq -f %099.0f 1000000'
cat > workflows/flood.yaml <<YAML
greenroom: 1
kind: workflow
name: flood
steps:
  flood: {run: "$lines"}
YAML
$lines > expected

by_docker() {
    local id; id=$(docker run --detach --log-driver json-file --log-opt max-size=10g "$image" $lines)
    docker logs --follow "$id" > by_docker
    docker rm "$id"
    cmp expected by_docker
}

rounds "${1:-3}" greenroom "$greenroom run flood" docker by_docker
cmp expected <("$greenroom" logs @last flood) && echo "every byte is there"
ratio greenroom docker

peak "$greenroom" run flood
