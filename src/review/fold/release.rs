use jiff::SignedDuration;

use super::state::{State, Taken, done, early};
use crate::domain::track::Fault;
use crate::domain::track::bodies::{Armed, CoOwned, Executed, Monitoring, StageRan};

/// How long a release stays armed.
const ARMED: SignedDuration = SignedDuration::from_hours(24);

impl State<'_> {
    /// Another run in stage: what was armed was so after the one before.
    pub(super) fn ran_in_stage(&mut self, taken: &Taken<'_>, body: &StageRan) -> Result<(), Fault> {
        let head = &self.approved(taken)?.manifest.head;
        let promoted = self.promotion.as_ref().map(|promotion| &promotion.commit);
        if body.bundle != *head && Some(&body.bundle) != promoted {
            let (signed, is) = (body.bundle.to_string(), promoted.unwrap_or(head).to_string());
            return Err(Fault::OtherSubject { what: "bundle", signed, is });
        }
        self.stage_run = Some(done(taken.event, body.clone()));
        self.verified = Default::default();
        self.armed = Default::default();
        self.release = None;
        Ok(())
    }

    pub(super) fn verify_stage(&mut self, taken: &Taken<'_>, run: &str) -> Result<(), Fault> {
        self.approved(taken)?;
        let good = self.stage_run.as_ref().filter(|ran| ran.what.success);
        let ran = good.ok_or_else(|| early(taken.event, "no run in stage has succeeded"))?;
        if ran.what.run != run {
            let (signed, is) = (run.to_owned(), ran.what.run.clone());
            return Err(Fault::OtherSubject { what: "run", signed, is });
        }
        if self.verified.complete() {
            return Err(Fault::Repeated);
        }
        self.verified.sign(taken, &self.persons)
    }

    pub(super) fn arm(&mut self, taken: &Taken<'_>, body: &Armed) -> Result<(), Fault> {
        let event = taken.event;
        let approved = self.approved(taken)?.manifest.merge_tree.clone();
        let tree = self.promotion.as_ref().map_or(approved, |promotion| promotion.tree.clone());
        if !self.verified.complete() {
            return Err(early(event, "both sides have not verified a run in stage"));
        }
        if body.tree != tree {
            let (signed, is) = (body.tree.to_string(), tree.to_string());
            return Err(Fault::OtherSubject { what: "merge result", signed, is });
        }
        let long = |end| taken.at.checked_add(ARMED).is_ok_and(|last| end > last);
        if event.expires.is_none_or(long) {
            let why = "a release is armed for 24 hours at most, and this has no such end".to_owned();
            return Err(Fault::Inconsistent(why));
        }
        self.armed.sign(taken, &self.persons)?;
        self.release = Some(body.clone());
        Ok(())
    }

    pub(super) fn release(&mut self, taken: &Taken<'_>, body: &Executed) -> Result<(), Fault> {
        self.approved(taken)?;
        let armed = self.release.as_ref().filter(|_| self.armed.complete());
        let armed = armed.ok_or_else(|| early(taken.event, "both sides have not armed the release"))?;
        if !self.armed.holds_at(taken.at) {
            return Err(Fault::Disarmed);
        }
        let pairs = [
            ("tag", &body.tag, &armed.tag),
            ("merge result", &body.tree.to_string(), &armed.tree.to_string()),
            ("rollback target", &body.rollback.to_string(), &armed.rollback.to_string()),
        ];
        if let Some((what, signed, is)) = pairs.into_iter().find(|(_, signed, is)| signed != is) {
            return Err(Fault::OtherSubject { what, signed: signed.clone(), is: is.clone() });
        }
        if self.executed.is_some() {
            return Err(Fault::Repeated);
        }
        match self.known.releases.get(&(body.commit.clone(), body.tree.clone())) {
            Some(Ok(())) => {}
            Some(Err(why)) => return Err(Fault::Inconsistent(why.clone())),
            None => return Err(Fault::Inconsistent("its commit was not looked at".to_owned())),
        }
        self.executed = Some(done(taken.event, ()));
        Ok(())
    }

    pub(super) fn monitor(&mut self, taken: &Taken<'_>, body: &Monitoring) -> Result<(), Fault> {
        self.reviewed(taken.event)?;
        if self.executed.is_none() || self.rolled_back.is_some() {
            return Err(early(taken.event, "it is not released"));
        }
        if body.test_alert.is_none() {
            return Err(Fault::Inconsistent("no test alert came in".to_owned()));
        }
        self.monitoring = Some(done(taken.event, ()));
        Ok(())
    }

    pub(super) fn co_own(&mut self, taken: &Taken<'_>, body: &CoOwned) -> Result<(), Fault> {
        self.reviewed(taken.event)?;
        if self.monitoring.is_none() || self.rolled_back.is_some() {
            return Err(early(taken.event, "its monitors are not applied"));
        }
        let blank = |text: &str| text.trim().is_empty();
        if body.runs.is_empty() || blank(&body.runbook) || blank(&body.duty) {
            let why = "it has to name good runs in production, a runbook and who is on duty".to_owned();
            return Err(Fault::Inconsistent(why));
        }
        if self.co_owned.complete() {
            return Err(Fault::Repeated);
        }
        self.co_owned.sign(taken, &self.persons)
    }

    pub(super) fn roll_back(&mut self, taken: &Taken<'_>, reason: &str) -> Result<(), Fault> {
        let event = taken.event;
        self.reviewed(event)?;
        if self.executed.is_none() {
            return Err(early(event, "it is not released"));
        }
        let both = self.hasty.entry("rolled_back").or_default();
        if self.rolled_back.is_some() && !both.goes_on(event)? {
            return Err(Fault::Repeated);
        }
        both.sign(taken, &self.persons)?;
        self.rolled_back.get_or_insert_with(|| done(event, reason.to_owned()));
        Ok(())
    }
}
