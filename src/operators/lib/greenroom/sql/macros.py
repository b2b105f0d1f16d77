"""BigQuery's meaning of what DuckDB does otherwise, as DuckDB macros. Only translated queries name them."""

MACROS = r"""
gr_divide(a, b) AS CASE
    WHEN typeof(a) LIKE 'DECIMAL%' OR typeof(b) LIKE 'DECIMAL%'
        THEN error('NUMERIC is not divided here as BigQuery does; CAST both sides AS FLOAT64')
    WHEN b = 0 THEN error('division by zero; SAFE_DIVIDE gives NULL instead')
    ELSE CAST(a AS DOUBLE) / CAST(b AS DOUBLE) END
gr_safe_divide(a, b) AS CASE WHEN b = 0 THEN NULL ELSE CAST(a AS DOUBLE) / CAST(b AS DOUBLE) END
gr_div(a, b) AS CASE WHEN b = 0 THEN error('division by zero in DIV') ELSE CAST(a AS BIGINT) // CAST(b AS BIGINT) END
gr_mod(a, b) AS CASE WHEN b = 0 THEN error('division by zero in MOD') ELSE a % b END
gr_real(x) AS CASE WHEN typeof(x) LIKE 'DECIMAL%'
    THEN error('NUMERIC is not rounded here as BigQuery does; CAST it AS FLOAT64') ELSE CAST(x AS DOUBLE) END

gr_as_date(x) AS CASE WHEN typeof(x) IN ('DATE', 'VARCHAR', '"NULL"') THEN CAST(x AS DATE)
    ELSE error('this function takes a DATE here, and got ' || typeof(x)
        || '; for others there are DATETIME_… and TIMESTAMP_… functions') END
gr_week_start(d, first) AS CAST(d AS DATE) - CAST((dayofweek(CAST(d AS DATE)) - first + 7) % 7 AS INTEGER)
gr_date_trunc(unit, d) AS CAST(date_trunc(unit, gr_as_date(d)) AS DATE)
gr_date_trunc_week(d, first) AS gr_week_start(gr_as_date(d), first)
gr_time_trunc_week(t, first) AS date_trunc('day', t) - to_days(CAST((dayofweek(t) - first + 7) % 7 AS INTEGER))
gr_date_diff(unit, a, b) AS date_diff(unit, gr_as_date(b), gr_as_date(a))
gr_date_diff_week(a, b, first) AS CAST((gr_week_start(a, first) - gr_week_start(b, first)) // 7 AS BIGINT)
gr_last_day(unit, d, step) AS CAST(date_trunc(unit, gr_as_date(d)) + step - INTERVAL 1 DAY AS DATE)
gr_date_of_unix(n) AS DATE '1970-01-01' + CAST(n AS INTEGER)
gr_seconds_of(t) AS CAST(floor(epoch_us(t) / 1000000) AS BIGINT)
gr_millis_of(t) AS CAST(floor(epoch_us(t) / 1000) AS BIGINT)
gr_timestamp_of(us) AS CAST(make_timestamp(CAST(us AS BIGINT)) AS TIMESTAMPTZ)
gr_week_number(d, first) AS
    (dayofyear(CAST(d AS DATE)) + 6 - (dayofweek(CAST(d AS DATE)) - first + 7) % 7) // 7

gr_int64(v) AS CASE typeof(v)
    WHEN 'DOUBLE' THEN CAST(round(TRY_CAST(v AS DOUBLE)) AS BIGINT)
    WHEN 'VARCHAR' THEN CASE WHEN NOT regexp_full_match(trim(CAST(v AS VARCHAR)), '[+-]?[0-9]+')
        THEN error('`' || CAST(v AS VARCHAR) || '` is no INT64') ELSE TRY_CAST(v AS BIGINT) END
    ELSE CAST(v AS BIGINT) END
gr_safe_int64(v) AS CASE typeof(v)
    WHEN 'DOUBLE' THEN TRY_CAST(round(TRY_CAST(v AS DOUBLE)) AS BIGINT)
    WHEN 'VARCHAR' THEN CASE WHEN regexp_full_match(trim(CAST(v AS VARCHAR)), '[+-]?[0-9]+')
        THEN TRY_CAST(v AS BIGINT) END
    ELSE TRY_CAST(v AS BIGINT) END
gr_bool(v) AS CASE WHEN typeof(v) = 'VARCHAR' AND lower(CAST(v AS VARCHAR)) NOT IN ('true', 'false')
    THEN error('`' || CAST(v AS VARCHAR) || '` is no BOOL') ELSE CAST(v AS BOOLEAN) END
gr_safe_bool(v) AS CASE WHEN typeof(v) = 'VARCHAR' AND lower(CAST(v AS VARCHAR)) NOT IN ('true', 'false')
    THEN NULL ELSE TRY_CAST(v AS BOOLEAN) END
gr_date(v) AS CASE WHEN typeof(v) = 'VARCHAR'
        AND NOT regexp_full_match(CAST(v AS VARCHAR), '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}')
    THEN error('`' || CAST(v AS VARCHAR) || '` is no DATE') ELSE CAST(v AS DATE) END
gr_safe_date(v) AS CASE WHEN typeof(v) = 'VARCHAR'
        AND NOT regexp_full_match(CAST(v AS VARCHAR), '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}')
    THEN NULL ELSE TRY_CAST(v AS DATE) END
gr_float_text(v) AS CASE WHEN TRY_CAST(printf('%.15g', v) AS DOUBLE) = v
    THEN printf('%.15g', v) ELSE printf('%.17g', v) END
gr_text(v) AS CASE
    WHEN typeof(v) = 'DOUBLE' THEN gr_float_text(TRY_CAST(v AS DOUBLE))
    WHEN typeof(v) LIKE 'DECIMAL%'
        THEN regexp_replace(regexp_replace(CAST(v AS VARCHAR), '(\.[0-9]*?)0+$', '\1'), '\.$', '')
    WHEN typeof(v) LIKE 'TIMESTAMP%' AND microsecond(TRY_CAST(v AS TIMESTAMP)) % 1000000 <> 0
        THEN error('a fraction of a second is not written here as BigQuery does; use FORMAT_TIMESTAMP')
    ELSE CAST(v AS VARCHAR) END

gr_substr(s, p) AS substring(s, CASE WHEN p = 0 OR p < -length(s) THEN 1 ELSE p END),
    (s, p, n) AS CASE WHEN n < 0 THEN error('SUBSTR takes no negative length')
    ELSE substring(s, CASE WHEN p = 0 OR p < -length(s) THEN 1 ELSE p END, n) END
gr_blank() AS ' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(133) || chr(160) || chr(8195)
gr_trim(s) AS trim(s, gr_blank())
gr_ltrim(s) AS ltrim(s, gr_blank())
gr_rtrim(s) AS rtrim(s, gr_blank())
gr_byte_length(s) AS octet_length(encode(s))
gr_item(a, i) AS CASE WHEN a IS NULL OR i IS NULL THEN NULL
    WHEN i < 0 OR i >= len(a) THEN error('the array has ' || len(a) || ' items, and item ' || i
        || ' (from 0) was asked for; SAFE_OFFSET gives NULL instead')
    ELSE a[i + 1] END
gr_safe_item(a, i) AS CASE WHEN i >= 0 THEN a[i + 1] END
"""


def statements() -> list[str]:
    """One CREATE MACRO for each."""
    found: list[str] = []
    for line in MACROS.splitlines():
        if line.startswith("gr_"):
            found.append("CREATE MACRO " + line)
        elif line.strip():
            found[-1] += "\n" + line
    return found
