use std::io;

use camino::Utf8Path;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::atomic_write::atomic_write;
use super::error::{failed, invalid};
use crate::disk::read_short_record;
use crate::domain::{Plan, Run, RunLayout};
use crate::engine::StoreError;

/// The format of `run.json` and `plan.json`.
const FORMAT: u32 = 1;
/// What is longer than any of them is not read: ten thousand runs are listed at once.
const LONGEST_RUN: u64 = 16 << 20;
const LONGEST_PLAN: u64 = 512 << 20;

#[derive(Deserialize)]
struct Head {
    greenroom: u32,
}

/// Replaces `run.json` as a whole.
pub fn write_run(layout: &RunLayout, run: &Run) -> Result<(), StoreError> {
    write(&layout.run_json(), run)
}

/// `run.json` as it was written; whether the run is alive is told by `recorded`.
pub fn read_run(layout: &RunLayout) -> Result<Run, StoreError> {
    read(&layout.run_json(), LONGEST_RUN).map(|(run, _)| run)
}

/// Replaces `plan.json` as a whole.
pub fn write_plan(layout: &RunLayout, plan: &Plan) -> Result<(), StoreError> {
    write(&layout.plan_json(), plan)
}

/// The plan as it is written, whoever wrote it: to be looked at. One that is to be run is asked of `OwnRuns`.
pub fn read_plan(layout: &RunLayout) -> Result<Plan, StoreError> {
    parse_plan(layout).map(|(plan, _)| plan)
}

/// The plan, and the text it was read from.
pub(super) fn parse_plan(layout: &RunLayout) -> Result<(Plan, Vec<u8>), StoreError> {
    read(&layout.plan_json(), LONGEST_PLAN)
}

/// A record as it is written.
pub(super) fn text(record: &impl Serialize) -> io::Result<Vec<u8>> {
    serde_json::to_vec_pretty(record).map_err(io::Error::from)
}

fn write(path: &Utf8Path, record: &impl Serialize) -> Result<(), StoreError> {
    text(record).and_then(|text| atomic_write(path, &text)).map_err(failed(format!("cannot write {path}")))
}

/// Records come from disk, perhaps of another machine: what cannot be read is told, with the file and why.
fn read<T: DeserializeOwned>(path: &Utf8Path, most: u64) -> Result<(T, Vec<u8>), StoreError> {
    let text = read_short_record(path, most).map_err(failed("cannot read a run's record"))?;
    let record = parse(&text).map_err(|why| invalid(path.as_str(), why))?;
    Ok((record, text))
}

fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    let torn = |error: serde_json::Error| format!("it is torn or was edited: {error}");
    let head: Head = serde_json::from_slice(text).map_err(torn)?;
    match head.greenroom {
        FORMAT => serde_json::from_slice(text).map_err(torn),
        newer if newer > FORMAT => Err(format!(
            "it is of format {newer}; this version of Greenroom knows {FORMAT}: take a newer one"
        )),
        other => Err(format!("it is of format {other}, which never was")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{a_run, recorded_run, temp};
    use super::*;

    #[test]
    fn a_record_reads_back_and_a_broken_one_says_why() {
        let (_dir, root) = temp();
        let (layout, token) = recorded_run(&root);
        let run = a_run(token);
        write_run(&layout, &run).unwrap();
        assert_eq!(read_run(&layout).unwrap(), run);
        let text = fs_err::read_to_string(layout.run_json()).unwrap();
        for (broken, why) in [
            (text.replacen(": 1", ": 2", 1), "take a newer one"),
            (text[..text.len() / 2].to_owned(), "torn or was edited"),
            (text.replace("\"dev\"", "\"../dev\""), "has a character a name may not have"),
            ("[]".to_owned(), "torn or was edited"),
            (String::new(), "torn or was edited"),
        ] {
            fs_err::write(layout.run_json(), broken).unwrap();
            let error = read_run(&layout).unwrap_err().to_string();
            assert!(error.contains(why) && error.contains("run.json"), "{error}");
        }
        fs_err::File::create(layout.run_json()).unwrap().set_len(1 << 43).unwrap();
        let error = read_run(&layout).unwrap_err();
        let StoreError::Io { source, .. } = error else { panic!("{error}") };
        assert!(source.to_string().contains("no such record is longer"), "{source}");
        fs_err::remove_file(layout.run_json()).unwrap();
        let error = read_run(&layout).unwrap_err();
        let StoreError::Io { source, .. } = error else { panic!("{error}") };
        assert_eq!(source.kind(), io::ErrorKind::NotFound);
        assert!(source.to_string().contains("run.json"), "{source}");
    }
}
