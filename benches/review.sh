#!/usr/bin/env bash
# A ledger of 1,000 signed entries, and a branch that changes 200 files: the decision card when nothing of the ledger has
# been verified here before, and when it has, beside what is asked of git and ssh-keygen for the same: each signature
# verified by itself, and the branch's diff. Usage: benches/review.sh [ENTRIES] [ROUNDS]
set -euo pipefail
source "$(dirname "$0")/common.sh"
entries=${1:-1000} rounds=${2:-5}

# Two people with a key each, and a remote between them.
mkdir ana
mv greenroom.yaml workflows ana/
cd ana
echo .greenroom/ > .gitignore
cat >> greenroom.yaml <<'YAML'
  stage: {root: .greenroom/stage, branch: stage}
YAML
mkdir sql
for n in $(seq 200); do
    echo "SELECT a, b FROM lake.t$n" > "sql/q$n.sql"
done
for n in $(seq 0 9); do
    {
        printf 'greenroom: 1\nkind: workflow\nname: flow%s\nowners: [ana, eli]\nsteps:\n' "$n"
        echo "  make: {run: 'echo 1 > \$GREENROOM_OUTPUT_DIR/a', outputs: {a: {path: a}}, files: ['sql/*']}"
    } > "workflows/flow$n.yaml"
done
identify() {
    git config user.name "$1"
    git config user.email "$1@example.com"
    git config gpg.format ssh
    git config user.signingKey "$dir/$1.key"
    git config commit.gpgSign true
}
for who in ana eli; do ssh-keygen -q -t ed25519 -N '' -C "$who" -f "$dir/$who.key"; done
git init -q -b main
identify ana
"$greenroom" track setup --role analyst > /dev/null
git add -A && git commit -qm 'The project'
git init -q --bare -b main ../remote.git
git remote add origin ../remote.git
git push -q -u origin main && git push -q origin main:stage
git -C .. clone -q remote.git eli
cd ../eli
identify eli
"$greenroom" track setup --role engineer > /dev/null
git commit -qam 'Eli, too' && git push -q origin main main:stage
cd ../ana
git pull -q
"$greenroom" track open flow0 --need 'a bench' > /dev/null
"$greenroom" track agree flow0 > /dev/null
(cd ../eli && git pull -q && "$greenroom" track agree flow0 > /dev/null)
git switch -q -c ana/all
for n in $(seq 200); do
    echo "SELECT a, b, $n AS c FROM lake.t$n WHERE a > $n" > "sql/q$n.sql"
done
git commit -qam 'Two hundred queries'
for verb in 'run flow0' 'package --track flow0'; do
    "$greenroom" $verb > ../said.txt 2>&1 || { cat ../said.txt; exit 1; }
done
ledger=$(git -C ../remote.git for-each-ref --format='%(refname)' 'refs/greenroom/tracks/*')
count() { git -C ../remote.git rev-list --count "$ledger"; }
while (($(count) < entries)); do
    "$greenroom" comment flow0 "remark at $SECONDS" > /dev/null
done
echo "$(count) entries"

cd ../eli
git fetch -q
first() { rm -rf .git/greenroom; "$greenroom" review show flow0; }
card() { "$greenroom" review show flow0; }
diff() { git diff origin/main...origin/ana/all; }
signatures() {
    git -C ../remote.git rev-list "$ledger" | while read -r entry; do
        git -C ../remote.git cat-file blob "$entry:event.sig" > one.sig
        git -C ../remote.git cat-file blob "$entry:event.json" |
            ssh-keygen -Y verify -f .greenroom-signers -n greenroom-track-v1 -s one.sig -I "$(of)" > /dev/null
    done
}
# Whose key it is: what `verify` has to be told.
of() { ssh-keygen -Y find-principals -f .greenroom-signers -s one.sig; }
card > /dev/null
rounds "$rounds" first first card card git_diff diff ssh_keygen signatures
ratio first ssh_keygen
ratio card git_diff
