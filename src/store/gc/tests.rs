use camino::Utf8Path;

use super::*;
use crate::domain::{EventKind, NodeId, Note, OutputType, Run, Status, Version};
use crate::engine::{Journal, RunStore};
use crate::store::testing::{
    a_run, facts, finished, journal, name, node, output, past_run, plan_of, started, temp,
    until_the_disk_ticks,
};
use crate::store::{
    Address, AliasMove, FindError, RunDir, add_note, manifest, mirror_folder, read_run, write_plan, write_run,
};

fn runs(root: &Utf8Path) -> Runs {
    Runs::new(root, &name("flights"), &name("dev"))
}

fn judging(root: &Utf8Path, newest: usize) -> Judging<'static> {
    let own = OwnRuns::at(&root.join("state"));
    Judging { policy: Policy::new(newest, None), own, others: Vec::new(), feeding: &Feeding::default }
}

fn tokens(garbage: &Garbage) -> Vec<Token> {
    garbage.runs.iter().map(|(found, _)| found.run.token).collect()
}

/// With an artifact, and what a failed try left.
fn run(root: &Utf8Path, status: Status) -> (RunLayout, Token) {
    let (layout, token) = past_run(root, "daily", status);
    let step = node("a", &[("x", output("x", OutputType::File))]);
    let run = RunDir::new(layout.clone(), token, None);
    let dirs = run.begin(&step.id, 1, false).unwrap();
    fs_err::write(dirs.output.join("x"), vec![1; 50_000]).unwrap();
    run.seal(&step, &dirs, &facts(1)).unwrap();
    let left = layout.work(&step.id, 7);
    fs_err::create_dir_all(&left).unwrap();
    fs_err::write(left.join("half"), vec![2; 20_000]).unwrap();
    write_plan(&layout, &plan_of(token)).unwrap();
    (layout, token)
}

#[test]
fn only_what_nobody_needs_goes_and_only_what_was_shown() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (first, a) = run(&root, Status::Succeeded);
    let (second, b) = run(&root, Status::Failed);
    let (_, c) = run(&root, Status::Failed);
    let (good, d) = run(&root, Status::Succeeded);
    let (_, e) = run(&root, Status::Failed);
    let policy = judging(&root, 1);
    let garbage = runs.garbage(&policy).unwrap();
    assert_eq!(tokens(&garbage), [c, b, a]);
    assert_eq!(garbage.work.iter().map(|(token, ..)| *token).collect::<Vec<_>>(), [d]);
    assert!(garbage.bytes >= 3 * 70_000, "{}", garbage.bytes);
    // Meanwhile one is pinned, and one more falls out of the newest.
    let pin = Note { ts: jiff::Timestamp::now(), user: String::new(), text: None, pinned: Some(true) };
    add_note(&second, &pin).unwrap();
    let (_, f) = run(&root, Status::Failed);
    let gone = runs.collect(&policy, &garbage).unwrap();
    assert_eq!(tokens(&gone), [c, a]);
    // What was shown is told of what has gone, too.
    assert!(gone.runs.iter().all(|(_, bytes)| *bytes >= 70_000) && gone.bytes >= 2 * 70_000);
    assert_eq!(gone.kept.iter().map(|(found, _)| found.run.token).collect::<Vec<_>>(), [f, d, b]);
    let left: Vec<Token> = runs.all_recorded().runs.iter().map(|found| found.run.token).collect();
    assert_eq!(left, [f, e, d, b]);
    assert!(!first.dir().exists() && !root.join("flights/dev/.gone").exists());
    let half = |layout: &RunLayout| layout.work(&"a".parse::<NodeId>().unwrap(), 7).exists();
    assert!(!half(&good) && half(&second));
    // What a step made is there as it was.
    assert_eq!(fs_err::read(good.dir().join("a/x")).unwrap().len(), 50_000);
    assert_eq!(tokens(&runs.garbage(&policy).unwrap()), [e]);
}

#[test]
fn what_a_kept_run_took_over_and_what_cannot_be_read_stays() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (source, a) = run(&root, Status::Failed);
    let (torn, _) = run(&root, Status::Failed);
    let (taker, b) = run(&root, Status::Succeeded);
    let step = node("b", &[("x", output("x", OutputType::File))]);
    // By the manifest alone.
    let manifest = fs_err::read_to_string(taker.manifest(&"a".parse().unwrap())).unwrap();
    let manifest =
        manifest.replacen("\"log_complete\"", &format!("\"taken_from\": \"{a}\", \"log_complete\""), 1);
    let path = taker.manifest(&step.id);
    fs_err::write(&path, manifest.replace("\"node\": \"a\"", "\"node\": \"b\"")).unwrap();
    fs_err::write(torn.run_json(), "{").unwrap();
    let garbage = runs.garbage(&judging(&root, 0)).unwrap();
    assert_eq!(tokens(&garbage), [] as [Token; 0]);
    let why: Vec<Why> = garbage.kept.iter().map(|(_, why)| why.clone()).collect();
    assert_eq!(why, [Why::NewestSuccess, Why::ReferredToBy(b)]);
    assert_eq!(garbage.broken[0].path, torn.dir());
    runs.collect(&judging(&root, 0), &garbage).unwrap();
    assert!(source.dir().exists() && torn.dir().exists());
}

#[test]
fn nothing_goes_while_a_run_is_being_started() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (_, _) = run(&root, Status::Failed);
    let policy = judging(&root, 0);
    let garbage = runs.garbage(&policy).unwrap();
    let standing = Standing::together(&root);
    let _other = Standing::together(&root);
    std::thread::scope(|scope| {
        let collecting = scope.spawn(|| runs.collect(&judging(&root, 0), &garbage).unwrap());
        // It waits, however long: all that can be seen of that is that it has not gone on.
        std::thread::sleep(std::time::Duration::from_millis(100));
        assert!(!collecting.is_finished() && garbage.runs[0].0.path.exists());
        drop((standing, _other));
        assert_eq!(collecting.join().unwrap().runs.len(), 1);
    });
}

/// A list fetches no more of a run in a bucket.
#[test]
fn of_a_run_in_a_bucket_its_record_alone_is_here_and_it_is_not_damaged() {
    let (_dir, root) = temp();
    let (_, a) = run(&root, Status::Failed);
    let (_, b) = run(&root, Status::Failed);
    let stage = name("stage");
    let mirror = mirror_folder(&root, &stage, &Address::parse("gs://bucket/x").unwrap()).unwrap();
    let token = Token::generate();
    let layout = RunLayout::new(&mirror, &name("flights"), &stage, &name("daily"), Version::INITIAL, token);
    fs_err::create_dir_all(layout.record()).unwrap();
    let (status, finished_at) = (Status::Succeeded, Some(jiff::Timestamp::now()));
    let listed = Run { token, env: stage.clone(), status, finished_at, inputs_from: vec![a], ..a_run(token) };
    write_run(&layout, &listed).unwrap();
    let judged = || {
        let others = vec![Runs::new(&mirror, &name("flights"), &stage)];
        runs(&root).garbage(&Judging { others, ..judging(&root, 0) }).unwrap()
    };
    assert_eq!(judged().broken.len(), 1, "one that was made here has its plan");
    fs_err::write(layout.record().join("remote.json"), "{}").unwrap();
    let garbage = judged();
    assert_eq!((garbage.broken.len(), tokens(&garbage)), (0, vec![b]));
    assert_eq!(garbage.kept[0].1, Why::ReferredToBy(token));
    // What is there is read.
    fs_err::write(layout.plan_json(), "{").unwrap();
    assert_eq!(judged().broken.len(), 1);
}

/// Its pin may have been in the line that is torn.
#[test]
fn a_run_whose_notes_are_torn_stays_and_is_told_of() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (layout, a) = run(&root, Status::Failed);
    let (_, b) = run(&root, Status::Failed);
    let pin = Note { ts: jiff::Timestamp::now(), user: String::new(), text: None, pinned: Some(true) };
    add_note(&layout, &pin).unwrap();
    let text = fs_err::read(layout.notes()).unwrap();
    fs_err::write(layout.notes(), &text[..text.len() - 3]).unwrap();
    let garbage = runs.garbage(&judging(&root, 0)).unwrap();
    assert_eq!(tokens(&garbage), [b]);
    let (kept, why) = &garbage.kept[0];
    assert_eq!(kept.run.token, a);
    assert!(matches!(why, Why::Torn(why) if why.contains("notes.jsonl")), "{why:?}");
    assert_eq!(garbage.broken[0].path, layout.dir());
}

/// With an event that tells of what it made, as a run has one.
fn told(layout: &RunLayout, token: Token) {
    let made = manifest(layout, token, &"a".parse().unwrap()).unwrap().unwrap();
    fs_err::remove_file(layout.events()).unwrap();
    let log = journal(layout, token);
    log.append(started(false)).unwrap();
    log.append(EventKind::StepFinished {
        step: name("a"),
        cell: None,
        status: Status::Succeeded,
        reason: String::new(),
        outputs: made.outputs,
    })
    .unwrap();
    log.append(finished(read_run(layout).unwrap().status)).unwrap();
}

#[test]
fn a_success_that_has_lost_what_it_made_takes_no_place_of_one_that_is_whole() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (_, older) = run(&root, Status::Succeeded);
    let (whole, a) = run(&root, Status::Succeeded);
    let (lacking, b) = run(&root, Status::Succeeded);
    let (changed, c) = run(&root, Status::Succeeded);
    [(&whole, a), (&lacking, b), (&changed, c)].iter().for_each(|(layout, token)| told(layout, *token));
    until_the_disk_ticks(&root);
    fs_err::remove_file(lacking.dir().join("a/x")).unwrap();
    fs_err::remove_file(changed.dir().join("a/x")).unwrap();
    fs_err::write(changed.dir().join("a/x"), vec![9; 50_000]).unwrap();
    for newest in [0, 1] {
        let garbage = runs.garbage(&judging(&root, newest)).unwrap();
        assert_eq!(tokens(&garbage), [older]);
        let why: HashMap<Token, &Why> =
            garbage.kept.iter().map(|(found, why)| (found.run.token, why)).collect();
        assert_eq!(why[&a], [&Why::NewestSuccess, &Why::AmongTheNewest][newest]);
        assert!(matches!(why[&b], Why::Torn(why) if why.contains("`x` is not there any more")), "{why:?}");
        assert!(matches!(why[&c], Why::Torn(why) if why.contains("`x` was changed")), "{why:?}");
        let told: Vec<_> = garbage.broken.iter().map(|broken| broken.path.clone()).collect();
        assert_eq!(told, [changed.dir().to_owned(), lacking.dir().to_owned()]);
    }
    let garbage = runs.garbage(&judging(&root, 0)).unwrap();
    assert_eq!(tokens(&runs.collect(&judging(&root, 0), &garbage).unwrap()), [older]);
    assert!(whole.dir().exists() && lacking.dir().exists());
}

/// Made of another, as its record says.
fn made_of(layout: &RunLayout, source: Token) {
    let record = Run { inputs_from: vec![source], ..read_run(layout).unwrap() };
    write_run(layout, &record).unwrap();
}

#[test]
fn what_a_damaged_run_still_says_counts_and_the_rest_goes() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (_, a) = run(&root, Status::Failed);
    let (planless, b) = run(&root, Status::Failed);
    let (odd, c) = run(&root, Status::Failed);
    let (_, d) = run(&root, Status::Failed);
    fs_err::remove_file(planless.plan_json()).unwrap();
    made_of(&planless, a);
    let fifo = odd.notes();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        fifo.as_std_path(),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    let garbage = runs.garbage(&judging(&root, 0)).unwrap();
    assert_eq!(tokens(&garbage), [d]);
    let told: Vec<_> = garbage.broken.iter().map(|broken| broken.path.clone()).collect();
    assert_eq!(told, [odd.dir().to_owned(), planless.dir().to_owned()]);
    let kept: HashMap<Token, Why> =
        garbage.kept.iter().map(|(found, why)| (found.run.token, why.clone())).collect();
    assert!(matches!(&kept[&b], Why::Torn(why) if why.contains("plan.json")), "{kept:?}");
    assert!(matches!(&kept[&c], Why::Torn(why) if why.contains("no plain file")), "{kept:?}");
    assert_eq!(kept[&a], Why::ReferredToBy(b));
    assert_eq!(tokens(&runs.collect(&judging(&root, 0), &garbage).unwrap()), [d]);
}

#[test]
fn where_nobody_can_tell_what_is_needed_nothing_goes_and_the_place_is_named() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (_, token) = run(&root, Status::Failed);
    // As one of another person: it is there, and nobody here can look into it.
    fs_err::create_dir_all(root.join("flights")).unwrap();
    let closed = root.join("flights/stage");
    std::os::unix::fs::symlink("stage", &closed).unwrap();
    let others = vec![Runs::new(&root, &name("flights"), &name("stage"))];
    let refused = runs.garbage(&Judging { others, ..judging(&root, 0) }).unwrap_err();
    assert!(matches!(&refused, GarbageError::Closed { path, .. } if *path == closed), "{refused}");
    let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
    let denied = StoreError::Io { what: "cannot read".to_owned(), source: denied };
    assert!(or_torn::<()>(Err(denied), &mut None).is_err());

    let moved = AliasMove::new(token, Timestamp::UNIX_EPOCH, "ana");
    runs.move_alias(&name("daily"), &name("best"), &moved).unwrap();
    let file = root.join("flights/dev/daily/_aliases/best/000002.json");
    fs_err::write(&file, "{").unwrap();
    let refused = runs.garbage(&judging(&root, 0)).unwrap_err();
    assert!(matches!(&refused, GarbageError::Alias { file: torn, .. } if *torn == file), "{refused}");
    fs_err::remove_file(file).unwrap();
    assert_eq!(runs.garbage(&judging(&root, 0)).unwrap().kept[0].1, Why::Called("daily@best".to_owned()));
}

/// A run that somebody moved to a larger disk and left a link to.
#[test]
fn a_link_in_the_place_of_a_run_is_told_of_and_stays_with_what_it_was_made_of() {
    let (_dir, root) = temp();
    let runs = runs(&root).settled_at_once();
    let (_, a) = run(&root, Status::Failed);
    let (moved, _) = run(&root, Status::Failed);
    made_of(&moved, a);
    let pin = Note { ts: jiff::Timestamp::now(), user: String::new(), text: None, pinned: Some(true) };
    add_note(&moved, &pin).unwrap();
    fs_err::rename(moved.dir(), root.join("away")).unwrap();
    std::os::unix::fs::symlink(root.join("away"), moved.dir()).unwrap();
    until_the_disk_ticks(&root);
    for _ in 0..2 {
        let listing = runs.list(None, 10);
        let told: Vec<_> = listing.broken.iter().map(|broken| broken.path.as_path()).collect();
        assert_eq!(told, [moved.dir()]);
        assert_eq!(listing.runs.iter().map(|found| found.run.token).collect::<Vec<_>>(), [a]);
    }
    // It stays with what it was made of, and the others may go.
    let (_, other) = run(&root, Status::Failed);
    let garbage = runs.garbage(&judging(&root, 0)).unwrap();
    assert_eq!((tokens(&garbage), &garbage.linked[..]), (vec![other], &[moved.dir().to_owned()][..]));
    assert_eq!(garbage.kept.iter().map(|(found, _)| found.run.token).collect::<Vec<_>>(), [a]);
    assert_eq!(tokens(&runs.collect(&judging(&root, 0), &garbage).unwrap()), [other]);
    // One that leads nowhere may lead to a disk that is not here now: what that run was made of may be any.
    let (nowhere, _) = run(&root, Status::Failed);
    let (_, other) = run(&root, Status::Failed);
    made_of(&nowhere, other);
    fs_err::rename(nowhere.dir(), root.join("unmounted")).unwrap();
    std::os::unix::fs::symlink(root.join("disk"), nowhere.dir()).unwrap();
    let shown = || runs.garbage(&judging(&root, 0));
    let refused = shown().unwrap_err();
    assert!(
        matches!(&refused, GarbageError::Closed { path, why } if path == nowhere.dir() && why.contains("leads nowhere")),
        "{refused}"
    );
    fs_err::rename(root.join("unmounted"), root.join("disk")).unwrap();
    assert_eq!(tokens(&shown().unwrap()), []);
    fs_err::remove_file(nowhere.dir()).unwrap();
    assert_eq!(tokens(&runs.collect(&judging(&root, 0), &shown().unwrap()).unwrap()), [other]);
    // What is behind another nobody can tell.
    let record = fs_err::read(root.join("away/_run/run.json")).unwrap();
    fs_err::write(root.join("away/_run/run.json"), "{").unwrap();
    let refused = runs.garbage(&judging(&root, 0)).unwrap_err();
    assert!(matches!(&refused, GarbageError::Closed { path, .. } if path == moved.dir()), "{refused}");
    fs_err::write(root.join("away/_run/run.json"), record).unwrap();
    fs_err::remove_file(moved.dir()).unwrap();
    fs_err::rename(root.join("away"), moved.dir()).unwrap();
    assert_eq!(tokens(&runs.garbage(&judging(&root, 0)).unwrap()), [] as [Token; 0]);

    // The whole of a name.
    let daily = root.join("flights/dev/daily");
    fs_err::rename(&daily, root.join("away")).unwrap();
    std::os::unix::fs::symlink(root.join("away"), &daily).unwrap();
    assert_eq!(runs.list(None, 10).broken[0].path, daily);
    assert!(matches!(runs.garbage(&judging(&root, 0)), Err(GarbageError::Closed { .. })));
}

#[test]
fn one_that_others_go_on_from_stays_and_says_so() {
    let (_dir, root) = temp();
    let (_, first) = run(&root, Status::Failed);
    let (later, second) = run(&root, Status::Succeeded);
    let record = Run { forked_from: Some(first), ..read_run(&later).unwrap() };
    write_run(&later, &record).unwrap();
    let garbage = runs(&root).garbage(&judging(&root, 0)).unwrap();
    let why: Vec<&Why> = garbage.kept.iter().map(|(_, why)| why).collect();
    assert_eq!(why, [&Why::NewestSuccess, &Why::ForkedBy(second)]);
}

#[test]
fn what_another_environment_or_a_use_case_needs_stays() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (_, a) = run(&root, Status::Failed);
    let (_, b) = run(&root, Status::Failed);
    let (elsewhere, c) = run(&root, Status::Failed);
    made_of(&elsewhere, a);
    let stage = root.join("flights/stage/daily/0.1.0");
    fs_err::create_dir_all(&stage).unwrap();
    fs_err::rename(elsewhere.dir(), stage.join(c.to_string())).unwrap();
    assert_eq!(tokens(&runs.garbage(&judging(&root, 0)).unwrap()), [b, a]);
    let others = || vec![Runs::new(&root, &name("flights"), &name("stage"))];
    let aware = Judging { others: others(), ..judging(&root, 0) };
    let garbage = runs.garbage(&aware).unwrap();
    assert_eq!((tokens(&garbage), &garbage.kept[0].1), (vec![b], &Why::ReferredToBy(c)));
    let feeding = || Feeding { runs: vec![b], ..Feeding::default() };
    let aware = Judging { others: others(), feeding: &feeding, ..judging(&root, 0) };
    assert_eq!(runs.garbage(&aware).unwrap().kept[0].1, Why::Feeds);
    // It waits for who starts a run in either.
    assert!(runs.collect(&aware, &garbage).unwrap().runs.is_empty());
}

#[test]
fn what_one_that_was_killed_has_left_is_counted_and_goes() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (layout, token) = run(&root, Status::Succeeded);
    let aside = root.join("flights/dev/.gone");
    fs_err::create_dir_all(aside.join(Token::generate().to_string())).unwrap();
    fs_err::write(aside.join("x"), vec![1; 50_000]).unwrap();
    let garbage = runs.garbage(&judging(&root, 1)).unwrap();
    assert!(garbage.left[0].1 >= 50_000 && garbage.bytes >= 50_000);
    assert!(runs.collect(&judging(&root, 1), &garbage).unwrap().bytes >= 50_000);
    assert!(!aside.exists() && layout.dir().exists());
    assert_eq!(runs.garbage(&judging(&root, 1)).unwrap().left, []);

    // So does what a killed import has left, and not what one is at that lives.
    let (stale, busy) = (root.join(".importing-a"), root.join(".importing-b"));
    for folder in [&stale, &busy] {
        fs_err::create_dir(folder).unwrap();
        fs_err::write(folder.join(".lock"), "").unwrap();
        fs_err::write(folder.join("x"), vec![1; 50_000]).unwrap();
    }
    let lock = fs_err::File::open(busy.join(".lock")).unwrap().into_file();
    lock.lock().unwrap();
    let garbage = runs.garbage(&judging(&root, 1)).unwrap();
    assert!(garbage.left.len() == 1 && garbage.left[0].0 == stale && garbage.bytes >= 50_000);
    assert!(runs.collect(&judging(&root, 1), &garbage).unwrap().bytes >= 50_000);
    assert!(!stale.exists() && busy.exists());

    // A copy under another version: neither goes, and its token alone names neither.
    let copy = root.join("flights/dev/daily/9.0.0");
    fs_err::create_dir(&copy).unwrap();
    fs_err::create_dir_all(copy.join(token.to_string()).join("_run")).unwrap();
    for file in ["run.json", "plan.json", "events.jsonl"] {
        let to = copy.join(token.to_string()).join("_run").join(file);
        fs_err::copy(layout.record().join(file), to).unwrap();
    }
    let garbage = runs.garbage(&judging(&root, 0)).unwrap();
    let why: Vec<&Why> = garbage.kept.iter().map(|(_, why)| why).collect();
    assert_eq!((garbage.runs.len(), why), (0, vec![&Why::Several; 2]));
    for reference in [token.to_string(), token.to_string()[30..].to_owned()] {
        let found = runs.find(&reference.parse().unwrap());
        assert!(matches!(&found, Err(FindError::Several { places, .. }) if places.len() == 2), "{found:?}");
    }
}

/// A copy, or what somebody has set aside: by hand, and called as they liked.
#[test]
fn what_a_run_in_a_folder_of_another_name_was_made_of_stays() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let base = root.join("flights/dev");
    let mut sources = Vec::new();
    for aside in [
        "daily/0.1.0/the_good_one",
        "daily/old/2",
        "daily/0.1.0 (copy)",
        "Backup of may/daily/0.1.0",
        "daily/0.1.0/bak/very/deep",
    ] {
        let (_, source) = run(&root, Status::Failed);
        let (made, _) = run(&root, Status::Failed);
        made_of(&made, source);
        let aside = base.join(aside);
        fs_err::create_dir_all(aside.parent().unwrap()).unwrap();
        // One is the run itself, and in another it lies as it was called.
        let to = if aside.ends_with("0.1.0") { aside.join(made.dir().file_name().unwrap()) } else { aside };
        fs_err::create_dir_all(to.parent().unwrap()).unwrap();
        fs_err::rename(made.dir(), &to).unwrap();
        sources.push((source, to));
    }
    let (_, free) = run(&root, Status::Failed);
    let garbage = runs.garbage(&judging(&root, 0)).unwrap();
    assert_eq!(tokens(&garbage), [free]);
    let kept: HashMap<Token, &Why> = garbage.kept.iter().map(|(found, why)| (found.run.token, why)).collect();
    for (source, path) in &sources {
        let record = read_run(&RunLayout::at(path)).unwrap();
        assert_eq!(kept[source], &Why::ReferredToBy(record.token));
        assert!(garbage.misnamed.contains(path), "{:?}", garbage.misnamed);
    }
    assert_eq!(tokens(&runs.collect(&judging(&root, 0), &garbage).unwrap()), [free]);
    // So it is of another environment; and of one whose record is torn counts what its plan still says.
    let others = || vec![runs.clone()];
    let here = Runs::new(&root, &name("flights"), &name("stage"));
    assert_eq!(here.garbage(&Judging { others: others(), ..judging(&root, 0) }).unwrap().misnamed.len(), 5);
    fs_err::write(sources[0].1.join("_run/run.json"), "{").unwrap();
    let garbage = runs.garbage(&judging(&root, 0)).unwrap();
    assert_eq!(garbage.broken[0].path, sources[0].1);
}

#[test]
fn an_alias_behind_a_link_is_one_and_a_link_to_none_lets_nothing_go() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (_, token) = run(&root, Status::Failed);
    let moved = AliasMove::new(token, Timestamp::UNIX_EPOCH, "ana");
    runs.move_alias(&name("daily"), &name("best"), &moved).unwrap();
    let folder = root.join("flights/dev/daily/_aliases");
    for place in [folder.join("best"), folder] {
        fs_err::rename(&place, root.join("away")).unwrap();
        std::os::unix::fs::symlink(root.join("away"), &place).unwrap();
        assert_eq!(runs.aliases(), [(name("daily"), name("best"))]);
        let garbage = runs.garbage(&judging(&root, 0)).unwrap();
        assert_eq!(garbage.kept[0].1, Why::Called("daily@best".to_owned()));
        fs_err::rename(root.join("away"), root.join("unmounted")).unwrap();
        let refused = runs.garbage(&judging(&root, 0)).unwrap_err().to_string();
        assert!(refused.contains("cannot look for the aliases of daily"), "{refused}");
        fs_err::remove_file(&place).unwrap();
        fs_err::rename(root.join("unmounted"), &place).unwrap();
    }
}
