use std::fs::File;
use std::io::Read;

use camino::Utf8Path;
use rustix::fs::{Mode, OFlags};
use serde::Deserialize;

use crate::domain::TableName;

const LIMIT: u64 = 64 * 1024;
/// More warnings of one step than these nobody reads; its log has them all.
const MOST_WARNINGS: usize = 20;

/// What a step tells of itself in `$TMPDIR/greenroom-report.json`. It wrote it, so nothing here is believed
/// beyond being shown (neutralised) or looked up among what Greenroom itself knows.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct StepReport {
    pub reads: Vec<TableName>,
    pub error: Option<StepError>,
    /// What a sensor saw.
    pub found: Option<String>,
    /// What a person should know though it succeeded.
    pub warnings: Vec<String>,
}

/// An error at a place of a person's file, as an operator reports it.
#[derive(Debug, Deserialize)]
pub(super) struct StepError {
    message: String,
    /// Relative to the project's root.
    file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    /// Characters that it is about.
    length: Option<usize>,
    help: Option<String>,
    lasting: Option<bool>,
}

impl StepReport {
    /// Nothing that it says in words.
    pub fn without_words(self) -> Self {
        Self { error: None, found: None, warnings: Vec::new(), ..self }
    }

    pub fn take_warnings(&mut self) -> impl Iterator<Item = String> {
        std::mem::take(&mut self.warnings).into_iter().take(MOST_WARNINGS)
    }
}

impl StepError {
    /// A misspelled column is as wrong a minute later: trying again would only keep a person waiting. What says nothing
    /// of it lasts if it names a place of their file.
    pub fn lasts(&self) -> bool {
        self.lasting.unwrap_or(self.file.is_some() && self.line.is_some())
    }

    /// The form in which reporters find the place again: `file:line:column-end: message`, then `help: …`.
    pub fn reason(&self) -> String {
        let mut reason = match (&self.file, self.line) {
            (Some(file), Some(line)) => {
                let column = self.column.unwrap_or(1);
                let end = match self.length {
                    Some(length) if length > 1 => format!("-{}", column.saturating_add(length - 1)),
                    _ => String::new(),
                };
                format!("{file}:{line}:{column}{end}: {}", self.message)
            }
            _ => self.message.clone(),
        };
        if let Some(help) = self.help.as_ref().filter(|help| !help.is_empty()) {
            reason += &format!("\nhelp: {help}");
        }
        reason
    }
}

/// Reads it without following a link or waiting for a pipe; anything odd counts as nothing said.
pub(super) fn read_report(tmp: &Utf8Path) -> StepReport {
    let path = tmp.join("greenroom-report.json");
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let Ok(descriptor) = rustix::fs::open(path.as_std_path(), flags, Mode::empty()) else {
        return StepReport::default();
    };
    let file = File::from(descriptor);
    match file.metadata() {
        Ok(facts) if facts.is_file() => {}
        _ => return StepReport::default(),
    }
    let mut text = Vec::new();
    if file.take(LIMIT).read_to_end(&mut text).is_err() {
        return StepReport::default();
    }
    serde_json::from_slice(&text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dir() -> (tempfile::TempDir, camino::Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = camino::Utf8PathBuf::from_path_buf(dir.path().to_owned()).unwrap();
        (dir, path)
    }

    #[test]
    fn an_error_is_read_with_its_place() {
        let (_keep, path) = dir();
        let text = r#"{"reads": ["lake.flights"], "error": {"message": "no", "file": "a.sql", "line": 3}}"#;
        fs_err::write(path.join("greenroom-report.json"), text).unwrap();
        let report = read_report(&path);
        assert_eq!(report.reads.len(), 1);
        assert_eq!(report.error.map(|e| e.reason()), Some("a.sql:3:1: no".to_owned()));
        let text = r#"{"error": {"message": "no", "file": "a.sql", "line": 3, "column": 8, "length": 6}}"#;
        fs_err::write(path.join("greenroom-report.json"), text).unwrap();
        assert_eq!(read_report(&path).error.map(|e| e.reason()), Some("a.sql:3:8-13: no".to_owned()));
    }

    #[test]
    fn an_error_lasts_if_it_says_so_or_names_a_place() {
        let lasts = |text: &str| serde_json::from_str::<StepError>(text).unwrap().lasts();
        assert!(lasts(r#"{"message": "no", "file": "a.sql", "line": 3}"#));
        assert!(lasts(r#"{"message": "no", "lasting": true}"#));
        assert!(!lasts(r#"{"message": "no"}"#));
        assert!(!lasts(r#"{"message": "busy", "file": "a.sql", "line": 3, "lasting": false}"#));
    }

    #[test]
    fn the_first_warnings_are_told() {
        let (_keep, path) = dir();
        let told = vec!["perhaps changes `box`"; 30];
        let text = serde_json::json!({"warnings": told}).to_string();
        fs_err::write(path.join("greenroom-report.json"), text).unwrap();
        let mut report = read_report(&path);
        assert_eq!(report.take_warnings().collect::<Vec<_>>(), told[..MOST_WARNINGS]);
        assert!(read_report(&path).without_words().warnings.is_empty());
    }

    #[test]
    fn a_link_a_pipe_and_nonsense_say_nothing() {
        let (_keep, path) = dir();
        let at = path.join("greenroom-report.json");
        assert!(read_report(&path).error.is_none());
        std::os::unix::fs::symlink("/etc/passwd", &at).unwrap();
        assert!(read_report(&path).error.is_none());
        fs_err::remove_file(&at).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, at.as_std_path(), Mode::RUSR | Mode::WUSR).unwrap();
        assert!(read_report(&path).error.is_none());
        fs_err::remove_file(&at).unwrap();
        fs_err::write(&at, "{\"reads\": [\"../x\"]}").unwrap();
        assert!(read_report(&path).reads.is_empty());
    }
}
