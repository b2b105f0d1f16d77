use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::cli::{Ink, Look};
use crate::domain::figures::counted;
use crate::domain::text::safe;
use crate::domain::{Diagnostic, Severity};

/// One problem at its place: the line it is on, a caret, and what to do. `source` is the whole file, where it is known.
pub fn diagnostic(problem: &Diagnostic, source: Option<&str>, look: &Look) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let message = safe(&problem.message);
    let help = safe(&problem.help);
    let place = safe(problem.file.as_str());
    let line = problem.span.line;
    let shown = source
        .and_then(|text| text.lines().nth(line.saturating_sub(1)))
        .map(|text| Marked::of(text, problem));
    let title = match problem.code.as_str() {
        "" => level.primary_title(&*message),
        code => level.primary_title(&*message).id(code),
    };
    let mut group = match &shown {
        Some(marked) => title.element(
            Snippet::source(marked.text.as_str())
                .path(&*place)
                .line_start(line)
                .annotation(AnnotationKind::Primary.span(marked.range.clone())),
        ),
        None => title
            .element(annotate_snippets::Origin::path(&*place).line(line).char_column(problem.span.column)),
    };
    if !help.is_empty() {
        group = group.element(Level::HELP.message(&*help));
    }
    let renderer = if look.colour { Renderer::styled() } else { Renderer::plain() };
    let width = if look.width == Look::UNBOUNDED { 140 } else { look.width };
    format!("{}\n", renderer.term_width(width).render(&[group]))
}

/// A line with the place in it that is marked, made safe together so that the mark stays where it belongs.
struct Marked {
    text: String,
    range: std::ops::Range<usize>,
}

impl Marked {
    fn of(line: &str, problem: &Diagnostic) -> Self {
        let at = |column: usize| line.char_indices().nth(column).map_or(line.len(), |(index, _)| index);
        let start = at(problem.span.column.saturating_sub(1));
        let end = at(problem.span.column.saturating_sub(1).saturating_add(problem.span.length));
        let before = safe_but_tabs(&line[..start]);
        let marked = safe_but_tabs(&line[start..end]);
        let range = before.len()..before.len() + marked.len();
        Self { text: before + &marked + &safe_but_tabs(&line[end..]), range }
    }
}

/// The renderer widens tabs itself, and would count the columns wrong if that were done before.
fn safe_but_tabs(text: &str) -> String {
    text.split('\t').map(safe).collect::<Vec<_>>().join("\t")
}

/// All problems of so many files, a blank line between them, and how many there are. `source` gives a file's text.
pub fn diagnostics<'s>(
    problems: &[Diagnostic],
    files: u64,
    source: impl Fn(&camino::Utf8Path) -> Option<&'s str>,
    look: &Look,
) -> String {
    let mut text = String::new();
    for problem in problems {
        text.push_str(&diagnostic(problem, source(&problem.file), look));
        text.push('\n');
    }
    let of = |severity| problems.iter().filter(|problem| problem.severity == severity).count() as u64;
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    let mut sums = Vec::new();
    if errors > 0 {
        sums.push(look.paint(Ink::Bad, counted(errors, "error")));
    }
    if warnings > 0 {
        sums.push(look.paint(Ink::Warn, counted(warnings, "warning")));
    }
    let checked = format!("{} checked", counted(files, "file"));
    match sums.is_empty() {
        true => format!("{} {checked}, no problems\n", look.paint(Ink::Good, "✓")),
        false => format!("{text}{checked}: {}\n", sums.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Span;

    fn problem(line: usize, column: usize, length: usize) -> Diagnostic {
        Diagnostic {
            file: "workflows/daily.yaml".into(),
            span: Span { line, column, length },
            severity: Severity::Error,
            code: "unknown-key".into(),
            message: "there is no key `depends_on` here".into(),
            help: "did you mean `needs`?".into(),
        }
    }

    const SOURCE: &str = "steps:\n  delays:\n\tdepends_on: [é\u{202e}x]\n";

    #[test]
    fn a_problem_is_shown_where_it_is() {
        let look = Look { width: 80, colour: false };
        insta::assert_snapshot!(diagnostics(&[problem(3, 2, 10)], 3, |_| Some(SOURCE), &look), @r#"
        error[unknown-key]: there is no key `depends_on` here
         --> workflows/daily.yaml:3:2
          |
        3 |     depends_on: [é<U+202E>x]
          |     ^^^^^^^^^^
          |
          = help: did you mean `needs`?

        3 files checked: 1 error
        "#);
    }

    #[test]
    fn a_place_outside_the_file_is_survived() {
        let look = Look { width: 80, colour: false };
        for (line, column) in [(3, 500), (900, 1), (1, 7)] {
            let text = diagnostic(&problem(line, column, 999), Some(SOURCE), &look);
            assert!(text.contains(&format!("workflows/daily.yaml:{line}")), "{text}");
        }
        insta::assert_snapshot!(diagnostic(&problem(3, 2, 1), None, &look), @r#"
        error[unknown-key]: there is no key `depends_on` here
        --> workflows/daily.yaml:3:2
         = help: did you mean `needs`?
        "#);
    }

    #[test]
    fn neither_file_nor_message_reaches_the_terminal_raw() {
        let mut hostile = problem(3, 1, 1);
        hostile.message = "\x1b[2J\u{202e}".into();
        hostile.help = "\x1b]52;c;x\x07".into();
        let text =
            diagnostic(&hostile, Some("a\nb\n\x1b[31mred\u{202e}\n"), &Look { width: 80, colour: false });
        assert!(!text.contains(['\x1b', '\u{202e}', '\x07']), "{text:?}");
    }

    #[test]
    fn no_problem_is_said_too() {
        assert_eq!(diagnostics(&[], 1, |_| None, &Look::PLAIN), "✓ 1 file checked, no problems\n");
    }
}
