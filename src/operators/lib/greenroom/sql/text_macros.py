"""The macros about texts, bytes and JSON; they follow those of macros.py, and may use them."""

TEXT_MACROS = r"""
gr_text_only(x) AS CASE WHEN gr_type(x) NOT IN ('STRING', 'BYTES', 'NULL')
    THEN error('BigQuery takes only STRING here, and this is ' || gr_type(x) || '; CAST it AS STRING') ELSE x END
gr_text_part(x) AS CASE WHEN gr_type(x) NOT IN ('STRING', 'BYTES', 'ARRAY', 'NULL')
    THEN error('|| joins only STRING, BYTES or ARRAY, and this is ' || gr_type(x) || '; CAST it AS STRING') ELSE x END
gr_array_text(a, sep) AS CASE WHEN typeof(a) NOT IN ('VARCHAR[]', '"NULL"', '"NULL"[]')
    THEN error('only items of type STRING are joined to one text; CAST them AS STRING') ELSE array_to_string(a, sep) END,
    (a, sep, missing) AS CASE WHEN typeof(a) NOT IN ('VARCHAR[]', '"NULL"', '"NULL"[]')
    THEN error('only items of type STRING are joined to one text; CAST them AS STRING')
    ELSE array_to_string(list_transform(a, lambda x: coalesce(CAST(x AS VARCHAR), missing)), sep) END
gr_concat_part(v) AS CASE WHEN typeof(v) = 'BLOB'
    THEN error('CONCAT of BYTES is not known to the dev warehouse; join them with ||') ELSE gr_text(v) END
gr_json_number(s, found) AS CASE WHEN found IS NULL OR regexp_matches(found, '^-?[0-9]+$')
    OR regexp_matches(CAST(s AS VARCHAR), '(^|[^0-9.eE+-])' || regexp_escape(found) || '($|[^0-9.eE+-])') THEN found
    ELSE error('a number in the JSON text is ' || found || ' in another spelling, which BigQuery keeps and the dev warehouse does not; '
        || 'write it so in the JSON, or as a text') END
gr_json_value(s, path) AS CASE
    WHEN gr_type(s) NOT IN ('STRING', 'JSON', 'NULL') THEN error('JSON_VALUE takes a STRING of JSON, and got ' || gr_type(s))
    WHEN json_type(CAST(s AS VARCHAR), path) IN ('OBJECT', 'ARRAY') THEN NULL
    WHEN json_type(CAST(s AS VARCHAR), path) = 'DOUBLE' THEN gr_json_number(s, CAST(s AS VARCHAR) ->> path)
    ELSE CAST(s AS VARCHAR) ->> path END
gr_length(s) AS CASE gr_type(s) WHEN 'STRING' THEN length(CAST(s AS VARCHAR)) WHEN 'BYTES' THEN octet_length(TRY_CAST(s AS BLOB))
    WHEN 'NULL' THEN NULL ELSE error('LENGTH takes STRING or BYTES, and got ' || gr_type(s)) END
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
gr_byte_length(s) AS CASE gr_type(s) WHEN 'STRING' THEN octet_length(encode(CAST(s AS VARCHAR)))
    WHEN 'BYTES' THEN octet_length(TRY_CAST(s AS BLOB))
    WHEN 'NULL' THEN NULL ELSE error('BYTE_LENGTH takes STRING or BYTES, and got ' || gr_type(s)) END
gr_bytes(v) AS CASE gr_type(v) WHEN 'STRING' THEN encode(CAST(v AS VARCHAR)) WHEN 'BYTES' THEN TRY_CAST(v AS BLOB)
    WHEN 'NULL' THEN NULL ELSE error('only a STRING can be CAST AS BYTES, and this is ' || gr_type(v)) END
"""
