use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use camino::Utf8PathBuf;
use jiff::Timestamp;

use super::Recorded;
use super::refers::Refers;
use crate::domain::{Name, RunLayout, Status, Token, Version};
use crate::store::damage::spoilt;

/// What stays besides what has to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// So many runs of each name: of one's own, of each colleague, and of those that came as archives.
    pub(super) newest: usize,
    /// What started later stays.
    pub(super) before: Option<Timestamp>,
    /// What came as an archive may go too: nobody can tell whether there is another copy of it.
    pub(super) archives: bool,
}

/// Why a run stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    Running,
    /// Somebody is inside of one of its steps: what is there is seen in there.
    Entered,
    /// It may be gone on with, and its containers may still be there.
    Interrupted,
    /// What its directory does not say, and should; or that it is not as it was when it counted.
    Torn(String),
    /// Another run here has its token: whoever refers to one may mean the other.
    Several,
    Pinned,
    /// `delay_model@champion`
    Called(String),
    /// Of its name.
    AmongTheNewest,
    /// Of its name, version and use case.
    NewestSuccess,
    /// A use case that is run now takes over from it what it does not make itself.
    Feeds,
    /// What the use cases of its blueprint would take over cannot be told, and why not.
    Untold(String),
    /// Not old enough.
    Young,
    /// A run that stays was made of it, or one of another environment.
    ReferredToBy(Token),
    /// The same of one that was forked from it, or is a later one of its sweep.
    ForkedBy(Token),
    /// A link stands where its directory was.
    BehindLink,
    /// A directory that cannot be read as a run was: what that is called.
    HeldByDamaged(String),
    /// It came as an archive, and nobody asked for such.
    Archive,
}

impl Why {
    /// What its failed tries left is not needed any more.
    pub(super) fn lets_work_go(&self) -> bool {
        matches!(
            self,
            Self::NewestSuccess | Self::Feeds | Self::ReferredToBy(_) | Self::ForkedBy(_) | Self::Called(_)
        )
    }

    pub fn told(&self) -> String {
        match self {
            Self::Running => "it is running".to_owned(),
            Self::Entered => "somebody is inside of it, in a shell or a notebook".to_owned(),
            Self::Interrupted => "it was interrupted: resume it, or cancel it".to_owned(),
            Self::Torn(why) => format!("it is not whole: {why}"),
            Self::Several => "another run here has its token too".to_owned(),
            Self::Pinned => "it is pinned".to_owned(),
            Self::Called(alias) => format!("it is {alias}"),
            Self::AmongTheNewest => "it is among the newest of its name".to_owned(),
            Self::NewestSuccess => "it is the newest success of its version".to_owned(),
            Self::Feeds => "a use case would take over what it made".to_owned(),
            Self::Untold(why) => format!("a use case may need it: {why}"),
            Self::Young => "it is not old enough".to_owned(),
            Self::ReferredToBy(token) => format!("run {} was made of it", token.short()),
            Self::ForkedBy(token) => {
                format!("run {} goes on from it with other parameters (a fork or a sweep)", token.short())
            }
            Self::BehindLink => "a link leads to it".to_owned(),
            Self::HeldByDamaged(by) => format!("{by}, which is damaged, was made of it"),
            Self::Archive => "it came as an archive: gc --imported lets such go too".to_owned(),
        }
    }
}

/// Who made a run. Each has newest ones of their own: what came from elsewhere takes no place of what is needed here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Owner {
    /// This person, on this machine.
    Own,
    /// Somebody of that name, as it says itself.
    Other(String),
    /// It came as an archive.
    Archive,
}

/// A run, and what speaks for it.
#[derive(Clone, Debug)]
pub(super) struct Past {
    pub recorded: Recorded,
    pub owner: Owner,
    /// Its supervisor lives, and be it to tidy up.
    pub driven: bool,
    pub entered: bool,
    pub pinned: bool,
    pub called: Option<String>,
    /// Those of its plan: not all of the workflow where only a part was run.
    pub steps: BTreeSet<Name>,
    /// What cannot be read of what was asked here.
    pub torn: Option<String>,
    /// Why it is not whole, once somebody has looked.
    pub damage: OnceCell<Option<String>>,
}

impl Past {
    /// Its record and what it made are as they were. All of it is looked through: only that of a run which would count.
    fn is_whole(&self) -> bool {
        let look = || spoilt(&RunLayout::at(&self.recorded.path), self.recorded.run.token);
        self.torn.is_none() && self.damage.get_or_init(look).is_none()
    }

    fn seen_damage(&self) -> Option<String> {
        self.damage.get().cloned().flatten()
    }
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

/// The runs that compare: the newest success of each such kind stays.
type Kind<'a> = (&'a Owner, &'a Name, Version, Option<&'a Name>);

fn kind(past: &Past) -> Kind<'_> {
    let run = &past.recorded.run;
    (&past.owner, &run.name, run.version, run.use_case.as_ref())
}

/// The places of the newest successes that are whole. One of a part of the steps is none where one of more of them is
/// there. `damaged`: gets those that would be, and are not whole.
fn newest_successes(all: &[Past], damaged: &mut HashSet<usize>) -> HashSet<usize> {
    let mut by_steps: HashMap<Kind<'_>, HashMap<&BTreeSet<Name>, Vec<usize>>> = HashMap::new();
    for (at, past) in all.iter().enumerate() {
        if past.recorded.run.status == Status::Succeeded && past.owner != Owner::Archive {
            by_steps.entry(kind(past)).or_default().entry(&past.steps).or_default().push(at);
        }
    }
    let mut newest = HashSet::new();
    for sets in by_steps.into_values() {
        let mut sets: Vec<_> = sets.into_iter().collect();
        sets.sort_by_key(|(steps, _)| std::cmp::Reverse(steps.len()));
        let mut found: Vec<&BTreeSet<Name>> = Vec::new();
        for (steps, places) in sets {
            if found.iter().any(|more| more.is_superset(steps)) {
                continue;
            }
            // The first that is whole is the newest.
            for at in places {
                if all[at].is_whole() {
                    found.push(steps);
                    newest.insert(at);
                    break;
                }
                damaged.insert(at);
            }
        }
    }
    newest
}

/// Those that go, and those that stay, by their directories: a token may stand twice. A run that is damaged takes no place
/// of one that is whole; it stays itself where it would have had one. `all`: newest first. `held`: runs
/// that stay in any case. `refers`: what one that stays was made of.
pub(super) fn part<E>(
    all: Vec<Past>,
    policy: &Policy,
    held: &[(Token, Why)],
    mut refers: impl FnMut(&Recorded) -> Result<Refers, E>,
) -> Result<(Vec<Past>, Vec<Stays>), E> {
    let mut counts: HashMap<(&Owner, &Name), usize> = HashMap::new();
    let mut places: HashMap<Token, Vec<usize>> = HashMap::new();
    for (at, past) in all.iter().enumerate() {
        places.entry(past.recorded.run.token).or_default().push(at);
    }
    let mut damaged = HashSet::new();
    let successes = newest_successes(&all, &mut damaged);
    let mut why: Vec<Option<Why>> = Vec::with_capacity(all.len());
    let mut recent = Vec::with_capacity(all.len());
    for (at, past) in all.iter().enumerate() {
        let run = &past.recorded.run;
        let place = counts.entry((&past.owner, &run.name)).or_default();
        let is_idle = run.status != Status::Running && !past.driven && !past.entered;
        let among = *place < policy.newest && (!is_idle || past.is_whole());
        if *place < policy.newest && !among {
            damaged.insert(at);
        }
        *place += usize::from(among);
        let young = policy.before.is_some_and(|before| run.started_at >= before);
        recent.push(among || young);
        why.push(match run.status {
            Status::Running => Some(Why::Running),
            _ if past.driven => Some(Why::Running),
            _ if past.entered => Some(Why::Entered),
            // One that came as an archive is nobody's to go on with.
            Status::Interrupted if past.owner != Owner::Archive => Some(Why::Interrupted),
            _ if past.torn.is_some() => past.torn.clone().map(Why::Torn),
            _ if places.get(&run.token).is_some_and(|places| places.len() > 1) => Some(Why::Several),
            _ if past.pinned => Some(Why::Pinned),
            _ if damaged.contains(&at) => past.seen_damage().map(Why::Torn),
            _ if among => Some(Why::AmongTheNewest),
            _ if young => Some(Why::Young),
            _ if successes.contains(&at) => Some(Why::NewestSuccess),
            _ if past.called.is_some() => past.called.clone().map(Why::Called),
            _ => (past.owner == Owner::Archive && !policy.archives).then_some(Why::Archive),
        });
    }
    let hold = |why: &mut Vec<Option<Why>>, token: &Token, reason: &Why| {
        let mut held = Vec::new();
        for at in places.get(token).into_iter().flatten() {
            if let Some(free @ None) = why.get_mut(*at) {
                *free = Some(reason.clone());
                held.push(*at);
            }
        }
        held
    };
    held.iter().for_each(|(token, reason)| drop(hold(&mut why, token, reason)));
    // What one that stays was made of stays, and what that was made of. What is not here cannot go.
    let mut pending: Vec<usize> = (0..all.len()).filter(|at| matches!(why.get(*at), Some(Some(_)))).collect();
    while let Some(past) = pending.pop().and_then(|at| all.get(at)) {
        let token = past.recorded.run.token;
        let refers = refers(&past.recorded)?;
        let made_of = refers.to.into_iter().map(|to| (to, Why::ReferredToBy(token)));
        for (referred, reason) in made_of.chain(refers.forked_from.map(|to| (to, Why::ForkedBy(token)))) {
            if referred != token {
                pending.extend(hold(&mut why, &referred, &reason));
            }
        }
    }
    let (mut gone, mut kept) = (Vec::new(), Vec::new());
    for (past, (why, is_recent)) in all.into_iter().zip(why.into_iter().zip(recent)) {
        match why {
            Some(why) => kept.push(Stays { recorded: past.recorded, why, is_recent }),
            None => gone.push(past),
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
        let (owner, steps) = (Owner::Own, BTreeSet::from([name("a"), name("b")]));
        Past {
            recorded,
            owner,
            driven: false,
            entered: false,
            pinned: false,
            called: None,
            steps,
            torn: None,
            damage: OnceCell::from(None),
        }
    }

    type Links = HashMap<Token, Vec<Token>>;

    fn parted(all: &[Past], policy: &Policy, links: &Links) -> (Vec<Token>, HashMap<Token, Why>) {
        let refers = |recorded: &Recorded| {
            let to = links.get(&recorded.run.token).cloned().unwrap_or_default();
            Ok::<_, std::convert::Infallible>(Refers { to, ..Refers::default() })
        };
        let Ok((gone, kept)) = part(all.to_vec(), policy, &[], refers);
        let kept = kept.into_iter().map(|stays| (stays.recorded.run.token, stays.why)).collect();
        (gone.iter().map(|past| past.recorded.run.token).collect(), kept)
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

    #[test]
    fn what_may_be_gone_on_with_stays_as_it_is_and_what_came_as_an_archive_may_not() {
        let mut all = vec![
            past(Status::Interrupted, 1, 30),
            past(Status::Interrupted, 1, 20),
            past(Status::Failed, 1, 10),
        ];
        all[1].owner = Owner::Archive;
        // It still tidies up.
        all[2].driven = true;
        let token = |at: usize| all[at].recorded.run.token;
        // What refers to one lets nothing of it go.
        let newer = past(Status::Succeeded, 2, 40);
        let links = Links::from([(newer.recorded.run.token, vec![token(0)])]);
        let (gone, kept) =
            parted(&[vec![newer.clone()], all.clone()].concat(), &Policy::new(0, None), &links);
        assert_eq!((gone.len(), &kept[&token(1)]), (0, &Why::Archive));
        let asked = Policy::new(0, None).with_archives(true);
        let (gone, kept) = parted(&[vec![newer], all.clone()].concat(), &asked, &links);
        assert_eq!(gone, [token(1)]);
        assert_eq!((&kept[&token(0)], &kept[&token(2)]), (&Why::Interrupted, &Why::Running));
        assert!(!Why::Interrupted.lets_work_go());
    }

    #[test]
    fn what_others_made_and_what_is_only_a_part_takes_no_place_of_what_is_needed() {
        let good = Status::Succeeded;
        let mut all: Vec<Past> = (1..=6).map(|age| past(good, 1, 100 - age)).collect();
        all[0].owner = Owner::Archive;
        all[1].owner = Owner::Archive;
        all[2].owner = Owner::Other("sam".to_owned());
        all[3].steps.remove("b");
        let token = |at: usize| all[at].recorded.run.token;
        let kept_of = |newest| {
            let policy = Policy::new(newest, None).with_archives(true);
            let (gone, kept) = parted(&all, &policy, &Links::new());
            let at = |wanted: &Token| all.iter().position(|past| past.recorded.run.token == *wanted).unwrap();
            (gone.iter().map(at).collect::<Vec<_>>(), kept)
        };
        // The newest whole one of one's own, and of a colleague.
        let (gone, kept) = kept_of(0);
        assert_eq!((gone, kept[&token(4)].clone()), (vec![0, 1, 3, 5], Why::NewestSuccess));
        let (gone, kept) = kept_of(1);
        assert_eq!((gone, kept[&token(0)].clone()), (vec![1, 5], Why::AmongTheNewest));
    }

    #[test]
    fn where_a_token_stands_twice_both_stay_and_a_reference_holds_what_it_may_mean() {
        let mut all =
            vec![past(Status::Failed, 2, 20), past(Status::Failed, 1, 10), past(Status::Failed, 1, 5)];
        let run = all[1].recorded.run.token;
        all[0].recorded.run.token = run;
        let made_of = all[2].recorded.run.token;
        let (gone, kept) = parted(&all, &Policy::new(0, None), &Links::from([(run, vec![made_of])]));
        assert_eq!((gone, &kept[&run], &kept[&made_of]), (vec![], &Why::Several, &Why::ReferredToBy(run)));
        let held = [(made_of, Why::Feeds)];
        let nothing = |_: &Recorded| Ok::<_, std::convert::Infallible>(Refers::default());
        let Ok((gone, kept)) = part(all[2..].to_vec(), &Policy::new(0, None), &held, nothing);
        assert_eq!((gone.len(), &kept[0].why), (0, &Why::Feeds));
    }

    fn damaged(past: &mut Past) {
        past.damage = OnceCell::from(Some("a: `x` is not there any more".to_owned()));
    }

    #[test]
    fn what_is_damaged_takes_no_place_of_what_is_whole() {
        let good = Status::Succeeded;
        let mut all: Vec<Past> = (1..=5).map(|age| past(good, 1, 100 - age)).collect();
        // Of more steps than the others: they are no parts of what is not there.
        all[0].steps.insert(name("c"));
        [0, 1, 3].iter().for_each(|at| damaged(&mut all[*at]));
        let token = |at: usize| all[at].recorded.run.token;
        for newest in [0, 1] {
            let (gone, kept) = parted(&all, &Policy::new(newest, None), &Links::new());
            // What is older than all that counts goes like any other.
            assert_eq!(gone, [token(3), token(4)]);
            assert!([0, 1].iter().all(|at| matches!(kept[&token(*at)], Why::Torn(_))), "{kept:?}");
            assert_eq!(kept[&token(2)], [Why::NewestSuccess, Why::AmongTheNewest][newest]);
        }
        let (gone, _) = parted(&all, &Policy::new(2, None), &Links::new());
        assert_eq!(gone, [] as [Token; 0]);
    }

    proptest! {
        #[test]
        fn whatever_stays_has_all_that_it_was_made_of(
            links in prop::collection::vec(prop::collection::vec(0usize..30, 0..3), 1..30),
            statuses in prop::collection::vec(0usize..3, 30),
            spoilt in prop::collection::vec(any::<bool>(), 30),
            newest in 0usize..4,
        ) {
            let kinds = [Status::Succeeded, Status::Failed, Status::Cancelled];
            let mut all: Vec<Past> = links.iter().zip(&statuses).map(|(_, kind)| past(kinds[*kind], 1, 0)).collect();
            let mut refers = Links::new();
            for (at, made_of) in links.iter().enumerate() {
                let tokens = made_of.iter().filter_map(|other| all.get(*other)).map(|past| past.recorded.run.token);
                refers.insert(all[at].recorded.run.token, tokens.collect());
                all[at].recorded.run.name = name(["daily", "other"][at % 2]);
                if spoilt[at] {
                    damaged(&mut all[at]);
                }
            }
            let (gone, kept) = parted(&all, &Policy::new(newest, None), &refers);
            prop_assert_eq!(gone.len() + kept.len(), all.len());
            for past in all.iter().filter(|past| kept.contains_key(&past.recorded.run.token)) {
                prop_assert!(refers[&past.recorded.run.token].iter().all(|token| !gone.contains(token)));
            }
            // Whatever is damaged, the newest of those that are whole stay.
            for called in ["daily", "other"] {
                let whole = |past: &&Past| past.recorded.run.name.as_str() == called && past.is_whole();
                let stays = |past: &Past| kept.contains_key(&past.recorded.run.token);
                prop_assert!(all.iter().filter(whole).take(newest).all(stays));
                let succeeded = |past: &&Past| whole(past) && past.recorded.run.status == Status::Succeeded;
                prop_assert!(all.iter().find(succeeded).is_none_or(stays));
            }
        }
    }
}
