use super::state::State;
use crate::domain::Name;
use crate::domain::track::{
    Approval, CommitId, LedgerState, Merge, Next, NextAction, Pending, Present, SealedPackage, Side,
    Standing, Track, TrackId,
};
use crate::review::{Checked, Circumstances, Move, standing};

impl State<'_> {
    pub(super) fn into_track(mut self, id: &TrackId, checked: &Checked) -> Track {
        self.weigh(&checked.state);
        let pending = self.pending();
        let next = self.next(&checked.state, &pending);
        let (gone, came) = (self.is_gone().cloned(), self.came().cloned());
        let outdated = self.outdated();
        Track {
            id: id.clone(),
            ledger: checked.state.clone(),
            tip: checked.entries.last().map(|entry| entry.commit.clone()),
            cells: self.cells(),
            next,
            design: self.design.map(|design| design.what.1),
            package: self.package,
            approval: self.approval,
            promotion: self.promotion,
            remarks: self.remarks,
            pending,
            invalid: self.invalid,
            unknown: self.unknown,
            gone,
            outdated,
            came,
            abandoned: self.abandoned.is_some(),
        }
    }

    /// How the approval stands by what the repository has now. What is promoted stays approved; to a rewritten ledger, or one
    /// of two, that does not apply, for it may tell of a promotion that is none.
    fn weigh(&mut self, ledger: &LedgerState) {
        let went_back = self.went_back();
        let (Some(approval), Some(package)) = (&mut self.approval, &self.package) else { return };
        let wrong = match ledger {
            LedgerState::Rewritten { seen } => Some(format!(
                "the ledger was rewritten: {}, which was seen here, is no part of it",
                seen.short()
            )),
            LedgerState::Parted(parted) => Some(parted.to_string()),
            LedgerState::Intact | LedgerState::Gone { .. } => None,
        };
        if let Some(why) = wrong {
            approval.standing = Standing::void(why);
            return;
        }
        if approval.standing != Standing::Holds {
            return;
        }
        if self.promotion.is_some() {
            if let Some(why) = went_back {
                approval.standing = Standing::void(why.clone());
                (self.promotion, self.taken_back) = (None, Some(why));
            }
            return;
        }
        if self.abandoned.is_some() {
            approval.standing = Standing::void("the track was abandoned");
            return;
        }
        if let Some(why) = &self.known.gone {
            approval.standing = Standing::void(why.clone());
            return;
        }
        let now = match self.known.came {
            // It came there as it was approved, whatever has come since.
            Some(_) => Standing::Holds,
            None => as_it_is(package, self.known),
        };
        let end = approval.expires.filter(|end| *end <= self.known.now);
        approval.standing = match end {
            Some(end) if !matches!(now, Standing::Void { .. }) => {
                self.ran_out = true;
                Standing::void(format!("it was given until {end}"))
            }
            _ => now,
        };
    }

    /// Why an approval that is given now would be void from the start; None: it would stand, or nobody can tell.
    pub(super) fn outdated(&self) -> Option<String> {
        let package = self.package.as_ref()?;
        if self.taken_back.is_some() {
            return self.taken_back.clone();
        }
        if self.promotion.is_some() || self.known.came.is_some() || self.abandoned.is_some() {
            return None;
        }
        match as_it_is(package, self.known) {
            Standing::Void { why, .. } => Some(why),
            _ => None,
        }
    }

    /// Why nobody can look at the package, as long as it is not on its target.
    pub(super) fn is_gone(&self) -> Option<&String> {
        self.known.gone.as_ref().filter(|_| self.promotion.is_none() && self.abandoned.is_none())
    }

    fn came(&self) -> Option<&CommitId> {
        self.known.came.as_ref().filter(|_| self.promotion.is_none() && self.abandoned.is_none())
    }

    fn pending(&self) -> Vec<Pending> {
        let pairs = [
            ("design.agreed", &self.agreed),
            ("stage.verified", &self.verified),
            ("release.armed", &self.armed),
            ("coown.accepted", &self.co_owned),
        ];
        let pairs = pairs.into_iter().filter(|_| self.abandoned.is_none());
        let hasty = self.hasty.iter().map(|(name, both)| (*name, both));
        pairs.chain(hasty).filter_map(|(name, both)| both.pending(name)).collect()
    }

    fn next(&self, ledger: &LedgerState, pending: &[Pending]) -> Next {
        let (action, side) = self.action(ledger, pending);
        let people = &self.known.people;
        let fits = |name: &Name| {
            let theirs = people.get(name).map(|person| Side::of(person.role));
            side.is_none() || theirs == side
        };
        let able = |name: &&Name| fits(name) && (action != NextAction::Review || !self.wrote(name));
        let people = match action {
            NextAction::Nothing => Vec::new(),
            _ => people.keys().filter(able).cloned().collect(),
        };
        Next { action, side, people }
    }

    fn action(&self, ledger: &LedgerState, pending: &[Pending]) -> (NextAction, Option<Side>) {
        let lacks = |name: &str| pending.iter().find(|one| one.transition == name).map(|one| one.lacks);
        let analyst = Some(Side::Analyst);
        match ledger {
            LedgerState::Intact => {}
            LedgerState::Rewritten { .. } => return (NextAction::AskAboutLedger, None),
            LedgerState::Gone { .. } => return (NextAction::AskAboutGoneLedger, None),
            LedgerState::Parted(_) => return (NextAction::AskAboutPartedLedgers, None),
        }
        if let Some(side) = lacks("abandoned").or_else(|| lacks("rolled_back")) {
            return (NextAction::CoSign, Some(side));
        }
        if self.abandoned.is_some() {
            return (NextAction::Nothing, None);
        }
        if self.design.is_none() {
            return (NextAction::Open, analyst);
        }
        let Some(package) = &self.package else {
            return match self.agreed.complete() {
                true => (NextAction::Seal, analyst),
                false => (NextAction::AgreeDesign, lacks("design.agreed")),
            };
        };
        if self.rolled_back.is_some() || self.requested.contains(&package.manifest.head) {
            return (NextAction::SealAgain, analyst);
        }
        if self.is_gone().is_some() {
            return (NextAction::SealAgain, analyst);
        }
        match &self.approval {
            // Whoever promotes looks whether it holds.
            Some(Approval { standing: Standing::Unknown { .. }, package: of, .. })
                if *of == package.digest => {}
            Some(approval) if approval.standing.stands() => {}
            // Nothing else is wrong with it: it can be given again.
            Some(_) if self.ran_out => return (NextAction::Review, Some(Side::Engineer)),
            // The target has its commits: there is nothing to package before they are reverted anew.
            Some(_) if self.taken_back.is_some() && self.known.contained => {
                return (NextAction::BringAgain, analyst);
            }
            Some(approval) if approval.package == package.digest => return (NextAction::SealAgain, analyst),
            _ if self.outdated().is_some() => return (NextAction::SealAgain, analyst),
            _ if !package.red.is_empty() || !package.broken.is_empty() => {
                return (NextAction::SealAgain, analyst);
            }
            _ => return (NextAction::Review, Some(Side::Engineer)),
        }
        self.after_approval(&lacks)
    }

    fn after_approval(&self, lacks: &dyn Fn(&str) -> Option<Side>) -> (NextAction, Option<Side>) {
        let ran = self.stage_run.as_ref().is_some_and(|ran| ran.what.success);
        if self.promotion.is_none() && self.stage_run.is_none() {
            match self.came() {
                Some(_) => (NextAction::Record, None),
                None => (NextAction::Promote, None),
            }
        } else if !ran {
            (NextAction::RunStage, None)
        } else if !self.verified.complete() {
            (NextAction::VerifyStage, lacks("stage.verified"))
        } else if self.executed.is_none() {
            match self.armed.holds_at(self.known.now) {
                true => (NextAction::Release, None),
                false => (NextAction::Arm, lacks("release.armed")),
            }
        } else if self.monitoring.is_none() {
            (NextAction::Monitor, None)
        } else if !self.co_owned.complete() {
            (NextAction::CoOwn, lacks("coown.accepted"))
        } else {
            (NextAction::Nothing, None)
        }
    }
}

/// How an approval of this package stands by what the repository has now.
fn as_it_is(package: &SealedPackage, known: &Circumstances) -> Standing {
    let Some(present) = &known.present else {
        return Standing::Unknown { why: "the branch is not here".to_owned() };
    };
    let moved = step(&package.manifest, present).and_then(|step| known.moves.get(&step));
    standing(&package.manifest, present, moved)
}

/// From what was approved to what a merge would come to now.
fn step(package: &crate::domain::track::Package, present: &Present) -> Option<Move> {
    match &present.merge {
        Merge::Tree(tree) => Some(Move {
            old_base: package.base.clone(),
            old_tree: package.merge_tree.clone(),
            new_base: present.base.clone(),
            new_tree: tree.clone(),
        }),
        Merge::Conflicts(_) => None,
    }
}
