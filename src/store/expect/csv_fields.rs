use std::io::{self, BufRead, BufReader, Read};

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};

use super::row_bound::{Bounded, Budget, bounded};

const BUFFER: usize = 64 * 1024;

/// The fields of a CSV file, one at a time.
pub(in crate::store) struct Fields<R> {
    file: BufReader<Bounded<R>>,
    row: Budget,
    reader: Reader,
    /// Its first `length` bytes are the field's.
    text: Vec<u8>,
    length: usize,
    quoted: bool,
}

/// What comes after a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Next {
    Field,
    Row,
}

impl<R: Read> Fields<R> {
    pub(in crate::store) fn parted_by(delimiter: u8, file: R) -> Self {
        let (file, row) = bounded(file);
        let file = BufReader::with_capacity(BUFFER, file);
        let reader = ReaderBuilder::new().delimiter(delimiter).build();
        Self { file, row, reader, text: vec![0; BUFFER], length: 0, quoted: false }
    }

    /// Goes on to the next field; None at the end of the file.
    pub(in crate::store) fn advance(&mut self) -> io::Result<Option<Next>> {
        (self.length, self.quoted) = (0, false);
        loop {
            let input = self.file.fill_buf()?;
            let (result, taken, written) = self.reader.read_field(input, &mut self.text[self.length..]);
            self.quoted |= input[..taken].contains(&b'"');
            self.file.consume(taken);
            self.length += written;
            match result {
                ReadFieldResult::InputEmpty => {}
                ReadFieldResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadFieldResult::Field { record_end: false } => return Ok(Some(Next::Field)),
                ReadFieldResult::Field { record_end: true } => {
                    self.row.refill();
                    return Ok(Some(Next::Row));
                }
                ReadFieldResult::End => return Ok(None),
            }
        }
    }

    /// The field at hand, without its quotes.
    pub(in crate::store) fn bytes(&self) -> &[u8] {
        &self.text[..self.length]
    }

    /// The same, where it is text.
    pub(in crate::store) fn text(&self) -> Result<&str, String> {
        std::str::from_utf8(self.bytes()).map_err(|error| format!("it is not UTF-8: {error}"))
    }

    /// Nothing, not even quotes: as `load_table` takes it, that is NULL, and `""` is a text without letters.
    pub(in crate::store) fn is_null(&self) -> bool {
        self.length == 0 && !self.quoted
    }
}
