use crate::domain::track::{InputReport, OutputReport, RunReport, StepReport};
use crate::domain::{Manifest, Run};

/// A run and its steps' manifests, as far as a reviewer is concerned with them.
pub fn report(run: &Run, manifests: &[Manifest]) -> RunReport {
    let mut manifests: Vec<&Manifest> = manifests.iter().collect();
    manifests.sort_by(|a, b| (a.finished_at, &a.node).cmp(&(b.finished_at, &b.node)));
    RunReport {
        run: run.token,
        name: run.name.clone(),
        version: run.version.to_string(),
        use_case: run.use_case.clone(),
        status: run.status,
        started_at: run.started_at,
        finished_at: run.finished_at,
        commit: run.commit.clone(),
        dirty: run.dirty,
        params: run.params.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        steps: manifests.into_iter().map(step).collect(),
    }
}

fn step(manifest: &Manifest) -> StepReport {
    let took = manifest.finished_at.duration_since(manifest.started_at).as_millis();
    let outputs = manifest.outputs.iter().map(|(name, made)| {
        let output =
            OutputReport { bytes: made.bytes, rows: made.rows, sha256: made.sha256.clone(), columns: None };
        (name.clone(), output)
    });
    let reads = manifest.reads.iter().map(|read| InputReport {
        table: read.table.clone(),
        rows: read.rows,
        sha256: read.sha256.clone(),
        content: read.content.clone(),
    });
    StepReport {
        step: manifest.node.to_string(),
        milliseconds: u64::try_from(took).unwrap_or_default(),
        peak_memory_bytes: manifest.peak_memory_bytes,
        image: manifest.image.clone(),
        taken: manifest.taken_from.is_some(),
        outputs: outputs.collect(),
        reads: reads.collect(),
    }
}
