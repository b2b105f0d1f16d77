-- One row per flight: what is known of it an hour before it is to leave, and whether it came late.
WITH leaving AS (
  -- How late an airport's flights leave, hour by hour. The last one of an hour that is looked back at has been due for an
  -- hour at least: how late it is beyond that, nobody knows yet.
  SELECT origin, time_hour, AVG(LEAST(dep_delay, 60)) AS mean_delay
  FROM lake.flights
  WHERE flight_date BETWEEN DATE_SUB(@first_day, INTERVAL 1 DAY) AND @last_day
  GROUP BY origin, time_hour
)
SELECT
  f.flight_date,
  f.carrier,
  f.flight,
  f.origin,
  f.dest,
  f.sched_dep_time,
  f.distance,
  w.temp,
  w.wind_speed,
  w.visib,
  w.precip,
  b.mean_delay AS delay_before,
  -- NULL where it never arrived: nothing to learn from, and nothing to judge by.
  f.arr_delay > 15 AS late
FROM lake.flights AS f
LEFT JOIN lake.weather AS w
  ON w.origin = f.origin
  AND w.time_hour = f.time_hour
LEFT JOIN leaving AS b
  ON b.origin = f.origin
  AND b.time_hour = TIMESTAMP_SUB(f.time_hour, INTERVAL 3 HOUR)
WHERE f.flight_date BETWEEN @first_day AND @last_day
ORDER BY f.flight_date, f.origin, f.sched_dep_time, f.carrier, f.flight
