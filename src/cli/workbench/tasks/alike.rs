use std::cell::OnceCell;
use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::super::runner::Around;
use super::reads::{Reads, SETTINGS, Written};
use crate::app::{Touched, Trouble};
use crate::cli::Workspace;
use crate::disk::{Access, open_plain};
use crate::domain::{Name, Project, RunLayout};
use crate::snapshot::{Frozen, Snapshots, summed};
use crate::{operators, spec, store};

/// Those whose files hold what their run froze. Of one that cannot be compared nobody knows that.
pub fn alike(
    around: &Around,
    touched: Vec<Touched>,
    stop: &CancellationToken,
) -> Result<Vec<Touched>, Trouble> {
    let workspace = Workspace::open(Some(&around.place.root))?;
    let snapshots = Snapshots::at(workspace.place.snapshots()?);
    let written = Written::of(&workspace);
    // Many have run with the same files; one tree is kept, for it may be large.
    let mut last: Option<(Frozen, OnceCell<Option<Project>>)> = None;
    let mut is_alike = |touched: &Touched| {
        let workflow = workspace.specs.workflows.get(&Name::new(&touched.workflow).ok()?)?;
        let layout = RunLayout::at(&touched.run);
        let (run, plan) = (store::read_run(&layout).ok()?, store::read_plan(&layout).ok()?);
        if last.as_ref().is_none_or(|(frozen, _)| frozen.tree != plan.tree) {
            last = snapshots.open(&plan.tree).ok().map(|frozen| (frozen, OnceCell::new()));
        }
        let (frozen, project) = last.as_ref()?;
        let reads = Reads::of(workflow, &workspace);
        if written.settings_since(run.started_at) {
            let then = project.get_or_init(|| settings(&workspace, &snapshots, frozen)).as_ref()?;
            if !reads.stands_alike(then, &workspace.project, &around.env) {
                return None;
            }
        }
        let mut then = frozen.files.iter().filter(|file| reads.has(&file.path));
        let mut now = written.since(run.started_at, &reads);
        let holds = |file| !stop.is_cancelled() && holds(&workspace, file, frozen).unwrap_or(false);
        Some(then.all(|file| written.is_there(&file.path)) && now.all(holds))
    };
    let alike = touched.into_iter().take_while(|_| !stop.is_cancelled());
    Ok(alike.filter(|touched| is_alike(touched).unwrap_or(false)).collect())
}

/// The project as a run's `greenroom.yaml` says, read as today's is.
fn settings(workspace: &Workspace, snapshots: &Snapshots, frozen: &Frozen) -> Option<Project> {
    let text = String::from_utf8(snapshots.read(frozen, Path::new(SETTINGS)).ok()??).ok()?;
    let typed = HashMap::from([(SETTINGS.into(), Arc::from(text))]);
    spec::load_typed(workspace.root(), operators::builtin(), typed).project
}

/// A file is plain, and has the content that was frozen of it.
fn holds(workspace: &Workspace, file: &Path, frozen: &Frozen) -> io::Result<bool> {
    let Some(then) = frozen.file(file) else { return Ok(false) };
    let mut now = open_plain(workspace.root().as_std_path(), file, Access::Read)?;
    if now.metadata()?.len() != then.bytes {
        return Ok(false);
    }
    Ok(summed(&mut now)? == then.sha256)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::SystemTime;

    use camino::Utf8Path;
    use jiff::{SignedDuration, Timestamp};

    use super::super::super::tests::{Stage, YAML, project};
    use super::*;
    use crate::cli::stage::freeze;
    use crate::domain::{Plan, Run, Status, scene};

    /// A run of the project as it is, an hour ago: whatever was written since is compared with it.
    fn ran(root: &Utf8Path) -> Touched {
        let workspace = Workspace::open(Some(root)).unwrap();
        let tree = freeze(&workspace).unwrap().frozen.tree;
        let layout = RunLayout::at(&root.join(".greenroom/run"));
        fs_err::create_dir_all(layout.record()).unwrap();
        let now = Timestamp::now();
        let started_at = now - SignedDuration::from_hours(1);
        store::write_plan(&layout, &Plan { tree: tree.clone(), ..scene::plan() }).unwrap();
        store::write_run(&layout, &Run { started_at, tree, ..scene::run(Status::Succeeded) }).unwrap();
        Touched { workflow: "daily_delays".to_owned(), changed_at: now, run: layout.dir().to_owned() }
    }

    fn is_alike(root: &Utf8Path, touched: &Touched) -> bool {
        let around = Stage::around(root);
        !alike(&around, vec![touched.clone()], &CancellationToken::new()).unwrap().is_empty()
    }

    #[test]
    fn an_old_file_that_is_put_over_another_is_another() {
        let (_dir, root) = project();
        fs_err::write(root.join("report.py"), "new").unwrap();
        let touched = ran(&root);
        assert!(is_alike(&root, &touched));
        fs_err::write(root.join("old.py"), "old").unwrap();
        File::options()
            .write(true)
            .open(root.join("old.py"))
            .unwrap()
            .set_modified(SystemTime::UNIX_EPOCH)
            .unwrap();
        fs_err::rename(root.join("old.py"), root.join("report.py")).unwrap();
        assert!(!is_alike(&root, &touched));
    }

    /// Not all of the settings are a part of each workflow.
    #[test]
    fn of_the_settings_counts_what_a_workflow_stands_on() {
        let (_dir, root) = project();
        let touched = ran(&root);
        for (from, to, alike) in [
            ("people:", "people:\n  joe: {email: joe@example.com, role: scientist}", true),
            ("images: {", "images: {other: {base: 'debian:bookworm-slim', apt: [jq]}, ", true),
            ("[python3, ", "[jq, python3, ", false),
            ("path: .greenroom/lake", "path: .greenroom/pond", false),
        ] {
            fs_err::write(root.join(SETTINGS), YAML.replacen(from, to, 1)).unwrap();
            assert_eq!(is_alike(&root, &touched), alike, "{to}");
        }
    }
}
