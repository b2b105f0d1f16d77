use camino::Utf8Path;

use super::diagnostic;
use crate::cli::{Ink, Look};
use crate::domain::text::{pad, safe};
use crate::domain::track::{Check, CheckFinding, CheckStatus};
use crate::domain::{Diagnostic, Severity, Span};

/// A line a check, its findings below it at their places. `source` gives a file's text.
pub fn checks_view<'s>(
    checks: &[Check],
    source: impl Fn(&Utf8Path) -> Option<&'s str>,
    look: &Look,
) -> String {
    let mut text = String::new();
    let longest = checks.iter().map(|check| check.id.len()).max().unwrap_or(0);
    for check in checks {
        let (sign, ink) = shown(check.status);
        let status = look.paint(ink, format!("{sign} {}", pad(check.status.as_str(), 11)));
        let id = pad(&safe(&check.id), longest);
        text += &format!("{status}  {}  {}\n", look.paint(Ink::Accent, id), safe(&check.title));
    }
    for check in checks {
        for finding in &check.findings {
            text += &format!("\n{}", told(check, finding, &source, look));
        }
    }
    let count = |status| checks.iter().filter(|check| check.status == status).count();
    let all = [CheckStatus::Failed, CheckStatus::Warned, CheckStatus::NotChecked, CheckStatus::Passed];
    let sums = all.into_iter().filter(|status| count(*status) > 0).map(|status| {
        let word = status.as_str().to_ascii_lowercase().replace('_', " ");
        look.paint(shown(status).1, format!("{} {word}", count(status)))
    });
    text + &format!("\n{}\n", sums.collect::<Vec<_>>().join(", "))
}

fn shown(status: CheckStatus) -> (&'static str, Ink) {
    match status {
        CheckStatus::Passed => ("✓", Ink::Good),
        CheckStatus::NotChecked => ("·", Ink::Dim),
        CheckStatus::Warned => ("!", Ink::Warn),
        CheckStatus::Failed => ("✗", Ink::Bad),
    }
}

fn told<'s>(
    check: &Check,
    finding: &CheckFinding,
    source: &impl Fn(&Utf8Path) -> Option<&'s str>,
    look: &Look,
) -> String {
    let Some(place) = &finding.place else {
        let help = match finding.help.as_str() {
            "" => String::new(),
            help => format!(" ({})", safe(help)),
        };
        return format!("{} {}{help}\n", look.paint(Ink::Dim, format!("{}:", check.id)), safe(&finding.what));
    };
    let text = source(Utf8Path::new(&place.file));
    let problem = Diagnostic {
        file: place.file.as_str().into(),
        span: Span {
            line: place.line,
            column: place.column,
            length: word_at(text, place.line, place.column),
        },
        severity: if finding.status == CheckStatus::Failed { Severity::Error } else { Severity::Warning },
        code: check.id.clone(),
        message: finding.what.clone(),
        help: finding.help.clone(),
    };
    diagnostic(&problem, text, look)
}

/// Letters of the word that stands at a place; at least one.
fn word_at(text: Option<&str>, line: usize, column: usize) -> usize {
    let line = text.and_then(|text| text.lines().nth(line.saturating_sub(1))).unwrap_or_default();
    let rest = line.chars().skip(column.saturating_sub(1));
    rest.take_while(|c| c.is_alphanumeric() || *c == '_').count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::track::CheckPlace;

    #[test]
    fn findings_stand_below_at_their_places_and_nothing_reaches_the_terminal_raw() {
        let mut owners = Check::passed("owners", "Each side has an owner");
        let place = CheckPlace { file: "workflows/a.yaml".into(), line: 2, column: 1 };
        owners.find(CheckStatus::Warned, "an engineer lacks\u{202e}".into(), Some(place), "add eli".into());
        let checks = [
            Check::passed("specs-valid", "The specs are valid"),
            owners,
            Check::not_checked("idempotent", "Twice the same", "nothing runs\x1b[2J", ""),
        ];
        let look = Look { width: 80, colour: false };
        let source = |_: &Utf8Path| Some("name: a\nowners: [ana]\n");
        insta::assert_snapshot!(checks_view(&checks, source, &look), @r"
        ✓ PASSED       specs-valid  The specs are valid
        ! WARNED       owners       Each side has an owner
        · NOT_CHECKED  idempotent   Twice the same

        warning[owners]: an engineer lacks<U+202E>
         --> workflows/a.yaml:2:1
          |
        2 | owners: [ana]
          | ^^^^^^
          |
          = help: add eli

        idempotent: nothing runs␛[2J

        1 warned, 1 not checked, 1 passed
        ");
    }
}
