use jiff::SignedDuration;

use super::state::{State, done, early};
use crate::domain::track::bodies::{Armed, CoOwned, Executed, Monitoring, StageRan};
use crate::domain::track::{CommitId, Event, Fault};

/// How long a release stays armed.
const ARMED: SignedDuration = SignedDuration::from_hours(24);

impl State<'_> {
    pub(super) fn ran_in_stage(&mut self, event: &Event, body: &StageRan) -> Result<(), Fault> {
        let head = &self.approved(event)?.manifest.head;
        let promoted = self.promotion.as_ref().map(|promotion| &promotion.commit);
        if body.bundle != *head && Some(&body.bundle) != promoted {
            let (signed, is) = (body.bundle.to_string(), promoted.unwrap_or(head).to_string());
            return Err(Fault::OtherSubject { what: "bundle", signed, is });
        }
        self.stage_run = Some(done(event, body.clone()));
        self.verified = Default::default();
        Ok(())
    }

    pub(super) fn verify_stage(&mut self, entry: &CommitId, event: &Event, run: &str) -> Result<(), Fault> {
        self.approved(event)?;
        let good = self.stage_run.as_ref().filter(|ran| ran.what.success);
        let ran = good.ok_or_else(|| early(event, "no run in stage has succeeded"))?;
        if ran.what.run != run {
            let (signed, is) = (run.to_owned(), ran.what.run.clone());
            return Err(Fault::OtherSubject { what: "run", signed, is });
        }
        if self.verified.complete() {
            return Err(Fault::Repeated);
        }
        self.verified.sign(entry, event, &self.known.people)
    }

    pub(super) fn arm(&mut self, entry: &CommitId, event: &Event, body: &Armed) -> Result<(), Fault> {
        let approved = self.approved(event)?.manifest.merge_tree.clone();
        let tree = self.promotion.as_ref().map_or(approved, |promotion| promotion.tree.clone());
        if !self.verified.complete() {
            return Err(early(event, "both sides have not verified a run in stage"));
        }
        if body.tree != tree {
            let (signed, is) = (body.tree.to_string(), tree.to_string());
            return Err(Fault::OtherSubject { what: "merge result", signed, is });
        }
        let long = |end| event.at.checked_add(ARMED).is_ok_and(|last| end > last);
        if event.expires.is_none_or(long) {
            let why = "a release is armed for 24 hours at most, and this has no such end".to_owned();
            return Err(Fault::Inconsistent(why));
        }
        self.armed.sign(entry, event, &self.known.people)?;
        self.release = Some(body.clone());
        Ok(())
    }

    pub(super) fn release(&mut self, event: &Event, body: &Executed) -> Result<(), Fault> {
        self.approved(event)?;
        let armed = self.release.as_ref().filter(|_| self.armed.complete());
        let armed = armed.ok_or_else(|| early(event, "both sides have not armed the release"))?;
        if !self.armed.holds_at(event.at) {
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
        self.executed = Some(done(event, ()));
        Ok(())
    }

    pub(super) fn monitor(&mut self, event: &Event, body: &Monitoring) -> Result<(), Fault> {
        if self.executed.is_none() || self.rolled_back.is_some() {
            return Err(early(event, "it is not released"));
        }
        if body.test_alert.is_none() {
            return Err(Fault::Inconsistent("no test alert came in".to_owned()));
        }
        self.monitoring = Some(done(event, ()));
        Ok(())
    }

    pub(super) fn co_own(&mut self, entry: &CommitId, event: &Event, body: &CoOwned) -> Result<(), Fault> {
        if self.monitoring.is_none() || self.rolled_back.is_some() {
            return Err(early(event, "its monitors are not applied"));
        }
        let blank = |text: &str| text.trim().is_empty();
        if body.runs.is_empty() || blank(&body.runbook) || blank(&body.duty) {
            let why = "it has to name good runs in production, a runbook and who is on duty".to_owned();
            return Err(Fault::Inconsistent(why));
        }
        if self.co_owned.complete() {
            return Err(Fault::Repeated);
        }
        self.co_owned.sign(entry, event, &self.known.people)
    }

    pub(super) fn roll_back(&mut self, entry: &CommitId, event: &Event, reason: &str) -> Result<(), Fault> {
        if self.executed.is_none() {
            return Err(early(event, "it is not released"));
        }
        let both = self.hasty.entry("rolled_back").or_default();
        if self.rolled_back.is_some() && !both.goes_on(event)? {
            return Err(Fault::Repeated);
        }
        both.sign(entry, event, &self.known.people)?;
        self.rolled_back.get_or_insert_with(|| done(event, reason.to_owned()));
        Ok(())
    }
}
