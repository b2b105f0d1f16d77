use camino::Utf8Path;

use crate::app::Model;
use crate::domain::nearest::nearest;
use crate::domain::{Diagnostic, Passage, Severity, Span, sql};

impl Model {
    /// The parameters of a file's queries that no workflow has which runs them.
    pub(super) fn undeclared(&self, file: &Utf8Path, queries: &[Passage]) -> Vec<Diagnostic> {
        let Some(used) = self.editor.known.queries.get(file) else { return Vec::new() };
        let Some(first) = used.first() else { return Vec::new() };
        let declared = || used.iter().flat_map(|used| &used.params).map(|(name, _)| name.as_str());
        let mut found = Vec::new();
        for query in queries {
            for (name, at) in sql::param_places(&query.text) {
                if declared().any(|declared| declared == name) {
                    continue;
                }
                let help = match nearest(name, declared()) {
                    Some(near) => format!("did you mean `@{near}`?"),
                    None => format!("declare it below `params:` of {}", first.spec),
                };
                found.push(Diagnostic {
                    file: file.to_owned(),
                    span: place(query, at, name),
                    severity: Severity::Error,
                    code: "sql".to_owned(),
                    message: format!("no workflow that runs this has a parameter `{name}`"),
                    help,
                });
            }
        }
        found
    }
}

fn place(query: &Passage, at: usize, name: &str) -> Span {
    let before = &query.text[..at];
    let letters = before.rsplit('\n').next().unwrap_or_default().chars().count();
    let lines = before.matches('\n').count();
    let column = if lines == 0 { query.column + letters } else { letters };
    Span { line: query.line + lines + 1, column: column + 1, length: name.chars().count() + 1 }
}
