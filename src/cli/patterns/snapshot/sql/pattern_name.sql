-- Everything there is today, marked with the day.
SELECT
  @day AS snapshot_date,
  *
FROM lake.items
