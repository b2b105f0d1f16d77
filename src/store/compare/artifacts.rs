use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::super::expect::DataFile;
use super::super::file_state::is_same;
use super::super::reach::Reach;
use super::side::Side;
use super::source::Source;
use super::table;
use crate::domain::compare::{ArtifactDifference, ArtifactFacts, TableDifference};
use crate::domain::escape::unescape;
use crate::domain::{Artifact, Digest, Node, NodeId, OutputType};

/// What of two runs is compared.
pub(super) struct Asked<'a> {
    pub(super) old: &'a Side<'a>,
    pub(super) new: &'a Side<'a>,
    /// In place of what the outputs' `expect.unique` names.
    pub(super) key: &'a [String],
    pub(super) given_up: &'a AtomicBool,
}

/// Files that are compared as one: a file of both runs, or all files of a table.
#[derive(Default)]
struct Unit<'a> {
    old: Vec<&'a Artifact>,
    new: Vec<&'a Artifact>,
    /// Rows may be told of it.
    rows: bool,
    unique: &'a [String],
}

impl Asked<'_> {
    /// What a step left in both runs, in order of path; nothing where it did not succeed in one.
    pub(super) fn artifacts(&self, id: &NodeId) -> Vec<ArtifactDifference> {
        let (Some(old), Some(new)) = (self.old.manifest(id), self.new.manifest(id)) else {
            return Vec::new();
        };
        let node = self.new.node(id).or_else(|| self.old.node(id));
        let mut units: BTreeMap<String, Unit> = BTreeMap::new();
        for (files, is_new) in [(&old.files, false), (&new.files, true)] {
            for file in files {
                let (path, rows, unique) = place(node, &file.path);
                let unit = units.entry(path).or_default();
                (unit.rows, unit.unique) = (rows, unique);
                if is_new { unit.new.push(file) } else { unit.old.push(file) }
            }
        }
        units.into_iter().map(|(path, unit)| self.unit(id, path, &unit)).collect()
    }

    fn unit(&self, id: &NodeId, path: String, unit: &Unit) -> ArtifactDifference {
        let (old, new) = (facts(&unit.old), facts(&unit.new));
        let mut difference = ArtifactDifference {
            path,
            same: old.as_ref().map(|facts| &facts.sha256) == new.as_ref().map(|facts| &facts.sha256),
            old,
            new,
            table: None,
            unread: None,
        };
        if difference.same || unit.old.is_empty() || unit.new.is_empty() || !unit.rows {
            return difference;
        }
        match self.table(id, unit) {
            None => {}
            Some(Ok(table)) => {
                difference.same = table.is_same();
                difference.table = Some(table);
            }
            Some(Err(why)) => difference.unread = Some(why),
        }
        difference
    }

    /// None: it holds no rows.
    fn table(&self, id: &NodeId, unit: &Unit) -> Option<Result<TableDifference, String>> {
        let of = |side: &Side, files: &[&Artifact]| {
            let data = files.iter().map(|file| DataFile::of(&side.layout.artifacts(id), file));
            let data = data.collect::<Option<Vec<DataFile>>>()?;
            let whole = files.iter().try_for_each(|file| unaltered(side, id, file));
            Some(whole.and_then(|()| Source::open(data, self.given_up)))
        };
        let sides = (of(self.old, &unit.old)?, of(self.new, &unit.new)?);
        let compared = match sides {
            (Ok(old), Ok(new)) => {
                let has = |key: &&[String]| {
                    !key.is_empty()
                        && key.iter().all(|name| old.column(name).is_some() && new.column(name).is_some())
                };
                let key = Some(self.key).filter(has).unwrap_or(unit.unique);
                table::compare(old, new, key, self.given_up)
            }
            (Err(why), _) => Err(format!("run {}: {why}", self.old.run.token.short())),
            (_, Err(why)) => Err(format!("run {}: {why}", self.new.run.token.short())),
        };
        Some(compared)
    }
}

/// What was changed since would be compared in place of what the run made.
fn unaltered(side: &Side, id: &NodeId, file: &Artifact) -> Result<(), String> {
    let below = unescape(&file.path).map(|path| Path::new(&id.dir()).join(path));
    let below = below.ok_or_else(|| format!("{} leaves its folder", file.path))?;
    match is_same(side.layout.dir().as_std_path(), &below, file, side.told_at(id), &Reach::all()) {
        Ok(true) => Ok(()),
        Ok(false) => Err(format!("{} is not what the run made: somebody changed it", file.path)),
        Err(error) => Err(format!("{}: {error}", file.path)),
    }
}

/// What a file is compared as part of, whether as rows, and by which key.
fn place<'a>(node: Option<&'a Node>, path: &str) -> (String, bool, &'a [String]) {
    let holds =
        |output: &str| path == output || path.strip_prefix(output).is_some_and(|rest| rest.starts_with('/'));
    let outputs = node.into_iter().flat_map(|node| node.outputs.values());
    let Some(output) = outputs.into_iter().find(|output| holds(&output.path)) else {
        return (path.to_owned(), true, &[]);
    };
    let unique = output.expect.unique.as_slice();
    match output.kind {
        // Its files are named by chance, as by the workers that wrote them.
        OutputType::Table => (output.path.clone(), true, unique),
        // They are figures, and told of as such.
        OutputType::Metrics | OutputType::Model => (path.to_owned(), false, &[]),
        OutputType::File | OutputType::Dir => (path.to_owned(), true, unique),
    }
}

/// Of several files, the sum over the sums of their contents.
fn facts(files: &[&Artifact]) -> Option<ArtifactFacts> {
    let bytes = files.iter().map(|file| file.bytes).fold(0, u64::saturating_add);
    let sha256 = match files {
        [] => return None,
        [only] => only.sha256.clone(),
        many => {
            let mut sums: Vec<&str> = many.iter().map(|file| file.sha256.as_str()).collect();
            sums.sort_unstable();
            Digest::of(sums.join("\n").as_bytes())
        }
    };
    Some(ArtifactFacts { bytes, sha256 })
}
