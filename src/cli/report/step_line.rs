use crate::cli::Ink;
use crate::domain::figures::{count, size};
use crate::domain::{Name, NodeId, NodeTally, Produced, Status};

/// How a step stands, in one line: a symbol, and what it made or why it did not.
pub struct StepLine {
    pub symbol: &'static str,
    pub ink: Ink,
    pub text: String,
}

impl StepLine {
    pub fn of(id: &NodeId, node: &NodeTally) -> Self {
        let (symbol, ink) = symbol(node.status);
        let reason = node.reason.lines().next().unwrap_or_default();
        let text = match node.status {
            Some(Status::Succeeded) if reason.is_empty() => match node.outputs.len() {
                1 => node
                    .outputs
                    .iter()
                    .map(|(name, output)| made(id, name, output))
                    .map(|(what, much)| what + &much)
                    .collect(),
                _ => several(node),
            },
            Some(Status::Skipped) => format!("skipped: {reason}"),
            Some(status @ (Status::Running | Status::Interrupted)) if reason.is_empty() => {
                status.as_str().to_owned()
            }
            Some(Status::Cancelled) if reason.is_empty() => "cancelled".to_owned(),
            _ => reason.to_owned(),
        };
        Self { symbol, ink, text }
    }
}

/// How a status is drawn; None is a step that has not ended.
pub fn symbol(status: Option<Status>) -> (&'static str, Ink) {
    let ink = match status {
        Some(Status::Succeeded) => Ink::Good,
        Some(Status::Failed) => Ink::Bad,
        Some(Status::Skipped) | None => Ink::Dim,
        Some(Status::Cancelled | Status::Interrupted) => Ink::Warn,
        Some(Status::Running) => Ink::Accent,
    };
    (status.map_or("·", Status::symbol), ink)
}

/// `delays → delays.parquet` and `  12.3 KiB, 45 rows`; the name is left out where the file says the same.
pub fn made(id: &NodeId, name: &Name, output: &Produced) -> (String, String) {
    let dir = format!("{}/", id.dir());
    let path = output.path.strip_prefix(&dir).unwrap_or(&output.path);
    let says_the_same = path.split('.').next() == Some(name.as_str());
    let name = if says_the_same { String::new() } else { format!("{name} → ") };
    let rows = output.rows.map(|rows| format!(", {} row{}", count(rows), if rows == 1 { "" } else { "s" }));
    (format!("{name}{path}"), format!("  {}{}", size(output.bytes), rows.unwrap_or_default()))
}

fn several(node: &NodeTally) -> String {
    let outputs: Vec<_> =
        node.outputs.iter().map(|(name, output)| format!("{name} {}", size(output.bytes))).collect();
    outputs.join(", ")
}
