use std::io::Read;

use camino::Utf8Path;

use super::files::{Files, Found};
use super::problems::Problems;
use crate::domain::Span;

/// 10,000 steps are less than 5 MiB.
const LARGEST: u64 = 16 << 20;

/// The text of a spec, or a problem that says why there is none.
pub(super) fn read(
    files: &Files,
    root: &Utf8Path,
    file: &Utf8Path,
    problems: &mut Problems,
) -> Option<String> {
    match files.look(file.as_str()) {
        Found::File => {}
        Found::Dir => {
            problems.error("unreadable", Span::START, format!("`{file}` is a directory; a spec is a file"));
            return None;
        }
        Found::Odd => {
            problems.error("unreadable", Span::START, format!("`{file}` is not an ordinary file"));
            return None;
        }
        Found::Outside => {
            let message = format!("`{file}` is a link that leaves the project, or leads nowhere");
            problems.error("path-leaves-project", Span::START, message).help =
                "put the file itself there: a run freezes the project's own files only".into();
            return None;
        }
        Found::Missing => {
            problems.error("unreadable", Span::START, format!("there is no file `{file}`"));
            return None;
        }
    }
    let bytes = match bytes(&root.join(file)) {
        Ok(bytes) => bytes,
        Err(error) => {
            problems.error("unreadable", Span::START, format!("`{file}` cannot be read: {error}"));
            return None;
        }
    };
    if bytes.len() as u64 > LARGEST {
        let message = format!("the file is larger than {} MiB", LARGEST >> 20);
        problems.error("too-large", Span::START, message).help = "data belongs into files of its own".into();
        return None;
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let before = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
            let span = end_of(&before);
            problems.error("not-utf8", span, "here is a byte that is not UTF-8").help =
                "save the file as UTF-8".into();
            return None;
        }
    };
    if let Some(at) = text.find('\0') {
        problems.error("nul", end_of(&text[..at]), "here is the character NUL").help =
            "a spec is text".into();
        return None;
    }
    Some(text)
}

/// No more than one byte too many is read, however large the file is.
fn bytes(path: &Utf8Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether a file has the key with which a spec begins; other YAML may lie anywhere.
pub(super) fn begins_as_spec(path: &Utf8Path) -> bool {
    let ordinary = path.symlink_metadata().is_ok_and(|meta| meta.is_file());
    let bytes = ordinary.then(|| bytes(path).ok()).flatten().unwrap_or_default();
    bytes.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"greenroom:"))
}

fn end_of(text: &str) -> Span {
    let line = text.matches('\n').count() + 1;
    let column = text.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Span { line, column, length: 1 }
}
