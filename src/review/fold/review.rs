use super::state::{State, early};
use crate::domain::Digest;
use crate::domain::track::bodies::{Promoted, Said};
use crate::domain::track::{
    Approval, CheckStatus, CommitId, Event, Fault, Package, Promotion, Remark, SealedPackage, Standing,
};
use crate::review::canonical::digest_of;
use crate::review::roster::same_person;

impl State<'_> {
    /// A new package takes the place of the one before; what came of that one is no more.
    pub(super) fn seal(&mut self, entry: &CommitId, event: &Event, manifest: &Package) -> Result<(), Fault> {
        let digest = digest_of(manifest).map_err(|error| Fault::Inconsistent(error.to_string()))?;
        same("package", event.package.as_ref().map_or("none", Digest::as_str), digest.as_str())?;
        if manifest.track != event.track {
            return Err(Fault::OtherTrack(manifest.track.clone()));
        }
        subject(event, manifest)?;
        if self.package.as_ref().is_some_and(|package| package.digest == digest) {
            return Err(Fault::Repeated);
        }
        let key = (manifest.base.clone(), manifest.head.clone());
        let unknown = || Err("its commits were not looked at".to_owned());
        self.package = Some(SealedPackage {
            entry: entry.clone(),
            digest: digest.clone(),
            by: event.person.clone(),
            at: event.at,
            target: event.target.clone(),
            manifest: manifest.clone(),
            contributors: self.known.contributors.get(&key).cloned().unwrap_or_else(unknown),
        });
        if let Some(approval) = &mut self.approval {
            approval.standing = Standing::void(format!("a new package, {}, was sealed", digest.short()));
        }
        self.forget_stage();
        Ok(())
    }

    fn forget_stage(&mut self) {
        self.promotion = None;
        self.stage_run = None;
        self.verified = Default::default();
        self.armed = Default::default();
        self.release = None;
        self.executed = None;
        self.rolled_back = None;
        self.monitoring = None;
        self.co_owned = Default::default();
    }

    /// The package that an event is about, if it is the one under review, whole.
    fn reviewed(&self, event: &Event) -> Result<&SealedPackage, Fault> {
        let package = self.package.as_ref().ok_or_else(|| early(event, "no package is sealed"))?;
        same("package", event.package.as_ref().map_or("none", Digest::as_str), package.digest.as_str())?;
        subject(event, &package.manifest)?;
        Ok(package)
    }

    pub(super) fn approve(&mut self, entry: &CommitId, event: &Event, note: &str) -> Result<(), Fault> {
        let package = self.reviewed(event)?;
        if self.requested.contains(&package.digest) {
            return Err(Fault::AfterRequest);
        }
        self.may_judge(event, package)?;
        let red = self.red(&package.manifest);
        if !red.is_empty() {
            return Err(Fault::Checks(red));
        }
        self.approval = Some(Approval {
            entry: entry.clone(),
            by: event.person.clone(),
            at: event.at,
            expires: event.expires,
            note: note.to_owned(),
            package: package.digest.clone(),
            standing: Standing::Holds,
        });
        Ok(())
    }

    /// Whoever sealed it, or has a hand in its commits, may not approve it, under whichever name or key; nor vouch for an
    /// approval by a key that counts no more.
    fn may_judge(&self, event: &Event, package: &SealedPackage) -> Result<(), Fault> {
        let told = package.contributors.as_ref().map_err(|why| Fault::AuthorsUnknown(why.clone()))?;
        let people = &self.known.people;
        for judge in std::iter::once(&event.person).chain(&self.covered_by) {
            let own = |why: String| Fault::OwnWork { person: judge.clone(), why };
            if same_person(people, judge, &package.by) {
                return Err(own(format!("{} sealed the package", package.by)));
            }
            if let Some((name, how)) = told.persons.iter().find(|(name, _)| same_person(people, judge, name))
            {
                return Err(own(format!("{name} is {how}")));
            }
        }
        Ok(())
    }

    /// Required checks that the package lacks, and any that failed.
    fn red(&self, package: &Package) -> Vec<String> {
        let failed = package.checks.iter().filter(|check| check.status == CheckStatus::Failed);
        let failed = failed.map(|check| format!("{} failed", check.id));
        let has = |id: &String| package.checks.iter().any(|check| check.id == *id);
        let missing = self.known.required.iter().filter(|id| !has(id)).map(|id| format!("{id} is missing"));
        failed.chain(missing).collect()
    }

    pub(super) fn request(&mut self, entry: &CommitId, event: &Event, reason: &str) -> Result<(), Fault> {
        let digest = self.reviewed(event)?.digest.clone();
        if let Some(approval) = self.approval.as_mut().filter(|approval| approval.package == digest) {
            approval.standing = Standing::void(format!("{} requested changes", event.person));
        }
        self.requested.insert(digest);
        self.remarks.push(Remark { requests: true, ..remark(entry, event, reason) });
        Ok(())
    }

    pub(super) fn say(&mut self, entry: &CommitId, event: &Event, said: &Said) -> Result<(), Fault> {
        if let Some(answered) = &said.answers
            && !self.remarks.iter().any(|remark| remark.entry == *answered)
        {
            return Err(Fault::NoComment(answered.clone()));
        }
        let place = said.place.clone();
        self.remarks.push(Remark {
            place,
            answers: said.answers.clone(),
            ..remark(entry, event, &said.text)
        });
        Ok(())
    }

    /// The approval of the package under review, unless something was said against it.
    pub(super) fn approved(&self, event: &Event) -> Result<&SealedPackage, Fault> {
        let package = self.reviewed(event)?;
        let given = self.approval.as_ref().filter(|approval| approval.package == package.digest);
        let lasts = |approval: &Approval| approval.expires.is_none_or(|end| event.at < end);
        match given.is_some_and(|approval| approval.standing == Standing::Holds && lasts(approval)) {
            true => Ok(package),
            false => Err(early(event, "no approval of this package stands")),
        }
    }

    /// The target holds the approved tree; or that of a base which went on without touching any closure.
    pub(super) fn promote(&mut self, entry: &CommitId, event: &Event, body: &Promoted) -> Result<(), Fault> {
        let package = self.approved(event)?;
        match self.known.promotions.get(&(package.manifest.head.clone(), body.clone())) {
            Some(Ok(())) => {}
            Some(Err(why)) => return Err(Fault::Inconsistent(why.clone())),
            None => return Err(Fault::Inconsistent("its commit was not looked at".to_owned())),
        }
        self.promotion = Some(Promotion {
            entry: entry.clone(),
            by: event.person.clone(),
            at: event.at,
            commit: body.commit.clone(),
            tree: body.tree.clone(),
        });
        Ok(())
    }
}

fn remark(entry: &CommitId, event: &Event, text: &str) -> Remark {
    Remark {
        entry: entry.clone(),
        by: event.person.clone(),
        at: event.at,
        text: text.to_owned(),
        place: None,
        answers: None,
        head: event.head.clone(),
        requests: false,
    }
}

/// The event was signed over exactly what the package is of.
fn subject(event: &Event, package: &Package) -> Result<(), Fault> {
    same("head", event.head.as_str(), package.head.as_str())?;
    same("target", event.target.name.as_str(), package.target.as_str())?;
    same("base", event.target.tip.as_str(), package.base.as_str())?;
    let tree = event.merge_tree.as_ref().map_or("none", |tree| tree.as_str());
    same("merge result", tree, package.merge_tree.as_str())
}

fn same(what: &'static str, signed: &str, is: &str) -> Result<(), Fault> {
    match signed == is {
        true => Ok(()),
        false => Err(Fault::OtherSubject { what, signed: signed.to_owned(), is: is.to_owned() }),
    }
}
