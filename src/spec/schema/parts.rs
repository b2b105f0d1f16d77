use serde_json::{Value, json};

/// What more than one kind of file consists of.
pub(super) fn definitions() -> Value {
    json!({
        "name": {
            "type": "string",
            "pattern": "^[a-z][a-z0-9_]{0,62}$",
            "description": "Small letters, digits and _, beginning with a letter; at most 63.",
        },
        "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$", "description": "Semantic version such as 1.0.0."},
        "duration": {
            "type": "string",
            "pattern": "^([0-9]+(ms|s|m|h|d))+$",
            "description": "A number and ms, s, m, h or d, such as 10s or 1h30m.",
        },
        "scalar": {"type": ["string", "number", "boolean"]},
        "text": {"type": ["string", "number", "boolean"], "description": "May hold ${{ templates }}."},
        "table": {
            "type": "string",
            "pattern": r"^[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*$",
            "description": "dataset.table",
        },
        "columnType": {
            "type": "string",
            "description": "BigQuery's name of the type, in any case.",
            "anyOf": [
                {"enum": [
                    "STRING", "INT64", "FLOAT64", "BOOL", "DATE", "DATETIME", "TIMESTAMP", "TIME", "NUMERIC",
                    "BIGNUMERIC", "BYTES", "JSON", "GEOGRAPHY", "INTERVAL",
                ]},
                {"pattern": "^[A-Za-z][A-Za-z0-9]*( *[(<].*)?$"},
            ],
        },
        "param": param(),
        "output": output(),
        "expect": expect(),
        "amounts": {
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "cpu": {
                    "type": ["string", "number"],
                    "pattern": "^[0-9]+(\\.[0-9]+)?m?$",
                    "description": "Cores, as Kubernetes writes them: 2, 0.5 or 500m.",
                },
                "memory": {
                    "type": ["string", "integer"],
                    "pattern": "^[0-9]+(\\.[0-9]+)?(Ki|Mi|Gi|Ti|k|M|G|T)?$",
                    "description": "Bytes, as Kubernetes writes them: 256Mi, 1Gi.",
                },
                "ephemeral-storage": {
                    "type": ["string", "integer"],
                    "pattern": "^[0-9]+(\\.[0-9]+)?(Ki|Mi|Gi|Ti|k|M|G|T)?$",
                    "description": "Bytes on disk, as Kubernetes writes them: all that an attempt leaves, puts into HOME and TMPDIR, and prints.",
                },
            },
        },
        "resources": {
            "type": "object",
            "additionalProperties": false,
            "properties": {"requests": part("amounts"), "limits": part("amounts")},
        },
        "retry": {
            "type": "object",
            "additionalProperties": false,
            "description": "What happens after an attempt failed, timed out or broke an `expect`.",
            "properties": {
                "limit": {"type": "integer", "minimum": 0, "maximum": 100, "description": "Extra attempts."},
                "delay": {"$ref": "#/definitions/duration"},
                "backoff": {"type": "integer", "minimum": 1, "maximum": 100, "description": "The delay's factor from one to the next."},
            },
        },
    })
}

fn param() -> Value {
    let types = json!(["string", "int", "float", "bool", "date", "datetime", "enum"]);
    json!({
        "description": "Without a default it must be given.",
        "anyOf": [
            {"enum": types},
            {
                "type": "object",
                "additionalProperties": false,
                "required": ["type"],
                "properties": {
                    "type": {"enum": types},
                    "default": part("scalar"),
                    "values": {
                        "type": "array",
                        "minItems": 1,
                        "items": part("scalar"),
                        "description": "Of an enum: what it may be.",
                    },
                    "description": {"type": "string"},
                },
                "if": {"properties": {"type": {"const": "enum"}}},
                "then": {"required": ["values"]},
                "else": {"properties": {"values": false}},
            },
        ],
    })
}

fn output() -> Value {
    let path = json!({
        "type": "string",
        "description": "Relative to the step's own output directory, $GREENROOM_OUTPUT_DIR.",
    });
    json!({
        "anyOf": [
            path,
            {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "path": path,
                    "type": {"enum": ["file", "dir", "table", "metrics", "model"], "default": "file"},
                    "expect": part("expect"),
                },
            },
        ],
    })
}

fn expect() -> Value {
    let columns = json!({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]});
    json!({
        "type": "object",
        "additionalProperties": false,
        "description": "What must hold before the step counts as succeeded.",
        "properties": {
            "min_rows": {"type": "integer", "minimum": 0},
            "max_rows": {"type": "integer", "minimum": 0},
            "columns": {
                "type": "object",
                "additionalProperties": {"$ref": "#/definitions/columnType"},
                "description": "Columns that must be there, with their types; others may be there too.",
            },
            "unique": columns,
            "not_null": columns,
            "accepted_values": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": {"$ref": "#/definitions/scalar"}},
                "description": "Column: [values it may hold].",
            },
        },
    })
}

/// A mapping from names to what `of` says.
pub(super) fn by_name(of: Value, description: &str) -> Value {
    json!({
        "type": "object",
        "propertyNames": {"$ref": "#/definitions/name"},
        "additionalProperties": of,
        "description": description,
    })
}

pub(super) fn list(of: Value, description: &str) -> Value {
    json!({"type": "array", "items": of, "description": description})
}

pub(super) fn part(name: &str) -> Value {
    json!({"$ref": format!("#/definitions/{name}")})
}
