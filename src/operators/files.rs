use std::io;

use camino::Utf8Path;
use include_dir::{Dir, DirEntry, include_dir};

/// How runs of the past are read in Python: a file of the sample project, which whoever goes into a step finds there too.
const RUNS: (&str, &[u8]) = (
    "greenroom_runs.py",
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/sample_workflows/flights/greenroom_runs.py")),
);

static LIB: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/operators/lib");

/// Writes the image-side code into a directory, for containers to see it at `/greenroom/lib`, which is on their
/// `PYTHONPATH`.
pub fn write_files(dir: &Utf8Path) -> io::Result<()> {
    for (path, content) in files() {
        let path = dir.join(path);
        fs_err::create_dir_all(path.parent().unwrap_or(dir))?;
        fs_err::write(path, content)?;
    }
    Ok(())
}

fn files() -> Vec<(String, &'static [u8])> {
    let mut found = vec![(RUNS.0.to_owned(), RUNS.1)];
    collect(&LIB, &mut found);
    found
}

/// Only sources: what an interpreter left beside them on the machine that built this is none.
fn collect(dir: &Dir<'static>, found: &mut Vec<(String, &'static [u8])>) {
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(dir) => collect(dir, found),
            DirEntry::File(file) if file.path().extension().is_some_and(|kind| kind == "py") => {
                found.push((file.path().display().to_string(), file.contents()));
            }
            DirEntry::File(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::builtin;

    /// A component that reads any parameter is made anew for each.
    #[test]
    fn what_a_split_notebook_is_given_asks_for_no_parameter() {
        for name in ["handed", "compared", "kept", "told"] {
            let path = format!("greenroom/split/{name}.py");
            let found = files().into_iter().find(|(found, _)| *found == path).unwrap();
            let text = std::str::from_utf8(found.1).unwrap();
            assert_eq!(crate::domain::Mentions::of(text), crate::domain::Mentions::default(), "{path}");
        }
    }

    #[test]
    fn every_operators_command_is_among_the_files() {
        let paths: Vec<String> = files().into_iter().map(|(path, _)| path).collect();
        assert!(paths.contains(&"__main__.py".to_owned()), "{paths:?}");
        for operator in builtin().values() {
            let module = format!("greenroom/operators/{}.py", operator.name);
            assert!(paths.contains(&module), "{module} in {paths:?}");
            assert_eq!(operator.command, ["python3", "/greenroom/lib", operator.name.as_str()]);
        }
    }

    #[test]
    fn only_sources_are_carried() {
        assert!(
            files()
                .iter()
                .all(|(path, content)| path.ends_with(".py") && std::str::from_utf8(content).is_ok())
        );
    }
}
