use std::io::{self, Read};

use tar::{EntryType, Header};

const BLOCK: usize = 512;
/// A name that does not fit into a header; paths are shorter.
const LONGEST_NAME: u64 = 8192;

/// The entries of a tar, plain files alone, one after the other: a link, a folder, a device or an extension is an error
/// before anything of it is read, so that nothing is ever skipped that was not asked for.
pub(super) struct Entries<R> {
    reader: R,
    /// Zeros up to the next header.
    padding: usize,
}

/// What comes next; its content is to be read from `content`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub name: Vec<u8>,
    pub bytes: u64,
}

impl<R: Read> Entries<R> {
    pub fn of(reader: R) -> Self {
        Self { reader, padding: 0 }
    }

    /// None: it ends as a tar does. The content of the entry before must have been read.
    pub fn next(&mut self) -> io::Result<Option<Entry>> {
        let mut long = None;
        loop {
            let Some(header) = self.header()? else {
                return if long.is_none() { Ok(None) } else { Err(invalid("a name has no entry")) };
            };
            let bytes = header.entry_size()?;
            match header.entry_type() {
                EntryType::Regular if bytes == header.size()? => {
                    let name = long.unwrap_or_else(|| header.path_bytes().into_owned());
                    self.padding = padding(bytes);
                    return Ok(Some(Entry { name, bytes }));
                }
                EntryType::GNULongName if long.is_none() && bytes <= LONGEST_NAME => {
                    let mut name = vec![0; usize::try_from(bytes).unwrap_or_default()];
                    self.reader.read_exact(&mut name)?;
                    if name.pop() != Some(0) || name.contains(&0) {
                        return Err(invalid("a long name does not end as one"));
                    }
                    self.padding = padding(bytes);
                    long = Some(name);
                }
                kind => {
                    return Err(invalid(format!("it holds {}: only plain files are taken in", told(kind))));
                }
            }
        }
    }

    /// Of the entry that `next` told.
    pub fn content(&mut self, bytes: u64) -> io::Take<&mut R> {
        self.reader.by_ref().take(bytes)
    }

    pub fn into_inner(self) -> R {
        self.reader
    }

    fn header(&mut self) -> io::Result<Option<Header>> {
        let mut zeros = [0; BLOCK];
        self.reader.read_exact(&mut zeros[..self.padding])?;
        self.padding = 0;
        let mut header = Header::new_old();
        self.reader.read_exact(header.as_mut_bytes())?;
        if header.as_bytes().iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        // Summed with spaces in the place of the sum itself.
        let sum = |bytes: &[u8]| bytes.iter().map(|byte| u32::from(*byte)).sum::<u32>();
        let bytes = header.as_bytes();
        if header.cksum()? != sum(&bytes[..148]) + 8 * u32::from(b' ') + sum(&bytes[156..]) {
            return Err(invalid("the head of an entry is damaged"));
        }
        Ok(Some(header))
    }
}

fn padding(bytes: u64) -> usize {
    let over = usize::try_from(bytes % BLOCK as u64).unwrap_or_default();
    if over == 0 { 0 } else { BLOCK - over }
}

fn invalid(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.into())
}

fn told(kind: EntryType) -> &'static str {
    match kind {
        EntryType::Link => "a hard link",
        EntryType::Symlink => "a symbolic link",
        EntryType::Directory => "a folder",
        EntryType::Fifo => "a FIFO",
        EntryType::Char | EntryType::Block => "a device",
        EntryType::GNUSparse => "a file with holes",
        _ => "an entry of another kind",
    }
}
