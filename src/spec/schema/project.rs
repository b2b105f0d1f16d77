use serde_json::{Value, json};

use super::Shape;
use super::parts::{by_name, list, part};

pub(super) fn project() -> Shape {
    let strings = |description: &str| list(json!({"type": "string"}), description);
    let properties = json!({
        "name": part("name"),
        "description": {"type": "string"},
        "people": by_name(
            json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["email", "role"],
                "properties": {
                    "email": {"type": "string"},
                    "role": {"enum": ["analyst", "scientist", "engineer"]},
                },
            }),
            "Who may sign as what.",
        ),
        "images": by_name(
            json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["base"],
                "properties": {
                    "base": {"type": "string", "description": "Pulled; bootstrapped where no registry answers (Debian and Ubuntu names)."},
                    "apt": strings("Packages of the distribution."),
                    "pip": {"type": "string", "description": "A requirements file of the project."},
                },
            }),
            "The dockerized tooling; steps that name no image use `default`.",
        ),
        "services": by_name(service(), "Stand-ins beside the steps, reached by name."),
        "environments": {
            "type": "object",
            "propertyNames": {"enum": ["dev", "stage", "prod"]},
            "additionalProperties": environment(),
            "description": "Where runs happen; `dev` is this machine.",
        },
    });
    ("A Greenroom project", properties, &["name"])
}

fn service() -> Value {
    let argv = list(json!({"type": ["string", "number"]}), "One word an entry.");
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["image"],
        "properties": {
            "image": {"$ref": "#/definitions/name", "description": "One of the project's images."},
            "command": argv,
            "env": {"type": "object", "additionalProperties": {"$ref": "#/definitions/scalar"}},
            "port": {"type": "integer", "minimum": 1, "maximum": 65535, "description": "Published on 127.0.0.1 only."},
            "ready": {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": false,
                "description": "What must answer before it counts as up.",
                "properties": {
                    "tcp": {"type": "integer", "minimum": 1, "maximum": 65535},
                    "http": {"type": "string", "description": "A path that answers below 400."},
                    "command": argv,
                },
            },
            "volumes": by_name(json!({"type": "string"}), "Volume: where it is mounted."),
        },
    })
}

fn environment() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "root": {"type": "string", "description": "A directory of the project, gs://bucket/prefix or s3://bucket/prefix."},
            "warehouse": {
                "type": "object",
                "required": ["engine"],
                "properties": {"engine": {"enum": ["duckdb", "bigquery"]}},
                "oneOf": [
                    {
                        "additionalProperties": false,
                        "required": ["path"],
                        "properties": {
                            "engine": {"const": "duckdb"},
                            "path": {"type": "string", "description": "A folder of the project."},
                        },
                    },
                    {
                        "additionalProperties": false,
                        "required": ["project"],
                        "properties": {
                            "engine": {"const": "bigquery"},
                            "project": {"type": "string"},
                            "endpoint": {"type": "string", "description": "Of a stand-in for BigQuery."},
                        },
                    },
                ],
            },
            "branch": {"type": "string"},
            "airflow": {
                "type": "object",
                "additionalProperties": false,
                "required": ["url", "namespace"],
                "properties": {"url": {"type": "string"}, "namespace": {"type": "string"}},
            },
        },
    })
}
