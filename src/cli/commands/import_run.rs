use std::env;
use std::io::ErrorKind::NotFound;

use jiff::Timestamp;
use serde_json::json;

use crate::cli::args::ImportRun;
use crate::cli::invocation::near;
use crate::cli::stage::interruptible;
use crate::cli::{Exit, Ink, Invocation, Output, UserError, Workspace};
use crate::domain::RunLayout;
use crate::domain::figures::{counted, size};
use crate::git;
use crate::snapshot::{SnapshotError, Snapshots};
use crate::store::{
    Archive, ArchiveError, Imported, PackedRun, Target, address_of, is_ahead, is_imported, read_plan,
};

/// Takes in a run that was packed elsewhere.
pub fn run(asked: &ImportRun, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let what = format!("{} is not taken in", asked.file);
    let refused = |error: ArchiveError| refused(&what, asked, invocation, error);
    let archive = Archive::open(&asked.file, asked.max_size.0).map_err(refused)?;
    let index = archive.index().clone();
    let Some(packed) = index.the_run() else {
        return Err(UserError::wrong(format!("{what}: it holds no run")));
    };
    let new_folder = asked.into.as_ref().filter(|dir| !dir.exists());
    let target = target(asked, &index.runs, &what, invocation)?;
    let there = archive.there(&target).map_err(refused)?;
    if there.iter().any(|there| !there) {
        let by = git::facts(target_root(&target)).ok().flatten().and_then(|facts| facts.user);
        let by = by.or_else(|| env::var("USER").ok()).unwrap_or_default();
        let file = asked.file.file_name().unwrap_or_default().to_owned();
        let imported = |sum| Imported::new(Timestamp::now(), by, file, sum);
        let doing = format!("taking in run {}", packed.token.short());
        let look = |layout: &RunLayout| code_fits(layout, asked.max_size.0);
        let unpacked = interruptible(&doing, |tell| archive.unpack(&target, imported, &look, tell))?;
        unpacked.map_err(|error| {
            // Nothing is in it.
            new_folder.map(fs_err::remove_dir);
            refused(error)
        })?;
    }
    let rows: Vec<_> = index.runs.iter().zip(&there).map(|(run, there)| {
        let path = target.of(run).dir().to_owned();
        json!({"token": run.token, "name": run.name, "version": run.version, "path": path, "already_there": there})
    }).collect();
    let document = json!({"run": packed.token, "foreign": is_imported(&target.of(packed)), "runs": rows});
    let bucket = address_of(target_root(&target));
    output.either(&document, |look| {
        let layout = target.of(packed);
        let short = look.paint(Ink::Accent, packed.token.short());
        let title = look.paint(Ink::Strong, format!("{} {}", packed.name, packed.version));
        let new = there.iter().filter(|there| !**there).count();
        let more = new - usize::from(there.last() == Some(&false));
        let told = match there.last() {
            Some(true) => "is here already, and stays as it is: what the archive holds was not read",
            _ => "is taken in, and foreign: it is not resumed, and feeds no run unless told to by its token",
        };
        let more = match more {
            0 => String::new(),
            more => format!("With it came {} that it refers to.\n", counted(more as u64, "run")),
        };
        let only_here = bucket.as_ref().map_or_else(String::new, |bucket| {
            format!("It lies on this machine only: {bucket} was not written to.\n")
        });
        let ahead = match is_ahead(&layout, packed.token) {
            true => "It is of a time that is not yet: whatever runs here, it is not `@last`.\n",
            false => "",
        };
        let see = look.paint(Ink::Accent, see(&target, &layout, packed, invocation));
        format!("{title}  run {short} {told}\n{more}{only_here}{ahead}See it: {see}\n")
    })?;
    Ok(Exit::Done)
}

/// What a run's code comes to is told only within its own archive; and whether it is the code that its plan names.
fn code_fits(layout: &RunLayout, most: u64) -> Result<(), String> {
    // Without a plan nobody says what it should be, and it is never unpacked.
    let Ok(plan) = read_plan(layout) else { return Ok(()) };
    let other = |error: SnapshotError| format!("its code is not what its plan names: {error}");
    let listed = Snapshots::listed(&plan.tree, &layout.code()).map_err(other)?;
    let files = listed.files.into_iter();
    let bytes = files.fold(0u64, |all, file| all.saturating_add(file.bytes));
    match bytes > most {
        true => {
            let (bytes, most) = (size(bytes), size(most));
            Err(format!("its code comes to {bytes}, and at most {most} are taken in"))
        }
        false => Ok(()),
    }
}

/// Among the runs of this project, or where one said.
fn target(
    asked: &ImportRun,
    runs: &[PackedRun],
    what: &str,
    invocation: &Invocation,
) -> Result<Target, UserError> {
    let aside = || aside(asked, invocation);
    if let Some(dir) = &asked.into {
        let made = fs_err::create_dir_all(dir).and_then(|()| dir.canonicalize_utf8());
        let dir = made.map_err(|error| UserError::from_error(Exit::NotReady, what, &error))?;
        return Ok(Target::Folder(dir));
    }
    let workspace = Workspace::open(invocation.project()).map_err(|error| error.to_do(aside()))?;
    let mut root = None;
    for run in runs {
        if run.project != workspace.project.name {
            let why = format!(
                "run {} is of the project {}, and this is {}",
                run.token.short(),
                run.project,
                workspace.project.name
            );
            return Err(UserError::wrong(what).because(why).to_do(aside()));
        }
        let of_env = workspace.store_root(run.env.as_str()).map_err(|error| error.to_do(aside()))?;
        if root.replace(of_env.clone()).is_some_and(|before| before != of_env) {
            let why = "its runs are of environments that keep theirs in different places";
            return Err(UserError::wrong(what).because(why).to_do(aside()));
        }
    }
    root.map(Target::Store).ok_or_else(|| UserError::wrong(what))
}

fn target_root(target: &Target) -> &camino::Utf8Path {
    match target {
        Target::Store(root) | Target::Folder(root) => root,
    }
}

/// The command that shows it.
fn see(target: &Target, layout: &RunLayout, run: &PackedRun, invocation: &Invocation) -> String {
    match target {
        Target::Store(_) => {
            invocation.clone().in_env(Some(run.env.as_str())).command(&["show", &run.token.short()])
        }
        Target::Folder(_) => {
            let near = near(layout.dir()).to_string();
            // A word without a slash would be an alias.
            let path = if near.contains('/') { near } else { format!("./{near}") };
            invocation.command(&["show", &path])
        }
    }
}

fn aside(asked: &ImportRun, invocation: &Invocation) -> String {
    let words = ["import-run", asked.file.as_str(), "--into", "DIR"];
    format!("look at it in a folder of its own: {}", invocation.command(&words))
}

fn refused(what: &str, asked: &ImportRun, invocation: &Invocation, error: ArchiveError) -> UserError {
    match error {
        ArchiveError::Io { source, .. } if source.kind() == NotFound && !asked.file.exists() => {
            let told = UserError::wrong(format!("there is no file {}, and nothing is taken in", asked.file));
            let told = told.of_file(&asked.file, &source);
            let pack = "a run is packed where it lies, with greenroom export-run RUN";
            if told.todo.is_empty() { told.to_do(pack) } else { told }
        }
        ArchiveError::Known { .. } => UserError::from_error(Exit::Wrong, what, &error)
            .to_do(aside(asked, invocation))
            .to_do("or remove the folder of the one that is here, if this is the one that you want"),
        ArchiveError::Stopped => UserError::new(Exit::Cancelled, what),
        ArchiveError::Bad(_) => {
            let told = UserError::from_error(Exit::Wrong, what, &error);
            match told.why.iter().find_map(|why| enough(why)) {
                Some(enough) => {
                    let words = ["import-run", asked.file.as_str(), "--max-size", &enough];
                    let again = invocation.command(&words);
                    told.to_do(format!("allow as much, if you trust it and have the room: {again}"))
                }
                None => told.to_do(
                    "get it again from whoever packed it: greenroom export-run RUN, where the run lies",
                ),
            }
        }
        ArchiveError::Io { .. } => UserError::from_error(Exit::NotReady, what, &error)
            .to_do("see to it that what is named there can be read or written, and has room"),
    }
}

/// As `--max-size` takes it, where an archive holds more than is taken in: a little more than it says.
fn enough(why: &str) -> Option<String> {
    let (held, _) = why.split_once(", and at most ")?;
    let mut words = held.rsplit(' ');
    let unit = words.next()?.strip_suffix('B')?;
    let whole = words.next()?.split('.').next()?.replace(',', "").parse::<u64>().ok()?;
    Some(format!("{}{unit}", whole.saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::*;
    use crate::domain::{Plan, Storage, scene};
    use crate::store::write_plan;

    #[test]
    fn a_file_that_is_not_there_is_told_with_what_was_meant() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        fs_err::write(root.join("model-9869.run.tar.zst"), "").unwrap();
        let told = |name: &str| {
            let asked = ImportRun { file: root.join(name), into: None, max_size: Storage(1 << 30) };
            let error = Archive::open(&asked.file, asked.max_size.0).map(|_| ()).unwrap_err();
            refused("it is not taken in", &asked, &Invocation::default(), error)
        };
        let near = told("model-9868.run.tar.zst");
        assert_eq!(
            near.what,
            format!("there is no file {root}/model-9868.run.tar.zst, and nothing is taken in")
        );
        assert_eq!((near.exit, near.todo.len()), (Exit::Wrong, 1));
        assert!(near.todo[0].ends_with("model-9869.run.tar.zst?"), "{near:?}");
        assert!(told("9869").todo[0].contains("export-run RUN"));
        assert!(told("a/b").todo[0].starts_with("there is no folder"));
        // What is there and no archive is told as before.
        assert_eq!(told("model-9869.run.tar.zst").what, "it is not taken in");
    }

    #[test]
    fn a_run_whose_code_is_more_than_is_taken_in_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(dir.path()).unwrap();
        fs_err::write(root.join("holes"), vec![0; 1 << 20]).unwrap();
        let snapshots = Snapshots::at(root.join("state"));
        let frozen = snapshots.freeze(root, &["holes".into()]).unwrap().frozen;
        let layout = RunLayout::at(&root.join("run"));
        fs_err::create_dir_all(layout.record()).unwrap();
        snapshots.pack(&frozen, &layout.code()).unwrap();
        write_plan(&layout, &Plan { tree: frozen.tree, ..scene::plan() }).unwrap();
        assert_eq!(code_fits(&layout, 1 << 20), Ok(()));
        let why = code_fits(&layout, (1 << 20) - 1).unwrap_err();
        assert!(why.contains("comes to 1.0 MiB, and at most "), "{why}");
        let asked = ImportRun { file: "a.run.tar.zst".into(), into: None, max_size: Storage(1) };
        let error = ArchiveError::Bad(why);
        let told = refused("it is not taken in", &asked, &Invocation::default(), error);
        assert!(told.todo[0].ends_with(": greenroom import-run a.run.tar.zst --max-size 2Mi"), "{told:?}");
        let held = "it holds 1,003 KiB, and at most 10 B are taken in";
        assert_eq!(enough(held).map(|size| Storage::parse(&size).unwrap().0), Some(1_004 << 10));
        assert_eq!(
            (enough("it holds 7 B, and at most 1 B are"), enough("torn")),
            (Some("8".to_owned()), None)
        );
        fs_err::write(layout.code(), "no archive").unwrap();
        let why = code_fits(&layout, 1 << 30).unwrap_err();
        assert!(why.starts_with("its code is not what its plan names"), "{why}");
    }
}
