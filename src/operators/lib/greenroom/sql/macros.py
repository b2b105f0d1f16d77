"""BigQuery's meaning of what DuckDB does otherwise, as DuckDB macros. Only translated queries name them."""

from __future__ import annotations

from greenroom.sql.text_macros import TEXT_MACROS

# A number as BigQuery writes it; DuckDB alone also takes `1_0`.
NUMBER = r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*"

MACROS = r"""
gr_type(x) AS CASE WHEN typeof(x) IN ('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT') THEN 'INT64'
    WHEN typeof(x) = 'VARCHAR' THEN 'STRING' WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN 'FLOAT64'
    WHEN typeof(x) LIKE 'DECIMAL%' THEN 'NUMERIC' WHEN typeof(x) = 'BOOLEAN' THEN 'BOOL'
    WHEN typeof(x) = 'TIMESTAMP' THEN 'DATETIME' WHEN typeof(x) = 'TIMESTAMP WITH TIME ZONE' THEN 'TIMESTAMP'
    WHEN typeof(x) = 'BLOB' THEN 'BYTES' WHEN typeof(x) = '"NULL"' THEN 'NULL' WHEN typeof(x) LIKE '%]' THEN 'ARRAY'
    WHEN typeof(x) LIKE 'STRUCT%' THEN 'STRUCT' ELSE typeof(x) END
gr_if_true(x) AS CASE WHEN gr_type(x) NOT IN ('BOOL', 'NULL')
    THEN error('COUNTIF takes a condition (BOOL), and got ' || gr_type(x)) WHEN x THEN true END
gr_dividend(a) AS CASE WHEN typeof(a) LIKE 'DECIMAL%'
    THEN error('NUMERIC is not divided here as BigQuery does; CAST both sides AS FLOAT64') ELSE CAST(a AS DOUBLE) END
gr_divisor(b) AS CASE WHEN typeof(b) LIKE 'DECIMAL%'
        THEN error('NUMERIC is not divided here as BigQuery does; CAST both sides AS FLOAT64')
    WHEN b = 0 THEN error('division by zero; SAFE_DIVIDE gives NULL instead') ELSE CAST(b AS DOUBLE) END
gr_ratio(a, b) AS a / b
gr_unscaled(x) AS CAST(CAST(x AS DECIMAL(38, 9)) * 1000000000 AS HUGEINT)
gr_quotient(p) AS CAST(CAST(sign(p.n) * sign(p.d) * ((2 * abs(p.n) * 1000000000 + abs(p.d)) // NULLIF(2 * abs(p.d), 0))
    AS DECIMAL(38, 0)) * CAST(0.000000001 AS DECIMAL(9, 9)) AS DECIMAL(38, 9))
gr_safe_numeric_divide(a, b) AS list_transform([{'n': gr_unscaled(a), 'd': gr_unscaled(b)}], lambda p: gr_quotient(p))[1]
gr_numeric_divide(a, b) AS list_transform([{'n': gr_unscaled(a), 'd': gr_unscaled(b)}], lambda p: CASE WHEN p.n IS NULL THEN NULL
    WHEN p.d = 0 THEN error('division by zero; SAFE_DIVIDE gives NULL instead') ELSE gr_quotient(p) END)[1]
gr_float_only(x) AS CASE WHEN typeof(x) LIKE 'DECIMAL%'
    THEN error('this function of NUMERIC gives NUMERIC in BigQuery, and FLOAT64 here; CAST it AS FLOAT64') ELSE x END
gr_safe_divide(a, b) AS CASE WHEN typeof(a) LIKE 'DECIMAL%' OR typeof(b) LIKE 'DECIMAL%'
        THEN error('NUMERIC is not divided here as BigQuery does; CAST both sides AS FLOAT64')
    WHEN isfinite(CAST(a AS DOUBLE) / NULLIF(CAST(b AS DOUBLE), 0))
    THEN CAST(a AS DOUBLE) / NULLIF(CAST(b AS DOUBLE), 0) END
gr_div(a, b) AS CASE
    WHEN typeof(a) = 'DOUBLE' OR typeof(b) = 'DOUBLE' THEN error('DIV takes INT64 or NUMERIC, no FLOAT64')
    WHEN typeof(a) LIKE 'DECIMAL%' OR typeof(b) LIKE 'DECIMAL%'
        THEN error('DIV of NUMERIC is not known to the dev warehouse; CAST both sides AS INT64')
    WHEN b = 0 THEN error('division by zero in DIV') ELSE CAST(a AS BIGINT) // NULLIF(CAST(b AS BIGINT), 0) END
gr_mod(a, b) AS CASE
    WHEN typeof(a) = 'DOUBLE' OR typeof(b) = 'DOUBLE' THEN error('MOD takes INT64 or NUMERIC, no FLOAT64')
    WHEN b = 0 THEN error('division by zero in MOD') ELSE a % NULLIF(b, 0) END
gr_exp(x) AS CASE WHEN typeof(x) LIKE 'DECIMAL%'
    THEN error('EXP of NUMERIC gives NUMERIC in BigQuery, and FLOAT64 here; CAST it AS FLOAT64') WHEN isinf(exp(x)) THEN error('the result of EXP is too large for FLOAT64') ELSE exp(x) END
gr_pow(x, y) AS CASE WHEN typeof(x) LIKE 'DECIMAL%' OR typeof(y) LIKE 'DECIMAL%'
    THEN error('POW of NUMERIC gives NUMERIC in BigQuery, and FLOAT64 here; CAST it AS FLOAT64') WHEN x = 0 AND y < 0 THEN error('division by zero in POW')
    WHEN isfinite(pow(x, y)) IS FALSE
    THEN error('POW has no result in FLOAT64: it is too large, or a root of a negative number') ELSE pow(x, y) END
gr_no_numeric(x) AS CASE WHEN typeof(x) LIKE 'DECIMAL%'
    THEN error('AVG of NUMERIC is a FLOAT64 here and a NUMERIC in BigQuery; CAST it AS FLOAT64') ELSE x END
gr_product(x, a, b) AS CASE WHEN typeof(a) LIKE 'DECIMAL%' AND typeof(b) LIKE 'DECIMAL%' THEN round(x, 9) ELSE x END
gr_finite(x, name) AS CASE WHEN isfinite(x) IS FALSE
    THEN error('a value of the column `' || name || '` is NaN or infinite, which BigQuery refuses or compares otherwise;'
        || ' keep it out with IF or NULLIF') ELSE x END
gr_within(x, name) AS CASE WHEN x < '0001-01-01' OR x >= '10000-01-01'
    THEN error('a value of the column `' || name || '` is before the year 1 or after 9999') ELSE x END
gr_moved(x) AS CASE WHEN x < '0001-01-01' OR x >= '10000-01-01'
    THEN error('the result is before the year 1 or after 9999') ELSE x END
gr_real(x) AS CASE WHEN typeof(x) LIKE 'DECIMAL%'
    THEN error('NUMERIC is not rounded here as BigQuery does; CAST it AS FLOAT64') ELSE CAST(x AS DOUBLE) END
gr_as_date(x) AS CASE WHEN typeof(x) IN ('DATE', 'VARCHAR', '"NULL"') THEN CAST(x AS DATE)
    ELSE error('this function takes a DATE here, and got ' || gr_type(x)
        || '; for others there are DATETIME_… and TIMESTAMP_… functions') END
gr_as_datetime(x) AS CASE WHEN typeof(x) IN ('TIMESTAMP', 'DATE', 'VARCHAR', '"NULL"') THEN CAST(x AS TIMESTAMP)
    ELSE error('this function takes a DATETIME here, and got ' || gr_type(x)) END
gr_as_timestamp(x) AS CASE WHEN typeof(x) IN ('TIMESTAMP WITH TIME ZONE', 'VARCHAR', '"NULL"') THEN CAST(x AS TIMESTAMPTZ)
    ELSE error('this function takes a TIMESTAMP here, and got ' || gr_type(x) || '; TIMESTAMP(…) makes one') END
gr_as_clock(x) AS CASE WHEN gr_type(x) IN ('DATETIME', 'TIMESTAMP', 'NULL') THEN x
    ELSE error('this function takes a DATETIME or TIMESTAMP here, and got ' || gr_type(x)) END
gr_with_clock(x) AS CASE WHEN gr_type(x) = 'DATE' THEN error('a DATE has no hours to EXTRACT') ELSE x END
gr_day_of(x) AS CASE WHEN typeof(x) = 'TIMESTAMP' THEN CAST(x AS DATE) ELSE gr_as_date(x) END
gr_early_day(d) AS CASE WHEN day(d) > 28
    THEN error('steps of months from the 29th or later are not known to the dev warehouse; start at the 1st, and take LAST_DAY') ELSE d END
gr_whole_only(n) AS CASE WHEN gr_type(n) NOT IN ('INT64', 'NULL') THEN error('%d and %x take INT64, and got ' || gr_type(n)) ELSE n END
gr_whole(n) AS CASE WHEN gr_type(n) NOT IN ('INT64', 'NULL') THEN error('an INTERVAL takes INT64 here, and got ' || gr_type(n)) ELSE n END
gr_minus(a, b) AS CASE WHEN typeof(a) = 'DATE' AND typeof(b) = 'DATE'
    THEN error('DATE - DATE is an INTERVAL in BigQuery, and a number here; write DATE_DIFF(…, …, DAY)') ELSE a - b END
gr_week_start(d, first) AS CAST(d AS DATE) - CAST((dayofweek(CAST(d AS DATE)) - first + 7) % 7 AS INTEGER)
gr_date_trunc(unit, d) AS CAST(date_trunc(unit, gr_as_date(d)) AS DATE)
gr_date_trunc_week(d, first) AS gr_week_start(gr_as_date(d), first)
gr_time_trunc_week(t, first) AS date_trunc('day', t) - to_days(CAST((dayofweek(t) - first + 7) % 7 AS INTEGER))
gr_date_diff(unit, a, b) AS date_diff(unit, gr_as_date(b), gr_as_date(a))
gr_date_diff_week(a, b, first) AS CAST((gr_week_start(a, first) - gr_week_start(b, first)) // 7 AS BIGINT)
gr_last_day_week(d, first) AS gr_week_start(gr_day_of(d), first) + 6
gr_last_day(unit, d, step) AS CAST(date_trunc(unit, gr_day_of(d)) + step - INTERVAL 1 DAY AS DATE)
gr_date_of_unix(n) AS DATE '1970-01-01' + CAST(n AS INTEGER)
gr_days_of(d) AS gr_as_date(d) - DATE '1970-01-01'
gr_micros_of(t) AS epoch_us(gr_as_timestamp(t))
gr_seconds_of(t) AS CAST(floor(gr_micros_of(t) / 1000000) AS BIGINT)
gr_millis_of(t) AS CAST(floor(gr_micros_of(t) / 1000) AS BIGINT)
gr_timestamp_of(us) AS CAST(make_timestamp(CAST(us AS BIGINT)) AS TIMESTAMPTZ)
gr_week_number(d, first) AS
    (dayofyear(CAST(d AS DATE)) + 6 - (dayofweek(CAST(d AS DATE)) - first + 7) % 7) // 7
gr_int64(v) AS CASE typeof(v)
    WHEN 'DOUBLE' THEN CAST(round(TRY_CAST(v AS DOUBLE)) AS BIGINT)
    WHEN 'VARCHAR' THEN CASE WHEN NOT regexp_full_match(trim(CAST(v AS VARCHAR)), '[+-]?[0-9]+')
        OR v IS NOT NULL AND TRY_CAST(v AS BIGINT) IS NULL
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
gr_read_float64(v) AS CASE WHEN isfinite(TRY_CAST(v AS DOUBLE))
    AND (typeof(v) <> 'VARCHAR' OR regexp_full_match(CAST(v AS VARCHAR), '{NUMBER}')) THEN TRY_CAST(v AS DOUBLE) END
gr_safe_float64(v) AS CASE WHEN typeof(v) = 'VARCHAR' AND regexp_full_match(trim(CAST(v AS VARCHAR)), '(?i)[+-]?(nan|inf|infinity)')
    THEN error('`' || CAST(v AS VARCHAR) || '` compares otherwise in BigQuery than here; take NULL in its place')
    ELSE gr_read_float64(v) END
gr_float64(v) AS CASE WHEN v IS NOT NULL AND gr_safe_float64(v) IS NULL
    THEN error('`' || CAST(v AS VARCHAR) || '` is no FLOAT64') ELSE gr_read_float64(v) END
gr_float_text(v) AS CASE WHEN TRY_CAST(printf('%.15g', v) AS DOUBLE) = v
    THEN printf('%.15g', v) ELSE printf('%.17g', v) END
gr_text(v) AS CASE
    WHEN typeof(v) = 'BLOB' THEN decode(TRY_CAST(v AS BLOB))
    WHEN typeof(v) = 'DOUBLE' THEN gr_float_text(TRY_CAST(v AS DOUBLE))
    WHEN typeof(v) LIKE 'DECIMAL%'
        THEN regexp_replace(regexp_replace(CAST(v AS VARCHAR), '(\.[0-9]*?)0+$', '\1'), '\.$', '')
    WHEN typeof(v) LIKE 'TIMESTAMP%' AND microsecond(TRY_CAST(v AS TIMESTAMP)) % 1000000 <> 0
        THEN error('a fraction of a second is not written here as BigQuery does; use FORMAT_TIMESTAMP')
    ELSE CAST(v AS VARCHAR) END
gr_item(a, i) AS CASE WHEN a IS NULL OR i IS NULL THEN NULL
    WHEN i < 0 OR i >= len(a) THEN error('the array has ' || len(a) || ' items, and item ' || i
        || ' (from 0) was asked for; SAFE_OFFSET gives NULL instead')
    ELSE a[i + 1] END
gr_safe_item(a, i) AS CASE WHEN i >= 0 THEN a[i + 1] END
"""

DATE = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
TIME = r"([01]?[0-9]|2[0-3]):[0-5]?[0-9]:[0-5]?[0-9](\.[0-9]{1,6})?"
ZONE = " ?(Z|UTC|[+-][0-9]{2}(:[0-9]{2})?)"

# BigQuery's type → DuckDB's, and how BigQuery writes a text of it: DuckDB alone also takes `infinity` and `epoch`.
TEXTS = {
    "DATE": ("DATE", DATE),
    "DATETIME": ("TIMESTAMP", f"{DATE}([ T]{TIME})?"),
    "TIMESTAMP": ("TIMESTAMPTZ", f"{DATE}([ T]{TIME})?({ZONE})?"),
    "TIME": ("TIME", TIME),
    "NUMERIC": ("DECIMAL(38, 9)", NUMBER),
}


def _casts() -> list[str]:
    """CAST and SAFE_CAST from texts of these types. There is no year 0."""
    found = []
    for name, (type, pattern) in TEXTS.items():
        text = "CAST(v AS VARCHAR)"
        good = f"typeof(v) <> 'VARCHAR' OR regexp_full_match({text}, '{pattern}') AND {text} NOT LIKE '0000-%'"
        wrong = f"error('`' || {text} || '` is no {name}')"
        found.append(f"gr_{name.lower()}(v) AS CASE WHEN v IS NULL OR {good} THEN CAST(v AS {type}) ELSE {wrong} END")
        found.append(f"gr_safe_{name.lower()}(v) AS CASE WHEN {good} THEN TRY_CAST(v AS {type}) END")
    return ["CREATE MACRO " + each for each in found]


def statements() -> list[str]:
    """One CREATE MACRO for each."""
    found: list[str] = []
    for line in (MACROS.replace("{NUMBER}", NUMBER) + TEXT_MACROS).splitlines():
        if line.startswith("gr_"):
            found.append("CREATE MACRO " + line)
        elif line.strip():
            found[-1] += "\n" + line
    return found + _casts()
