use serde_json::Value;

/// How deep one schema may lead to another.
const DEEPEST: usize = 16;

/// A key that a mapping may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    pub name: String,
    pub about: String,
    pub required: bool,
    pub shape: Shape,
}

/// What follows a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Scalar,
    Map,
    List,
}

/// What a JSON Schema says of the place that a path leads to: one or more, where there is a choice.
pub fn below<'a>(schema: &'a Value, path: &[String]) -> Vec<&'a Value> {
    let mut nodes = choices(schema, schema, 0);
    for key in path {
        let next = nodes.iter().filter_map(|node| child(node, key));
        nodes = next.flat_map(|node| choices(schema, node, 0)).collect();
    }
    nodes
}

fn child<'a>(node: &'a Value, key: &str) -> Option<&'a Value> {
    if key == "-" {
        return node.get("items");
    }
    let named = node.get("properties").and_then(|all| all.get(key));
    named.or_else(|| node.get("additionalProperties").filter(|more| more.is_object()))
}

/// A node with all that it refers to, or leaves the choice of.
fn choices<'a>(schema: &'a Value, node: &'a Value, depth: usize) -> Vec<&'a Value> {
    if depth > DEEPEST {
        return Vec::new();
    }
    let referred =
        node.get("$ref").and_then(Value::as_str).and_then(|to| schema.pointer(to.strip_prefix('#')?));
    let others = ["anyOf", "oneOf"].iter().filter_map(|word| node.get(word)?.as_array()).flatten();
    let more = referred.into_iter().chain(others).flat_map(|node| choices(schema, node, depth + 1));
    std::iter::once(node).chain(more).collect()
}

/// The keys that are possible below some nodes, each once.
pub fn properties(schema: &Value, nodes: &[&Value]) -> Vec<Property> {
    let mut found: Vec<Property> = Vec::new();
    for node in nodes {
        let required = node.get("required").and_then(Value::as_array);
        for (name, value) in node.get("properties").and_then(Value::as_object).into_iter().flatten() {
            // `false` forbids it; a choice may say less of it than what it is chosen for.
            if value.is_object() && !found.iter().any(|property| property.name == *name) {
                let all = choices(schema, value, 0);
                let about = all.iter().find_map(|node| node.get("description")?.as_str());
                found.push(Property {
                    name: name.clone(),
                    about: about.unwrap_or_default().to_owned(),
                    required: required.is_some_and(|all| all.iter().any(|key| key == name.as_str())),
                    shape: shape(&all),
                });
            }
        }
    }
    found
}

fn shape(nodes: &[&Value]) -> Shape {
    let is = |kind: &str| nodes.iter().any(|node| node.get("type").is_some_and(|of| of == kind));
    let scalar = nodes.iter().any(|node| {
        let kind = node.get("type");
        kind.is_some_and(|kind| kind != "object" && kind != "array")
            || node.get("enum").is_some()
            || node.get("const").is_some()
    });
    match (scalar, is("object"), is("array")) {
        (false, true, _) => Shape::Map,
        (false, false, true) => Shape::List,
        _ => Shape::Scalar,
    }
}

/// The values that are possible there, where they can be counted.
pub fn values(nodes: &[&Value]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for node in nodes {
        let listed = node.get("enum").and_then(Value::as_array).into_iter().flatten();
        let boolean = node.get("type").is_some_and(|kind| kind == "boolean");
        let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        found.extend(listed.chain(node.get("const")).map(shown));
        found.extend(boolean.then_some(["true", "false"]).into_iter().flatten().map(str::to_owned));
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|value| seen.insert(value.clone()));
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_leads_through_references_choices_and_names() {
        let schema = json!({
            "properties": {
                "steps": {"type": "object", "additionalProperties": {"$ref": "#/definitions/step"}},
                "loop": {"$ref": "#/definitions/loop"},
            },
            "definitions": {
                "step": {"type": "object", "required": ["run"], "properties": {
                    "run": {"type": "string", "description": "A script."},
                    "needs": {"type": "array", "items": {"enum": ["a", "b"]}},
                    "io": {"anyOf": [{"type": "boolean"}, {"const": "uri"}]},
                    "env": {"type": "object"},
                    "never": false,
                }},
                "loop": {"$ref": "#/definitions/loop"},
            },
        });
        let path = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
        let step = properties(&schema, &below(&schema, &path("steps/any")));
        let keys: Vec<_> = step.iter().map(|key| (&*key.name, key.required, key.shape)).collect();
        assert_eq!(
            keys,
            [
                ("run", true, Shape::Scalar),
                ("needs", false, Shape::List),
                ("io", false, Shape::Scalar),
                ("env", false, Shape::Map)
            ]
        );
        assert_eq!(step[0].about, "A script.");
        assert_eq!(values(&below(&schema, &path("steps/any/needs/-"))), ["a", "b"]);
        assert_eq!(values(&below(&schema, &path("steps/any/io"))), ["true", "false", "uri"]);
        assert!(below(&schema, &path("nothing/here")).is_empty());
        assert!(properties(&schema, &below(&schema, &path("loop"))).is_empty());
    }
}
