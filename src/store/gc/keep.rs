use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::Recorded;
use crate::domain::{Name, Status, Token, Version};

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
        }
    }
}

/// A run, and what speaks for it.
#[derive(Clone, Debug)]
pub(super) struct Past {
    pub recorded: Recorded,
    pub pinned: bool,
    pub called: Option<String>,
    pub refers_to: Vec<Token>,
}

/// One that stays, why, and whether it is among the newest or young.
pub(super) type Stays = (Recorded, Why, bool);

/// Those that go, and those that stay. `all`: newest first.
pub(super) fn part(all: Vec<Past>, policy: &Policy) -> (Vec<Recorded>, Vec<Stays>) {
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
            _ => past.called.clone().map(Why::Called),
        };
        reason.into_iter().for_each(|reason| drop(why.insert(run.token, reason)));
    }
    // What one that stays was made of stays, and what that was made of.
    let refers: HashMap<Token, &[Token]> =
        all.iter().map(|past| (past.recorded.run.token, past.refers_to.as_slice())).collect();
    let mut pending: Vec<Token> = why.keys().copied().collect();
    while let Some(token) = pending.pop() {
        for referred in refers.get(&token).copied().unwrap_or_default() {
            if *referred != token && !why.contains_key(referred) {
                why.insert(*referred, Why::ReferredToBy(token));
                pending.push(*referred);
            }
        }
    }
    let (mut gone, mut kept) = (Vec::new(), Vec::new());
    for past in all {
        let token = past.recorded.run.token;
        match why.remove(&token) {
            Some(reason) => kept.push((past.recorded, reason, recent.contains(&token))),
            None => gone.push(past.recorded),
        }
    }
    (gone, kept)
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
        Past { recorded, pinned: false, called: None, refers_to: Vec::new() }
    }

    fn parted(all: &[Past], policy: &Policy) -> (Vec<Token>, HashMap<Token, Why>) {
        let (gone, kept) = part(all.to_vec(), policy);
        let kept = kept.into_iter().map(|(found, why, _)| (found.run.token, why)).collect();
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
        let deep = token(8, &all);
        all[7].refers_to = vec![deep];
        all[6].called = Some("daily@champion".to_owned());
        let seventh = token(7, &all);
        all[6].refers_to = vec![seventh, Token::generate()];
        all[4].pinned = true;
        let (gone, kept) = parted(&all, &Policy::new(1, None));
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
        assert_eq!(parted(&all, &Policy::new(0, before)).0, [] as [Token; 0]);
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
            for (at, made_of) in links.iter().enumerate() {
                let tokens = made_of.iter().filter_map(|other| all.get(*other)).map(|past| past.recorded.run.token);
                let tokens: Vec<Token> = tokens.collect();
                all[at].refers_to = tokens;
                all[at].recorded.run.name = name(["daily", "other"][at % 2]);
            }
            let (gone, kept) = parted(&all, &Policy::new(newest, None));
            prop_assert_eq!(gone.len() + kept.len(), all.len());
            for past in all.iter().filter(|past| kept.contains_key(&past.recorded.run.token)) {
                prop_assert!(past.refers_to.iter().all(|token| !gone.contains(token)));
            }
        }
    }
}
