"""What the operators do, on BigQuery."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from greenroom.bigquery import expect
from greenroom.bigquery.client import connect, parameters, quote, start
from greenroom.bigquery.explain import explain
from greenroom.bigquery.load import staged
from greenroom.bigquery.order import break_ties
from greenroom.bigquery.rows import in_fixed_order, land
from greenroom.bigquery.staging import Staging
from greenroom.duck.copy import copy
from greenroom.duck.partition import Partition
from greenroom.duck.show import ROWS, first_rows
from greenroom.load import Load
from greenroom.needs import need
from greenroom.problem import NotYet, Problem
from greenroom.step import Query, Step

# What a step leaves in place of rows: BigQuery keeps those.
RECEIPT = "bigquery.receipt"


class BigQueryWarehouse:
    def __init__(self, step: Step) -> None:
        self.step = step
        self.client = connect(step)
        self.errors = need("google.api_core.exceptions")

    def count(self, table: str, where: str | None) -> int:
        condition = f"\nWHERE {where}" if where else ""
        text = f"SELECT COUNT(*) AS found FROM {quote(table)}{condition}"
        try:
            rows = list(start(self.client, text, parameters(text, self.step.params)).result())
        except self.errors.NotFound as error:
            raise NotYet(f"looked for rows in {table}, but there is no table `{table}`") from error
        except self.errors.GoogleAPIError as error:
            raise Problem(explain(error, text).message, may_heal=True) from error
        return int(rows[0][0])

    def write_table(self, query: Query, table: str, partition: Partition | None, path: Path) -> int:
        schema = self._dry_run(query).schema
        name = self._name(table)
        try:
            with Staging(self.client, name, schema) as staging:
                columns = ", ".join(map(quote, staging.columns))
                self._ask(query, f"INSERT INTO {quote(staging.name)} ({columns})\n{query.text}", lines_before=1)
                if partition is not None:
                    staging.check_partition(partition)
                self._check(staging)
                rows = staging.count()
                if partition is None:
                    staging.replace_table(None)
                else:
                    staging.replace_partition(partition)
        except Problem as problem:
            raise query.locate(problem) from problem
        except self.errors.GoogleAPIError as error:
            raise self._told(error) from error
        return self._receipt(path, table, partition, rows)

    def export(self, query: Query, format: str, path: Path) -> int:
        connection, columns, ordered = self._land(query)
        connection.execute(copy(in_fixed_order(columns, ordered), path, format))
        return connection.execute(f"SELECT count(*) FROM {ROWS}").fetchone()[0]

    def load(self, load: Load, table: str, path: Path) -> int:
        name = self._name(table)
        try:
            with staged(self.client, load, name) as staging:
                if load.partition_by is not None and staging.count(f"{quote(load.partition_by)} IS NULL"):
                    raise Problem(f"NULL belongs to no partition, and `{load.partition_by}` is NULL in some rows",
                                  "leave out partition_by, or such rows")
                self._check(staging)
                rows = staging.count()
                staging.replace_table(load.partition_by)
        except self.errors.GoogleAPIError as error:
            raise self._told(error) from error
        return self._receipt(path, table, None, rows)

    def show(self, query: Query, limit: int) -> dict[str, Any]:
        connection, columns, ordered = self._land(query)
        connection.execute(f"CREATE OR REPLACE TABLE {ROWS} AS {in_fixed_order(columns, ordered)}")
        return first_rows(connection, columns, limit)

    def _land(self, query: Query) -> tuple[Any, dict[str, str], bool]:
        """The query's rows in a DuckDB, their columns, and whether their order is the query's own."""
        ordered = break_ties(query.text, self._dry_run(query).schema)
        job = self._ask(query, ordered or query.text)
        try:
            connection, columns = land(job.result())
        except Problem as problem:
            raise query.locate(problem) from problem
        return connection, columns, ordered is not None

    def _dry_run(self, query: Query) -> Any:
        """Tells the columns and what the query costs, without running it."""
        job = self._start(query, query.text, 0, dry_run=True)
        if job.total_bytes_processed:
            print(f"BigQuery reads {job.total_bytes_processed:,} bytes for it", flush=True)
        return job

    def _ask(self, query: Query, text: str, lines_before: int = 0) -> Any:
        """A job that has ended well."""
        job = self._start(query, text, lines_before)
        for read in job.referenced_tables or []:
            self.step.reads.append(f"{read.dataset_id}.{read.table_id}")
        return job

    def _start(self, query: Query, text: str, lines_before: int, dry_run: bool = False) -> Any:
        try:
            job = start(self.client, text, parameters(query.text, self.step.params), dry_run)
            if not dry_run:
                job.result()
            return job
        except self.errors.GoogleAPIError as error:
            raise query.locate(explain(error, query.text, lines_before)) from error

    def _check(self, staging: Staging) -> None:
        if self.step.expect:
            expect.check(self.step.expect, staging)

    def _told(self, error: Exception) -> Problem:
        return Problem(f"BigQuery refuses: {explain(error, '').message}", may_heal=True)

    def _name(self, table: str) -> str:
        """With its project; its dataset is made where it is not there yet."""
        dataset = f"{self.client.project}.{table.split('.')[0]}"
        try:
            self.client.create_dataset(dataset, exists_ok=True)
        except self.errors.GoogleAPIError as error:
            raise Problem(f"the dataset {dataset} cannot be made: {explain(error, '').message}", may_heal=True) from error
        return f"{self.client.project}.{table}"

    def _receipt(self, path: Path, table: str, partition: Partition | None, rows: int) -> int:
        """Greenroom takes the rows' number from it, and that they are as expected."""
        path.mkdir(parents=True, exist_ok=True)
        of = {"column": partition.column, "value": partition.value} if partition else None
        record = {"project": self.client.project, "table": table, "partition": of, "rows": rows, "expected": self.step.expect}
        (path / RECEIPT).write_text(json.dumps(record), encoding="utf-8")
        return rows
