use super::risks::risks;
use crate::domain::text::safe;
use crate::domain::track::{
    Card, CheckStatus, ColumnBreak, NotChecked, Ran, RunReport, SealedFacts, SealedPackage, Standing, Track,
    TreeChange, Verdict, VerdictKind, cost, outputs,
};

/// What the card is made of besides the track.
#[derive(Clone, Copy, Debug, Default)]
pub struct Material<'a> {
    /// Between the target and the merge result.
    pub files: &'a [TreeChange],
    /// The packaged runs, read from the evidence.
    pub runs: &'a [RunReport],
    /// The target's last packaged run of the same workflow.
    pub before: Option<&'a RunReport>,
    pub columns: &'a [ColumnBreak],
    /// Required checks that the package lacks.
    pub missing: &'a [String],
    /// Why evidence that the manifest names is not there, or is not what it names.
    pub broken: &'a [String],
}

pub fn card(track: &Track, material: &Material<'_>) -> Card {
    let package = track.package.as_ref();
    let mut checks = package.map(|package| package.manifest.checks.clone()).unwrap_or_default();
    checks.sort_by_key(|check| std::cmp::Reverse(check.status));
    let newest = material.runs.last();
    let cost = newest.map(|run| cost(material.before, run)).unwrap_or_default();
    let outputs = newest.map(|run| outputs(material.before, run)).unwrap_or_default();
    Card {
        track: track.id.clone(),
        need: track.design.as_ref().map(|design| design.need.clone()),
        verdict: verdict(track, material),
        risks: risks(package, material, &cost, &outputs),
        ran: material.runs.iter().map(ran).collect(),
        not_checked: not_checked(track, material),
        cost,
        has_before: material.before.is_some(),
        outputs,
        rollback: package.map(|package| package.target.clone()),
        checks,
        files: material.files.to_vec(),
        sealed: package.map(|package| SealedFacts {
            package: package.digest.clone(),
            by: package.by.clone(),
            at: package.at,
            target: package.target.clone(),
            head: package.manifest.head.clone(),
            merge_tree: package.manifest.merge_tree.clone(),
            commits: package.contributors.as_ref().ok().map(|told| told.commits),
        }),
        approval: track.approval.clone(),
        warnings: warnings(track),
        remarks: track.remarks.clone(),
        invalid: track.invalid.clone(),
        next: track.next.clone(),
    }
}

fn verdict(track: &Track, material: &Material<'_>) -> Verdict {
    let say = |kind, text: String| Verdict { kind, text };
    let Some(package) = &track.package else {
        return say(VerdictKind::Nothing, "No package is sealed yet.".to_owned());
    };
    if let Some(broken) = material.broken.first() {
        return say(VerdictKind::Blocked, format!("The evidence is not whole: {}.", safe(broken)));
    }
    if let Some(approval) = track.approval.as_ref().filter(|approval| approval.package == package.digest) {
        return match &approval.standing {
            Standing::Holds => {
                say(VerdictKind::Approved, format!("{} has approved this package.", approval.by))
            }
            Standing::CarriedOver { ahead, files } => {
                let carried = super::fold::carried(package.target.name.short(), *ahead, *files);
                say(VerdictKind::Approved, format!("{} has approved it; {carried}.", approval.by))
            }
            Standing::Void { why, .. } => {
                say(VerdictKind::Void, format!("The approval of {} is void: {}.", approval.by, safe(why)))
            }
            Standing::Unknown { why } => {
                let text = format!(
                    "{} has approved it; whether that holds cannot be told: {}.",
                    approval.by,
                    safe(why)
                );
                say(VerdictKind::Void, text)
            }
        };
    }
    if let Some(asked) = track.remarks.iter().rev().find(|remark| remark.requests && remark.at >= package.at)
    {
        return say(VerdictKind::Blocked, format!("{} has requested changes.", asked.by));
    }
    if let Err(why) = &package.contributors {
        return say(VerdictKind::Blocked, format!("Who wrote it cannot be told: {}.", safe(why)));
    }
    let failed = package.manifest.checks.iter().filter(|check| check.status == CheckStatus::Failed);
    let red: Vec<&str> =
        failed.map(|check| check.id.as_str()).chain(material.missing.iter().map(String::as_str)).collect();
    match red.is_empty() {
        true => say(
            VerdictKind::Ready,
            "Nothing stands against it; it waits for an engineer who did not write it.".to_owned(),
        ),
        false => say(VerdictKind::Blocked, format!("Not green: {}.", safe(&red.join(", ")))),
    }
}

fn ran(run: &RunReport) -> Ran {
    let made = run.steps.iter().filter(|step| !step.taken);
    let rows: Vec<u64> =
        made.clone().flat_map(|step| step.outputs.values()).filter_map(|output| output.rows).collect();
    let took = run.finished_at.map(|end| end.duration_since(run.started_at).as_millis());
    Ran {
        run: run.run,
        name: run.name.clone(),
        milliseconds: took.and_then(|took| u64::try_from(took).ok()),
        steps: made.clone().count() as u64,
        taken: run.steps.iter().filter(|step| step.taken).count() as u64,
        rows_read: made.clone().flat_map(|step| &step.reads).map(|read| read.rows).sum(),
        rows_written: (!rows.is_empty()).then(|| rows.iter().sum()),
        peak_memory_bytes: made.filter_map(|step| step.peak_memory_bytes).max(),
    }
}

fn not_checked(track: &Track, material: &Material<'_>) -> Vec<NotChecked> {
    let one = |what: &str, why: String| NotChecked { what: what.to_owned(), why };
    let Some(package) = &track.package else { return Vec::new() };
    let skipped = package.manifest.checks.iter().filter(|check| check.status == CheckStatus::NotChecked);
    let mut told: Vec<NotChecked> =
        skipped.map(|check| one(&check.title, check.why.clone().unwrap_or_default())).collect();
    told.extend(material.missing.iter().map(|id| one(id, "the package does not tell of it".to_owned())));
    if material.runs.is_empty() {
        told.push(one("What it does when it runs", "the package holds no run".to_owned()));
    } else if material.before.is_none() {
        let why = format!("{} has no packaged run to compare with", package.target.name.short());
        told.push(one("Cost and data against today", why));
    }
    let discussed = track.cells.iter().find(|cell| cell.step == crate::domain::track::TrackStep::Discuss);
    if let Some(cell) = discussed.filter(|cell| cell.state != crate::domain::track::CellState::Done) {
        told.push(one("The design", cell.why.clone()));
    }
    told
}

fn warnings(track: &Track) -> Vec<String> {
    let mut told = Vec::new();
    if let Some(SealedPackage { by, contributors: Ok(who), .. }) = &track.package {
        for one in who.unsigned.iter().filter(|one| one.person.as_ref() != Some(by)) {
            let (commit, email) = (one.commit.short(), &one.email);
            told.push(format!("commit {commit} of {email} is not signed: who wrote it is not proved"));
        }
        for email in &who.strangers {
            told.push(format!("{email} has a hand in it, and is nobody of `people:`"));
        }
        let others: Vec<&str> =
            who.persons.keys().filter(|name| *name != by).map(|name| name.as_str()).collect();
        if !others.is_empty() {
            told.push(format!("besides {by}, who sealed it, {} had a hand in it", others.join(", ")));
        }
    }
    told.extend(
        track.unknown.iter().map(|field| format!("a newer Greenroom wrote {field}, which is not known here")),
    );
    told
}
