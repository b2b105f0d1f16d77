use std::collections::HashMap;
use std::sync::Arc;

use camino::Utf8PathBuf;

use super::known::known;
use crate::app::{EditorAnswer, Known};
use crate::cli::Place;
use crate::operators;
use crate::spec;

/// The same as `greenroom check`, with what is typed in the place of what is on disk.
pub fn check(
    place: &Place,
    env: &str,
    texts: &[(Utf8PathBuf, Arc<str>)],
    before: Option<&Known>,
) -> EditorAnswer {
    let typed: HashMap<Utf8PathBuf, Arc<str>> = texts.iter().cloned().collect();
    let specs = spec::load_typed(&place.root, operators::builtin(), typed);
    EditorAnswer::Checked { known: Arc::new(known(place, env, &specs, before)), problems: specs.diagnostics }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::workbench::tests::project;

    #[test]
    fn what_is_typed_is_checked_in_the_place_of_what_is_on_disk() {
        let (_dir, root) = project();
        let place = Place { root };
        let problems = |texts: &[(&str, &str)]| {
            let texts: Vec<_> = texts.iter().map(|(path, text)| ((*path).into(), Arc::from(*text))).collect();
            let EditorAnswer::Checked { problems, known } = check(&place, "dev", &texts, None) else {
                panic!()
            };
            let problems = problems.iter().map(|problem| format!("{}:{}", problem.file, problem.span.line));
            (problems.collect::<Vec<_>>(), known)
        };
        let (told, known) = problems(&[]);
        assert_eq!(told, ["workflows/odd.yaml:5"]);
        assert!(known.operators.contains_key("sql_table") && known.people[0].as_str() == "ana");
        assert!(known.files.contains(&"workflows/odd.yaml".into()));
        assert!(
            known.schema("workflows/odd.yaml".into()).is_some()
                && known.schema("sql/a.yaml".into()).is_none()
        );
        let mended = "greenroom: 1\nkind: workflow\nname: odd\nsteps:\n  a: {uses: sql_table, with: {query: SELECT 1, table: lake.x}}\n";
        let (told, known) = problems(&[("workflows/odd.yaml", mended)]);
        assert!(told.is_empty(), "{told:?}");
        assert_eq!(known.tables["lake.x"].written_by, Some(("workflows/odd.yaml".into(), 4)));
        // A file that is nowhere but here is one of the project's already.
        let (told, _) = problems(&[
            ("workflows/odd.yaml", mended),
            ("workflows/new.yaml", "greenroom: 1\nkind: workflow\nname: new\nsteps: {a: {run: x, bad: y}}\n"),
        ]);
        assert_eq!(told, ["workflows/new.yaml:4"]);
    }
}
