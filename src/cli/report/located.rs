use camino::{Utf8Component, Utf8Path};

use crate::domain::{Diagnostic, Severity, Span};

/// The place that a failure's reason names, if it names one: a line `FILE:LINE:COLUMN: MESSAGE` (the column may be
/// absent), and after it perhaps a line `help: …`.
///
/// A step had a hand in it, so a path that is absolute or climbs out of the project is not taken for one.
pub fn located(reason: &str) -> Option<Diagnostic> {
    let mut lines = reason.lines();
    let mut found = lines.by_ref().find_map(place)?;
    let help = lines.find_map(|line| line.trim_start().strip_prefix("help: "));
    found.help = help.unwrap_or_default().to_owned();
    Some(found)
}

fn place(line: &str) -> Option<Diagnostic> {
    let (place, message) = line.split_once(": ")?;
    let mut parts = place.rsplitn(3, ':');
    let last: usize = parts.next()?.parse().ok()?;
    let (file, span) = match (parts.next()?, parts.next()) {
        (line, Some(file)) => (file, Span { line: line.parse().ok()?, column: last, length: 1 }),
        (file, None) => (file, Span { line: last, column: 1, length: 1 }),
    };
    let file = Utf8Path::new(file);
    let inside = file.components().all(|part| matches!(part, Utf8Component::Normal(_)));
    if file.extension().is_none() || !inside || span.line == 0 {
        return None;
    }
    Some(Diagnostic {
        file: file.to_owned(),
        span,
        severity: Severity::Error,
        code: String::new(),
        message: message.to_owned(),
        help: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_below_what_happened() {
        let found =
            located("the query failed\nsql/delays.sql:4:9: no column `carier`\nhelp: did you mean carrier?");
        let found = found.unwrap();
        assert_eq!((found.file.as_str(), found.span.line, found.span.column), ("sql/delays.sql", 4, 9));
        assert_eq!(
            (found.message.as_str(), found.help.as_str()),
            ("no column `carier`", "did you mean carrier?")
        );
        assert_eq!(located("a.sql:7: x").unwrap().span, Span { line: 7, column: 1, length: 1 });
    }

    #[test]
    fn what_is_no_place_of_the_project_is_left_alone() {
        for reason in [
            "exit code 1",
            "",
            "/etc/passwd:1:1: x",
            "../x.sql:1:1: x",
            "at 12:30: late",
            "x:0: y",
            ":1:1: x",
        ] {
            assert_eq!(located(reason), None, "{reason}");
        }
    }
}
