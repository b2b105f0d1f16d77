//! The sample project that comes with Greenroom, and how it gets to a person's disk without taking anything from them.

mod error;
mod numbered;
mod put;
mod record;

pub use error::SampleError;
pub use numbered::Number;
pub use put::{Put, put};

use include_dir::{Dir, include_dir};

static FLIGHTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/sample_workflows/flights");

const PROJECT_FILE: &str = "greenroom.yaml";

/// A file of the sample: path below the project's folder → content.
pub type File<'a> = (&'a str, &'a [u8]);

/// Every file of the sample project, in order of its path.
pub fn flights() -> Vec<File<'static>> {
    let mut files = Vec::new();
    collect(&FLIGHTS, &mut files);
    files.sort_unstable();
    files
}

/// Traces of the sample having been worked with where it lies are no part of it.
fn collect(dir: &'static Dir<'static>, files: &mut Vec<File<'static>>) {
    let is_trace = |path: &std::path::Path| {
        path.file_name().is_some_and(|name| [".greenroom", "__pycache__"].iter().any(|trace| name == *trace))
    };
    for file in dir.files() {
        files.extend(file.path().to_str().map(|path| (path, file.contents())));
    }
    dir.dirs().filter(|dir| !is_trace(dir.path())).for_each(|dir| collect(dir, files));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The compiler does not notice a new file in an embedded folder.
    #[test]
    fn what_is_embedded_is_what_lies_in_the_folder() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/sample_workflows/flights");
        let mut there: Vec<(String, Vec<u8>)> = walkdir::WalkDir::new(root)
            .into_iter()
            .filter_entry(|entry| entry.file_name() != ".greenroom" && entry.file_name() != "__pycache__")
            .map(Result::unwrap)
            .filter(|entry| entry.file_type().is_file())
            .map(|entry| {
                let path = entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                (path, fs_err::read(entry.path()).unwrap())
            })
            .collect();
        there.sort_unstable();
        let embedded: Vec<(String, Vec<u8>)> =
            flights().into_iter().map(|(path, bytes)| (path.to_owned(), bytes.to_vec())).collect();
        let names =
            |files: &[(String, Vec<u8>)]| files.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
        assert_eq!(names(&embedded), names(&there), "build again: touch src/cli/sample/mod.rs");
        assert!(embedded == there, "build again: touch src/cli/sample/mod.rs");
    }

    #[test]
    fn its_local_state_stays_out_of_git() {
        let files = flights();
        let ignored = files.iter().find(|(path, _)| *path == ".gitignore").unwrap().1;
        let ignored = String::from_utf8(ignored.to_vec()).unwrap();
        assert!(ignored.lines().any(|line| line.trim_matches('/') == ".greenroom"), "{ignored}");
        // Nor is an archive of a run committed that lies where `export-run` puts it.
        assert!(ignored.lines().any(|line| line == "*.run.tar.zst"), "{ignored}");
    }
}
