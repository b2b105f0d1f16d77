"""BigQuery's SQL on DuckDB: translated where both mean the same, mended where they differ, else refused."""
