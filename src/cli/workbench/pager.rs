use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::process::Stdio;

use camino::Utf8Path;

use super::foreground;
use super::signals::Signals;
use crate::app::Trouble;
use crate::disk::{Access, open_plain};
use crate::logs::neutralise;

/// Bytes of a line that are made harmless at once.
const PIECE: u64 = 1 << 20;

/// The person's own pager with a plain file, until it is closed. `less` gets the file itself, of which it reads only what
/// is looked at; any other gets its text through a pipe, as pagers do, for it may send on what it reads as it is.
pub async fn page(root: &Utf8Path, below: &Path, signals: &mut Signals) -> Result<(), Trouble> {
    let Some(command) = foreground::chosen(&["PAGER"], &["less"]) else {
        let mut trouble = Trouble::new("there is no pager");
        trouble.todo.push("install less, or name yours: export PAGER=most".to_owned());
        return Err(trouble);
    };
    let unread = |error: io::Error| Trouble::new(format!("it cannot be read: {error}"));
    // A FIFO that came into its place would keep the pager waiting for ever.
    let file = open_plain(root.as_std_path(), below, Access::Read).map_err(unread)?;
    if is_less(&command) {
        let path = root.as_std_path().join(below);
        // Takes back what lets escape sequences through, wherever the person has set it.
        let args = [OsStr::new("-+r"), path.as_os_str()];
        return foreground::run("pager", &command, args, Stdio::inherit(), signals).await;
    }
    let (text, pipe) = io::pipe().map_err(unread)?;
    // It ends with the pager, which then reads no more.
    tokio::task::spawn_blocking(move || harmless(file, pipe));
    foreground::run("pager", &command, [""; 0], text.into(), signals).await
}

fn is_less(command: &str) -> bool {
    let program = Path::new(command.split_whitespace().next().unwrap_or_default());
    program.file_name() == Some(OsStr::new("less"))
}

fn harmless(file: impl Read, to: impl Write) -> io::Result<()> {
    let (mut from, mut to) = (BufReader::new(file), BufWriter::new(to));
    let mut line = Vec::new();
    while from.by_ref().take(PIECE).read_until(b'\n', &mut line)? > 0 {
        if line.ends_with(b"\r\n") {
            line.truncate(line.len() - 2);
            line.push(b'\n');
        }
        to.write_all(neutralise(&String::from_utf8_lossy(&line)).as_bytes())?;
        line.clear();
    }
    to.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_less_gets_the_file_itself() {
        assert!(["less", "/usr/bin/less -S"].into_iter().all(is_less));
        assert!(!["more", "cat", "lessish", "bat --pager less"].into_iter().any(is_less));
    }

    #[test]
    fn nothing_reaches_the_terminal_as_it_was_written() {
        let mut piped = Vec::new();
        let written = b"a\x1b]52;c;eA==\x07b\r\n\xff\x1b[2Jc\nlast\x1b".as_slice();
        harmless(written, &mut piped).unwrap();
        let piped = String::from_utf8(piped).unwrap();
        assert!(piped.starts_with("ab\n") && piped.contains("c\nlast"), "{piped:?}");
        assert!(!piped.contains(|c: char| c.is_control() && c != '\n'), "{piped:?}");
        // However long the line is in which it stands.
        let mut piped = Vec::new();
        let written = [vec![b'x'; PIECE as usize - 1], b"\x1b[2J".to_vec()].concat();
        harmless(written.as_slice(), &mut piped).unwrap();
        assert!(!piped.contains(&0x1b));
    }
}
