use std::path::Path;

use image::ImageFormat;

use super::head::Head;
use super::pickle;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Empty,
    Parquet,
    Image,
    Csv,
    /// Objects, in a list or one after the other.
    Json,
    /// HTML.
    Page,
    Pickle,
    Text,
    Bytes,
}

impl Format {
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Parquet => "parquet",
            Self::Image => "image",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Page => "html",
            Self::Pickle => "pickle",
            Self::Text => "text",
            Self::Bytes => "binary",
        }
    }
}

/// By what the file holds; by its name where several formats look alike.
pub(super) fn sniff(name: &str, head: &Head) -> Format {
    let bytes = &head.bytes;
    if bytes.is_empty() {
        return Format::Empty;
    }
    if !head.packed && bytes.starts_with(b"PAR1") {
        return Format::Parquet;
    }
    let name = name.strip_suffix(".gz").unwrap_or(name);
    let extension = Path::new(name).extension().and_then(|end| end.to_str()).unwrap_or_default();
    if pickle::is_pickle(bytes, &extension.to_ascii_lowercase()) {
        return Format::Pickle;
    }
    // One that only its name calls so is broken, and is told of as such.
    let is_picture = image::guess_format(bytes).ok().or_else(|| ImageFormat::from_extension(extension));
    if !head.packed && is_picture.is_some_and(|format| format.reading_enabled()) {
        return Format::Image;
    }
    if !head.is_text() {
        return Format::Bytes;
    }
    match extension.to_ascii_lowercase().as_str() {
        "csv" | "tsv" => Format::Csv,
        "json" | "jsonl" | "ndjson" | "geojson" => Format::Json,
        "html" | "htm" => Format::Page,
        "" if begins(bytes, b"{") || begins(bytes, b"[") => Format::Json,
        _ if begins(bytes, b"<!doctype html") || begins(bytes, b"<html") => Format::Page,
        _ => Format::Text,
    }
}

/// In any case, after blanks.
fn begins(bytes: &[u8], with: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with))
}
