//! A look into a file, one format a file: only a part of it is read, however large it is.

mod csv;
mod head;
mod image;
mod json;
mod page;
mod parquet;
mod pickle;
mod sample;
mod sniff;
mod text;

use std::fs::File;
use std::io;

use jiff::Timestamp;

use self::head::Head;
use self::sniff::{Format, sniff};
use crate::domain::{Content, Preview};

/// What a format's reader sees, and what it has to say of it.
struct Look {
    content: Content,
    notes: Vec<String>,
}

impl From<Content> for Look {
    fn from(content: Content) -> Self {
        Self { content, notes: Vec::new() }
    }
}

/// Looks into a file, which its content tells more of than its name. `columns`: what is laid out is laid out for so many.
///
/// # Errors
/// It cannot be read. One that is not what its name says is shown as its text or bytes, with a note.
pub fn preview(file: File, name: &str, columns: usize) -> io::Result<Preview> {
    let facts = file.metadata()?;
    let head = Head::of(&file)?;
    let format = sniff(name, &head);
    let looked = match format {
        Format::Empty => Ok(Content::Empty.into()),
        Format::Parquet => parquet::look(file),
        Format::Image => image::look(file),
        Format::Csv => csv::look(&head),
        Format::Json => json::look(&head),
        Format::Pickle => pickle::look(&head),
        Format::Page => page::look(&head, columns),
        Format::Text => Ok(text::lines(&head)),
        Format::Bytes => Ok(text::bytes(&head)),
    };
    let (format, Look { content, mut notes }) = match looked {
        Ok(look) => (format, look),
        // What is not what it seemed to be can still be looked at.
        Err(why) => {
            // Letters in a broken picture mean nothing.
            let is_text = head.is_text() && format != Format::Image;
            let look = if is_text { text::lines(&head) } else { text::bytes(&head) };
            let format = if is_text { Format::Text } else { Format::Bytes };
            let notes = why.into_iter().chain(look.notes).collect();
            (format, Look { notes, ..look })
        }
    };
    if head.broken {
        notes.push("what is packed in it ends too early, or is damaged".to_owned());
    }
    let packed = if head.packed { ", gzip" } else { "" };
    Ok(Preview {
        format: format!("{}{packed}", format.name()),
        bytes: facts.len(),
        modified: facts.modified().ok().and_then(|modified| Timestamp::try_from(modified).ok()),
        content,
        notes,
    })
}

/// Why a file is not of the format that it seemed to be; None where that is nothing to tell of.
type NotThat = Option<String>;

#[cfg(test)]
mod tests;
