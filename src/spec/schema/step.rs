use serde_json::{Value, json};

use super::parts::{by_name, list, part};

pub(super) fn step() -> Value {
    let names = |description: &str| list(part("name"), description);
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "description": {"type": "string"},
            "needs": names("Steps that must have ended before; inputs imply theirs."),
            "run": {"type": "string", "description": "A shell script. Parameters are $GREENROOM_PARAM_NAME, inputs $GREENROOM_INPUT_NAME."},
            "command": list(json!({"type": ["string", "number"]}), "An argv, instead of `run`."),
            "args": list(part("text"), "More words for `command`."),
            "uses": {"$ref": "#/definitions/name", "description": "An operator: `greenroom operators` lists them."},
            "with": by_name(json!({}), "The operator's inputs."),
            "image": {"$ref": "#/definitions/name", "description": "One of the project's images; `default` if absent."},
            "env": {"type": "object", "additionalProperties": {"$ref": "#/definitions/text"}},
            "matrix": by_name(
                json!({"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/scalar"}}),
                "Lists of values: the step runs once for each combination.",
            ),
            "when": {"type": ["string", "boolean"], "description": "Evaluated once all needs ended; false skips the step."},
            "retry": part("retry"),
            "timeout": {"$ref": "#/definitions/duration", "description": "For each attempt; all polls of a sensor are one."},
            "poll": {
                "type": "object",
                "additionalProperties": false,
                "description": "How a sensor asks again after \"not yet\" (exit code 75).",
                "required": ["every", "for"],
                "properties": {"every": part("duration"), "for": part("duration")},
            },
            "files": list(json!({"type": "string"}), "Globs of the project's files that the step sees; all if absent."),
            "inputs": by_name(part("text"), "Values or ${{ steps.NAME.outputs.NAME }}, as $GREENROOM_INPUT_NAME."),
            "outputs": by_name(part("output"), "What the step leaves in $GREENROOM_OUTPUT_DIR."),
            "resources": part("resources"),
            "secrets": names("Names from .greenroom/secrets.env."),
            "cache": names("Folders that are kept from run to run."),
            "io": {"enum": ["path", "uri"], "default": "path"},
        },
        "oneOf": [{"required": ["run"]}, {"required": ["command"]}, {"required": ["uses"]}],
        "dependencies": {"args": ["command"], "with": ["uses"]},
    })
}
