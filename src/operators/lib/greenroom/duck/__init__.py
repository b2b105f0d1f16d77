"""The dev warehouse: Parquet of the lake, read by an embedded DuckDB."""
