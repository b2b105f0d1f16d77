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
from greenroom.sql.parse import check_one_query
from greenroom.sql.source import Source
from greenroom.step import Query, Step

# What a step leaves in place of rows: BigQuery keeps those.
RECEIPT = "bigquery.receipt"


class BigQueryWarehouse:
    def __init__(self, step: Step) -> None:
        self.step = step
        self.client = connect(step)
        self.errors = need("google.api_core.exceptions")

    def count(self, table: str, where: str | None) -> int:
        # In parentheses it stays a condition, whatever it is.
        condition = f"\nWHERE (\n{where}\n)" if where else ""
        query = Query(f"SELECT COUNT(*) AS found FROM {quote(table)}{condition}", None)
        try:
            self._dry_run(query)
            [[found]] = self._ask(query, query.text).result()
        except Problem as problem:
            if isinstance(problem.__cause__, self.errors.NotFound):
                raise NotYet(f"looked for rows in {table}, but there is no table `{table}`") from problem
            raise
        return int(found)

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
        text, ordered = break_ties(Source(query.text), self._dry_run(query).schema)
        job = self._ask(query, text)
        try:
            connection, columns = land(job.result())
        except Problem as problem:
            raise query.locate(problem) from problem
        return connection, columns, ordered

    def _dry_run(self, query: Query) -> Any:
        """Tells the columns and what the query costs, without running it; and that it is a query and nothing else."""
        try:
            check_one_query(Source(query.text))
            job = self._ask(query, query.text, dry_run=True)
            # A stand-in may not say; a query within parentheses is one all the same.
            if job.statement_type not in ("SELECT", None):
                raise Problem(f"this is no query but {job.statement_type}; a step runs exactly one SELECT")
        except Problem as problem:
            raise query.locate(problem) from problem.__cause__
        if job.total_bytes_processed:
            print(f"BigQuery reads {job.total_bytes_processed:,} bytes for it", flush=True)
        return job

    def _ask(self, query: Query, text: str, lines_before: int = 0, dry_run: bool = False) -> Any:
        """A job that has ended well. `text`: what is sent for the query."""
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
        return Problem(f"BigQuery refuses: {explain(error, '').message}")

    def _name(self, table: str) -> str:
        """With its project. A stand-in begins without any dataset; a real one is somebody's decision, its place too."""
        dataset = f"{self.client.project}.{table.split('.')[0]}"
        try:
            if "GREENROOM_BIGQUERY_ENDPOINT" in self.step.environ:
                self.client.create_dataset(dataset, exists_ok=True)
            else:
                self.client.get_dataset(dataset)
        except self.errors.NotFound as error:
            raise Problem(f"there is no dataset {dataset}", f"make it where it shall be: bq mk --location=EU {dataset.replace('.', ':')}") from error
        except self.errors.GoogleAPIError as error:
            raise self._told(error) from error
        return f"{self.client.project}.{table}"

    def _receipt(self, path: Path, table: str, partition: Partition | None, rows: int) -> int:
        """Greenroom takes the rows' number from it, and that they are as expected."""
        path.mkdir(parents=True, exist_ok=True)
        of = {"column": partition.column, "value": partition.value} if partition else None
        record = {"project": self.client.project, "table": table, "partition": of, "rows": rows, "expected": self.step.expect}
        (path / RECEIPT).write_text(json.dumps(record), encoding="utf-8")
        return rows
