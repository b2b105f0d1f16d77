-- BigQuery SQL; @day is the workflow's parameter.
SELECT
  event_date,
  item,
  COUNT(*) AS events,
  SUM(amount) AS amount
FROM lake.events
WHERE event_date = @day
GROUP BY event_date, item
