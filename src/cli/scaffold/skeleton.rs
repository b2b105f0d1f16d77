use camino::Utf8Path;

use super::pattern::SIMPLEST;
use super::{patterns, project_name};
use crate::cli::UserError;
use crate::cli::args::NewKind;

/// What a workflow's file of this path, relative to the project, begins with: the same as `greenroom new workflow`
/// writes. None where no workflow is of that name.
///
/// # Errors
/// The project's own patterns cannot be read.
pub fn skeleton(root: &Utf8Path, path: &Utf8Path) -> Result<Option<String>, UserError> {
    let is_workflow = path.parent() == Some("workflows".into()) && path.extension() == Some("yaml");
    let Some(name) = path.file_stem().filter(|_| is_workflow).and_then(project_name) else {
        return Ok(None);
    };
    let simplest = patterns(root, NewKind::Workflow)?.into_iter().find(|pattern| pattern.name == SIMPLEST);
    let files = simplest.into_iter().flat_map(|pattern| pattern.named(&name).files);
    let mut specs = files.filter(|(file, _)| file.starts_with("workflows"));
    Ok(specs.next().and_then(|(_, content)| String::from_utf8(content).ok()))
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
        let own = root.join("templates/script.yaml");
        fs_err::create_dir(root.join("templates")).unwrap();
        fs_err::write(own, "kind: workflow\nname: script\n").unwrap();
        assert_eq!(of("workflows/a.yaml").as_deref(), Some("kind: workflow\nname: a\n"));
    }
}
