use std::collections::{BTreeSet, HashSet};

use similar::{DiffTag, TextDiff};

use super::desk::Desk;
use super::wrong::of_git;
use crate::cli::UserError;
use crate::domain::escape::escape;
use crate::domain::track::{Check, CheckPlace, CheckStatus};
use crate::domain::{secret_assigned, secret_look};
use crate::git::{ContentKind, FileChange, FileSide};

/// In which `password='x'` compares, or is an example or a value among others, by how they end: of those only what looks like
/// a key is one.
const NO_CODE: [&str; 10] = ["sql", "md", "rst", "txt", "csv", "tsv", "html", "svg", "lock", "log"];
/// Bytes; larger files are not looked into.
const LONGEST: u64 = 1 << 20;

/// What was found of a branch as it is now.
#[derive(Default)]
pub(super) struct InClear {
    /// The secrets themselves: for nobody's eyes.
    pub texts: BTreeSet<String>,
    /// Files that are too large to be looked into.
    pub large: BTreeSet<String>,
}

/// A secret in a line that came.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Leak {
    /// From 1.
    pub line: usize,
    pub what: String,
    pub text: String,
}

/// Adds secrets that stand in lines that a branch brings, whatever the file is called.
pub(super) fn in_clear(desk: &Desk, changes: &[FileChange], check: &mut Check) -> Result<InClear, UserError> {
    let mut found = InClear::default();
    for change in changes {
        let file = escape(&change.path);
        let Some(mut leaks) = leaks(desk, change)? else {
            let what = format!("{file} is too large to be looked into for secrets");
            check.find(CheckStatus::Warned, what, None, String::new());
            found.large.insert(file);
            continue;
        };
        found.texts.extend(leaks.iter().map(|leak| leak.text.clone()));
        leaks.dedup_by(|one, other| (one.line, &one.what) == (other.line, &other.what));
        for Leak { line, what, .. } in leaks {
            let place = CheckPlace { file: file.clone(), line, column: 1 };
            let help = "take it out of the commits too, and change it: it is known now. A secret of the project goes into .greenroom/secrets.env";
            check.find(CheckStatus::Failed, format!("{what} stands in {file}"), Some(place), help.to_owned());
        }
    }
    Ok(found)
}

/// Those that a change of a file brings; None: it is too large to be looked into.
pub(super) fn leaks(desk: &Desk, change: &FileChange) -> Result<Option<Vec<Leak>>, UserError> {
    let ending = change.path.extension().and_then(|end| end.to_str()).unwrap_or_default();
    let Some(new) = change.new.as_ref() else { return Ok(Some(Vec::new())) };
    let is_text = new.kind == ContentKind::Text;
    if !is_text && (new.kind != ContentKind::Binary || new.bytes > LONGEST) {
        return Ok(Some(Vec::new()));
    }
    if new.bytes > LONGEST {
        return Ok(None);
    }
    let read = |side: &FileSide| desk.repository.content(side).map_err(|error| of_git(&error));
    let old =
        change.old.as_ref().filter(|old| old.bytes <= LONGEST).map(read).transpose()?.unwrap_or_default();
    let (old, new) = (letters(&old), letters(&read(new)?));
    Ok(Some(added(&old, &new, is_text && !NO_CODE.contains(&ending))))
}

/// What a file says, in whichever of the usual ways its letters are written; between other bytes, too.
pub(super) fn letters(bytes: &[u8]) -> String {
    let wide = |unit: fn([u8; 2]) -> u16| {
        let units = bytes[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).replace('\0', "\n"),
    }
}

/// The secrets of lines that came, in their order.
fn added(old: &str, new: &str, commands: bool) -> Vec<Leak> {
    let mut found = secret_look::in_text(new);
    if commands {
        found.extend(secret_assigned::in_command(new));
        found.extend(secret_assigned::in_program(new));
    }
    if found.is_empty() {
        return Vec::new();
    }
    let diff = TextDiff::from_lines(old, new);
    let came = diff.ops().iter().filter(|op| op.tag() != DiffTag::Equal).flat_map(|op| op.new_range());
    let came: HashSet<usize> = came.collect();
    let line = |text: &str| {
        let at = text.as_ptr() as usize - new.as_ptr() as usize;
        new[..at].matches('\n').count()
    };
    let leaks = found.into_iter().filter_map(|secret| {
        let line = line(secret.text);
        came.contains(&line).then(|| Leak { line: line + 1, what: secret.what, text: secret.text.to_owned() })
    });
    leaks.collect::<BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_read_in_whichever_way_they_are_written() {
        let bytes = |mark: [u8; 2], of: fn(u16) -> [u8; 2]| -> Vec<u8> {
            mark.into_iter().chain("key: ä".encode_utf16().flat_map(of)).collect()
        };
        assert_eq!(letters(&bytes([0xff, 0xfe], u16::to_le_bytes)), "key: ä");
        assert_eq!(letters(&bytes([0xfe, 0xff], u16::to_be_bytes)), "key: ä");
        assert_eq!((letters(b"a\0key"), letters(b"\xff\xfe")), ("a\nkey".to_owned(), String::new()));
    }
}
