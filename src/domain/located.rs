use camino::{Utf8Component, Utf8Path};

use super::{Diagnostic, Severity, Span};

/// The place that a failure's reason names, if it names one: a line `FILE:LINE:COLUMN-END: MESSAGE` (the end or the
/// whole column may be absent), and after it perhaps a line `help: …`.
///
/// A step had a hand in it, so a path that is absolute or climbs out of the project is not taken for one.
pub fn located(reason: &str) -> Option<Diagnostic> {
    let mut lines = reason.lines();
    let mut found = lines.by_ref().find_map(place)?;
    let help = lines.find_map(|line| line.trim_start().strip_prefix("help: "));
    found.help = help.unwrap_or_default().to_owned();
    Some(found)
}

/// Why it failed, in one line: what an operator told of its error says more than its exit code.
pub fn gist(reason: &str) -> String {
    let told = located(reason).map(|error| error.message);
    let second = || reason.lines().nth(1).filter(|line| !line.starts_with("help: ")).map(str::to_owned);
    told.or_else(second).unwrap_or_else(|| reason.lines().next().unwrap_or_default().to_owned())
}

fn place(line: &str) -> Option<Diagnostic> {
    let (place, message) = line.split_once(": ")?;
    let mut parts = place.rsplitn(3, ':');
    let last = parts.next()?;
    let (last, end) = last.split_once('-').unwrap_or((last, last));
    let (last, end): (usize, usize) = (last.parse().ok()?, end.parse().ok()?);
    let length = end.saturating_sub(last).saturating_add(1);
    let (file, span) = match (parts.next()?, parts.next()) {
        (line, Some(file)) => (file, Span { line: line.parse().ok()?, column: last, length }),
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
        assert_eq!(located("a.sql:7:8-13: x").unwrap().span, Span { line: 7, column: 8, length: 6 });
    }

    #[test]
    fn one_line_says_the_most_it_can() {
        for (reason, line) in [
            (
                "exit code 1\na.sql:7:8-13: there is no column `x`\nhelp: did you mean `y`?",
                "there is no column `x`",
            ),
            ("exit code 1\nthere are no credentials", "there are no credentials"),
            ("exit code 1\nhelp: look", "exit code 1"),
            ("exit code 1", "exit code 1"),
            ("", ""),
        ] {
            assert_eq!(gist(reason), line);
        }
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
