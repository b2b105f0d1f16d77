use camino::{Utf8Path, Utf8PathBuf};

use super::pattern::simplest;
use super::{Draft, patterns, project_name};
use crate::cli::UserError;
use crate::cli::args::NewKind;

/// What a file of this path, relative to the project, begins with where it is a workflow's or a blueprint's: the same as
/// `greenroom new` writes. None where none is of that name.
///
/// # Errors
/// The project's own patterns cannot be read.
pub fn skeleton(root: &Utf8Path, path: &Utf8Path) -> Result<Option<String>, UserError> {
    let Some((draft, spec)) = drafted(root, path)? else { return Ok(None) };
    let content = draft.files.into_iter().find(|(file, _)| *file == spec).map(|(_, content)| content);
    Ok(content.and_then(|content| String::from_utf8(content).ok()))
}

/// The files that come with it and that its text, as it is now, still names: without them it would not run.
///
/// # Errors
/// The project's own patterns cannot be read.
pub fn beside(root: &Utf8Path, path: &Utf8Path, text: &str) -> Result<Draft, UserError> {
    let mut named = Draft::default();
    if let Some((draft, spec)) = drafted(root, path)? {
        for (file, content) in draft.files {
            if file != spec && text.contains(file.as_str()) {
                named.add(file, content);
            }
        }
    }
    Ok(named)
}

/// The simplest pattern under the path's name, and which of its files is the spec.
fn drafted(root: &Utf8Path, path: &Utf8Path) -> Result<Option<(Draft, Utf8PathBuf)>, UserError> {
    let kind = match path.parent().map(Utf8Path::as_str) {
        Some("workflows") => NewKind::Workflow,
        Some("blueprints") => NewKind::Blueprint,
        _ => return Ok(None),
    };
    let name = path.file_stem().filter(|_| path.extension() == Some("yaml")).and_then(project_name);
    let Some(name) = name else { return Ok(None) };
    let pattern = patterns(root, kind)?.into_iter().find(|pattern| pattern.name == simplest(kind));
    Ok(pattern.and_then(|pattern| {
        let draft = pattern.named(&name);
        let folder = path.parent()?;
        let spec = draft.files.iter().map(|(file, _)| file).find(|file| file.starts_with(folder))?.clone();
        Some((draft, spec))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workflows_file_begins_with_the_simplest_pattern() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let of = |path: &str| skeleton(root, path.into()).unwrap();
        assert!(of("workflows/My Sales.yaml").unwrap().contains("\nname: my_sales\n"));
        for none in ["sql/a.sql", "workflows/a.sql", "a.yaml", "workflows/deep/a.yaml", "workflows/日本.yaml"]
        {
            assert_eq!(of(none), None, "{none}");
        }
        let spec = of("blueprints/churn.yaml").unwrap();
        assert!(spec.contains("kind: blueprint") && spec.contains("\nname: churn\n"));
        let with = |text: &str| {
            let draft = beside(root, "blueprints/churn.yaml".into(), text).unwrap();
            draft.files.into_iter().map(|(path, _)| path.into_string()).collect::<Vec<_>>()
        };
        assert!(with(&spec).contains(&"churn/train.py".to_owned()));
        assert_eq!(with("name: churn\n"), [""; 0], "what is not named is not needed");
        let own = root.join("templates/script.yaml");
        fs_err::create_dir(root.join("templates")).unwrap();
        fs_err::write(own, "kind: workflow\nname: script\n").unwrap();
        assert_eq!(of("workflows/a.yaml").as_deref(), Some("kind: workflow\nname: a\n"));
    }
}
