"""Rows are what they were, whatever file they go through."""

from __future__ import annotations

import importlib.util
import os
import socket
import unittest
from pathlib import Path
from unittest import mock

import pandas as pd
import pyarrow as pa
from apache_beam.io.filesystems import FileSystems

from .. import OneHotEncoder, StandardScaler, Transformer, load, read
from .case import ROW, Case

FRAME = pd.DataFrame(
    {ROW: range(5), "number": [1.0, 3.0, None, 2.0, 4.0], "text": ["a", 'a "quoted",\nlonger one', None, "数 é 🙂", ""]}
)


class Guessing(Transformer):
    """Does what one must not: of no rows, it makes a column of no type."""

    def apply(self, batch: pa.Table) -> pa.Table:
        return batch.append_column("guessed", pa.array(batch[ROW].to_pylist()))


class FilesTest(Case):
    def test_every_format(self) -> None:
        frame = FRAME.copy()
        parquet = self.stored(frame)
        scaler = StandardScaler(columns=["number"]).fit(parquet)
        expected = scaler.transform(frame)
        for name in ("rows.csv", "rows.jsonl", "folder/", "again.parquet"):
            with self.subTest(name):
                to = scaler.transform(parquet, to=f"{self.folder}/{name}")
                found = read(to).sort_values(ROW, ignore_index=True)
                pd.testing.assert_frame_equal(found, expected, check_dtype=False)
                # What was written can be learned from, too: it is scaled, so nothing is left to do.
                again = StandardScaler(columns=["number"]).fit(to)
                self.assertAlmostEqual(again.mean_[0], 0)
                self.assertAlmostEqual(again.scale_[0], 1)

    def test_csv_has_no_empty_lines(self) -> None:
        frame = pd.DataFrame({"number": [1.0, 3.0], "text": ["a", "b"]})
        to = StandardScaler(columns=["number"]).fit_transform(self.stored(frame, parts=2), to=self.folder / "rows.csv")
        lines = Path(to).read_text().splitlines()
        self.assertEqual([lines[0], *sorted(lines[1:])], ["number,text", '-1,"a"', '1,"b"'])

    def test_a_header_alone(self) -> None:
        (self.folder / "rows.csv").write_text("number\n")
        with self.assertRaisesRegex(ValueError, r"0 sample\(s\)"):
            StandardScaler().fit(self.folder / "rows.csv")

    def test_packed_text(self) -> None:
        frame = FRAME[[ROW, "number"]]
        frame.to_csv(self.folder / "rows.csv.gz", index=False)
        pd.testing.assert_frame_equal(read(self.folder / "rows.csv.gz"), frame)

    def test_several_files(self) -> None:
        for part in range(3):
            FRAME[[ROW, "number"]].to_csv(self.folder / f"day-{part}.csv", index=False)
        (self.folder / "_SUCCESS").touch()
        for path in (f"{self.folder}/", f"{self.folder}/day-*.csv"):
            self.assertEqual(StandardScaler(columns=["number"]).fit(path).n_samples_seen_, 12)
        FRAME[[ROW]].to_csv(self.folder / "day-3.csv", index=False)
        with self.assertRaisesRegex(ValueError, "number"):
            read(f"{self.folder}/")

    def test_types_are_those_of_the_first_file(self) -> None:
        for part, kind in enumerate(("int64", "int32")):
            FRAME[[ROW]].astype(kind).to_parquet(self.folder / f"part-{part}.parquet")
        self.assertEqual(read(f"{self.folder}/")[ROW].tolist(), [0, 1, 2, 3, 4] * 2)
        FRAME[["text"]].rename(columns={"text": ROW}).to_parquet(self.folder / "part-2.parquet")
        with self.assertRaises(ValueError):
            read(f"{self.folder}/")

    def test_whole_numbers_become_floats_where_another_file_has_them(self) -> None:
        for part, numbers in enumerate(([1, 2], [1.5, None], [3, 4])):
            frame = pd.DataFrame({ROW: range(len(numbers)), "number": numbers})
            frame.to_parquet(self.folder / f"part-{part}.parquet")
            frame.to_csv(self.folder / f"day-{part}.csv", index=False)
        for path in (f"{self.folder}/part-*.parquet", f"{self.folder}/day-*.csv"):
            with self.subTest(path):
                pd.testing.assert_series_equal(
                    read(path)["number"], pd.Series([1, 2, 1.5, None, 3, 4], name="number", dtype="float64")
                )
                self.assertEqual(StandardScaler(columns=["number"]).fit(path).n_samples_seen_, 5)
                found = OneHotEncoder(columns=["number"]).fit(path)
                self.assertEqual(found.categories_, [[1.0, 1.5, 2.0, 3.0, 4.0, None]])

    def test_what_is_of_another_type_is_named(self) -> None:
        for part, numbers in enumerate(([1, 2], ["a", "b"])):
            pd.DataFrame({"number": numbers}).to_parquet(self.folder / f"part-{part}.parquet")
            pd.DataFrame({"number": numbers}).to_csv(self.folder / f"day-{part}.csv", index=False)
        for name, last in (("part-*.parquet", "part-1.parquet"), ("day-*.csv", "day-1.csv")):
            with self.subTest(name), self.assertRaisesRegex(ValueError, f"{last}: number is string, not int64"):
                read(self.folder / name)

    def test_a_column_has_the_type_that_was_worked_out_before(self) -> None:
        with self.assertRaisesRegex(pa.ArrowException, "cast"):
            Guessing().transform(FRAME)
        with self.assertLogs("apache_beam", "ERROR"), self.assertRaisesRegex(pa.ArrowException, "cast"):
            Guessing().transform(self.stored(FRAME), to=self.folder / "to.parquet")

    def test_paths_that_cannot_be(self) -> None:
        scaler = StandardScaler(columns=["number"]).fit(FRAME)
        with self.assertRaisesRegex(FileNotFoundError, "no file of rows"):
            scaler.fit(f"{self.folder}/none.parquet")
        with self.assertRaisesRegex(ValueError, "ends in"):
            scaler.transform(FRAME, to=self.folder / "rows.txt")
        (self.folder / "part-0.parquet").touch()
        with self.assertRaisesRegex(FileExistsError, "files already"):
            scaler.transform(FRAME, to=f"{self.folder}/")

    def test_a_frame_goes_to_a_path(self) -> None:
        to = StandardScaler(columns=["number"]).fit_transform(FRAME, to=self.folder / "rows.parquet")
        self.assertEqual(len(read(to)), 5)


@unittest.skipUnless(importlib.util.find_spec("gcp_storage_emulator"), "gcp-storage-emulator is not installed")
class CloudTest(Case):
    def test_everything_on_cloud_storage(self) -> None:
        from gcp_storage_emulator.server import create_server

        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = create_server("127.0.0.1", port, in_memory=True, default_bucket="flights")
        server.start()
        self.addCleanup(server.stop)
        # The emulator asks for no account, and Beam looks for one for half a minute.
        account = mock.patch("apache_beam.internal.gcp.auth._Credentials._get_service_credentials", return_value=None)
        with account, mock.patch.dict(os.environ, {"STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{port}"}):
            scaler = StandardScaler(columns=["number"])
            path = scaler.fit_transform(FRAME, to="gs://flights/one/rows.parquet")
            again = StandardScaler(columns=["number"])
            with mock.patch.dict(os.environ, {"SCIENCE_RUNNER": "DirectRunner --temp_location=gs://flights/tmp"}):
                again.fit("gs://flights/one/").save("gs://flights/scaler.json")
            self.assertAlmostEqual(again.mean_[0], 0)
            to = load("gs://flights/scaler.json").transform(path, to="gs://flights/two/")
            pd.testing.assert_frame_equal(read(to), scaler.transform(FRAME))
            self.assertEqual(FileSystems.match(["gs://flights/tmp/**"])[0].metadata_list, [])
