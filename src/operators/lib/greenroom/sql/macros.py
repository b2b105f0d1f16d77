"""BigQuery's meaning of what DuckDB does otherwise, as DuckDB macros. Only translated queries name them."""

# A number as BigQuery writes it; DuckDB alone also takes `1_0`.
NUMBER = r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*"

MACROS = r"""
gr_divide(a, b) AS CASE
    WHEN typeof(a) LIKE 'DECIMAL%' OR typeof(b) LIKE 'DECIMAL%'
        THEN error('NUMERIC is not divided here as BigQuery does; CAST both sides AS FLOAT64')
    WHEN b = 0 THEN error('division by zero; SAFE_DIVIDE gives NULL instead')
    ELSE CAST(a AS DOUBLE) / CAST(b AS DOUBLE) END
gr_safe_divide(a, b) AS CASE WHEN isfinite(CAST(a AS DOUBLE) / NULLIF(CAST(b AS DOUBLE), 0))
    THEN CAST(a AS DOUBLE) / NULLIF(CAST(b AS DOUBLE), 0) END
gr_div(a, b) AS CASE
    WHEN typeof(a) = 'DOUBLE' OR typeof(b) = 'DOUBLE' THEN error('DIV takes INT64 or NUMERIC, no FLOAT64')
    WHEN b = 0 THEN error('division by zero in DIV') ELSE CAST(a AS BIGINT) // NULLIF(CAST(b AS BIGINT), 0) END
gr_mod(a, b) AS CASE
    WHEN typeof(a) = 'DOUBLE' OR typeof(b) = 'DOUBLE' THEN error('MOD takes INT64 or NUMERIC, no FLOAT64')
    WHEN b = 0 THEN error('division by zero in MOD') ELSE a % NULLIF(b, 0) END
gr_exp(x) AS CASE WHEN isinf(exp(x)) THEN error('the result of EXP is too large for FLOAT64') ELSE exp(x) END
gr_pow(x, y) AS CASE WHEN x = 0 AND y < 0 THEN error('division by zero in POW')
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
    WHEN typeof(v) = 'DOUBLE' THEN gr_float_text(TRY_CAST(v AS DOUBLE))
    WHEN typeof(v) LIKE 'DECIMAL%'
        THEN regexp_replace(regexp_replace(CAST(v AS VARCHAR), '(\.[0-9]*?)0+$', '\1'), '\.$', '')
    WHEN typeof(v) LIKE 'TIMESTAMP%' AND microsecond(TRY_CAST(v AS TIMESTAMP)) % 1000000 <> 0
        THEN error('a fraction of a second is not written here as BigQuery does; use FORMAT_TIMESTAMP')
    ELSE CAST(v AS VARCHAR) END

gr_left(s, n) AS CASE WHEN n < 0 THEN error('LEFT takes no negative length') ELSE left(s, n) END
gr_right(s, n) AS CASE WHEN n < 0 THEN error('RIGHT takes no negative length') ELSE right(s, n) END
gr_lpad(s, n, fill) AS CASE WHEN n < 0 THEN error('LPAD takes no negative length') ELSE lpad(s, CAST(n AS INTEGER), fill) END
gr_rpad(s, n, fill) AS CASE WHEN n < 0 THEN error('RPAD takes no negative length') ELSE rpad(s, CAST(n AS INTEGER), fill) END
gr_repeat(s, n) AS CASE WHEN n < 0 THEN error('REPEAT takes no negative number') ELSE repeat(s, n) END
gr_places(s, part) AS list_filter(range(1, length(s) + 1), lambda i: substring(s, i, length(part)) = part)
gr_instr(s, part, first, nth) AS CASE
    WHEN first = 0 OR nth < 1 THEN error('INSTR takes no position 0, and occurrences from 1')
    WHEN s IS NULL OR part IS NULL OR first IS NULL OR nth IS NULL THEN NULL
    WHEN first > 0 THEN coalesce(list_filter(gr_places(s, part), lambda i: i >= first)[nth], 0)
    ELSE coalesce(list_filter(gr_places(s, part), lambda i: i <= length(s) + first + 1)[-nth], 0) END
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
    for line in MACROS.replace("{NUMBER}", NUMBER).splitlines():
        if line.startswith("gr_"):
            found.append("CREATE MACRO " + line)
        elif line.strip():
            found[-1] += "\n" + line
    return found + _casts()
