#!/usr/bin/env bash
# A folder of 1,000,000 files and files of 1 GB, as a person meets them on the artifacts screen: on a terminal, from the
# key to the first rows, and the peak memory. Then `greenroom preview` beside what a person would run instead: `ls`,
# `head`, and pyarrow (installed from PyPI) for Parquet. Usage: benches/artifacts.sh [ROUNDS]
set -euo pipefail
source "$(dirname "$0")/common.sh"

venv=$here/target/rivals
"$venv/bin/python" -c 'import pyarrow' 2> /dev/null || { python3 -m venv "$venv" && "$venv/bin/pip" install -q pyarrow; }

store=.greenroom/store/greenroom_bench/dev
mkdir -p "$store"/{csv,many,parquet}
"$venv/bin/python" - "$store" <<'PY'
import os, random, sys
import pyarrow as pa, pyarrow.parquet as pq

store = sys.argv[1]
for n in range(1_000_000):
    os.close(os.open(f"{store}/many/part-{n:07d}", os.O_CREAT | os.O_WRONLY))

random.seed(1)
row = lambda n: f"{random.choice(['UA', 'B6', 'AA'])},{random.randint(90, 4983)},{random.gauss(12, 40):.2f},{n}\n"
block = "".join(map(row, range(100_000)))
with open(f"{store}/csv/rows.csv", "w") as csv:
    csv.write("carrier,distance,delay,n\n")
    while csv.tell() < 1 << 30:
        csv.write(block)

rows, columns = 1 << 20, 12
column = lambda: pa.Array.from_buffers(pa.int64(), rows, [None, pa.py_buffer(os.urandom(8 * rows))])
schema = pa.schema([(f"c{n}", pa.int64()) for n in range(columns)])
with pq.ParquetWriter(f"{store}/parquet/rows.parquet", schema, use_dictionary=False) as file:
    for _ in range(11):
        file.write_table(pa.table([column() for _ in range(columns)], schema))
PY

cat > on_a_terminal.py <<'PY'
import fcntl, os, pty, select, struct, sys, termios, time

def busy(pid):
    """Ticks that the process has worked."""
    return sum(map(int, open(f"/proc/{pid}/stat").read().rsplit(") ")[1].split()[11:13]))

def session(name, keys):
    """Presses keys one after the other, each until its text is sent; the last one's seconds go to NAME.txt. Its memory is
    looked at when it has nothing more to do."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(sys.argv[1], [sys.argv[1]])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    for key, text in keys:
        sent, start = b"", time.monotonic()
        os.write(terminal, key.encode())
        while text.encode() not in sent:
            if not select.select([terminal], [], [], 60)[0]:
                sys.exit(f"{name}: no {text!r} in {sent[-2000:]!r}")
            sent += os.read(terminal, 65536)
        took = time.monotonic() - start
    worked = -1
    while worked != (worked := busy(pid)):
        while select.select([terminal], [], [], 0.5)[0]:
            os.read(terminal, 65536)
    status = dict(line.split(":", 1) for line in open(f"/proc/{pid}/status"))
    os.write(terminal, b"\x03")
    os.waitpid(pid, 0)
    print(f"{name}: {took:.3f} s, peak memory {int(status['VmHWM'].split()[0]) // 1024} MiB")
    with open(f"{name}.txt", "a") as file:
        file.write(f"{took}\n")

for _ in range(int(sys.argv[2])):
    many = [("", "Board"), ("4", "many/"), ("j", "part-")]
    session("first_rows_of_a_million", [*many, ("\r", "reading")])
    session("csv", [*many[:2], ("\r", "distance")])
    session("parquet", [*many, ("j", "rows.parquet"), ("\r", "INT64")])
PY
python3 on_a_terminal.py "$greenroom" "${1:-5}"
for name in first_rows_of_a_million csv parquet; do
    echo "on a terminal: $name, median $(median < "$name.txt") s"
done

list_some() { head -20 < <(ls -U "$store/many"); }
list_all() { head -20 < <(ls "$store/many"); }
head_csv() { head -50 "$store/csv/rows.csv"; }
by_pyarrow() {
    "$venv/bin/python" -c "import pyarrow.parquet as pq; print(next(pq.ParquetFile('$store/parquet/rows.parquet').iter_batches(50)).to_pylist())"
}
preview="$greenroom preview $store"
rounds "${1:-5}" \
    folder "$preview/many" ls_unsorted list_some ls list_all \
    csv_file "$preview/csv/rows.csv" head head_csv \
    parquet_file "$preview/parquet/rows.parquet" pyarrow by_pyarrow
ratio folder ls_unsorted
ratio folder ls
ratio csv_file head
ratio parquet_file pyarrow
