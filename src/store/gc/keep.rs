use std::collections::{HashMap, HashSet};

use camino::Utf8PathBuf;
use jiff::Timestamp;

use super::Recorded;
use crate::domain::{Name, RunLayout, Status, Token, Version};

/// What stays besides what has to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// So many runs of each name.
    pub(super) newest: usize,
    /// What started later stays.
    pub(super) before: Option<Timestamp>,
}

/// Why a run stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    Running,
    Pinned,
    /// `delay_model@champion`
    Called(String),
    /// Of its name.
    AmongTheNewest,
    /// Of its name, version and use case.
    NewestSuccess,
    /// Not old enough.
    Young,
    /// A run that stays was made of it.
    ReferredToBy(Token),
    /// A directory that cannot be read as a run was.
    HeldByDamaged,
}

impl Why {
    /// What its failed tries left is not needed any more.
    pub(super) fn lets_work_go(&self) -> bool {
        matches!(self, Self::NewestSuccess | Self::ReferredToBy(_) | Self::Called(_))
    }

    pub fn told(&self) -> String {
        match self {
            Self::Running => "it is running".to_owned(),
            Self::Pinned => "it is pinned".to_owned(),
            Self::Called(alias) => format!("it is {alias}"),
            Self::AmongTheNewest => "it is among the newest of its name".to_owned(),
            Self::NewestSuccess => "it is the newest success of its version".to_owned(),
            Self::Young => "it is not old enough".to_owned(),
            Self::ReferredToBy(token) => format!("run {} was made of it", token.short()),
            Self::HeldByDamaged => "a run that is damaged was made of it".to_owned(),
        }
    }
}

/// A run, and what speaks for it.
#[derive(Clone, Debug)]
pub(super) struct Past {
    pub recorded: Recorded,
    pub pinned: bool,
    pub called: Option<String>,
}

/// One that stays, and why.
#[derive(Clone, Debug)]
pub(super) struct Stays {
    pub recorded: Recorded,
    pub why: Why,
    /// It is among the newest, or young.
    is_recent: bool,
}

impl Stays {
    /// What failed tries left, and nobody looks into any more.
    pub fn spare_work(&self) -> Option<Utf8PathBuf> {
        let work = RunLayout::at(&self.recorded.path).record().join("work");
        let is_filled = || work.read_dir_utf8().is_ok_and(|mut left| left.next().is_some());
        (!self.is_recent && self.why.lets_work_go() && is_filled()).then_some(work)
    }
}

/// Those that go, and those that stay. `all`: newest first. `held`: runs that stay in any case. `refers_to`: what one that
/// stays was made of.
pub(super) fn part<E>(
    all: Vec<Past>,
    policy: &Policy,
    held: &[Token],
    refers_to: impl Fn(&Recorded) -> Result<Vec<Token>, E>,
) -> Result<(Vec<Recorded>, Vec<Stays>), E> {
    let mut counts: HashMap<Name, usize> = HashMap::new();
    let mut successes: HashSet<(Name, Version, Option<Name>)> = HashSet::new();
    let mut why: HashMap<Token, Why> = HashMap::new();
    let mut recent: HashSet<Token> = HashSet::new();
    for past in &all {
        let run = &past.recorded.run;
        let place = counts.entry(run.name.clone()).or_default();
        *place += 1;
        let among = *place <= policy.newest;
        let young = policy.before.is_some_and(|before| run.started_at >= before);
        if among || young {
            recent.insert(run.token);
        }
        let first_success = run.status == Status::Succeeded
            && successes.insert((run.name.clone(), run.version, run.use_case.clone()));
        let reason = match run.status {
            Status::Running => Some(Why::Running),
            _ if past.pinned => Some(Why::Pinned),
            _ if among => Some(Why::AmongTheNewest),
            _ if young => Some(Why::Young),
            _ if first_success => Some(Why::NewestSuccess),
            _ if past.called.is_some() => past.called.clone().map(Why::Called),
            _ => held.contains(&run.token).then_some(Why::HeldByDamaged),
        };
        reason.into_iter().for_each(|reason| drop(why.insert(run.token, reason)));
    }
    // What one that stays was made of stays, and what that was made of.
    let runs: HashMap<Token, &Recorded> =
        all.iter().map(|past| (past.recorded.run.token, &past.recorded)).collect();
    let mut pending: Vec<Token> = why.keys().copied().collect();
    while let Some(token) = pending.pop() {
        // What is not here cannot go.
        let Some(recorded) = runs.get(&token) else { continue };
        for referred in refers_to(recorded)? {
            if referred != token && !why.contains_key(&referred) {
                why.insert(referred, Why::ReferredToBy(token));
                pending.push(referred);
            }
        }
    }
    let (mut gone, mut kept) = (Vec::new(), Vec::new());
    for Past { recorded, .. } in all {
        let token = recorded.run.token;
        match why.remove(&token) {
            Some(why) => kept.push(Stays { recorded, why, is_recent: recent.contains(&token) }),
            None => gone.push(recorded),
        }
    }
    Ok((gone, kept))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::store::testing::{a_run, name};

    fn past(status: Status, version: u32, at: i64) -> Past {
        let mut run = a_run(Token::generate());
        run.status = status;
        run.version = Version { major: version, minor: 0, patch: 0 };
        run.started_at = Timestamp::from_second(at).unwrap();
        let recorded = Recorded { run, path: "/store".into(), supervisor_pid: None };
        Past { recorded, pinned: false, called: None }
    }

    type Links = HashMap<Token, Vec<Token>>;

    fn parted(all: &[Past], policy: &Policy, links: &Links) -> (Vec<Token>, HashMap<Token, Why>) {
        let refers_to = |recorded: &Recorded| {
            Ok::<_, std::convert::Infallible>(links.get(&recorded.run.token).cloned().unwrap_or_default())
        };
        let Ok((gone, kept)) = part(all.to_vec(), policy, &[], refers_to);
        let kept = kept.into_iter().map(|stays| (stays.recorded.run.token, stays.why)).collect();
        (gone.iter().map(|found| found.run.token).collect(), kept)
    }

    #[test]
    fn what_is_needed_stays() {
        let (good, bad) = (Status::Succeeded, Status::Failed);
        // Newest first.
        let mut all = vec![
            past(bad, 2, 90),
            past(good, 2, 80),
            past(good, 2, 70),
            past(good, 1, 60),
            past(bad, 1, 50),
            past(Status::Running, 1, 40),
            past(good, 1, 30),
            past(good, 1, 20),
            past(good, 1, 10),
        ];
        let token = |at: usize, all: &[Past]| all[at].recorded.run.token;
        let links = Links::from([
            (token(7, &all), vec![token(8, &all)]),
            (token(6, &all), vec![token(7, &all), Token::generate()]),
        ]);
        all[6].called = Some("daily@champion".to_owned());
        all[4].pinned = true;
        let (gone, kept) = parted(&all, &Policy::new(1, None), &links);
        assert_eq!(gone, [token(2, &all)]);
        let why = [0, 1, 3, 4, 5, 6, 7, 8].map(|at| kept[&token(at, &all)].clone());
        let by = |at| Why::ReferredToBy(token(at, &all));
        let named = Why::Called("daily@champion".to_owned());
        let expected = [
            Why::AmongTheNewest,
            Why::NewestSuccess,
            Why::NewestSuccess,
            Why::Pinned,
            Why::Running,
            named,
            by(6),
            by(7),
        ];
        assert_eq!(why, expected);
        let before = Some(Timestamp::from_second(65).unwrap());
        assert_eq!(parted(&all, &Policy::new(0, before), &links).0, [] as [Token; 0]);
    }

    proptest! {
        #[test]
        fn whatever_stays_has_all_that_it_was_made_of(
            links in prop::collection::vec(prop::collection::vec(0usize..30, 0..3), 1..30),
            statuses in prop::collection::vec(0usize..3, 30),
            newest in 0usize..4,
        ) {
            let kinds = [Status::Succeeded, Status::Failed, Status::Cancelled];
            let mut all: Vec<Past> = links.iter().zip(&statuses).map(|(_, kind)| past(kinds[*kind], 1, 0)).collect();
            let mut refers = Links::new();
            for (at, made_of) in links.iter().enumerate() {
                let tokens = made_of.iter().filter_map(|other| all.get(*other)).map(|past| past.recorded.run.token);
                refers.insert(all[at].recorded.run.token, tokens.collect());
                all[at].recorded.run.name = name(["daily", "other"][at % 2]);
            }
            let (gone, kept) = parted(&all, &Policy::new(newest, None), &refers);
            prop_assert_eq!(gone.len() + kept.len(), all.len());
            for past in all.iter().filter(|past| kept.contains_key(&past.recorded.run.token)) {
                prop_assert!(refers[&past.recorded.run.token].iter().all(|token| !gone.contains(token)));
            }
        }
    }
}
