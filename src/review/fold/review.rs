use super::signer::Signer;
use super::state::{State, Taken, early};
use crate::domain::text::safe;
use crate::domain::track::bodies::{Promoted, Said};
use crate::domain::track::{
    Approval, CheckStatus, Contributors, Event, FailedBefore, Fault, Merge, Package, Promotion, RangeDiff,
    RedCheck, Redness, Remark, SealedPackage, Standing,
};
use crate::domain::{Digest, Name};
use crate::review::canonical::digest_of;

/// The format of manifests that is known here.
const FORMAT: u32 = 1;

/// What stands for the run that a package has to hold, among checks.
const RUN: &str = "a run of this commit";

impl State<'_> {
    /// A new package takes the place of the one before; what came of that one is no more.
    pub(super) fn seal(&mut self, taken: &Taken<'_>, manifest: &Package) -> Result<(), Fault> {
        let event = taken.event;
        let digest = digest_of(manifest).map_err(|error| Fault::Inconsistent(error.to_string()))?;
        same("package", event.package.as_ref().map_or("none", Digest::as_str), digest.as_str())?;
        if manifest.track != event.track {
            return Err(Fault::OtherTrack(manifest.track.clone()));
        }
        if manifest.greenroom != FORMAT {
            let why = format!("its package is of the format {}, which is not known here", manifest.greenroom);
            return Err(Fault::Inconsistent(why));
        }
        subject(event, manifest)?;
        if self.requested.contains(&manifest.head) {
            return Err(Fault::AfterRequest);
        }
        let again = self.package.as_ref().is_some_and(|package| package.digest == digest);
        if again && !self.may_seal_again(taken, &digest) {
            return Err(Fault::Repeated);
        }
        let span = (manifest.base.clone(), manifest.head.clone());
        let merge = match self.known.merges.get(&span) {
            Some(Ok(Merge::Tree(tree))) if *tree == manifest.merge_tree => Ok(()),
            Some(Ok(merge)) => return Err(Fault::Inconsistent(other_merge(manifest, merge))),
            Some(Err(why)) => Err(why.clone()),
            None => Err("it was not looked at".to_owned()),
        };
        let unknown = || Err("its commits were not looked at".to_owned());
        let mut contributors = self.known.contributors.get(&span).cloned().unwrap_or_else(unknown);
        if let Ok(told) = &mut contributors {
            let own = |person: &Name| self.persons.same(person, &event.person);
            told.unsigned.retain(|one| !one.person.as_ref().is_some_and(own));
        }
        let red = self.red(manifest);
        for check in &manifest.checks {
            match check.status {
                CheckStatus::Failed => {
                    let before = FailedBefore { head: manifest.head.clone(), found: check.why.clone() };
                    self.failed.insert(check.id.clone(), before);
                }
                CheckStatus::Passed | CheckStatus::Warned => drop(self.failed.remove(&check.id)),
                CheckStatus::NotChecked => {}
            }
        }
        let package = SealedPackage {
            entry: taken.entry.clone(),
            digest: digest.clone(),
            by: event.person.clone(),
            covered_by: taken.vouchers.to_vec(),
            at: event.at,
            target: event.target.clone(),
            red,
            manifest: manifest.clone(),
            contributors,
            merge,
            broken: self.known.broken.get(taken.entry).cloned().unwrap_or_default(),
            since: self.package.as_ref().map(|before| RangeDiff {
                old_base: before.manifest.base.clone(),
                old_head: before.manifest.head.clone(),
                new_base: manifest.base.clone(),
                new_head: manifest.head.clone(),
            }),
        };
        self.package = Some(package);
        // What was said of an earlier one is said of that one only, also where it comes again.
        self.approval.take_if(|approval| approval.package == digest);
        if let Some(approval) = &mut self.approval {
            approval.standing = Standing::void(format!("a new package, {}, was sealed", digest.short()));
        }
        self.forget_stage();
        Ok(())
    }

    /// The very package that is under review: sealing it anew changes something only where its approval has run out, or it
    /// was rolled back.
    fn may_seal_again(&self, taken: &Taken<'_>, digest: &Digest) -> bool {
        let ran_out = |approval: &Approval| {
            approval.package == *digest && approval.expires.is_some_and(|end| end <= taken.at)
        };
        self.rolled_back.is_some() || self.approval.as_ref().is_some_and(ran_out)
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
        self.hasty.remove("rolled_back");
    }

    /// The package that an event is about, if it is the one under review, whole.
    pub(super) fn reviewed(&self, event: &Event) -> Result<&SealedPackage, Fault> {
        let package = self.package.as_ref().ok_or_else(|| early(event, "no package is sealed"))?;
        same("package", event.package.as_ref().map_or("none", Digest::as_str), package.digest.as_str())?;
        subject(event, &package.manifest)?;
        Ok(package)
    }

    /// The same, for what decides whether it comes to its target: not once it is there.
    fn judged(&self, event: &Event) -> Result<&SealedPackage, Fault> {
        let package = self.reviewed(event)?;
        match self.promotion.is_some() && self.rolled_back.is_none() {
            true => Err(self.went_back().map_or(Fault::Promoted, Fault::TakenBack)),
            false => Ok(package),
        }
    }

    /// Why what was promoted is not on its target any more; what was released since was not taken back by that.
    pub(super) fn went_back(&self) -> Option<String> {
        let (package, promotion) = (self.package.as_ref()?, self.promotion.as_ref()?);
        let went = self.executed.is_none() && self.known.taken_back.contains(&promotion.commit);
        let target = safe(package.target.name.short());
        went.then(|| format!("{target} took back what {} brought", promotion.commit.short()))
    }

    pub(super) fn approve(&mut self, taken: &Taken<'_>, note: &str) -> Result<(), Fault> {
        let event = taken.event;
        let package = self.judged(event)?;
        if self.requested.contains(&package.manifest.head) {
            return Err(Fault::AfterRequest);
        }
        package.merge.clone().map_err(Fault::MergeUnknown)?;
        self.may_judge(taken, package)?;
        if let Some(why) = package.broken.first() {
            return Err(Fault::Evidence(why.clone()));
        }
        if !package.red.is_empty() {
            return Err(Fault::Checks(package.red.iter().map(ToString::to_string).collect()));
        }
        self.approval = Some(Approval {
            entry: taken.entry.clone(),
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
    /// approval by a key that counts no more; nor approve what they vouch for.
    fn may_judge(&self, taken: &Taken<'_>, package: &SealedPackage) -> Result<(), Fault> {
        let told = package.contributors.as_ref().map_err(|why| Fault::AuthorsUnknown(why.clone()))?;
        let judge = Signer { by: &taken.event.person, vouchers: taken.vouchers };
        let sealer = Signer { by: &package.by, vouchers: &package.covered_by };
        if let Some(nobody) = [judge.by, sealer.by].into_iter().find(|name| !self.persons.knows(name)) {
            return Err(Fault::UnknownPerson(nobody.clone()));
        }
        let mut own = None;
        for way in judge.ways() {
            let hand = way.iter().find_map(|person| Some((*person, self.hand(person, package, told)?)));
            let (person, why) = match hand {
                Some(hand) => hand,
                None if sealer.is_apart(&way, &self.persons) => return Ok(()),
                None => {
                    let why =
                        format!("only they vouch for the seal of {}, whose key counts no more", package.by);
                    (*way.last().unwrap_or(&judge.by), why)
                }
            };
            own.get_or_insert(Fault::OwnWork { person: person.clone(), why });
        }
        own.map_or(Ok(()), Err)
    }

    /// What somebody has to do with a package.
    fn hand(&self, person: &Name, package: &SealedPackage, told: &Contributors) -> Option<String> {
        if self.persons.same(person, &package.by) {
            return Some(format!("{} sealed the package", package.by));
        }
        if let Some((name, how)) = told.persons.iter().find(|(name, _)| self.persons.same(person, name)) {
            return Some(format!("{name} is {how}"));
        }
        let theirs = told.strangers.iter().find(|email| self.persons.has(person, email))?;
        Some(format!("{theirs} has a hand in it"))
    }

    /// Whether somebody could not judge the package because of what they have to do with it.
    pub(super) fn wrote(&self, person: &Name) -> bool {
        self.package.as_ref().is_some_and(|package| {
            let sealer = Signer { by: &package.by, vouchers: &package.covered_by };
            let nobody = Contributors::default();
            let told = package.contributors.as_ref().unwrap_or(&nobody);
            self.hand(person, package, told).is_some() || !sealer.is_apart(&[person], &self.persons)
        })
    }

    /// Checks that failed, for this package or, where it does not make them anew, an earlier one; and required ones that the
    /// package lacks or that were not looked at as a whole.
    fn red(&self, package: &Package) -> Vec<RedCheck> {
        let red = |id: &str, why| RedCheck { id: id.to_owned(), why };
        let failed = package.checks.iter().filter(|check| check.status == CheckStatus::Failed);
        let mut all: Vec<RedCheck> = failed.map(|check| red(&check.id, Redness::Failed)).collect();
        let is_made = |id: &str| {
            package.checks.iter().any(|check| check.id == id && check.status != CheckStatus::NotChecked)
        };
        let before = self.failed.iter().filter(|(id, _)| !is_made(id));
        all.extend(before.map(|(id, before)| red(id, Redness::FailedBefore(before.clone()))));
        if !package.runs.iter().any(|run| run.name.as_str() == package.track.workflow()) {
            all.push(red(RUN, Redness::Missing));
        }
        for id in &self.known.required {
            let mut told = package.checks.iter().filter(|check| check.id == *id).peekable();
            if told.peek().is_none() {
                all.push(red(id, Redness::Missing));
            } else if !self.known.needs_stage.contains(id)
                && told.any(|check| check.status == CheckStatus::NotChecked || check.not_checked.is_some())
            {
                all.push(red(id, Redness::NotChecked));
            }
        }
        all
    }

    pub(super) fn request(&mut self, taken: &Taken<'_>, reason: &str) -> Result<(), Fault> {
        let event = taken.event;
        let package = self.judged(event)?;
        let (digest, head) = (package.digest.clone(), package.manifest.head.clone());
        if let Some(approval) = self.approval.as_mut().filter(|approval| approval.package == digest) {
            approval.standing = Standing::void(format!("{} requested changes", event.person));
        }
        self.requested.insert(head);
        self.remarks.push(Remark { requests: true, ..remark(taken, reason) });
        Ok(())
    }

    pub(super) fn say(&mut self, taken: &Taken<'_>, said: &Said) -> Result<(), Fault> {
        if let Some(answered) = &said.answers
            && !self.remarks.iter().any(|remark| remark.entry == *answered)
        {
            return Err(Fault::NoComment(answered.clone()));
        }
        let place = said.place.clone();
        self.remarks.push(Remark { place, answers: said.answers.clone(), ..remark(taken, &said.text) });
        Ok(())
    }

    /// The approval of the package under review, unless something was said against it.
    pub(super) fn approved(&self, taken: &Taken<'_>) -> Result<&SealedPackage, Fault> {
        let package = self.reviewed(taken.event)?;
        let given = self.approval.as_ref().filter(|approval| approval.package == package.digest);
        let lasts = |approval: &Approval| approval.expires.is_none_or(|end| taken.at < end);
        match given.is_some_and(|approval| approval.standing == Standing::Holds && lasts(approval)) {
            true => Ok(package),
            false => Err(early(taken.event, "no approval of this package stands")),
        }
    }

    /// The target holds the approved tree; or that of a base which went on without touching any closure.
    pub(super) fn promote(&mut self, taken: &Taken<'_>, body: &Promoted) -> Result<(), Fault> {
        let manifest = &self.approved(taken)?.manifest;
        let span = (manifest.base.clone(), manifest.head.clone());
        match self.known.promotions.get(&(span, body.clone())) {
            Some(Ok(())) => {}
            Some(Err(why)) => return Err(Fault::Inconsistent(why.clone())),
            None => return Err(Fault::Inconsistent("its commit was not looked at".to_owned())),
        }
        self.promotion = Some(Promotion {
            entry: taken.entry.clone(),
            by: taken.event.person.clone(),
            at: taken.event.at,
            commit: body.commit.clone(),
            tree: body.tree.clone(),
        });
        Ok(())
    }
}

fn remark(taken: &Taken<'_>, text: &str) -> Remark {
    let event = taken.event;
    Remark {
        entry: taken.entry.clone(),
        by: event.person.clone(),
        at: event.at,
        text: text.to_owned(),
        place: None,
        now: None,
        answers: None,
        head: event.head.clone(),
        package: event.package.clone(),
        requests: false,
    }
}

fn other_merge(package: &Package, merge: &Merge) -> String {
    let (base, head) = (package.base.short(), package.head.short());
    match merge {
        Merge::Tree(tree) => {
            let (is, said) = (tree.short(), package.merge_tree.short());
            format!("merging {head} into {base} comes to {is} here, and the package says {said}")
        }
        Merge::Conflicts(files) => {
            let first = files.first().map(String::as_str).unwrap_or_default();
            format!("{head} conflicts with {base} here, in {first}, and the package says that it does not")
        }
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
