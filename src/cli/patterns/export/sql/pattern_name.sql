SELECT
  item,
  SUM(amount) AS amount
FROM lake.events
GROUP BY item
HAVING SUM(amount) >= @least
