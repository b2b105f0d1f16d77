use serde_json::{Value, json};

use super::Shape;
use super::parts::{by_name, list, part};
use super::step::step;

pub(super) fn workflow() -> Shape {
    let mut properties = common();
    properties["steps"] = by_name(step(), "What is done; `needs` and inputs say in which order.");
    properties["steps"]["minProperties"] = json!(1);
    ("A Greenroom workflow", properties, &["name", "steps"])
}

/// A blueprint's components are steps of five known names.
pub(super) fn blueprint() -> Shape {
    let mut properties = common();
    let known = ["extract", "preprocess", "train", "predict", "evaluate"];
    properties["components"] = json!({
        "type": "object",
        "required": known,
        "propertyNames": {"enum": known},
        "additionalProperties": step(),
        "description": "The five components of an algorithm.",
    });
    properties["use_cases"] = by_name(
        json!({"type": "array", "items": {"enum": known}}),
        "More than training, prediction and evaluation.",
    );
    properties["inputs_from"] = json!({
        "$ref": "#/definitions/name",
        "description": "The alias of the run that gives what a use case's own components do not make.",
    });
    properties["accept"] = json!({
        "type": "string",
        "description": "What the metrics of that run have to be, such as: auc >= 0.7 and log_loss < 0.5",
    });
    properties["compatible_with"] = json!({
        "type": ["string", "number"],
        "description": "Versions of that run, such as 1.2 or >=1.2, <1.5; else it is of the same version.",
    });
    ("A Greenroom blueprint", properties, &["name", "version", "components"])
}

fn common() -> Value {
    json!({
        "name": part("name"),
        "version": part("version"),
        "description": {"type": "string"},
        "owners": list(part("name"), "People of greenroom.yaml, one of each side."),
        "params": by_name(part("param"), "What a run is given; $GREENROOM_PARAM_NAME in scripts, @name in SQL."),
        "schedule": {
            "type": "object",
            "additionalProperties": false,
            "required": ["cron"],
            "properties": {
                "cron": {"type": "string", "description": "Five fields: minute hour day month weekday."},
                "timezone": {"type": "string", "default": "UTC", "description": "An IANA name such as Europe/Paris."},
                "catchup": {"type": "boolean", "default": false},
                "params": by_name(part("text"), "May name ${{ schedule.date }} and ${{ schedule.previous_date }}."),
            },
        },
        "defaults": {
            "type": "object",
            "additionalProperties": false,
            "description": "For all steps that say nothing else.",
            "properties": {
                "retry": part("retry"),
                "timeout": part("duration"),
                "image": {"$ref": "#/definitions/name", "description": "One of the project's images."},
                "resources": part("resources"),
            },
        },
        "monitors": list(
            json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["name", "kind"],
                "properties": {
                    "name": part("name"),
                    "kind": {"enum": ["freshness", "rows", "duration", "failure", "metric"]},
                    "output": {"type": "string", "description": "step.output"},
                    "max_age": part("duration"),
                    "metric": {"type": "string", "description": "Of kind metric: the figure that is watched, such as auc."},
                    "min": {"type": "number", "description": "The least that is good."},
                    "max": {"type": "number", "description": "The most that is good."},
                    "notify": list(json!({"type": "string"}), "Such as @slack-data."),
                },
            }),
            "What is watched once it runs by schedule.",
        ),
    })
}
