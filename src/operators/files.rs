use include_dir::{Dir, DirEntry, include_dir};

/// Where it appears in a container: `/greenroom/lib`, which is on `PYTHONPATH`.
const BELOW: &str = "lib";

static LIB: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/operators/lib");

/// The image-side code: a path below `/greenroom`, and what is in it.
pub fn files() -> impl Iterator<Item = (String, &'static [u8])> {
    let mut found = Vec::new();
    collect(&LIB, &mut found);
    found.into_iter()
}

/// Only sources: what an interpreter left beside them on the machine that built this is none.
fn collect(dir: &Dir<'static>, found: &mut Vec<(String, &'static [u8])>) {
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(dir) => collect(dir, found),
            DirEntry::File(file) if file.path().extension().is_some_and(|kind| kind == "py") => {
                found.push((format!("{BELOW}/{}", file.path().display()), file.contents()));
            }
            DirEntry::File(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::builtin;

    #[test]
    fn every_operators_command_is_among_the_files() {
        let paths: Vec<String> = files().map(|(path, _)| path).collect();
        assert!(paths.contains(&"lib/__main__.py".to_owned()), "{paths:?}");
        for operator in builtin().values() {
            let module = format!("lib/greenroom/operators/{}.py", operator.name);
            assert!(paths.contains(&module), "{module} in {paths:?}");
            assert_eq!(operator.command, ["python3", "/greenroom/lib", operator.name.as_str()]);
        }
    }

    #[test]
    fn only_sources_are_carried() {
        assert!(files().all(|(path, content)| path.ends_with(".py") && std::str::from_utf8(content).is_ok()));
    }
}
