use super::super::expect::{Fields, Next, other_width};
use super::head::Head;
use super::sample::{Sample, WIDEST};
use super::{Look, NotThat};
use crate::domain::{Content, PreviewColumn, Shape};

/// What may part fields; of several the one that parts most names.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// No value of a table that somebody looks at is as long.
const LONG: usize = 256 << 10;

/// The first line names the columns. Where the file is wrong, as much of it is shown as can be told apart.
pub(super) fn look(head: &Head) -> Result<Look, NotThat> {
    let bytes = head.lines();
    let mut fields = Fields::parted_by(delimiter(bytes), bytes);
    let (mut sample, mut notes) = (Sample::default(), Vec::new());
    let mut names = row(&mut fields).unwrap_or_default();
    let named = names.len();
    names.truncate(WIDEST);
    let mut ended = false;
    loop {
        let Some(values) = row(&mut fields) else {
            ended = true;
            break;
        };
        if values.len() != named && notes.is_empty() {
            let (row, has) = (sample.len() + 1, values.len());
            notes.push(format!("row {row} {}", other_width(has, named)));
        }
        if !sample.push(values) {
            break;
        }
    }
    // A value may also be cut where no more of the file is read.
    let open = opened(bytes).filter(|(_, at)| ended && (head.whole || bytes.len() - at > LONG));
    if let Some((line, _)) = open {
        let note = format!("line {line} opens a quote that is closed nowhere: all behind it is one value");
        if sample.len() <= 1 {
            return Err(Some(note));
        }
        notes.insert(0, note);
    }
    let column = |(at, name): (usize, Option<String>)| {
        let mut shape = Shape::default();
        sample.values(at).flatten().for_each(|value| shape.add(value));
        PreviewColumn { name: name.unwrap_or_default(), kind: Some(shape.kind()) }
    };
    if named > WIDEST {
        notes.push(format!("only the first {WIDEST} columns are looked at"));
    }
    let columns = names.into_iter().enumerate().map(column).collect();
    let total = (ended && head.whole).then_some(sample.len() as u64);
    Ok(Look { content: Content::Table(sample.table(columns, total)), notes })
}

/// The line, from 1, and the place of the quote that is open at the end.
fn opened(bytes: &[u8]) -> Option<(usize, usize)> {
    let (mut open, mut line) = (None, 1);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => open = if open.is_some() { None } else { Some((line, at)) },
            b'\n' => line += 1,
            _ => {}
        }
    }
    open
}

fn delimiter(bytes: &[u8]) -> u8 {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: &u8| line.iter().filter(|byte| *byte == delimiter).count();
    // Of equals the first is meant, so that a name alone is parted by commas.
    DELIMITERS.into_iter().rev().max_by_key(count).unwrap_or(b',')
}

/// An empty field without quotes is null. None: there is no row any more.
fn row(fields: &mut Fields<&[u8]>) -> Option<Vec<Option<String>>> {
    let mut row = Vec::new();
    // A row that is longer than any may be ends the table.
    while let Ok(Some(next)) = fields.advance() {
        row.push((!fields.is_null()).then(|| String::from_utf8_lossy(fields.bytes()).into_owned()));
        if next == Next::Row {
            return Some(row);
        }
    }
    None
}
