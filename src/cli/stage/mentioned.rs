use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;

use camino::Utf8Path;

use crate::domain::{Mentions, is_no_script};
use crate::snapshot::{Frozen, Snapshots};

/// What is larger is not looked through: it may ask for any.
const LONGEST: u64 = 16 << 20;

/// Looks into frozen files for the parameters that they name; into those of a step's `files:` once.
pub struct Mentioned<'a> {
    frozen: &'a Frozen,
    snapshots: Snapshots,
    known: RefCell<HashMap<Option<Vec<String>>, Mentions>>,
}

impl<'a> Mentioned<'a> {
    pub fn new(frozen: &'a Frozen, snapshots: Snapshots) -> Self {
        Self { frozen, snapshots, known: RefCell::default() }
    }

    pub fn text(&self, path: &Utf8Path) -> Option<String> {
        let bytes = self.snapshots.read(self.frozen, path.as_std_path()).ok()??;
        String::from_utf8(bytes).ok()
    }

    /// `globs`: None for all files.
    pub fn by(&self, globs: Option<&[String]>) -> Mentions {
        let key = globs.map(<[String]>::to_vec);
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let mut found = Mentions::default();
        match globs.map(|globs| self.frozen.matched(globs)).transpose() {
            Ok(Some(files)) => {
                files.into_iter().for_each(|file| found.add(self.of_file(&file.path, file.bytes)))
            }
            // Specs are looked at step by step, and one step's is not another's.
            Ok(None) => {
                let files =
                    self.frozen.files.iter().filter(|file| !is_spec(&file.path) && !is_of_editor(&file.path));
                files.for_each(|file| found.add(self.of_file(&file.path, file.bytes)));
            }
            Err(_) => found = Mentions::Any,
        }
        self.known.borrow_mut().insert(key, found.clone());
        found
    }

    fn of_file(&self, path: &Path, bytes: u64) -> Mentions {
        if bytes > LONGEST {
            return Mentions::Any;
        }
        match self.snapshots.read(self.frozen, path) {
            // What it may ask for is packed, or written in no language that is read here.
            Ok(Some(content)) if !is_data(path) && is_sealed(&content) => Mentions::Any,
            Ok(Some(content)) => {
                let text = String::from_utf8_lossy(&content);
                if may_be_script(path, &text) { Mentions::of_script(&text) } else { Mentions::of(&text) }
            }
            Ok(None) => Mentions::default(),
            Err(_) => Mentions::Any,
        }
    }
}

/// Programs that are packed begin with one of these: zip (wheels and jars too), gzip, bzip2, xz, zstd, lz4, 7z, compress.
const PACKED: [&[u8]; 8] = [
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"\x04\x22\x4d\x18",
    b"7z\xbc\xaf",
    b"\x1f\x9d",
];
/// Pictures and tables, which nobody runs.
const DATA: [&[u8]; 6] = [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"PAR1", b"ARROW1"];
/// Where the list of a zip's files ends: it may stand behind anything.
const ZIP_ENDS: &[u8] = b"PK\x05\x06";

/// By its name a table that is packed, or what Python keeps of a program that is there as text too.
fn is_data(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let table = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst"));
    let ends = |name: &str| [".csv", ".tsv", ".json", ".jsonl", ".txt"].iter().any(|end| name.ends_with(end));
    table.is_some_and(ends) || path.components().any(|part| part.as_os_str() == "__pycache__")
}

/// It is no text: nobody can tell what it asks for.
fn is_sealed(content: &[u8]) -> bool {
    let begins = |with: &[&[u8]]| with.iter().any(|magic| content.starts_with(magic));
    let is_zip = || content.windows(ZIP_ENDS.len()).any(|window| window == ZIP_ENDS);
    if begins(&PACKED) {
        return true;
    }
    let is_text = match std::str::from_utf8(content) {
        Ok(_) => !content.contains(&0),
        // In another encoding; a binary has bytes that no text has.
        Err(_) => !content.iter().any(|byte| *byte < b'\t' || (0x0e..0x1b).contains(byte)),
    };
    !is_text && (!begins(&DATA) || is_zip())
}

/// A shell runs a file whatever it is called: all is read as its script but what is known to be of another language, of
/// which a shell that runs it all the same is told by who starts it.
fn may_be_script(path: &Path, text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    match first.strip_prefix("#!") {
        Some(program) => !INTERPRETERS.iter().any(|known| program.contains(known)),
        None => !is_no_script(&path.to_string_lossy()),
    }
}

/// After `#!`, for what no shell reads.
const INTERPRETERS: [&str; 6] = ["python", "perl", "ruby", "node", "Rscript", "julia"];

fn is_spec(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::to_str);
    path.extension().is_some_and(|extension| extension == "yaml")
        && matches!(folder, Some("" | "workflows" | "blueprints" | "operators"))
}

/// Settings, and the schemas that `init` writes for it, which tell of every variable that there is.
fn is_of_editor(path: &Path) -> bool {
    path.starts_with(".vscode")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_as_init_writes_it_asks_for_nothing_by_chance() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let project = root.join("project");
        fs_err::create_dir(&project).unwrap();
        let name = |text: &str| crate::domain::Name::new(text).unwrap();
        let draft = crate::cli::scaffold::first_files(&name("own"), &name("hello")).unwrap();
        draft.write(&project).unwrap();
        let paths: Vec<std::path::PathBuf> = draft.paths().map(Into::into).collect();
        let snapshots = Snapshots::at(root.join("snapshots"));
        let frozen = snapshots.freeze(&project, &paths).unwrap().frozen;
        assert!(!matches!(Mentioned::new(&frozen, snapshots).by(None), Mentions::Any));
    }

    #[test]
    fn what_is_packed_or_no_text_may_ask_for_any() {
        for sealed in [
            &b"PK\x03\x04\x14\x00"[..],
            b"#!/usr/bin/env python3\nPK\x03\x04\x14\x00\x00",
            b"\x1f\x8b\x08",
            b"BZh91AY&SY",
            b"\x7fELF\x02\x01\x01\x00",
            b"ustar\x00and a text",
            b"\x89PNG\r\n\x1a\n\x00\x00PK\x05\x06\x00",
        ] {
            assert!(is_sealed(sealed), "{}", sealed.escape_ascii());
        }
        for open in [
            &b""[..],
            b"print('gr\xc3\xbcn')\n",
            b"print('gr\xfcn')\r\n\t",
            b"\x89PNG\r\n\x1a\n\x00\x00",
            b"PAR1\x00\x01\xffPAR1",
        ] {
            assert!(!is_sealed(open), "{}", open.escape_ascii());
        }
    }

    /// `sh s/data.txt` runs it, and so does `sh scripts/train`.
    #[test]
    fn what_a_shell_may_run_is_read_as_a_script_whatever_it_is_called() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let project = root.join("project");
        let files = [
            ("s/data.txt", "export | grep PARAM\n", Mentions::Any),
            ("scripts/train", "set > all\n", Mentions::Any),
            ("scripts/other", "env > all\n", Mentions::Any),
            ("scripts/third", "#!/bin/sh -e\neval \"$(cat x)\"\n", Mentions::Any),
            ("scripts/fourth", "#!/usr/bin/env python3\nexport = set\n", Mentions::default()),
            ("train.py", "export\nset\n", Mentions::default()),
            ("notes.md", "declare what you export\n", Mentions::default()),
            ("plain.txt", "monday\n", Mentions::default()),
        ];
        for (path, text, _) in &files {
            fs_err::create_dir_all(project.join(path).parent().unwrap()).unwrap();
            fs_err::write(project.join(path), text).unwrap();
        }
        let snapshots = Snapshots::at(root.join("snapshots"));
        let paths: Vec<_> = files.iter().map(|(path, ..)| std::path::PathBuf::from(path)).collect();
        let frozen = snapshots.freeze(&project, &paths).unwrap().frozen;
        let mentioned = Mentioned::new(&frozen, snapshots);
        for (path, _, expected) in &files {
            assert_eq!(mentioned.by(Some(&[(*path).to_owned()])), *expected, "{path}");
        }
    }

    #[test]
    fn a_program_that_is_packed_may_ask_for_any_parameter() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        let project = root.join("project");
        fs_err::create_dir(&project).unwrap();
        fs_err::write(project.join("plain.py"), "print(1)\n").unwrap();
        fs_err::write(project.join("train.pyz"), b"#!/usr/bin/env python3\nPK\x03\x04\x14\x00\x00").unwrap();
        let snapshots = Snapshots::at(root.join("snapshots"));
        let paths = ["plain.py", "train.pyz", "data/late.csv.gz", "__pycache__/plain.cpython-311.pyc"];
        for data in &paths[2..] {
            fs_err::create_dir_all(project.join(data).parent().unwrap()).unwrap();
            fs_err::write(project.join(data), b"\x1f\x8b\x08\x00\x00").unwrap();
        }
        let paths = paths.map(std::path::PathBuf::from);
        let frozen = snapshots.freeze(&project, &paths).unwrap().frozen;
        let mentioned = Mentioned::new(&frozen, snapshots);
        assert_eq!(mentioned.by(Some(&["plain.py".to_owned()])), Mentions::default());
        assert_eq!(mentioned.by(Some(&["train.pyz".to_owned()])), Mentions::Any);
        // A table is no program, and what Python has compiled is there as text.
        let data = ["data/*", "__pycache__/*"].map(str::to_owned);
        assert_eq!(mentioned.by(Some(&data)), Mentions::default());
    }
}
