"""The same operators on BigQuery, which runs the queries and keeps the tables itself."""
