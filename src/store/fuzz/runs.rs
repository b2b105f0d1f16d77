use camino::Utf8Path;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::super::testing::{a_run, facts, name, node, output, plan_of, recorded_run, run, temp};
use super::super::{
    Imported, RunDir, altered, imported, is_imported, kept_path, manifest, manifests, read_plan, read_run,
    recorded,
};
use super::{edited, edits, text, whole};
use crate::domain::{Digest, EventKind, Node, NodeId, OutputType, RunEvent, Status, Taken};
use crate::engine::RunStore;

/// A run with one step's manifest, and that step.
fn sealed(root: &Utf8Path) -> (RunDir, Node) {
    let run = run(root);
    let step = node("a", &[("x", output("d/x", OutputType::File))]);
    let dirs = run.begin(&step.id, 1, false).unwrap();
    fs_err::create_dir(dirs.output.join("d")).unwrap();
    fs_err::write(dirs.output.join("d/x"), "abc").unwrap();
    run.seal(&step, &dirs, &facts(1)).unwrap();
    (run, step)
}

#[test]
fn a_node_has_no_name_that_leads_elsewhere() {
    for bad in ["..", "a/b", "a.b/c", "", ".", "a\0", "/a"] {
        assert!(bad.parse::<NodeId>().is_err(), "{bad:?}");
    }
}

#[test]
fn of_an_edited_manifest_nothing_is_taken_from_elsewhere() {
    let (_dir, root) = temp();
    let (old, mut step) = sealed(&root);
    let path = old.layout().dir().to_owned();
    step.taken = Some(Taken { token: old.token, path, why: String::new(), older: None });
    let file = old.layout().manifest(&step.id);
    let made = fs_err::read(&file).unwrap();
    let outputs = manifest(old.layout(), old.token, &step.id).unwrap().unwrap().outputs;
    let (status, reason) = (Status::Succeeded, String::new());
    let kind = EventKind::StepFinished { step: name("a"), cell: None, status, reason, outputs };
    let told = [RunEvent { kind, seq: 0, ts: jiff::Timestamp::UNIX_EPOCH, token: old.token }];
    TestRunner::default()
        .run(&edits(), |edits| {
            fs_err::write(&file, edited(made.clone(), &edits)).unwrap();
            match manifest(old.layout(), old.token, &step.id) {
                Ok(read) => {
                    for produced in read.unwrap().outputs.values() {
                        let path = kept_path(old.layout(), &produced.path);
                        prop_assert!(path.is_none_or(|path| path.starts_with(old.layout().dir())));
                    }
                }
                Err(error) => {
                    prop_assert!(whole(&error).contains(file.as_str()), "{}", whole(&error));
                    prop_assert_eq!(altered(old.layout(), old.token, &told).len(), 1);
                }
            }
            altered(old.layout(), old.token, &told);
            prop_assert_eq!(manifests(old.layout(), old.token).unwrap().len(), 1);

            let heir = run(&root);
            heir.reserve(&step.id).unwrap();
            if heir.take(&step).is_ok() {
                let files = walkdir::WalkDir::new(heir.layout().artifacts(&step.id)).into_iter();
                let mut files = files.map(Result::unwrap).filter(|entry| entry.file_type().is_file());
                prop_assert!(files.all(|file| fs_err::read(file.path()).unwrap() == b"abc"));
            }
            fs_err::remove_dir_all(heir.layout().dir()).unwrap();
            let around = fs_err::read_dir(&root).unwrap().map(|entry| entry.unwrap().file_name());
            prop_assert_eq!(around.collect::<Vec<_>>(), ["store"]);
            Ok(())
        })
        .unwrap();
}

proptest! {
    #[test]
    fn an_edited_note_of_an_archive_is_read_or_told_and_says_foreign_either_way(edits in edits()) {
        let (_dir, root) = temp();
        let (layout, _) = recorded_run(&root);
        let note = Imported::new(jiff::Timestamp::UNIX_EPOCH, "ana".into(), "x.run.tar.zst".into(), Digest::of(b""));
        fs_err::write(layout.imported(), edited(text(&note), &edits)).unwrap();
        prop_assert!(is_imported(&layout));
        if let Err(error) = imported(&layout) {
            prop_assert!(whole(&error).contains(layout.imported().as_str()), "{}", whole(&error));
        }
    }

    #[test]
    fn an_edited_run_or_plan_is_read_or_told(edits in edits()) {
        let (_dir, root) = temp();
        let (layout, token) = recorded_run(&root);
        fs_err::write(layout.run_json(), edited(text(&a_run(token)), &edits)).unwrap();
        let mut plan = plan_of(token);
        plan.nodes.push(node("a", &[("x", output("d/x", OutputType::File))]));
        fs_err::write(layout.plan_json(), edited(text(&plan), &edits)).unwrap();
        if let Err(error) = read_run(&layout).map(drop).and_then(|()| recorded(&layout).map(drop)) {
            prop_assert!(whole(&error).contains(layout.run_json().as_str()), "{}", whole(&error));
        }
        if let Err(error) = read_plan(&layout) {
            prop_assert!(whole(&error).contains(layout.plan_json().as_str()), "{}", whole(&error));
        }
    }
}
