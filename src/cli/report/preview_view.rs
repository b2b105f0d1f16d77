use serde_json::{Value, json};

use super::rows_view::rows_view;
use crate::cli::{Ink, Look};
use crate::domain::figures::{count, size};
use crate::domain::text::safe;
use crate::domain::{ColumnType, Content, Pixels, Preview, PreviewTable, dump};

/// Rows and lines that a person is shown.
const SHOWN: usize = 50;
/// Bytes of a line.
const BYTES: usize = 16;

/// A look into a file as text; a picture only as what it is.
pub fn preview_view(preview: &Preview, look: &Look) -> String {
    // Of bytes fewer are shown than are read, which is told below them.
    let shown = !matches!(preview.content, Content::Bytes(_));
    let notes: String = preview
        .notes
        .iter()
        .filter(|note| shown || !note.starts_with("only the first "))
        .map(|note| format!("{}\n", look.paint(Ink::Warn, safe(note))))
        .collect();
    let body = match &preview.content {
        Content::Table(table) => table_view(table, look),
        Content::Text(lines) | Content::Laid { lines, .. } => lines_view(lines, look),
        Content::Bytes(bytes) => bytes_view(bytes, look),
        Content::Image(Pixels { of: (width, height), .. }) => format!("{width} × {height} points\n"),
        Content::Folder(entries) => entries.iter().map(|(name, _)| format!("{}\n", safe(name))).collect(),
        Content::Empty => String::new(),
    };
    format!(
        "{body}{notes}{}\n",
        look.paint(Ink::Dim, format!("{} · {}", preview.format, size(preview.bytes)))
    )
}

fn table_view(table: &PreviewTable, look: &Look) -> String {
    let more = if table.total.is_none() { "and there are more\n" } else { "" };
    rows_view(&table.first(SHOWN), look) + more
}

fn lines_view(lines: &[String], look: &Look) -> String {
    let mut text: String = lines.iter().take(SHOWN).map(|line| format!("{}\n", safe(line))).collect();
    if lines.len() > SHOWN {
        text += &format!(
            "{}\n",
            look.paint(Ink::Dim, format!("… and {} more lines", count((lines.len() - SHOWN) as u64)))
        );
    }
    text
}

fn bytes_view(bytes: &[u8], look: &Look) -> String {
    let lines = dump(bytes, BYTES).take(SHOWN);
    let mut text: String =
        lines.map(|line| format!("{}  {}{}\n", line.place, line.numbers, line.letters)).collect();
    if bytes.len() > SHOWN * BYTES {
        let told = format!("… only the first {} bytes are shown", SHOWN * BYTES);
        text += &format!("{}\n", look.paint(Ink::Dim, told));
    }
    text
}

/// The same for machines: numbers as numbers, and what the rows tell of each column.
pub fn preview_json(path: &str, preview: &Preview) -> Value {
    let mut told = json!({
        "path": path, "format": preview.format, "bytes": preview.bytes, "modified": preview.modified,
        "notes": preview.notes,
    });
    match &preview.content {
        Content::Table(table) => {
            let summaries = table.columns.iter().zip(&table.summary);
            let columns = summaries.map(|(column, summary)| {
                let frequent = summary.frequent.iter();
                let frequent = frequent.map(|value| json!({"value": value.value, "count": value.count}));
                json!({
                    "name": column.name, "type": column.kind_text(), "nulls": summary.nulls,
                    "distinct": summary.distinct, "min": summary.min, "max": summary.max, "mean": summary.mean,
                    "histogram": summary.histogram, "frequent": frequent.collect::<Vec<_>>(),
                })
            });
            told["columns"] = columns.collect();
            told["rows"] = table.rows.iter().map(|row| row_json(table, row)).collect();
            told["total_rows"] = json!(table.total);
            told["sampled_rows"] = json!(table.sampled);
        }
        Content::Text(lines) | Content::Laid { lines, .. } => told["lines"] = json!(lines),
        Content::Bytes(bytes) => {
            told["hex"] = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
        }
        Content::Image(picture) => told["size"] = json!([picture.of.0, picture.of.1]),
        Content::Folder(entries) => told["entries"] = entries.iter().map(|(name, _)| json!(name)).collect(),
        Content::Empty => {}
    }
    told
}

fn row_json(table: &PreviewTable, row: &[Option<String>]) -> Value {
    let typed = |(column, value): (&crate::domain::PreviewColumn, &Option<String>)| {
        let Some(text) = value else { return Value::Null };
        let parsed = match column.kind {
            Some(ColumnType::Int64 | ColumnType::Float64) => text.parse().ok().map(Value::Number),
            Some(ColumnType::Bool) => text.to_ascii_lowercase().parse().ok().map(Value::Bool),
            _ => None,
        };
        parsed.unwrap_or_else(|| text.clone().into())
    };
    table.columns.iter().zip(row).map(typed).collect()
}
