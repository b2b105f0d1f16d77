use jiff::Timestamp;

use super::state::State;
use crate::domain::Name;
use crate::domain::text::safe;
use crate::domain::track::{Cell, CellState, Pending, Remark, Standing, TrackStep};

/// A step's state before it is known whether what was last said about it counts.
struct Look {
    state: CellState,
    since: Option<Timestamp>,
    by: Vec<Name>,
    why: String,
}

impl Look {
    fn new(state: CellState, why: impl Into<String>) -> Self {
        Self { state, since: None, by: Vec::new(), why: why.into() }
    }

    fn done(by: Vec<Name>, since: Option<Timestamp>, why: impl Into<String>) -> Self {
        Self { state: CellState::Done, since, by, why: why.into() }
    }

    /// Ready once what comes before is done.
    fn after(before: bool, ready: &str, missing: &str) -> Self {
        match before {
            true => Self::new(CellState::Ready, ready),
            false => Self::new(CellState::Waiting, missing),
        }
    }
}

impl State<'_> {
    pub(super) fn cells(&self) -> Vec<Cell> {
        TrackStep::ALL.into_iter().map(|step| self.cell(step)).collect()
    }

    fn cell(&self, step: TrackStep) -> Cell {
        let look = match step {
            TrackStep::Discuss => self.discuss(),
            TrackStep::Implement => self.implement(),
            TrackStep::Iterate => self.iterate(),
            TrackStep::Review => self.review(),
            TrackStep::Stage => self.stage(),
            TrackStep::Release => self.released(),
            TrackStep::Monitor => self.monitored(),
            TrackStep::CoOwn => self.owned(),
        };
        // Where nobody can look at a package, what was said of it cannot be judged.
        let untold = step == TrackStep::Review && self.is_gone().is_some();
        let refused = self.last_refused.get(&step).filter(|_| look.state != CellState::Done && !untold);
        match refused {
            Some(fault) => {
                Cell { step, state: CellState::Invalid, since: None, by: Vec::new(), why: fault.to_string() }
            }
            None => Cell { step, state: look.state, since: look.since, by: look.by, why: look.why },
        }
    }

    fn discuss(&self) -> Look {
        let Some(design) = &self.design else {
            return Look::new(CellState::Ready, "nobody has opened the track");
        };
        if self.agreed.complete() {
            return Look::done(self.agreed.by(), self.agreed.since(), "both sides agree to the design");
        }
        let why = match self.agreed.pending("design.agreed") {
            Some(pending) => lacking(&pending),
            None => "the design is open, and neither side has agreed to it".to_owned(),
        };
        Look { since: Some(design.at), by: vec![design.by.clone()], ..Look::new(CellState::Ready, why) }
    }

    fn implement(&self) -> Look {
        let sealed = self.package.as_ref().filter(|package| package.manifest.head != package.manifest.base);
        let ran = self.run.as_ref().filter(|run| run.what.0 != run.what.1);
        match (sealed, ran) {
            (Some(package), _) => {
                let commits = package.contributors.as_ref().map(|told| told.commits).unwrap_or_default();
                let why = match commits {
                    0 => format!("the branch is at {}", package.manifest.head.short()),
                    1 => format!("1 commit, up to {}", package.manifest.head.short()),
                    _ => format!("{commits} commits, up to {}", package.manifest.head.short()),
                };
                Look::done(vec![package.by.clone()], Some(package.at), why)
            }
            (None, Some(run)) => {
                let why = format!("the branch is at {}", run.what.0.short());
                Look::done(vec![run.by.clone()], Some(run.at), why)
            }
            _ => {
                Look::after(self.design.is_some(), "nothing is known of commits yet", "the track is not open")
            }
        }
    }

    fn iterate(&self) -> Look {
        let head = self.package.as_ref().map(|package| &package.manifest.head);
        if let Some(package) = self.package.as_ref().filter(|package| !package.manifest.runs.is_empty()) {
            return Look::done(vec![package.by.clone()], Some(package.at), "the package holds its run");
        }
        match &self.run {
            Some(run) if head.is_none_or(|head| run.what.0 == *head) => {
                Look::done(vec![run.by.clone()], Some(run.at), format!("it ran at {}", run.what.0.short()))
            }
            Some(run) => {
                let why = format!("the recorded run is of {}, and the package is not", run.what.0.short());
                Look::new(CellState::Void, why)
            }
            None => Look::after(
                self.design.is_some(),
                "no run of a clean tree is recorded",
                "the track is not open",
            ),
        }
    }

    fn review(&self) -> Look {
        let Some(package) = &self.package else {
            return Look::new(CellState::Waiting, "no package is sealed");
        };
        let (by, since) = (vec![package.by.clone()], Some(package.at));
        if self.requested.contains(&package.manifest.head) {
            let asks = |remark: &&Remark| remark.requests && remark.head == package.manifest.head;
            let last = self.remarks.iter().rev().find(asks);
            let who = last.map(|remark| remark.by.to_string()).unwrap_or_default();
            return Look { by, since, ..Look::new(CellState::Void, format!("{who} requested changes")) };
        }
        if let Some(why) = self.is_gone() {
            return Look { by, since, ..Look::new(CellState::Void, why.clone()) };
        }
        let given = self.approval.as_ref().filter(|approval| approval.package == package.digest);
        let Some(approval) = given else {
            if let Some(why) = self.outdated() {
                return Look { by, since, ..Look::new(CellState::Void, why) };
            }
            let why = format!("package {} waits for an engineer", package.digest.short());
            return Look { by, since, ..Look::new(CellState::Ready, why) };
        };
        let (by, since) = (vec![approval.by.clone()], Some(approval.at));
        match &approval.standing {
            Standing::Holds => Look::done(by, since, format!("approved, package {}", package.digest.short())),
            Standing::CarriedOver { ahead, files } => {
                Look::done(by, since, carried(package.target.name.short(), *ahead, *files))
            }
            Standing::Void { why, .. } => Look { by, since, ..Look::new(CellState::Void, why.clone()) },
            Standing::Unknown { why } => {
                let why = format!("approved; whether it still holds cannot be told: {}", safe(why));
                Look { by, since, ..Look::new(CellState::Ready, why) }
            }
        }
    }

    fn stage(&self) -> Look {
        if self.verified.complete() {
            return Look::done(
                self.verified.by(),
                self.verified.since(),
                "both sides have verified the run in stage",
            );
        }
        if let Some(pending) = self.verified.pending("stage.verified") {
            return Look { by: vec![pending.by.clone()], ..Look::new(CellState::Ready, lacking(&pending)) };
        }
        if let Some(ran) = &self.stage_run {
            let run = safe(&ran.what.run).into_owned();
            let how = if ran.what.success { "succeeded, and is to be verified" } else { "failed" };
            let why = format!("run {run} {how}");
            return Look {
                by: vec![ran.by.clone()],
                since: Some(ran.at),
                ..Look::new(CellState::Ready, why)
            };
        }
        if let Some(promotion) = &self.promotion {
            let why = format!("promoted as {}; no run in stage is signed", promotion.commit.short());
            let (by, since) = (vec![promotion.by.clone()], Some(promotion.at));
            return Look { by, since, ..Look::new(CellState::Ready, why) };
        }
        Look::after(self.stands(), "approved, and not yet promoted", "no approval stands")
    }

    fn released(&self) -> Look {
        if let Some(back) = &self.rolled_back {
            let why = format!("rolled back: {}", safe(&back.what));
            return Look {
                by: vec![back.by.clone()],
                since: Some(back.at),
                ..Look::new(CellState::Void, why)
            };
        }
        if let Some(executed) = &self.executed {
            return Look::done(vec![executed.by.clone()], Some(executed.at), "released");
        }
        if self.armed.complete() {
            let end = self.armed.end().map(|end| end.to_string()).unwrap_or_default();
            let (state, why) = match self.armed.holds_at(self.known.now) {
                true => (CellState::Ready, format!("armed by both sides until {end}")),
                false => (CellState::Void, format!("it was armed until {end}")),
            };
            return Look { by: self.armed.by(), since: self.armed.since(), ..Look::new(state, why) };
        }
        if let Some(pending) = self.armed.pending("release.armed") {
            return Look { by: vec![pending.by.clone()], ..Look::new(CellState::Ready, lacking(&pending)) };
        }
        let ready = self.stands() && self.verified.complete();
        Look::after(ready, "to be armed by both sides", "the run in stage is not verified")
    }

    fn monitored(&self) -> Look {
        match &self.monitoring {
            Some(applied) => Look::done(
                vec![applied.by.clone()],
                Some(applied.at),
                "monitors are applied, a test alert came in",
            ),
            None => Look::after(self.is_out(), "no monitor is applied", "it is not released"),
        }
    }

    fn owned(&self) -> Look {
        if self.co_owned.complete() {
            return Look::done(self.co_owned.by(), self.co_owned.since(), "owned by both sides");
        }
        if let Some(pending) = self.co_owned.pending("coown.accepted") {
            return Look { by: vec![pending.by.clone()], ..Look::new(CellState::Ready, lacking(&pending)) };
        }
        let ready = self.is_out() && self.monitoring.is_some();
        Look::after(ready, "both sides are to accept it", "its monitors are not applied")
    }

    pub(super) fn is_out(&self) -> bool {
        self.executed.is_some() && self.rolled_back.is_none()
    }

    pub(super) fn stands(&self) -> bool {
        self.approval.as_ref().is_some_and(|approval| approval.standing.stands())
    }
}

/// `carried over: stage +14 commits, 3 files, none in the closure`
pub(in crate::review) fn carried(target: &str, ahead: u64, files: u64) -> String {
    let commits = if ahead == 1 { "commit" } else { "commits" };
    let changed = if files == 1 { "file" } else { "files" };
    format!("carried over: {} +{ahead} {commits}, {files} {changed}, none in the closure", safe(target))
}

fn lacking(pending: &Pending) -> String {
    format!("{} has signed; an {} has yet to", pending.by, pending.lacks.title())
}
