mod of_damage;
mod of_figures;
mod of_time;

use std::time::{Duration, SystemTime};

use camino::Utf8Path;

use super::*;
use indexmap::IndexMap;

use crate::domain::{
    EventKind, Node, NodeId, OutputType, Plan, Run, RunLayout, RunQuery, Status, Taken, Token, Value,
};
use crate::engine::{Journal, RunStore};
use crate::store::testing::{
    facts, finished, hold, journal, name, node, output, past_run, past_run_of, plan_of, started, temp,
    until_the_disk_ticks,
};
use crate::store::{
    Origin, Outputs, OwnRuns, Recorded, RunDir, figures, own_name, read_plan, read_run, write_plan, write_run,
};

const ALL: usize = usize::MAX;

fn runs(root: &Utf8Path) -> Runs {
    Runs::new(root, &name("flights"), &name("dev"))
}

fn statuses(listing: &Listing) -> Vec<(Token, Status)> {
    listing.runs.iter().map(|recorded| (recorded.run.token, recorded.run.status)).collect()
}

fn index(root: &Utf8Path) -> camino::Utf8PathBuf {
    root.join(format!(".greenroom/{}.sqlite", own_name(root).unwrap()))
}

fn find(runs: &Runs, text: &str) -> Result<Token, String> {
    let found = runs.find(&text.parse().unwrap());
    found.map(|recorded| recorded.run.token).map_err(|error| error.to_string())
}

/// Of what another clears between the look and the answer.
#[test]
fn an_index_that_is_cleared_while_somebody_asks_is_asked_again() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (_, a) = past_run(&root, "daily", Status::Succeeded);
    let (daily, query) = (name("daily"), RunQuery::of(None));
    for always in [false, true] {
        let mut asked = 0;
        let found = runs.with_index(|index| {
            index.refresh(&runs, None)?;
            asked += 1;
            if always && asked <= 3 || asked == 1 {
                runs.forget();
            }
            let known = index.may_have(&daily, &Params::new())?;
            Ok((index.ended(&query, 9)?.iter().map(|run| run.token).collect::<Vec<_>>(), known.len()))
        });
        // In vain three times, it is done without.
        assert_eq!((found.unwrap(), asked), ((vec![a], 1), if always { 4 } else { 2 }));
        assert!(index(&root).exists());
    }
}

#[test]
fn runs_are_listed_newest_first_as_they_come_and_go() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    assert_eq!(runs.list(None, ALL), Listing::default());
    assert!(!root.join(format!("{}-wal", index(&root))).exists());
    let (first, a) = past_run(&root, "daily", Status::Succeeded);
    let (_, b) = past_run(&root, "other", Status::Failed);
    assert_eq!(statuses(&runs.list(None, ALL)), [(b, Status::Failed), (a, Status::Succeeded)]);
    assert!(index(&root).exists());
    let (_, c) = past_run(&root, "daily", Status::Interrupted);
    assert_eq!(
        statuses(&runs.list(Some(&name("daily")), ALL)),
        [(c, Status::Interrupted), (a, Status::Succeeded)]
    );
    let newest = runs.list(None, 1);
    assert_eq!((statuses(&newest), newest.older), (vec![(c, Status::Interrupted)], Older::Count(2)));
    fs_err::remove_dir_all(first.dir()).unwrap();
    assert_eq!(statuses(&runs.list(None, ALL)), [(c, Status::Interrupted), (b, Status::Failed)]);
}

#[test]
fn a_finished_run_is_not_read_again_and_a_resumed_one_is() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (good, a) = past_run(&root, "daily", Status::Succeeded);
    let (bad, b) = past_run(&root, "daily", Status::Failed);
    let before = runs.list(None, ALL);
    for layout in [&good, &bad] {
        let run = read_run(layout).unwrap();
        write_run(layout, &crate::domain::Run { branch: Some("other".to_owned()), ..run }).unwrap();
    }
    assert_eq!(runs.list(None, ALL), before);
    fs_err::write(bad.run_json(), "unreadable").unwrap();
    // Its supervisor was killed before it could write the record anew.
    journal(&bad, b).append(started(true)).unwrap();
    let listing = runs.list(None, ALL);
    assert_eq!(statuses(&listing), [(a, Status::Succeeded)]);
    assert_eq!(listing.broken[0].path, bad.dir());

    let run = before.runs[0].run.clone();
    write_run(&bad, &run).unwrap();
    let lock = hold(&bad);
    assert_eq!(statuses(&runs.list(None, ALL))[0], (b, Status::Running));
    assert_eq!(runs.list(None, ALL).runs[0].supervisor_pid, Some(std::process::id()));
    drop(lock);
    assert_eq!(statuses(&runs.list(None, ALL))[0], (b, Status::Interrupted));
    journal(&bad, b).append(finished(Status::Succeeded)).unwrap();
    assert_eq!(statuses(&runs.list(None, ALL))[0], (b, Status::Succeeded));

    // Of the newest, as many as somebody reads, it is seen that their record is broken since.
    fs_err::write(good.run_json(), "{\n").unwrap();
    let listing = runs.list(None, ALL);
    assert_eq!(statuses(&listing), [(b, Status::Succeeded)]);
    assert_eq!(listing.broken[0].path, good.dir());

    // What was edited by hand is seen when it is asked for.
    runs.forget();
    assert_eq!(statuses(&runs.list(None, ALL)), [(b, Status::Succeeded)]);
}

/// A thousand of them would each be looked at with every list.
#[test]
fn a_run_that_failed_long_ago_is_looked_at_when_somebody_goes_on_with_it() {
    let (_dir, root) = temp();
    let runs = runs(&root).settled_at_once();
    let long_ago = Token::first_at("2025-01-01T00:00:00Z".parse().unwrap());
    let (layout, token) = past_run_of(&root, "daily", Status::Failed, long_ago);
    let (_, other) = past_run(&root, "daily", Status::Failed);
    let both = [(other, Status::Failed), (token, Status::Failed)];
    assert_eq!(statuses(&runs.list(None, ALL)), both);
    let folder = layout.dir().parent().unwrap();
    until_the_disk_ticks(&root);
    let before = fs_err::metadata(folder).unwrap().modified().unwrap();
    journal(&layout, token).append(started(true)).unwrap();
    assert_ne!(fs_err::metadata(folder).unwrap().modified().unwrap(), before, "it says so itself");
    assert_eq!(statuses(&runs.list(None, ALL))[1], (token, Status::Interrupted));
    journal(&layout, token).append(finished(Status::Succeeded)).unwrap();
    assert_eq!(statuses(&runs.list(Some(&name("daily")), ALL))[1], (token, Status::Succeeded));
}

#[test]
fn a_run_that_was_not_copied_whole_is_told() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (_, good) = past_run(&root, "daily", Status::Succeeded);
    for part in ["plan.json", "events.jsonl", "steps"] {
        let (layout, _) = past_run(&root, "daily", Status::Succeeded);
        let part_of_it = layout.record().join(part);
        match part_of_it.is_dir() {
            true => fs_err::remove_dir_all(&part_of_it).unwrap(),
            false => fs_err::remove_file(&part_of_it).unwrap(),
        }
        let listing = runs.list(None, ALL);
        assert_eq!(statuses(&listing), [(good, Status::Succeeded)]);
        let [broken] = listing.broken.as_slice() else { panic!("{:?}", listing.broken) };
        assert!(broken.path == layout.dir() && broken.why.contains(part), "{broken:?}");
        fs_err::remove_dir_all(layout.dir()).unwrap();
    }
}

#[test]
fn another_directory_of_the_same_token_is_read_anew() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (layout, _) = past_run(&root, "daily", Status::Succeeded);
    assert_eq!(runs.list(None, ALL).runs[0].run.branch, None);
    let away = RunLayout::at(&root.join("away"));
    fs_err::create_dir_all(away.record().join("steps")).unwrap();
    for part in [RunLayout::events, RunLayout::plan_json] {
        fs_err::copy(part(&layout), part(&away)).unwrap();
    }
    let run = Run { branch: Some("other".to_owned()), ..read_run(&layout).unwrap() };
    write_run(&away, &run).unwrap();
    fs_err::rename(layout.dir(), root.join("before")).unwrap();
    fs_err::rename(away.dir(), layout.dir()).unwrap();
    assert_eq!(runs.list(None, ALL).runs[0].run.branch.as_deref(), Some("other"));
}

#[test]
fn no_index_is_ever_trusted_or_needed() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (_, a) = past_run(&root, "daily", Status::Succeeded);
    let good = runs.list(None, ALL);
    let path = index(&root);
    type Break = fn(&Utf8Path);
    let breaks: [(&str, Break); 7] = [
        ("missing", |path| fs_err::remove_file(path).unwrap()),
        ("empty", |path| fs_err::write(path, "").unwrap()),
        ("garbage", |path| fs_err::write(path, "not a database".repeat(1000)).unwrap()),
        ("cut", |path| fs_err::write(path, &fs_err::read(path).unwrap()[..5000]).unwrap()),
        ("of another version", |path| {
            rusqlite::Connection::open(path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        }),
        ("without its table", |path| {
            rusqlite::Connection::open(path).unwrap().execute_batch("DROP TABLE records").unwrap();
        }),
        ("with rows that say nothing", |path| {
            let index = rusqlite::Connection::open(path).unwrap();
            index.execute("UPDATE records SET run = '{}'", []).unwrap();
            index.execute("UPDATE runs SET name = '../x', life = 0", []).unwrap();
        }),
    ];
    for (what, damage) in breaks {
        damage(&path);
        assert_eq!(runs.list(None, ALL), good, "{what}");
        assert_eq!(runs.list(None, ALL), good, "{what}, again");
        let rows: i64 = rusqlite::Connection::open(&path)
            .unwrap()
            .query_row("SELECT count(*) FROM runs WHERE token = ?1", [a.as_bytes()], |row| row.get(0))
            .unwrap();
        assert_eq!(rows, 1, "{what}: it was not made anew");
    }
    // A directory in its place: it is done without.
    for end in ["", "-wal", "-shm"] {
        fs_err::remove_file(format!("{path}{end}")).ok();
    }
    fs_err::create_dir(&path).unwrap();
    assert_eq!(runs.list(None, ALL), good);
    runs.forget();
    // Another process has it for itself.
    fs_err::remove_dir(&path).unwrap();
    runs.list(None, ALL);
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM runs").unwrap();
    assert_eq!(runs.list(None, ALL), good);
}

#[test]
fn many_processes_may_look_and_run_at_once() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..8 {
                    past_run(&root, "daily", Status::Succeeded);
                    assert_eq!(runs.list(None, ALL).broken, []);
                }
            });
        }
    });
    assert_eq!(runs.list(None, ALL).runs.len(), 32);
}

#[test]
fn what_cannot_be_read_is_told() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (_, good) = past_run(&root, "daily", Status::Succeeded);
    let (no_record, _) = past_run(&root, "daily", Status::Failed);
    fs_err::remove_file(no_record.run_json()).unwrap();
    assert_eq!(statuses(&runs.list(None, ALL)), [(good, Status::Succeeded)]);
    assert!(runs.list(None, ALL).broken.is_empty(), "it may be being made this moment");
    let dir = std::fs::File::open(no_record.dir()).unwrap();
    dir.set_modified(SystemTime::now() - Duration::from_secs(60)).unwrap();
    let (newer, _) = past_run(&root, "daily", Status::Failed);
    let text = fs_err::read_to_string(newer.run_json()).unwrap();
    fs_err::write(newer.run_json(), text.replacen(": 1", ": 7", 1)).unwrap();
    let (garbage, _) = past_run(&root, "daily", Status::Interrupted);
    fs_err::write(garbage.events(), "\u{1}\n{}\n").unwrap();
    let (stranger, _) = past_run(&root, "daily", Status::Failed);
    write_run(&stranger, &read_run(&past_run(&root, "x", Status::Failed).0).unwrap()).unwrap();
    fs_err::remove_dir_all(root.join("flights/dev/x")).unwrap();
    // What is called otherwise is nobody's run.
    fs_err::create_dir_all(root.join("flights/dev/daily/0.1.0/backup/_run")).unwrap();
    fs_err::create_dir_all(root.join("flights/dev/daily/latest")).unwrap();
    let listing = runs.list(None, ALL);
    assert_eq!(statuses(&listing), [(good, Status::Succeeded)]);
    let told: Vec<_> =
        listing.broken.iter().map(|broken| (broken.path.as_path(), broken.why.as_str())).collect();
    for (layout, why) in [
        (&no_record, "has no run.json"),
        (&newer, "take a newer one"),
        (&garbage, "events.jsonl"),
        (&stranger, "that of another run"),
    ] {
        assert!(
            told.iter().any(|(path, told)| *path == layout.dir() && told.contains(why)),
            "{why}: {told:?}"
        );
    }
    assert_eq!(told.len(), 4);
    // One that somebody is making, however slowly, is neither.
    let _lock = hold(&no_record);
    assert_eq!(runs.list(None, ALL).broken.len(), 3);
}

#[test]
fn a_reference_finds_its_run_or_says_what_there_is() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    assert_eq!(find(&runs, "@last").unwrap_err(), "nothing has run here yet");
    let (_, a) = past_run(&root, "daily", Status::Failed);
    let (_, b) = past_run(&root, "daily", Status::Succeeded);
    let (copied, c) = past_run(&root, "other", Status::Interrupted);
    for (text, expected) in [
        ("@last", c),
        ("@-3", a),
        ("daily@last", b),
        ("daily@-2", a),
        ("@failed", a),
        (a.to_string().as_str(), a),
        (&a.to_string()[30..], a),
    ] {
        assert_eq!(find(&runs, text), Ok(expected), "{text}");
    }
    for (text, why) in [
        ("daily@-3", "only 2 runs of `daily`"),
        ("dayly@last", "nothing called `dayly` has run here"),
        ("other@failed", "no run of `other` has failed"),
        ("00000000-0000-7000-8000-000000000000", "has the token"),
        ("ffffffffffff", "no run's token ends"),
    ] {
        assert!(find(&runs, text).unwrap_err().contains(why), "{text}");
    }
    let elsewhere = root.join("copy");
    fs_err::rename(copied.dir(), &elsewhere).unwrap();
    assert_eq!(find(&runs, elsewhere.as_str()), Ok(c));
    assert!(find(&runs, root.as_str()).unwrap_err().contains("not the directory of a run"));
}

#[test]
fn a_run_that_cannot_be_read_keeps_nobody_from_those_before_it() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (_, good) = past_run(&root, "daily", Status::Succeeded);
    let (broken, newer) = past_run(&root, "daily", Status::Succeeded);
    for text in ["", "{\"greenroom\": 1, "] {
        fs_err::write(broken.run_json(), text).unwrap();
        assert_eq!(find(&runs, "@last"), Ok(good));
        assert_eq!(find(&runs, "daily@last"), Ok(good));
        assert!(find(&runs, "daily@-2").unwrap_err().contains("only one run"));
        assert!(find(&runs, &newer.to_string()).unwrap_err().contains("torn"));
    }
    fs_err::remove_dir_all(runs.layout(&name("daily"), Version::INITIAL, good).dir()).unwrap();
    assert!(find(&runs, "@last").unwrap_err().contains("torn"), "it is the only one there is");
}

#[test]
fn only_a_run_that_lies_here_can_be_from_here() {
    let (_dir, root) = temp();
    let own = OwnRuns::at(&root.join("marks"));
    let (layout, token) = past_run(&root, "daily", Status::Failed);
    write_plan(&layout, &plan_of(token)).unwrap();
    let origin = |runs: &Runs, dir: &Utf8Path| runs.plan(&own, &run_at(dir).unwrap()).unwrap().1;
    assert_eq!(origin(&runs(&root), layout.dir()), Origin::Imported);
    own.mark(&plan_of(token), &layout).unwrap();
    assert_eq!(origin(&runs(&root), layout.dir()), Origin::Here);
    assert_eq!(origin(&Runs::new(&root, &name("flights"), &name("stage")), layout.dir()), Origin::Elsewhere);
    let copy = root.join("copy").join(token.to_string());
    fs_err::create_dir_all(copy.parent().unwrap()).unwrap();
    fs_err::rename(layout.dir(), &copy).unwrap();
    assert_eq!(origin(&runs(&root), &copy), Origin::Elsewhere);
}

#[test]
fn an_ending_of_several_tokens_names_them() {
    let (_dir, root) = temp();
    for first in ["0190", "0191", "0192"] {
        let token = format!("{first}0000-0000-7000-8000-00000000cafe");
        fs_err::create_dir_all(root.join("flights/dev/daily/1.0.0").join(token)).unwrap();
    }
    let error = runs(&root).find(&"cafe".parse().unwrap()).unwrap_err();
    let FindError::Ambiguous { count, candidates, .. } = error else { panic!("{error}") };
    assert_eq!(count, 3);
    assert!(candidates[0].0.to_string().starts_with("0192"));
}

#[test]
fn outputs_come_from_the_newest_run_that_has_them_and_never_from_a_foreign_one() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let own = OwnRuns::at(&root.join("marks"));
    let step = node("a", &[("x", output("x", OutputType::File))]);
    let make = |succeeds: bool| {
        let (layout, token) = past_run(&root, "daily", Status::Failed);
        if succeeds {
            let run = RunDir::new(layout.clone(), token, None);
            let dirs = run.begin(&step.id, 1, false).unwrap();
            fs_err::write(dirs.output.join("x"), "x").unwrap();
            run.seal(&step, &dirs, &facts(1)).unwrap();
        }
        write_plan(&layout, &plan_of(token)).unwrap();
        own.mark(&plan_of(token), &layout).unwrap();
        (layout, token)
    };
    let daily = name("daily");
    let params = |day: &str| Params::from_iter([(name("day"), day.into())]);
    let day = params("2013-01-01");
    let newest = |name: &Name, params: &Params, node: &NodeId| {
        runs.newest_with(&own, &Sought { name, params, node, accept: &|_| true })
    };
    make(false);
    assert_eq!(newest(&daily, &day, &step.id), None);
    let (older, a) = make(true);
    let (newer, b) = make(true);
    make(false);
    let taken = newest(&daily, &day, &step.id).unwrap();
    assert_eq!((taken.token, taken.path.as_path()), (b, newer.dir()));
    assert_eq!(taken.why, "the newest run with these parameters that has it (0.1.0 day=2013-01-01)");
    assert_eq!(newest(&name("other"), &day, &step.id), None);
    assert_eq!(newest(&daily, &params("2013-01-02"), &step.id), None, "another day's");
    assert_eq!(newest(&daily, &day, &"b".parse::<NodeId>().unwrap()), None);

    assert_eq!(taken.older, Some(a));
    // The newer one is none that was started here, whatever it says.
    fs_err::remove_file(root.join("marks").join(b.to_string())).unwrap();
    assert_eq!(newest(&daily, &day, &step.id).unwrap().token, a);
    assert_eq!(
        named_with(newer.dir(), b, &step.id).unwrap().why.split(" (").next(),
        Some("the run that was named")
    );
    // What somebody has deleted, or half of it, nobody can take.
    let made = older.artifacts(&step.id).join("x");
    for left in [None, Some(""), Some("x")] {
        fs_err::remove_file(&made).unwrap();
        left.into_iter().for_each(|text| fs_err::write(&made, text).unwrap());
        let found = newest(&daily, &day, &step.id);
        assert_eq!(found.map(|taken| taken.token), left.filter(|text| !text.is_empty()).map(|_| a));
        if left.is_none() {
            assert_eq!(named_with(older.dir(), a, &step.id), None);
            fs_err::write(&made, "").unwrap();
        }
    }
    // Why nobody has it any more: both is told, of the newest that had.
    fs_err::remove_file(&made).unwrap();
    let sought = Sought { name: &daily, params: &day, node: &step.id, accept: &|_| true };
    assert_eq!(newest(&daily, &day, &step.id), None);
    assert_eq!(runs.newest_spoilt(&own, &sought), Some((a, "a/x".to_owned())));
    let other = params("2013-01-02");
    assert_eq!(runs.newest_spoilt(&own, &Sought { params: &other, ..sought }), None);
    fs_err::write(&made, "x").unwrap();
    // A torn manifest is no success.
    fs_err::write(older.manifest(&step.id), "{").unwrap();
    assert_eq!(newest(&daily, &day, &step.id), None);
}

#[test]
fn what_was_taken_over_counts_as_made_by_whoever_made_it() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let own = OwnRuns::at(&root.join("marks"));
    let step = node("a", &[("x", output("x", OutputType::File))]);
    // A run of this day, which makes the step itself or has it from another.
    let make = |day: &str, from: Option<(&RunLayout, Token)>| {
        let (layout, token) = past_run(&root, "daily", Status::Succeeded);
        let run = RunDir::new(layout.clone(), token, None);
        let taken = from.map(|(of, token)| Taken {
            token,
            path: of.dir().to_owned(),
            why: String::new(),
            older: None,
        });
        let step = Node { taken, ..step.clone() };
        if step.taken.is_some() {
            run.reserve(&step.id).unwrap();
            run.take(&step).unwrap();
        } else {
            let dirs = run.begin(&step.id, 1, false).unwrap();
            fs_err::write(dirs.output.join("x"), day).unwrap();
            run.seal(&step, &dirs, &facts(1)).unwrap();
        }
        let params = IndexMap::from([(name("day"), Value::Date(day.parse().unwrap()))]);
        let recorded = read_run(&layout).unwrap();
        let json = params.iter().map(|(name, value)| (name.clone(), value.to_json())).collect();
        let inputs_from = from.map(|(_, token)| token).into_iter().collect();
        write_run(&layout, &Run { params: json, inputs_from, ..recorded }).unwrap();
        let plan = Plan { params, nodes: vec![step], ..plan_of(token) };
        write_plan(&layout, &plan).unwrap();
        own.mark(&plan, &layout).unwrap();
        (layout, token)
    };
    let daily = name("daily");
    let newest = |day: &str| {
        let params = Params::from_iter([(name("day"), day.into())]);
        let sought = Sought { name: &daily, params: &params, node: &step.id, accept: &|_| true };
        runs.newest_with(&own, &sought).map(|taken| taken.token)
    };
    let (monday, monday_token) = make("2013-01-01", None);
    let (_, tuesday_token) = make("2013-01-02", None);
    // Its day is the second, what it has is the first's.
    let (lent, lent_token) = make("2013-01-02", Some((&monday, monday_token)));
    assert_eq!((newest("2013-01-02"), newest("2013-01-01")), (Some(tuesday_token), Some(monday_token)));
    // What is of another day, and took nothing over, is not even looked at.
    let looked_at = |day: &str| -> Vec<Token> {
        let params = Params::from_iter([(name("day"), day.into())]);
        runs.may_have(&daily, &params).iter().map(|found| found.token).collect()
    };
    assert_eq!(looked_at("2013-01-01"), [lent_token, monday_token]);
    assert_eq!(looked_at("2013-01-03"), [lent_token]);
    // Where the maker's own is gone, what was handed on is of the maker's day.
    fs_err::remove_file(monday.artifacts(&step.id).join("x")).unwrap();
    assert_eq!((newest("2013-01-02"), newest("2013-01-01")), (Some(tuesday_token), Some(lent_token)));

    // A fork takes over what its other parameter does not change.
    let (fork, fork_token) = make("2013-01-05", Some((&lent, lent_token)));
    assert_eq!(newest("2013-01-05"), None);
    let recorded = read_run(&fork).unwrap();
    write_run(&fork, &Run { forked_from: Some(lent_token), ..recorded }).unwrap();
    assert_eq!(newest("2013-01-05"), None, "that one borrowed it");
    let recorded = read_run(&lent).unwrap();
    write_run(&lent, &Run { forked_from: Some(monday_token), ..recorded }).unwrap();
    assert_eq!(newest("2013-01-05"), Some(fork_token));

    // What a run from elsewhere made is so, whoever has it from there, and whatever that says of its own source.
    let (foreign, foreign_token) = make("2013-01-03", Some((&lent, lent_token)));
    let (heir, heir_token) = make("2013-01-03", Some((&foreign, foreign_token)));
    let of =
        |layout: &RunLayout, token| runs.foreign_maker(&own, layout, token, std::slice::from_ref(&step.id));
    assert_eq!(of(&heir, heir_token), None);
    fs_err::remove_file(root.join("marks").join(foreign_token.to_string())).unwrap();
    assert_eq!(of(&heir, heir_token), Some(foreign_token));
    assert_eq!(newest("2013-01-01"), Some(fork_token), "of those that have it from here");
    assert_eq!(newest("2013-01-03"), None);
}

#[test]
fn a_run_that_goes_on_while_it_is_read_is_not_remembered_as_it_was() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (layout, token) = past_run(&root, "daily", Status::Cancelled);
    for life in 0..20 {
        runs.list(None, ALL);
        let log = journal(&layout, token);
        let message = "x".repeat(life);
        log.append(started(true)).unwrap();
        log.append(EventKind::Warned { step: None, cell: None, message, of_log: None }).unwrap();
        assert_eq!(statuses(&runs.list(None, ALL)), [(token, Status::Interrupted)], "life {life}");
        log.append(finished(Status::Cancelled)).unwrap();
        assert_eq!(statuses(&runs.list(None, ALL)), [(token, Status::Cancelled)], "life {life}");
    }
    let last: Recorded = runs.find(&"@last".parse().unwrap()).unwrap();
    assert_eq!(last.run.finished_at.map(|at| at.as_second()), Some(1_772_366_400));
}

/// A FIFO makes whoever opens it wait for ever, and a link tells of what is another's.
#[test]
fn a_record_that_is_no_plain_file_is_neither_waited_for_nor_followed() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (_, good) = past_run(&root, "daily", Status::Succeeded);
    for link in [false, true] {
        for part in [RunLayout::run_json, RunLayout::lock, RunLayout::events] {
            let (layout, _) = past_run(&root, "daily", Status::Interrupted);
            let path = part(&layout);
            let elsewhere = root.join("elsewhere");
            fs_err::write(&elsewhere, fs_err::read(&path).unwrap_or_default()).unwrap();
            fs_err::remove_file(&path).ok();
            match link {
                true => std::os::unix::fs::symlink(&elsewhere, &path).unwrap(),
                false => {
                    mknodat(CWD, path.as_std_path(), FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap()
                }
            }
            let listing = runs.list(None, ALL);
            assert_eq!(statuses(&listing), [(good, Status::Succeeded)], "{path}");
            assert_eq!(listing.broken.len(), 1, "{path}");
            assert!(listing.broken[0].why.contains("no plain file"), "{}", listing.broken[0].why);
            fs_err::remove_dir_all(layout.dir()).unwrap();
        }
    }
}

/// Nobody would miss it otherwise.
#[test]
fn a_run_under_a_name_that_is_no_token_is_told_each_time() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (layout, token) = past_run(&root, "daily", Status::Succeeded);
    let folder = layout.dir().parent().unwrap();
    let copy = folder.join(format!("{token}.bak"));
    fs_err::rename(layout.dir(), &copy).unwrap();
    fs_err::create_dir(folder.join("notes")).unwrap();
    let (_, other) = past_run(&root, "daily", Status::Succeeded);
    for _ in 0..2 {
        let listing = runs.list(None, ALL);
        assert_eq!(statuses(&listing), [(other, Status::Succeeded)]);
        let [broken] = listing.broken.as_slice() else { panic!("{:?}", listing.broken) };
        assert_eq!((broken.path.as_path(), broken.no_record), (copy.as_path(), false));
        assert!(broken.why.contains("its name is not that run's token"), "{}", broken.why);
    }
    // What is to go is found by tokens, and nothing keeps it from that.
    assert!(runs.all_recorded().closed.is_empty());
}
