"""Runs of the past, to be read: in `greenroom notebook` and `greenroom shell`, or anywhere in the project.

>>> from greenroom_runs import run, runs                        # doctest: +SKIP
>>> champion = run("delay_model@champion")                      # doctest: +SKIP
>>> champion.params["depth"], champion.status                   # doctest: +SKIP
(6, 'succeeded')
>>> champion["evaluate.metrics"]["auc"]                         # doctest: +SKIP
0.7128
>>> champion["predict.predictions"].probability.mean()          # doctest: +SKIP
0.214
>>> [found["evaluate.metrics"]["auc"] for found in runs("delay_model")]   # doctest: +SKIP

A run is named as on the command line: by its token or the last 4 or more characters of it, `@last`, `@failed`,
`NAME@last`, `NAME@-2` for the one before the last, an alias such as `champion` or `NAME@champion`, or its directory.

Nothing here writes, and nothing that a run left is executed: a pickled model is a path. It is for you to load, if you
know who made it. A file that is not as the run made it comes with a warning, and a step whose record is torn is left
out with one. Needs nothing but Python; with pandas, tables come as DataFrames.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import warnings
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

__all__ = ["Run", "RunNotFound", "read", "run", "runs"]

NAME = r"[a-z][a-z0-9_]{0,62}"
TOKEN = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
VERSION = r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){2}"
# What reading a record that is not as it was written comes to.
TORN = (OSError, LookupError, TypeError, AttributeError, ValueError, RecursionError)
PARQUET, CSV = (".parquet",), (".csv", ".csv.gz")


class RunNotFound(LookupError):
    """No run is meant, or more than one."""


def run(reference: str, *, env: str = "dev", folder: str | os.PathLike[str] | None = None) -> Run:
    """The run that a person means. `folder`: where the runs lie, if it is not to be found out."""
    reference = os.fspath(reference)
    if "/" in reference or reference in (".", ".."):
        return Run(reference)
    base = store(env, folder)
    name, at, selector = reference.partition("@")
    if at:
        if name:
            whole(NAME, name, reference)
        return selected(base, name, selector, reference)
    ending = reference.lower()
    if re.fullmatch(r"[0-9a-f-]+", ending):
        if len(ending) < 4:
            raise RunNotFound(f"`{reference}` is too short: write the last 4 or more characters of a token")
        return only([place for place in directories(base) if place.name.endswith(ending)], reference)
    whole(NAME, reference, reference)
    return called(base, "", reference, reference)


def runs(name: str | None = None, *, env: str = "dev", folder: str | os.PathLike[str] | None = None) -> list[Run]:
    """All runs, or those of one workflow or blueprint, the newest first. What cannot be read is left out."""
    return list(readable(directories(store(env, folder), name or "")))


def read(path: str | os.PathLike[str]) -> Any:
    """What is in a file, as far as its name tells: of a table a DataFrame, of JSON what it says, else its path."""
    return value(Path(path), kind_of(Path(path)))


class Run:
    """What a run did, as its directory tells it."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder).absolute()
        try:
            record = read_json(self.folder / "_run" / "run.json")
            self.token: str = record["token"]
            self.name: str = record["name"]
            self.version: str = record["version"]
            self.use_case: str | None = record.get("use_case")
            self.params: dict[str, Any] = record["params"]
            self.started_at = moment(record["started_at"])
            self._record: dict[str, Any] = record
        except TORN as error:
            raise RunNotFound(f"{self.folder} is not the directory of a run: {error}") from None

    def __repr__(self) -> str:
        of = f"{self.name} {self.use_case}" if self.use_case else self.name
        return f"<run {self.token[-4:]} of {of} {self.version}: {self.status}>"

    @property
    def status(self) -> str:
        """`running`, `interrupted`, `succeeded`, `failed` or `cancelled`: what its events tell, and its lock."""
        end = self._end()
        if end:
            return end["status"]
        return "running" if is_driven(self.folder / "_run" / "lock") else "interrupted"

    @property
    def finished_at(self) -> datetime | None:
        end = self._end()
        return moment(end["ts"]) if end else None

    @property
    def outputs(self) -> list[str]:
        """What can be asked for: `STEP.OUTPUT`, or `STEP.CELL.OUTPUT` of a matrix."""
        return [f"{node}.{output}" for node, manifest in self._manifests() for output in manifest["outputs"]]

    def __getitem__(self, output: str) -> Any:
        """Metrics as dicts (of jsonl, a list of them), tables as DataFrames, all else as paths. Of a step with a
        matrix, a dict of its cells, unless one is named."""
        return self._read(output, value)

    def __contains__(self, output: str) -> bool:
        try:
            return bool(self._found(output))
        except KeyError:
            return False
        except ValueError as error:
            # Of many runs one that was meddled with hides no other.
            warnings.warn(f"{output} of run {self.token[-4:]} is left out: {error}", stacklevel=2)
            return False

    def path(self, output: str) -> Path:
        """Where an output lies; of a step with a matrix, the folder of its cells, unless one is named."""
        found = self._found(output)
        cell, place = found[0][:2]
        return place if cell is None or output.count(".") == 2 else self.folder / output.partition(".")[0]

    def _read(self, output: str, read: Any) -> Any:
        found = self._found(output)
        types = self._types()
        for _, place, _, made in found:
            if place.is_file() and made.get("sha256") not in (None, sum_of(place)):
                told = f"{place.name} of run {self.token[-4:]} is not what the run made: somebody changed it"
                warnings.warn(told, stacklevel=3)
        kinds = [kind_of(place) if types is None else types.get(made, "file") for _, place, made, _ in found]
        if found[0][0] is None or output.count(".") == 2:
            return read(found[0][1], kinds[0])
        return {cell: read(place, kind) for (cell, place, _, _), kind in zip(found, kinds)}

    def _found(self, output: str) -> list[tuple[str | None, Path, tuple[str, str], dict[str, Any]]]:
        """Cell and place of what is meant, step and name by which the plan knows it, and what was recorded of it."""
        node, _, name = output.rpartition(".")
        step, _, cell = node.partition(".")
        found = []
        for made, manifest in self._manifests():
            of, _, its = made.partition(".")
            if of == step and (not cell or its == cell) and name in manifest["outputs"]:
                place = self._inside(manifest["outputs"][name]["path"])
                found.append((its or None, place, (made, name), manifest["outputs"][name]))
        if not found:
            there = ", ".join(self.outputs) or "nothing"
            raise KeyError(f"run {self.token[-4:]} ({self.status}) has left no {output}; there is {there}")
        return found

    def _manifests(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Of the steps that succeeded: no other has left anything to rely on."""
        for file in sorted((self.folder / "_run" / "steps").glob("[a-z]*.json")):
            try:
                manifest = read_json(file)
                is_own = manifest["token"] == self.token and manifest["node"] == file.name.removesuffix(".json")
                if not all(isinstance(made["path"], str) for made in manifest["outputs"].values()):
                    raise TypeError("a path is no text")
            except TORN as error:
                self._tell(f"what {file.name.removesuffix('.json')} made is left out: {file.name} is torn", error)
                continue
            if is_own:
                yield manifest["node"], manifest

    def _types(self) -> dict[tuple[str, str], str] | None:
        """None: nobody knows."""
        try:
            nodes = read_json(self.folder / "_run" / "plan.json")["nodes"]
            return {(node["id"], name): output["type"] for node in nodes for name, output in node["outputs"].items()}
        except TORN as error:
            self._tell("what its outputs are is told by their names alone: plan.json is torn", error)
            return None

    def _tell(self, what: str, error: Exception) -> None:
        warnings.warn(f"of run {self.token[-4:]}, {what} or was edited: {error}", stacklevel=2)

    def _inside(self, path: str) -> Path:
        """A manifest may have been edited, and a link put in a file's place: neither leads out of the run."""

        def byte(found: re.Match[bytes]) -> bytes:
            return b"\\" if found[1] == b"\\" else bytes.fromhex(found[1][1:].decode())

        plain = os.fsdecode(re.sub(rb"\\(\\|x[0-9a-f]{2})", byte, path.encode()))
        place = self.folder / plain
        if Path(plain).is_absolute() or place.resolve() != self.folder.resolve() / plain:
            raise ValueError(f"{path} leads out of the run: somebody changed it")
        return place

    def _end(self) -> dict[str, Any] | None:
        last = last_line(self.folder / "_run" / "events.jsonl")
        if last is None:
            return self._record["finished_at"] and {**self._record, "ts": self._record["finished_at"]}
        return last if last.get("event") == "run_finished" else None


def kind_of(place: Path) -> str:
    return "metrics" if place.is_file() and place.name.endswith((".json", ".jsonl")) else "file"


def value(place: Path, kind: str) -> Any:
    name = place.name.lower()
    if kind == "metrics":
        if name.endswith(".jsonl"):
            # The last line of one that is still being written may be a part of one. Only what ends a line of JSON
            # ends one: texts may hold other breaks.
            whole_lines = place.read_text(encoding="utf-8").split("\n")[:-1]
            return [figures(line) for line in whole_lines if line.strip()]
        return figures(place.read_text(encoding="utf-8"))
    if place.is_file() and name.endswith(PARQUET + CSV):
        return table(place, name)
    return place


def figures(text: str) -> Any:
    """JSON, in which numbers that are none may stand as any language writes them."""

    def as_python(found: re.Match[str]) -> str:
        word = found[0].lower()
        return found[0] if word[0] == '"' else "NaN" if "nan" in word else word[: word[0] == "-"] + "Infinity"

    return json.loads(re.sub(r'"(?:\\.|[^"\\])*"|[-+]?\b(?:nan|inf(?:inity)?)\b', as_python, text, flags=re.IGNORECASE))


def table(place: Path, name: str) -> Any:
    """A DataFrame, or the path where nothing is there that could make one."""
    try:
        import pandas
    except ImportError:
        return place
    if name.endswith(CSV):
        return pandas.read_csv(place)
    try:
        return pandas.read_parquet(place)
    except ImportError:
        pass
    try:
        import duckdb
    except ImportError:
        return place
    # No configuration of a person's own, which could load code.
    with duckdb.connect(":memory:") as connection:
        return connection.read_parquet(str(place)).df()


def store(env: str, folder: str | os.PathLike[str] | None) -> Path:
    """`$root/$project/$env`: that of the variable, in a container; else of the project around the current directory."""
    told = folder or os.environ.get("GREENROOM_RUNS")
    if told:
        return Path(told)
    here = Path.cwd()
    for root in (here, *here.parents):
        if (root / "greenroom.yaml").is_file():
            return project_store(root, env)
    raise RunNotFound(f"there is no greenroom.yaml in {here} or above it: say where the runs are, run(…, folder=…)")


def project_store(root: Path, env: str) -> Path:
    """As much of `greenroom.yaml` as is needed: Python has no YAML of its own."""
    text = re.sub(r"(?m)(^|\s)#.*", "", (root / "greenroom.yaml").read_text(encoding="utf-8"))
    project = re.search(rf"(?m)^name:\s*[\"']?({NAME})", text)
    _, _, environments = text.partition("\nenvironments:")
    # Up to the next key of the file.
    environments = re.split(r"\n(?=\w)", environments)[0]
    place = root_of(environments, env)
    if not project or not place:
        raise RunNotFound(f"greenroom.yaml does not tell where the runs of {env} are: say so, run(…, folder=…)")
    if "://" in place:
        raise RunNotFound(f"the runs of {env} lie at {place}: on this machine are none to be read")
    return root / place / project[1] / env


def root_of(environments: str, env: str) -> str | None:
    """What `root:` says within the mapping of one environment; `dev` has one without saying so."""
    named = re.search(rf"(?m)(?:^( +)|[{{,]\s*)[\"']?{re.escape(env)}[\"']?:[ \t]*", environments)
    if named and environments[named.end() :].startswith("{"):
        quoted = r"""(?:"[^"]*"|'[^']*'|[^{}"'])*"""
        own = re.match(rf"\{{(?:{quoted}(?:\{{{quoted}\}})?)*", environments[named.end() :])[0]
    elif named:
        own = re.match(rf"(?:[^\n]*(?:\n(?:{named[1]}[ ]|[ ]*(?=\n)))?)*", environments[named.end() :])[0]
    else:
        own = ""
    place = re.search(r"""(?:^|[\s{,])root:\s*(?:"([^"]*)"|'([^']*)'|([^\s"'{][^\n,}]*))""", own)
    if place:
        return place[1] or place[2] or place[3].strip()
    return ".greenroom/store" if env == "dev" else None


def directories(base: Path, name: str = "") -> list[Path]:
    """Of runs, by their names alone, the newest first: a token begins with the time at which it was made."""
    names = folders(base, re.escape(name) if name else NAME)
    tokens = [token for of in names for version in folders(of, VERSION) for token in folders(version, TOKEN)]
    return sorted(tokens, key=lambda token: token.name, reverse=True)


def readable(places: list[Path]) -> Iterator[Run]:
    for place in places:
        try:
            found = Run(place)
        except RunNotFound:
            continue
        if found.token == place.name:
            yield found


def folders(parent: Path, name: str) -> list[Path]:
    try:
        with os.scandir(parent) as entries:
            found = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [parent / one for one in sorted(found) if re.fullmatch(name, one)]


def selected(base: Path, name: str, selector: str, reference: str) -> Run:
    found = readable(directories(base, name))
    back = re.fullmatch(r"-([1-9][0-9]*)", selector)
    if selector == "failed":
        found, number = (one for one in found if one.status == "failed"), 1
    elif selector == "last" or back:
        number = int(back[1]) if back else 1
    else:
        whole(NAME, selector, reference)
        return called(base, name, selector, reference)
    for one in islice(found, number - 1, None):
        return one
    raise RunNotFound(f"`{reference}` names no run: there are not so many in {base}")


def called(base: Path, name: str, alias: str, reference: str) -> Run:
    """An alias is a folder of numbered files, of which the last tells: also that it was taken away."""
    moves = {}
    for of in folders(base, re.escape(name) if name else NAME):
        numbered = [file for file in (of / "_aliases" / alias).glob("*.json") if file.stem.isdecimal()]
        if numbered:
            newest = max(numbered, key=lambda file: int(file.stem))
            try:
                last = read_json(newest)
                if not last.get("removed"):
                    moves[of.name] = last["token"]
            except (OSError, ValueError, AttributeError, KeyError) as error:
                raise RunNotFound(f"{newest} is torn or was edited: {error}") from None
    if not moves:
        raise RunNotFound(f"no run is called `{reference}`")
    if len(moves) > 1:
        choice = ", ".join(f"{of}@{alias}" for of in sorted(moves))
        raise RunNotFound(f"`{reference}` is an alias of more than one: {choice}")
    token = next(iter(moves.values()))
    return only([place for place in directories(base) if place.name == token], reference)


def only(places: list[Path], reference: str) -> Run:
    if len(places) == 1:
        return Run(places[0])
    more = "more than one: " + ", ".join(place.name for place in places[:5]) if places else "none"
    raise RunNotFound(f"`{reference}` names no run: there is {more}")


def whole(pattern: str, text: str, reference: str) -> None:
    if not re.fullmatch(pattern, text):
        forms = "a token or its end, @last, NAME@last, NAME@-2 or an alias"
        raise RunNotFound(f"`{reference}` names no run: write {forms}")


def is_driven(lock: Path) -> bool:
    """With a shared lock that is let go at once, as other readers ask."""
    try:
        with open(lock, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def last_line(file: Path) -> dict[str, Any] | None:
    """Of a file of JSON Lines, the last that is whole."""
    try:
        with open(file, "rb") as lines:
            lines.seek(0, os.SEEK_END)
            size, take = lines.tell(), 1 << 16
            while True:
                lines.seek(max(size - take, 0))
                whole_lines = lines.read().split(b"\n")[:-1]
                if len(whole_lines) > 1 or take >= size:
                    break
                take *= 4
    except FileNotFoundError:
        return None
    try:
        return json.loads(whole_lines[-1]) if whole_lines else None
    except ValueError:
        return None


def sum_of(file: Path) -> str:
    found = hashlib.sha256()
    with open(file, "rb") as content:
        for piece in iter(lambda: content.read(1 << 20), b""):
            found.update(piece)
    return found.hexdigest()


def read_json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def moment(text: str) -> datetime:
    # Python keeps no more than microseconds.
    return datetime.fromisoformat(re.sub(r"(\.\d{6})\d*", r"\1", text).replace("Z", "+00:00"))
