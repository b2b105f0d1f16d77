//! Whole projects, as they lie on disk.

mod blueprint;
mod builtin;
mod cases;
mod diagnostics;
mod file_cases;
mod robust;
mod samples;
mod templates;

use std::fmt::Write as _;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Specs, load};

/// A project in a folder of its own.
struct Files {
    _keep: tempfile::TempDir,
    root: Utf8PathBuf,
}

const PROJECT: &str = "greenroom: 1
kind: project
name: p
images: {default: {base: \"debian:bookworm-slim\"}}
people: {ana: {email: ana@example.com, role: analyst}}
";

impl Files {
    fn new() -> Self {
        let keep = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(keep.path()).unwrap().canonicalize_utf8().unwrap();
        Self { _keep: keep, root }.with("greenroom.yaml", PROJECT)
    }

    fn with(self, file: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.root.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    fn load(&self) -> Specs {
        load(&self.root, builtin::builtin())
    }

    /// Every problem in a line: `file:line:column code`.
    fn problems(&self) -> String {
        let mut text = String::new();
        for d in self.load().diagnostics {
            let (line, column) = (d.span.line, d.span.column);
            writeln!(text, "{}:{line}:{column} {}: {} | {}", d.file, d.code, d.message, d.help).unwrap();
        }
        text
    }
}
