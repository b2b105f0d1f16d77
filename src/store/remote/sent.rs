use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

use super::bucket::Object;
use super::place::root_of;
use crate::domain::{Digest, RunLayout, Token};

/// What of a run is in its bucket already, as this machine remembers it: a line each, beside the mirror's runs. One that
/// is cut off is only sent again.
pub(super) struct Sent {
    file: File,
    known: Known,
}

#[derive(Default)]
struct Known {
    files: HashMap<String, (Digest, Object)>,
    begun: HashMap<String, Begun>,
    whole: Option<Digest>,
}

/// A long file of which not all is there yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Begun {
    pub sha256: Digest,
    /// The bucket's name for it.
    pub id: String,
    /// Bytes of each but the last.
    pub piece: u64,
    /// The bucket's names for those that are there.
    pub pieces: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "sent", rename_all = "snake_case")]
enum Line {
    File {
        path: String,
        sha256: Digest,
        object: Object,
    },
    Begun {
        path: String,
        sha256: Digest,
        id: String,
        piece: u64,
    },
    Piece {
        path: String,
        id: String,
        name: String,
    },
    /// All of it, with this `run.json`.
    Whole {
        run: Digest,
    },
}

fn path(layout: &RunLayout, token: Token) -> Utf8PathBuf {
    root_of(layout).join(".greenroom").join("sent").join(format!("{token}.jsonl"))
}

/// Is all of a run in its bucket, as it stands now?
pub fn is_sent(layout: &RunLayout, token: Token) -> bool {
    let whole = Known::read(&fs_err::read(path(layout, token)).unwrap_or_default()).whole;
    let now = fs_err::read(layout.run_json()).ok().map(|text| Digest::of(&text));
    whole.is_some() && whole == now
}

impl Known {
    fn read(text: &[u8]) -> Self {
        let mut known = Self::default();
        for line in text.split(|byte| *byte == b'\n') {
            // One that was cut off tells nothing.
            if let Ok(line) = serde_json::from_slice(line) {
                known.add(line);
            }
        }
        known
    }

    fn add(&mut self, line: Line) {
        match line {
            Line::File { path, sha256, object } => {
                self.begun.remove(&path);
                self.files.insert(path, (sha256, object));
            }
            Line::Begun { path, sha256, id, piece } => {
                self.begun.insert(path, Begun { sha256, id, piece, pieces: Vec::new() });
            }
            Line::Piece { path, id, name } => {
                if let Some(begun) = self.begun.get_mut(&path).filter(|begun| begun.id == id) {
                    begun.pieces.push(name);
                }
            }
            Line::Whole { run } => self.whole = Some(run),
        }
    }
}

impl Sent {
    /// Of a run that the caller drives: there is one writer.
    pub fn open(layout: &RunLayout, token: Token) -> io::Result<Self> {
        let path = path(layout, token);
        if let Some(folder) = path.parent() {
            fs_err::create_dir_all(folder)?;
        }
        let known = Known::read(&fs_err::read(&path).unwrap_or_default());
        let mut file = File::options().create(true).append(true).open(&path)?;
        // Ends a line that was cut off.
        file.write_all(b"\n")?;
        Ok(Self { file, known })
    }

    fn add(&mut self, line: Line) -> io::Result<()> {
        let mut text = serde_json::to_vec(&line)?;
        text.push(b'\n');
        self.file.write_all(&text)?;
        self.known.add(line);
        Ok(())
    }

    /// What this machine has sent of any run.
    pub fn files(layout: &RunLayout, token: Token) -> HashMap<String, (Digest, Object)> {
        Known::read(&fs_err::read(path(layout, token)).unwrap_or_default()).files
    }

    pub fn file(&self, path: &str) -> Option<&(Digest, Object)> {
        self.known.files.get(path)
    }

    pub fn begun(&self, path: &str) -> Option<Begun> {
        self.known.begun.get(path).cloned()
    }

    pub fn note_file(&mut self, path: &str, sha256: Digest, object: Object) -> io::Result<()> {
        self.add(Line::File { path: path.to_owned(), sha256, object })
    }

    pub fn note_begun(&mut self, path: &str, sha256: Digest, id: String, piece: u64) -> io::Result<()> {
        self.add(Line::Begun { path: path.to_owned(), sha256, id, piece })
    }

    pub fn note_piece(&mut self, path: &str, id: &str, name: String) -> io::Result<()> {
        self.add(Line::Piece { path: path.to_owned(), id: id.to_owned(), name })
    }

    pub fn note_whole(&mut self, run: Digest) -> io::Result<()> {
        self.add(Line::Whole { run })?;
        self.file.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{recorded_run, temp};
    use super::*;

    #[test]
    fn what_was_sent_is_remembered_and_a_torn_line_is_not() {
        let (_dir, root) = temp();
        let (layout, token) = recorded_run(&root);
        fs_err::write(layout.run_json(), "{}").unwrap();
        let sum = Digest::of(b"abc");
        let object = Object { bytes: 3, etag: Some("e".into()) };
        let mut sent = Sent::open(&layout, token).unwrap();
        sent.note_file("a/x", sum.clone(), object.clone()).unwrap();
        sent.note_begun("a/y", sum.clone(), "one".into(), 8).unwrap();
        sent.note_piece("a/y", "one", "p0".into()).unwrap();
        sent.note_piece("a/y", "another", "p1".into()).unwrap();
        assert!(!is_sent(&layout, token));
        std::fs::File::options()
            .append(true)
            .open(path(&layout, token))
            .unwrap()
            .write_all(b"{\"sent\":\"who")
            .unwrap();

        let mut sent = Sent::open(&layout, token).unwrap();
        assert_eq!(sent.file("a/x"), Some(&(sum.clone(), object.clone())));
        assert_eq!(sent.begun("a/y").unwrap().pieces, ["p0"]);
        sent.note_file("a/y", sum, object).unwrap();
        assert_eq!(sent.begun("a/y"), None);
        sent.note_whole(Digest::of(b"{}")).unwrap();
        assert!(is_sent(&layout, token));
        fs_err::write(layout.run_json(), "{ }").unwrap();
        assert!(!is_sent(&layout, token), "a resume has changed its record");
    }
}
