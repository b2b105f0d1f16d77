use super::risks::risks;
use crate::domain::figures::counted;
use crate::domain::lineage::Break;
use crate::domain::text::{safe, truncate};
use crate::domain::track::{
    Card, CellState, CheckStatus, CommitId, LedgerState, NotChecked, Ran, Redness, Remark, Risk, RunReport,
    SealedFacts, SealedPackage, Since, Standing, Target, Track, TrackStep, TreeChange, Verdict, VerdictKind,
    Weight, cost, given, outputs,
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
    /// What is gone or of another type in the merge result, with who reads it there.
    pub breaks: &'a [Break],
    /// Of which nobody can tell whether it breaks.
    pub untold: &'a [NotChecked],
    /// What becomes of the people, in words.
    pub people: &'a [String],
    /// What is wrong in the merge result, and on neither side of it.
    pub wrong: &'a [String],
    pub since: Option<&'a Since>,
    /// The target's commit without it; None: that over which it was sealed.
    pub without: Option<&'a CommitId>,
    /// Steps of other workflows that the branch changes, and no packaged run shows.
    pub unseen: &'a [String],
    /// Why evidence that the manifest names is not there, or is not what it names.
    pub broken: &'a [String],
}

pub fn card(track: &Track, material: &Material<'_>) -> Card {
    let package = track.package.as_ref();
    let mut checks = package.map(SealedPackage::checks).unwrap_or_default();
    checks.sort_by_key(|check| std::cmp::Reverse(check.status));
    let newest = material.runs.last();
    let cost = newest.map(|run| cost(material.before, run)).unwrap_or_default();
    let outputs = newest.map(|run| outputs(material.before, run)).unwrap_or_default();
    let risks = risks(package, material, &cost, &outputs);
    Card {
        track: track.id.clone(),
        need: track.design.as_ref().map(|design| design.need.clone()),
        verdict: verdict(track, material, &risks),
        risks,
        ran: material.runs.iter().map(ran).collect(),
        not_checked: not_checked(track, material),
        cost,
        has_before: material.before.is_some(),
        given: material.before.zip(newest).map(|(before, after)| given(before, after)).unwrap_or_default(),
        outputs,
        rollback: package.map(|package| Target {
            tip: material.without.unwrap_or(&package.target.tip).clone(),
            ..package.target.clone()
        }),
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
        since: material.since.cloned(),
        broken: broken(track, material),
        warnings: warnings(track),
        remarks: track.remarks.clone(),
        invalid: track.invalid.clone(),
        next: track.next.clone(),
    }
}

fn verdict(track: &Track, material: &Material<'_>, risks: &[Risk]) -> Verdict {
    let say = |kind, text: String| Verdict { kind, text };
    if let LedgerState::Rewritten { seen } = &track.ledger {
        let seen = seen.short();
        let text = format!(
            "The ledger was rewritten: {seen}, which was seen here, is no part of it; ask who did that."
        );
        return say(VerdictKind::Blocked, text);
    }
    if let LedgerState::Gone { seen } = &track.ledger {
        let text =
            format!("The ledger is gone, which was seen here up to {}; ask who removed it.", seen.short());
        return say(VerdictKind::Blocked, text);
    }
    if let LedgerState::Parted(parted) = &track.ledger {
        let text = format!("Nothing can be decided: {parted}; greenroom track show tells what to do.");
        return say(VerdictKind::Blocked, text);
    }
    if track.abandoned {
        return say(VerdictKind::Blocked, "The track was abandoned.".to_owned());
    }
    let Some(package) = &track.package else {
        return say(VerdictKind::Nothing, "No package is sealed yet.".to_owned());
    };
    if let Some(why) = &track.gone {
        return say(VerdictKind::Void, format!("Nobody can go on with it: {}.", safe(why)));
    }
    if let Some(broken) = broken(track, material).first() {
        return say(VerdictKind::Blocked, format!("The evidence is not whole: {broken}."));
    }
    // Whether it may come there is no question any more.
    if let Some(promotion) = &track.promotion {
        let (target, commit) = (safe(package.target.name.short()), promotion.commit.short());
        let when = promotion.at.strftime("%Y-%m-%d %H:%M UTC");
        let text = format!("It is on {target} as {commit}, promoted by {} on {when}.", promotion.by);
        return say(VerdictKind::Promoted, text);
    }
    if let Some(approval) = track.approval.as_ref().filter(|approval| approval.package == package.digest) {
        if let Some(commit) = track.came.as_ref().filter(|_| approval.standing.stands()) {
            let (target, commit) = (safe(package.target.name.short()), commit.short());
            let text = format!(
                "It is on {target} as {commit}, as {} has approved it; that is still to be recorded.",
                approval.by
            );
            return say(VerdictKind::Approved, text);
        }
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
    let asks = |remark: &&Remark| remark.requests && remark.package.as_ref() == Some(&package.digest);
    if let Some(asked) = track.remarks.iter().rev().find(asks) {
        return say(VerdictKind::Blocked, format!("{} has requested changes{}.", asked.by, reason(asked)));
    }
    if let Err(why) = &package.contributors {
        return say(VerdictKind::Blocked, format!("Who wrote it cannot be told: {}.", safe(why)));
    }
    if let Err(why) = &package.merge {
        return say(VerdictKind::Blocked, format!("What the merge comes to cannot be told: {}.", safe(why)));
    }
    if let Some(why) = &track.outdated {
        return say(VerdictKind::Blocked, format!("An approval would be void at once: {}.", safe(why)));
    }
    let red: Vec<String> = package.red.iter().map(ToString::to_string).collect();
    match red.is_empty() {
        true => say(VerdictKind::Ready, ready(risks)),
        false => say(VerdictKind::Blocked, format!("Not green: {}.", safe(&red.join(", ")))),
    }
}

/// The first line of it: the rest is among the remarks.
fn reason(asked: &Remark) -> String {
    let first = asked.text.lines().map(str::trim).find(|line| !line.is_empty());
    first.map(|line| format!(": {}", truncate(safe(line).trim_end_matches('.'), REASON))).unwrap_or_default()
}

/// Columns of a reason that are shown at the head of the card.
const REASON: usize = 120;

/// Checks may hold, and there is something to look at all the same.
fn ready(risks: &[Risk]) -> String {
    let waits = "it waits for an engineer who did not write it.";
    match risks.iter().filter(|risk| risk.weight > Weight::Small).count() {
        0 => format!("Each required check holds; {waits}"),
        many => {
            let things = counted(many as u64, "thing");
            format!("Each required check holds, with {things} to look at below; {waits}")
        }
    }
}

/// What was read for the card, and what the track knew before.
fn broken(track: &Track, material: &Material<'_>) -> Vec<String> {
    let known = track.package.iter().flat_map(|package| &package.broken);
    let known = known.filter(|why| !material.broken.contains(why));
    material.broken.iter().chain(known).map(|why| safe(why).into_owned()).collect()
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
    let mut told = Vec::new();
    for check in &package.manifest.checks {
        let all = check.status == CheckStatus::NotChecked;
        let what = if all { check.title.clone() } else { format!("{} (some of it)", check.title) };
        let why = check.not_checked.clone().or_else(|| check.why.clone().filter(|_| all));
        if all || why.is_some() {
            told.push(one(&what, why.unwrap_or_default()));
        }
    }
    let missing = package.red.iter().filter(|red| red.why == Redness::Missing);
    told.extend(missing.map(|red| one(&red.id, "the package does not tell of it".to_owned())));
    told.extend(
        material
            .unseen
            .iter()
            .map(|step| one(&format!("What {step} does now"), "no packaged run is of it".to_owned())),
    );
    told.extend(material.untold.iter().cloned());
    if material.runs.is_empty() {
        told.push(one("What it does when it runs", "the package holds no run".to_owned()));
    } else if material.before.is_none() {
        let why = format!("{} has no packaged run to compare with", package.target.name.short());
        told.push(one("Cost and data against today", why));
    }
    if let Some(cell) = track.cell(TrackStep::Discuss).filter(|cell| cell.state != CellState::Done) {
        told.push(one("The design", cell.why.clone()));
    }
    told
}

fn warnings(track: &Track) -> Vec<String> {
    let mut told = Vec::new();
    if let Some(SealedPackage { by, covered_by, contributors: Ok(who), .. }) = &track.package {
        for one in &who.unsigned {
            let (commit, email) = (one.commit.short(), safe(&one.email));
            told.push(format!(
                "commit {commit} of {email} is not signed by them: who wrote it is not proved"
            ));
        }
        for stranger in &who.strangers {
            told.push(format!("{} has a hand in it, and is nobody of `people:`", safe(stranger)));
        }
        if !covered_by.is_empty() {
            let vouching: Vec<&str> = covered_by.iter().map(|name| name.as_str()).collect();
            let vouching = vouching.join(", ");
            told.push(format!(
                "the key of {by}, who sealed it, counts no more; for the seal vouches: {vouching}"
            ));
        }
        let others: Vec<&str> =
            who.persons.keys().filter(|name| *name != by).map(|name| name.as_str()).collect();
        if !others.is_empty() {
            told.push(format!("besides {by}, who sealed it, {} had a hand in it", others.join(", ")));
        }
    }
    told.extend(
        track
            .unknown
            .iter()
            .map(|field| format!("a newer Greenroom wrote {}, which is not known here", safe(field))),
    );
    told
}
