use camino::Utf8Path;

use super::*;
use crate::domain::{NodeId, Note, OutputType, Status};
use crate::engine::RunStore;
use crate::store::testing::{facts, name, node, output, past_run, plan_of, temp};
use crate::store::{RunDir, add_note, write_plan};

fn runs(root: &Utf8Path) -> Runs {
    Runs::new(root, &name("flights"), &name("dev"))
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
    let policy = Policy::new(1, None);
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
    let left: Vec<Token> = runs.all_recorded().0.iter().map(|found| found.run.token).collect();
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
    let garbage = runs.garbage(&Policy::new(0, None)).unwrap();
    assert_eq!(tokens(&garbage), [] as [Token; 0]);
    let why: Vec<Why> = garbage.kept.iter().map(|(_, why)| why.clone()).collect();
    assert_eq!(why, [Why::NewestSuccess, Why::ReferredToBy(b)]);
    assert_eq!(garbage.broken[0].path, torn.dir());
    runs.collect(&Policy::new(0, None), &garbage).unwrap();
    assert!(source.dir().exists() && torn.dir().exists());
}

#[test]
fn nothing_goes_while_a_run_is_being_started() {
    let (_dir, root) = temp();
    let runs = runs(&root);
    let (_, _) = run(&root, Status::Failed);
    let policy = Policy::new(0, None);
    let garbage = runs.garbage(&policy).unwrap();
    let standing = Standing::together(&root);
    let _other = Standing::together(&root);
    std::thread::scope(|scope| {
        let collecting = scope.spawn(|| runs.collect(&policy, &garbage).unwrap());
        // It waits, however long: all that can be seen of that is that it has not gone on.
        std::thread::sleep(std::time::Duration::from_millis(100));
        assert!(!collecting.is_finished() && garbage.runs[0].0.path.exists());
        drop((standing, _other));
        assert_eq!(collecting.join().unwrap().runs.len(), 1);
    });
}
