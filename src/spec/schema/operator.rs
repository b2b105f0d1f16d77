use serde_json::{Value, json};

use super::Shape;
use super::parts::{by_name, list, part};

pub(super) fn operator() -> Shape {
    let properties = json!({
        "name": part("name"),
        "description": {"type": "string"},
        "inputs": by_name(input(), "What a step gives `with`; arrives as GREENROOM_WITH_NAME."),
        "image": {"$ref": "#/definitions/name", "description": "One of the project's images; `default` if absent."},
        "command": list(json!({"type": ["string", "number"]}), "An argv; paths are the project's."),
        "outputs": by_name(part("output"), "What it leaves in $GREENROOM_OUTPUT_DIR; {input} stands for a value."),
        "example": {"type": "string", "description": "How to use it, in YAML, for people."},
    });
    ("A Greenroom operator", properties, &["name", "command"])
}

fn input() -> Value {
    let required = json!({"type": "boolean", "default": true});
    let description = json!({"type": "string"});
    json!({
        "anyOf": [
            part("param"),
            {"const": "file"},
            {
                "type": "object",
                "additionalProperties": false,
                "required": ["type", "access"],
                "properties": {
                    "type": {"const": "table"},
                    "access": {"enum": ["read", "write"]},
                    "required": required,
                    "description": description,
                },
            },
            {
                "type": "object",
                "additionalProperties": false,
                "required": ["type"],
                "properties": {
                    "type": {"const": "file", "description": "A file of the project."},
                    "required": required,
                    "description": description,
                },
            },
        ],
    })
}
