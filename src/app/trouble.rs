use crate::domain::Diagnostic;

/// Something went wrong: what, why, and what to do, as the command line would say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub what: String,
    pub why: Vec<String>,
    pub todo: Vec<String>,
    /// Problems of the person's own files.
    pub problems: Vec<Diagnostic>,
}

impl Trouble {
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), why: Vec::new(), todo: Vec::new(), problems: Vec::new() }
    }

    /// All of it, for the clipboard.
    pub fn text(&self) -> String {
        let problems = self.problems.iter().map(|problem| {
            let Diagnostic { file, span, message, .. } = problem;
            format!("{file}:{}:{}: {message}", span.line, span.column)
        });
        let lines = std::iter::once(self.what.clone()).chain(self.why.iter().cloned()).chain(problems);
        lines.chain(self.todo.iter().map(|todo| format!("do: {todo}"))).collect::<Vec<_>>().join("\n")
    }
}
