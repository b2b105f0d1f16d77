use std::sync::atomic::AtomicBool;

use super::cell::Digester;
use super::source::Source;
use crate::domain::compare::ColumnFacts;
use crate::domain::{Artifact, Manifest, Name, RunLayout};
use crate::store::expect::DataFile;

/// What each column of a table that a step made holds, by its name; None: the output holds no rows.
///
/// # Errors
/// It cannot be read, or has more than is compared.
pub fn columns_of(
    layout: &RunLayout,
    manifest: &Manifest,
    output: &Name,
    given_up: &AtomicBool,
) -> Result<Option<Vec<(String, ColumnFacts)>>, String> {
    let node = &manifest.node;
    let Some(made) = manifest.outputs.get(output) else { return Ok(None) };
    let Some(path) = made.path.strip_prefix(&format!("{}/", node.dir())) else { return Ok(None) };
    let holds = |file: &&Artifact| {
        file.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let files = manifest.files.iter().filter(holds).map(|file| DataFile::of(&layout.artifacts(node), file));
    let Some(files) = files.collect::<Option<Vec<DataFile>>>().filter(|files| !files.is_empty()) else {
        return Ok(None);
    };
    let source = Source::open(files, given_up)?;
    let digester = Digester::new().beside_integers();
    let at_once = source.at_once().0;
    let mut found = Vec::new();
    for columns in source.columns.chunks(at_once) {
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let gathered = source.gather(&names, |_| digester, given_up)?;
        found.extend(columns.iter().zip(gathered).map(|(column, mut gathered)| {
            gathered.numbers.sort_unstable_by(f64::total_cmp);
            let kind = column.kind.clone().unwrap_or_else(|| gathered.guessed().to_owned());
            (column.name.clone(), gathered.facts(&kind))
        }));
    }
    Ok(Some(found))
}
