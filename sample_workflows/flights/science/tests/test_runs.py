"""greenroom_runs.py, on a store as Greenroom leaves one."""

from __future__ import annotations

import fcntl
import hashlib
import json
import math
import os
import tempfile
import unittest
import warnings
from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd

from greenroom_runs import Run, RunNotFound, project_store, read, run, runs

PROJECT = """greenroom: 1
kind: project
name: flights   # and no other
environments:
  stage: {root: "gs://stage"}
  # Here.
  dev:
    warehouse: {engine: duckdb, path: .greenroom/lake}
    root: .greenroom/store
people: {}
"""


class Runs(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.base = self.root / ".greenroom/store/flights/dev"
        (self.root / "greenroom.yaml").write_text(PROJECT)
        self.old = self.made(1, "delay_model", "succeeded", depth=3)
        self.bad = self.made(2, "delay_model", "failed", depth=6)
        self.other = self.made(3, "text_topics", "succeeded")
        self.addCleanup(os.chdir, Path.cwd())
        os.chdir(self.base)
        # In a notebook it says where runs are.
        patched = mock.patch.dict(os.environ)
        patched.start()
        self.addCleanup(patched.stop)
        os.environ.pop("GREENROOM_RUNS", None)

    def test_a_root_is_read_as_yaml_means_it(self) -> None:
        for environments, env, root in [
            ("  dev: {warehouse: {engine: duckdb, path: x}}\n  stage: {root: .greenroom/stage}", "dev", ".greenroom/store"),
            ("  dev: {warehouse: {engine: duckdb, path: x}}\n  stage: {root: .greenroom/stage}", "stage", ".greenroom/stage"),
            ("  stage: {root: other}", "dev", ".greenroom/store"),
            ("  dev:\n    warehouse: {path: x}\n\n  stage:\n    root: other", "dev", ".greenroom/store"),
            ("  stage:\n    root: other\n\n    branch: stage", "stage", "other"),
            ('  dev: {root: ".greenroom/my stage"}', "dev", ".greenroom/my stage"),
            ("  dev:\n    root: my own stage  # here\n    branch: main", "dev", "my own stage"),
            ("  dev: {warehouse: {path: '}'}, root: 'a, b'}", "dev", "a, b"),
        ]:  # fmt: skip
            (self.root / "greenroom.yaml").write_text(f"name: flights\nenvironments:\n{environments}\npeople: {{}}\n")
            with self.subTest(environments):
                self.assertEqual(project_store(self.root.resolve(), env), self.root.resolve() / root / "flights" / env)
        with self.assertRaisesRegex(RunNotFound, "does not tell where the runs of prod are"):
            project_store(self.root, "prod")
        (self.root / "greenroom.yaml").write_text("name: flights\n")
        self.assertEqual(project_store(self.root, "dev"), self.root / ".greenroom/store/flights/dev")

    def made(self, number: int, name: str, status: str, **params: Any) -> Path:
        token = f"01900000-0000-7000-8000-00000000{number:04x}"
        folder = self.base / name / "1.0.0" / token
        ended = "2026-01-01T00:00:01.123456789Z"
        self.write(folder / "_run/run.json", token=token, name=name, version="1.0.0", use_case=None, params=params,
                   status="running", started_at="2026-01-01T00:00:00Z", finished_at=None)  # fmt: skip
        events = [{"event": "run_started"}, {"event": "run_finished", "status": status, "ts": ended}]
        (folder / "_run/events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
        self.plan(folder, {"evaluate": {"metrics": "metrics"}, "train": {"model": "model", "rows": "file"}})
        return folder

    def write(self, file: Path, **content: Any) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content))

    def plan(self, folder: Path, nodes: dict[str, dict[str, str]]) -> None:
        told = [
            {"id": node, "outputs": {name: {"type": kind} for name, kind in outputs.items()}}
            for node, outputs in nodes.items()
        ]
        self.write(folder / "_run/plan.json", nodes=told)

    def output(self, folder: Path, node: str, name: str, path: str, content: bytes) -> None:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        outputs = {name: {"path": path, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}}
        self.write(folder / f"_run/steps/{node}.json", token=folder.name, node=node, outputs=outputs)

    def test_every_way_to_name_a_run(self) -> None:
        self.write(self.base / "delay_model/_aliases/champion/000009.json", token=self.bad.name)
        self.write(self.base / "delay_model/_aliases/champion/000010.json", token=self.old.name)
        for reference, meant in {
            "@last": self.other,
            "@-2": self.bad,
            "@failed": self.bad,
            "delay_model@last": self.bad,
            "delay_model@-2": self.old,
            "0001": self.old,
            self.bad.name.upper(): self.bad,
            "champion": self.old,
            "@champion": self.old,
            "delay_model@champion": self.old,
            str(self.other): self.other,
        }.items():
            self.assertEqual(run(reference).token, meant.name, reference)
        self.assertEqual([one.token for one in runs()], [self.other.name, self.bad.name, self.old.name])
        self.assertEqual([one.params for one in runs("delay_model")], [{"depth": 6}, {"depth": 3}])

    def test_an_alias_that_was_taken_away_names_none(self) -> None:
        champion = self.base / "delay_model/_aliases/champion"
        self.write(champion / "000001.json", token=self.bad.name)
        self.write(champion / "000002.json", token=self.bad.name, removed=True)
        for reference in ("delay_model@champion", "champion"):
            with self.assertRaisesRegex(RunNotFound, "no run is called", msg=reference):
                run(reference)
        (champion / "000003.json").write_text("{")
        with self.assertRaisesRegex(RunNotFound, "torn"):
            run("champion")
        (champion / "000003.json").unlink()
        # One that another has is meant, and it may be given again.
        self.write(self.base / "text_topics/_aliases/champion/000001.json", token=self.other.name)
        self.assertEqual(run("champion").token, self.other.name)
        self.write(champion / "000004.json", token=self.old.name)
        self.assertEqual(run("delay_model@champion").token, self.old.name)

    def test_what_names_none(self) -> None:
        self.write(self.base / "delay_model/_aliases/best/000001.json", token=self.old.name)
        self.write(self.base / "text_topics/_aliases/best/000001.json", token=self.other.name)
        for reference, why in {
            "": "write a token",
            "01": "too short",
            "0000": "none",
            "8000-00000000": "none",
            "@-4": "not so many",
            "nothing@last": "not so many",
            "text_topics@failed": "not so many",
            "challenger": "is called",
            "best": "delay_model@best, text_topics@best",
            "../last": "not the directory of a run",
            "Delay@last": "write a token",
        }.items():
            with self.assertRaisesRegex(RunNotFound, why, msg=reference):
                run(reference)
        with self.assertRaisesRegex(RunNotFound, "gs://stage"):
            run("@last", env="stage")
        with self.assertRaisesRegex(RunNotFound, "does not tell"):
            run("@last", env="prod")
        os.chdir("/")
        with self.assertRaisesRegex(RunNotFound, "greenroom.yaml"):
            run("@last")
        self.assertEqual(run("@last", folder=self.base).token, self.other.name)
        os.environ["GREENROOM_RUNS"] = str(self.base)
        self.assertEqual(run("@-3").token, self.old.name)

    def test_a_damaged_record_hides_no_other_run(self) -> None:
        record = self.bad / "_run/run.json"
        told = json.loads(record.read_text())
        for damaged in [
            "",
            "[]",
            "null",
            "{}",
            json.dumps({**told, "started_at": None}),
            json.dumps({**told, "started_at": "yesterday"}),
            "[" * 100_000,
        ]:
            record.write_text(damaged)
            self.assertEqual([one.token for one in runs("delay_model")], [self.old.name], damaged[:80])
            self.assertEqual(run("delay_model@last").token, self.old.name, damaged[:80])
            with self.assertRaisesRegex(RunNotFound, "not the directory of a run", msg=damaged[:80]):
                run("0002")

    def test_how_a_run_stands(self) -> None:
        self.assertEqual((run("0001").status, run("0002").status), ("succeeded", "failed"))
        self.assertEqual(run("0001").finished_at.microsecond, 123456)
        going = self.base / "delay_model/1.0.0" / self.old.name / "_run"
        (going / "events.jsonl").write_text('{"event": "run_started"}\n{"event": "torn')
        (going / "lock").write_text("1\n")
        self.assertEqual((run("0001").status, run("0001").finished_at), ("interrupted", None))
        with open(going / "lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertEqual(run("0001").status, "running")
        self.assertEqual(repr(run("0001")), "<run 0001 of delay_model 1.0.0: interrupted>")

    def test_what_a_run_made(self) -> None:
        self.output(self.old, "evaluate", "metrics", "evaluate/metrics.json", b'{"auc": 0.71}')
        self.output(self.old, "train", "model", "train/model.pickle", b"cos\nsystem\n")
        self.output(self.old, "show", "rows", "show/rows.csv", b"carrier,late\nUA,1\n")
        found = run("0001")
        self.assertEqual(found.outputs, ["evaluate.metrics", "show.rows", "train.model"])
        self.assertEqual(found["evaluate.metrics"], {"auc": 0.71})
        self.assertEqual(found["train.model"], self.old / "train/model.pickle")
        self.assertEqual(found["train.model"], found.path("train.model"))
        self.assertEqual(found["show.rows"].to_dict("list"), {"carrier": ["UA"], "late": [1]})
        self.assertTrue("show.rows" in found and "show.row" not in found)
        with self.assertRaisesRegex(KeyError, "evaluate.metrics, show.rows"):
            found["evaluate.metric"]
        rows = pd.DataFrame({"late": [True, None]})
        rows.to_parquet(self.root / "rows.parquet")
        self.output(self.old, "show", "rows", "show/rows.parquet", (self.root / "rows.parquet").read_bytes())
        pd.testing.assert_frame_equal(found["show.rows"], rows)

    def test_what_was_changed_since_comes_with_a_warning(self) -> None:
        self.output(self.old, "evaluate", "metrics", "evaluate/metrics.json", b'{"auc": 0.71}')
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.assertEqual(run("0001")["evaluate.metrics"], {"auc": 0.71})
        (self.old / "evaluate/metrics.json").write_text('{"auc": 0.99}')
        with self.assertWarnsRegex(UserWarning, "metrics.json of run 0001 is not what the run made"):
            run("0001")["evaluate.metrics"]

    def test_a_torn_manifest_hides_nothing_else(self) -> None:
        for folder in (self.old, self.bad):
            self.output(folder, "evaluate", "metrics", "evaluate/metrics.json", b'{"auc": 0.71}')
            self.output(folder, "train", "model", "train/model.pickle", b"")
        record = self.bad / "_run/steps/evaluate.json"
        whole = json.loads(record.read_text())
        for torn in ["", '{"token": "019', "[]", "{}", json.dumps({**whole, "outputs": {"metrics": {"path": 1}}})]:
            record.write_text(torn)
            with self.assertWarnsRegex(UserWarning, "0002, what evaluate made is left out: evaluate.json is torn"):
                measured = [one.token for one in runs("delay_model") if "evaluate.metrics" in one]
            self.assertEqual(measured, [self.old.name], torn)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.assertEqual(run("0002").path("train.model"), self.bad / "train/model.pickle")
                self.assertEqual(run("0002").outputs, ["train.model"])
        record.write_text(json.dumps({**whole, "outputs": {"metrics": {"path": "../../../../etc/passwd"}}}))
        with self.assertWarnsRegex(UserWarning, "evaluate.metrics of run 0002 is left out: .* leads out of the run"):
            self.assertNotIn("evaluate.metrics", run("0002"))
        # Without its plan, names tell what is what.
        (self.old / "_run/plan.json").write_text('{"nodes"')
        with self.assertWarnsRegex(UserWarning, "plan.json is torn"):
            self.assertEqual(run("0001")["evaluate.metrics"], {"auc": 0.71})

    def test_a_file_by_its_name(self) -> None:
        for name, content, expected in [
            ("a.json", "[1]", [1]),
            ("a.jsonl", "1\n2\n", [1, 2]),
            ("a.pickle", "cos\nsystem\n", self.root / "a.pickle"),
        ]:
            (self.root / name).write_text(content)
            self.assertEqual(read(str(self.root / name)), expected)
        self.assertEqual(read(self.root), self.root)

    def test_metrics_that_come_while_it_runs(self) -> None:
        self.output(self.old, "evaluate", "metrics", "evaluate/p.jsonl", b'{"loss": 2}\n{"loss": 1}\n{"lo')
        self.assertEqual(run("0001")["evaluate.metrics"], [{"loss": 2}, {"loss": 1}])
        # Of what may end a line elsewhere, and of what is no number, none loses the others.
        lines = '{"loss": 2, "fold": "a\u2028nan"}\n{"loss": NaN}\n{"loss": -inf}\n{"loss": 1}\n'
        self.output(self.old, "evaluate", "metrics", "evaluate/p.jsonl", lines.encode())
        first, none, least, last = run("0001")["evaluate.metrics"]
        self.assertEqual(first, {"loss": 2, "fold": "a\u2028nan"})
        self.assertTrue(math.isnan(none["loss"]))
        self.assertEqual((least, last), ({"loss": -math.inf}, {"loss": 1}))

    def test_a_matrix(self) -> None:
        self.plan(self.old, {"size.1": {"m": "metrics"}, "size.2": {"m": "metrics"}})
        for cell in ("1", "2"):
            self.output(self.old, f"size.{cell}", "m", f"size/{cell}/m.json", f'{{"n": {cell}}}'.encode())
        found = run("0001")
        self.assertEqual(found.outputs, ["size.1.m", "size.2.m"])
        self.assertEqual(found["size.m"], {"1": {"n": 1}, "2": {"n": 2}})
        self.assertEqual(found["size.2.m"], {"n": 2})
        self.assertEqual(found.path("size.m"), self.old / "size")

    def test_nothing_leads_out_of_a_run(self) -> None:
        self.output(self.old, "train", "rows", "train/rows.csv", b"a\n1\n")
        file = self.old / "_run/steps/train.json"
        for path in ("../../secret.csv", "/etc/passwd"):
            self.write(file, token=self.old.name, node="train", outputs={"rows": {"path": path}})
            with self.assertRaisesRegex(ValueError, "leads out"):
                Run(self.old)["train.rows"]
        (self.old / "train/link.csv").symlink_to("/etc/passwd")
        self.write(file, token=self.old.name, node="train", outputs={"rows": {"path": "train/link.csv"}})
        with self.assertRaisesRegex(ValueError, "leads out"):
            Run(self.old)["train.rows"]
        # The record of another run tells nothing of this one.
        self.write(file, token=self.other.name, node="train", outputs={"rows": {"path": "train/rows.csv"}})
        self.assertEqual(Run(self.old).outputs, [])


if __name__ == "__main__":
    unittest.main()
