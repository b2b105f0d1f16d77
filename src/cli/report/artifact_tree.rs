use std::collections::BTreeMap;

use camino::Utf8Path;
use serde::Serialize;

use crate::cli::invocation::near;
use crate::cli::{Ink, Look};
use crate::domain::figures::{count, counted, size};
use crate::domain::text::{pad, safe, truncate, width};
use crate::domain::{CellId, Digest, Name, NodeId, natural};
use crate::store::FileState;

/// One element of `artifacts --json`: a file of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ArtifactRow {
    pub step: Name,
    pub cell: Option<CellId>,
    /// Relative to the step's (or cell's) directory.
    pub path: String,
    pub bytes: u64,
    pub sha256: Digest,
    pub state: FileState,
}

/// A directory, or a file if it holds nothing.
#[derive(Default)]
struct Branch {
    bytes: u64,
    files: u64,
    /// Below it, that are not what was made.
    changed: u64,
    missing: u64,
    /// Not fetched.
    remote: u64,
    children: BTreeMap<String, Branch>,
}

impl Branch {
    fn grow<'a>(&mut self, mut segments: impl Iterator<Item = &'a str>, bytes: u64, state: FileState) {
        // A manifest may come from anywhere and say anything.
        self.bytes = self.bytes.saturating_add(bytes);
        self.files += 1;
        self.changed += u64::from(state == FileState::Changed);
        self.missing += u64::from(state == FileState::Missing);
        self.remote += u64::from(state == FileState::Remote);
        if let Some(segment) = segments.next() {
            self.children.entry(segment.to_owned()).or_default().grow(segments, bytes, state);
        }
    }
}

impl Branch {
    /// What became of the files, in words; empty where they are as they were made.
    fn told(&self) -> String {
        let one = self.children.is_empty();
        let told = [(self.changed, "changed"), (self.missing, "missing")].into_iter();
        let told = told.filter(|(count, _)| *count > 0).map(|(count, what)| match one {
            true => what.to_owned(),
            false => format!("{count} {what}"),
        });
        told.collect::<Vec<_>>().join(", ")
    }
}

/// Of a file that others have put there.
const FETCHABLE: &str = "in the bucket";

/// A run's files as a tree below its directory; of a directory with more than `most` entries only the first are shown,
/// and how many more there are.
pub fn artifact_tree(run_dir: &Utf8Path, artifacts: &[ArtifactRow], most: usize, look: &Look) -> String {
    let mut root = Branch::default();
    for artifact in artifacts {
        let dir = NodeId::new(artifact.step.clone(), artifact.cell.clone()).dir();
        root.grow(dir.split('/').chain(artifact.path.split('/')), artifact.bytes, artifact.state);
    }
    let mut lines = Vec::new();
    draw(&root, "", most, &mut lines);
    let widest = lines.iter().map(|(name, ..)| width(name)).max().unwrap_or_default();
    let room = widest.min(look.width.saturating_sub(12));
    let mut text = format!("{}\n", look.paint(Ink::Accent, safe(near(run_dir).as_str())));
    for (name, amount, state) in lines {
        let name = pad(&truncate(&name, room), room);
        let state = match state.as_str() {
            "" => state,
            FETCHABLE => look.paint(Ink::Dim, format!("  {state}")),
            _ => look.paint(Ink::Warn, format!("  {state}")),
        };
        text += &format!("{name}  {}{state}\n", look.paint(Ink::Dim, format!("{amount:>10}")));
    }
    text += &format!("{}, {}\n", counted(root.files, "file"), size(root.bytes));
    if root.remote > 0 {
        text += &format!("{} {FETCHABLE}, not fetched: path fetches an output\n", count(root.remote));
    }
    match root.told() {
        told if told.is_empty() => text,
        told => text + &look.paint(Ink::Warn, format!("not as they were made: {told}")) + "\n",
    }
}

fn draw(branch: &Branch, indent: &str, most: usize, lines: &mut Vec<(String, String, String)>) {
    // One entry too many is shown itself: a line that says so would take as much room.
    let shown = if branch.children.len() <= most.saturating_add(1) { branch.children.len() } else { most };
    let mut children: Vec<_> = branch.children.iter().collect();
    children.sort_by(|(a, _), (b, _)| natural(a.as_bytes(), b.as_bytes()));
    for (index, (name, child)) in children.iter().copied().take(shown).enumerate() {
        let last = index + 1 == branch.children.len();
        let (corner, below) = if last { ("└── ", "    ") } else { ("├── ", "│   ") };
        let mut name = name.clone();
        let mut child = child;
        // A folder that only leads to one thing is drawn with it; a step keeps a line of its own.
        while let (false, 1, Some((only, below))) =
            (indent.is_empty(), child.children.len(), child.children.first_key_value())
        {
            name = format!("{name}/{only}");
            child = below;
        }
        let slash = if child.children.is_empty() { "" } else { "/" };
        lines.push((
            format!("{indent}{corner}{}{slash}", safe(&name)),
            size(child.bytes),
            match (child.children.is_empty(), child.remote) {
                (false, _) => String::new(),
                (true, 0) => child.told(),
                (true, _) => FETCHABLE.to_owned(),
            },
        ));
        draw(child, &format!("{indent}{below}"), most, lines);
    }
    let rest = children.iter().map(|(_, child)| child).skip(shown);
    let (entries, bytes) =
        rest.fold((0, 0u64), |(entries, bytes), child| (entries + 1, bytes.saturating_add(child.bytes)));
    if entries > 0 {
        lines.push((format!("{indent}└── … {} more", count(entries)), size(bytes), String::new()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifact(step: &str, cell: Option<&str>, path: &str, bytes: u64) -> ArtifactRow {
        let id: NodeId = cell.map_or(step.to_owned(), |cell| format!("{step}.{cell}")).parse().unwrap();
        ArtifactRow {
            step: id.step,
            cell: id.cell,
            path: path.into(),
            bytes,
            sha256: Digest::of(b"x"),
            state: FileState::Intact,
        }
    }

    #[test]
    fn sizes_that_no_disk_has_are_drawn_too() {
        let files: Vec<_> = ["x", "y", "z"].map(|path| artifact("a", None, path, u64::MAX)).into();
        assert!(artifact_tree("/r".into(), &files, 1, &Look::PLAIN).contains("3 files"));
    }

    #[test]
    fn what_is_not_as_it_was_made_is_marked() {
        let mut files: Vec<_> = ["x", "y", "z/z"].map(|path| artifact("a", None, path, 1)).into();
        (files[0].state, files[2].state) = (FileState::Missing, FileState::Changed);
        insta::assert_snapshot!(artifact_tree("/r".into(), &files, 9, &Look::PLAIN), @r"
        /r
        └── a/              3 B
            ├── x           1 B  missing
            ├── y           1 B
            └── z/z         1 B  changed
        3 files, 3 B
        not as they were made: 1 changed, 1 missing
        ");
        for file in &mut files[..2] {
            file.state = FileState::Remote;
        }
        insta::assert_snapshot!(artifact_tree("/r".into(), &files, 9, &Look::PLAIN), @r"
        /r
        └── a/              3 B
            ├── x           1 B  in the bucket
            ├── y           1 B  in the bucket
            └── z/z         1 B  changed
        3 files, 3 B
        2 in the bucket, not fetched: path fetches an output
        not as they were made: 1 changed
        ");
    }

    fn files() -> Vec<ArtifactRow> {
        let mut files = vec![
            artifact("delays", None, "delays.parquet", 12_600),
            artifact("report", None, "report.html", 41_000),
            artifact("train", Some("a-1"), "model/weights.bin", 3 << 20),
            artifact("train", Some("b-2"), "model/weights.bin", 2 << 20),
        ];
        for day in 1..=30 {
            files.push(artifact(
                "load",
                None,
                &format!("flights/flight_date=2013-01-{day:02}/0.parquet"),
                9_000,
            ));
        }
        files
    }

    const DIR: &str = "/data/store/flights/dev/daily_delays/1.0.0/01900000-0000-7000-8000-000000003f2a";

    #[test]
    fn it_shows_where_everything_lies() {
        let look = Look { width: 80, colour: false };
        insta::assert_snapshot!(artifact_tree(DIR.into(), &files(), 3, &look), @r#"
        /data/store/flights/dev/daily_delays/1.0.0/01900000-0000-7000-8000-000000003f2a
        ├── delays/                                     12.3 KiB
        │   └── delays.parquet                          12.3 KiB
        ├── load/                                        264 KiB
        │   └── flights/                                 264 KiB
        │       ├── flight_date=2013-01-01/0.parquet     8.8 KiB
        │       ├── flight_date=2013-01-02/0.parquet     8.8 KiB
        │       ├── flight_date=2013-01-03/0.parquet     8.8 KiB
        │       └── … 27 more                            237 KiB
        ├── report/                                     40.0 KiB
        │   └── report.html                             40.0 KiB
        └── train/                                       5.0 MiB
            ├── a-1/model/weights.bin                    3.0 MiB
            └── b-2/model/weights.bin                    2.0 MiB
        34 files, 5.3 MiB
        "#);
    }

    #[test]
    fn all_is_shown_where_all_is_asked_for() {
        let text = artifact_tree(DIR.into(), &files(), usize::MAX, &Look::PLAIN);
        assert!(text.contains("flight_date=2013-01-30/") && !text.contains("more"), "{text}");
    }

    #[test]
    fn file_names_cannot_draw_on_the_terminal() {
        let hostile = artifact("delays", None, "\x1b[2J\u{202e}gpj.exe", 1);
        let text = artifact_tree(DIR.into(), &[hostile], 9, &Look { width: 80, colour: false });
        assert!(text.contains("␛[2J<U+202E>gpj.exe") && !text.contains('\x1b'), "{text}");
    }

    #[test]
    fn machines_get_the_documented_keys() {
        let json = serde_json::to_string(&artifact("train", Some("a-1"), "m", 1)).unwrap();
        assert!(
            json.starts_with(r#"{"step":"train","cell":"a-1","path":"m","bytes":1,"sha256":""#),
            "{json}"
        );
    }
}
