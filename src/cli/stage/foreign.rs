use crate::cli::scratch::Apart;
use crate::cli::{Invocation, UserError, Workspace};
use crate::domain::{Plan, RunLayout};
use crate::store::{Origin, is_fetched, is_imported};

/// Why a run is not driven here: what its plan says would be done with this project's secrets. `done`: what cannot be.
pub fn foreign(layout: &RunLayout, short: &str, done: &str, origin: Origin) -> UserError {
    UserError::wrong(format!("run {short} is foreign: it cannot be {done}"))
        .because(why_foreign(layout, origin))
}

/// What can be done with a foreign run besides: `own`, with one's own code, is for those who have its workflow; the others
/// can look at it and take its files.
pub fn instead_of_foreign(
    error: UserError,
    workspace: &Workspace,
    plan: &Plan,
    reference: &str,
    own: impl IntoIterator<Item = String>,
    invocation: &Invocation,
) -> UserError {
    if workspace.specs.workflows.contains_key(plan.name.as_str()) {
        return own.into_iter().fold(error, UserError::to_do);
    }
    error
        .because(format!("there is no workflow or blueprint `{}` here to run in its place", plan.name))
        .to_do(format!("look at what it made: {}", invocation.command(&["artifacts", reference])))
        .to_do(format!("or use its files: {}", invocation.command(&["path", reference, "STEP.OUTPUT"])))
}

/// What tells that nobody here started it; it may have come from a bucket.
pub fn why_foreign(layout: &RunLayout, origin: Origin) -> &'static str {
    let apart = if origin == Origin::Unpacked { Apart::of(layout) } else { None };
    match (is_fetched(layout), apart) {
        (true, _) => "it was started on another machine, and put into the bucket of this environment",
        (false, Some(Apart::Rerun)) => {
            "it runs a package of a review again, apart from your files and tables: it is kept to be looked into"
        }
        (false, Some(Apart::Second)) => {
            "it is the second run of what was to be packaged, apart from your files and tables: it is kept to be looked \
             into"
        }
        (false, None) => by_origin(origin),
    }
}

/// The same of one whose own folder says that it came from elsewhere; None: it says no such thing.
pub fn why_imported(layout: &RunLayout) -> Option<&'static str> {
    is_imported(layout).then(|| why_foreign(layout, Origin::Unpacked))
}

fn by_origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Edited => {
            "its plan, its record or its events are no longer those of the run that you started: somebody changed it"
        }
        Origin::Elsewhere => "it does not lie where this environment keeps its runs: it is a copy",
        Origin::Unpacked => "it came as an archive, and whoever packed that may have made it",
        Origin::Imported | Origin::Here => {
            "nothing tells that you started it on this machine: it was copied here, or is older than this check"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Address, Digest, Name};
    use crate::store::{Imported, mirror_folder};

    #[test]
    fn a_rerun_is_no_archive_that_somebody_has_packed() {
        let dir = tempfile::tempdir().unwrap();
        let layout = RunLayout::at(&camino::Utf8Path::from_path(dir.path()).unwrap().join("x"));
        fs_err::create_dir_all(layout.record()).unwrap();
        let told = |from: &str| {
            let (at, by) = (jiff::Timestamp::UNIX_EPOCH, "ana".to_owned());
            let note = Imported::new(at, by, from.to_owned(), Digest::of(b""));
            fs_err::write(layout.imported(), serde_json::to_vec(&note).unwrap()).unwrap();
            why_foreign(&layout, Origin::Unpacked)
        };
        assert_eq!(why_imported(&layout), None);
        assert!(told("daily.run.tar.zst").contains("whoever packed that may have made it"));
        for from in ["a rerun of daily-k3x9q2 at 0123456789ab", "the second run before 0123 was packaged"] {
            let why = told(from);
            assert!(why.contains("to be looked into") && !why.contains("packed that"), "{why}");
            assert_eq!(why_imported(&layout), Some(why), "before anybody has looked into it");
        }
    }

    #[test]
    fn a_run_of_the_bucket_is_no_copy() {
        let dir = tempfile::tempdir().unwrap();
        let state = camino::Utf8Path::from_path(dir.path()).unwrap();
        let address = Address::parse("gs://b/team").unwrap();
        let root = mirror_folder(state, &Name::new("dev").unwrap(), &address).unwrap();
        let layout = RunLayout::at(&root.join("flights/dev/daily/0.1.0/x"));
        fs_err::create_dir_all(layout.record()).unwrap();
        assert!(why_foreign(&layout, Origin::Elsewhere).contains("it is a copy"));
        fs_err::write(layout.record().join("remote.json"), "{}").unwrap();
        assert!(why_foreign(&layout, Origin::Elsewhere).contains("into the bucket"));
    }
}
