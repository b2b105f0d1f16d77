use serde_json::json;

use super::{Draft, SIMPLEST, patterns};
use crate::cli::UserError;
use crate::cli::args::NewKind;
use crate::domain::Name;
use crate::spec::{SpecKind, schema};

/// What the built-in SQL operators need in a step's image.
const REQUIREMENTS: &str = "\
# What steps can import; `greenroom local build` installs it.
duckdb==1.5.5
sqlglot>=30,<31
";

/// The nearest name that a project can have: `2024 Sales (EU)` → `sales_eu`.
pub fn project_name(folder: &str) -> Option<Name> {
    let mut name = String::new();
    for c in folder.chars() {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_lowercase() || (c.is_ascii_digit() && !name.is_empty()) => name.push(c),
            _ if !name.is_empty() && !name.ends_with('_') => name.push('_'),
            _ => {}
        }
        if name.len() == Name::MAX {
            break;
        }
    }
    Name::new(name.trim_end_matches('_')).ok()
}

/// Everything a new project begins with, but for `.gitignore` and the editor's settings, which may be there already.
pub fn first_files(project: &Name, workflow: &Name) -> Result<Draft, UserError> {
    let mut draft = Draft::default();
    draft.add("greenroom.yaml", greenroom_yaml(project));
    draft.add("images/requirements.txt", REQUIREMENTS);
    let found = patterns("/nowhere".into(), NewKind::Workflow)?;
    for pattern in found.iter().filter(|pattern| pattern.name == SIMPLEST) {
        draft.files.extend(pattern.named(workflow).files);
    }
    for (path, content) in draft.files.iter_mut().filter(|(path, _)| path.extension() == Some("yaml")) {
        let (up, kind) = match path.as_str() {
            "greenroom.yaml" => ("", SpecKind::Project),
            _ => ("../", SpecKind::Workflow),
        };
        content
            .splice(..0, format!("# yaml-language-server: $schema={up}{}\n", schema_file(kind)).into_bytes());
    }
    for kind in SpecKind::ALL {
        draft.add(schema_file(kind), format!("{:#}\n", schema(kind)));
    }
    Ok(draft)
}

fn schema_file(kind: SpecKind) -> String {
    format!(".vscode/greenroom-{}.json", kind.name())
}

/// `.vscode/settings.json`: which schema is for which files, as yaml-language-server reads it.
pub fn editor_settings() -> String {
    let schemas: serde_json::Map<String, serde_json::Value> =
        SpecKind::ALL.into_iter().map(|kind| (schema_file(kind), json!(kind.files()))).collect();
    format!("{:#}\n", json!({"yaml.schemas": schemas}))
}

fn greenroom_yaml(project: &Name) -> String {
    format!(
        "\
greenroom: 1
kind: project
name: {project}
# Who owns and reviews what; each workflow names its owners.
# people:
#   ana: {{email: ana@example.com, role: analyst}}
images:
  # The tooling that steps run in. A step that names no image uses this one.
  default:
    base: debian:bookworm-slim
    apt: [python3, python3-pip]
    pip: images/requirements.txt
environments:
  # This machine: runs and tables lie in .greenroom/, which git ignores.
  dev: {{root: .greenroom/store, warehouse: {{engine: duckdb, path: .greenroom/lake}}}}
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_folder_gives_a_name_or_none() {
        let name = |folder: &str| project_name(folder).map(|name| name.to_string());
        assert_eq!(name("flights").as_deref(), Some("flights"));
        assert_eq!(name("2024 Sales (EU)").as_deref(), Some("sales_eu"));
        assert_eq!(name("My-Data.Project").as_deref(), Some("my_data_project"));
        assert_eq!(name("_x__y_").as_deref(), Some("x_y"));
        assert_eq!(name("Zürich").as_deref(), Some("z_rich"));
        assert_eq!(name(&"ab".repeat(60)).map(|name| name.len()), Some(63));
        assert_eq!(name("日本"), None);
        assert_eq!(name("42"), None);
    }
}
