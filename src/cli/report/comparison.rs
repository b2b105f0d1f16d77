use serde_json::{Value, json};

use crate::cli::{Ink, Look};
use crate::domain::compare::{ComparedRun, Comparison, OutlineLine, Tone, outline};
use crate::domain::text::{safe, truncate, width, wrapped};

/// How two runs differ: where they first parted, and then part by part.
pub fn comparison_view(comparison: &Comparison, all: bool, look: &Look) -> String {
    let mut text = String::new();
    let room = look.width.max(20);
    for line in wrapped(&safe(&comparison.sentence()), room) {
        text += &format!("{}\n", look.paint(Ink::Strong, line));
    }
    for line in comparison.why().iter().flat_map(|why| wrapped(&safe(why), room)) {
        text += &format!("{line}\n");
    }
    text += &format!("\n{}\n{}\n", side("-", &comparison.old, look), side("+", &comparison.new, look));
    for part in outline(comparison, all) {
        let summary = if part.summary.is_empty() { String::new() } else { format!("  {}", part.summary) };
        text += &format!("\n{}{}\n", look.paint(Ink::Accent, &part.title), look.paint(Ink::Dim, summary));
        part.lines.iter().for_each(|line| text += &format!("  {}\n", painted(line, look)));
    }
    text
}

fn side(sign: &str, run: &ComparedRun, look: &Look) -> String {
    let ink = if sign == "-" { Ink::Bad } else { Ink::Good };
    format!(
        "{} run {}  {}  {}",
        look.paint(ink, sign),
        look.paint(Ink::Accent, run.token.short()),
        run.title(),
        run.status.as_str()
    )
}

/// Cut where the terminal ends.
fn painted(line: &OutlineLine, look: &Look) -> String {
    let mut room = look.width.saturating_sub(2);
    let mut text = String::new();
    for (tone, piece) in &line.0 {
        let shown = truncate(piece, room);
        room -= width(&shown).min(room);
        let ink = match tone {
            Tone::Plain => None,
            Tone::Name => Some(Ink::Strong),
            Tone::Dim => Some(Ink::Dim),
            Tone::Gone => Some(Ink::Bad),
            Tone::Come => Some(Ink::Good),
            Tone::Differs | Tone::Warn => Some(Ink::Warn),
        };
        text += &ink.map_or_else(|| shown.to_string(), |ink| look.paint(ink, &shown));
    }
    text.trim_end().to_owned()
}

/// `diff --json`: all of it, and the two sentences.
pub fn comparison_json(comparison: &Comparison) -> Value {
    let mut document = json!({
        "differs": comparison.differs(), "sentence": comparison.sentence(), "why": comparison.why(),
    });
    if let (Value::Object(document), Ok(Value::Object(rest))) =
        (&mut document, serde_json::to_value(comparison))
    {
        document.extend(rest);
    }
    document
}
