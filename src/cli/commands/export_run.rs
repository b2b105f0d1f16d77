use std::collections::HashSet;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::json;

use crate::cli::args::ExportRun;
use crate::cli::stage::{fetch_artifacts, fetch_logs, fetch_source, find, interruptible, look_up, runs_of};
use crate::cli::{Exit, Ink, Invocation, Output, Place, UserError, Workspace};
use crate::domain::figures::{counted, size};
use crate::domain::{RunLayout, Token};
use crate::store::{self, ArchiveError, Recorded};

/// Packs a run into one file.
pub fn run(asked: &ExportRun, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let recorded = look_up(invocation, &asked.env, &asked.run)?;
    let short = recorded.run.token.short();
    let named = || Utf8PathBuf::from(format!("{}-{short}.run.tar.zst", recorded.run.name));
    let file = asked.output.clone().unwrap_or_else(named);
    if file.as_std_path().symlink_metadata().is_ok() {
        return Err(UserError::wrong(format!("{file} is there already, and nothing is overwritten"))
            .to_do("name another file with --output, or remove that one"));
    }
    let mut runs = Vec::new();
    match asked.with_inputs {
        true => gather(&recorded, asked, invocation, output, &mut HashSet::new(), &mut runs)?,
        false => {
            runs.push(whole(&recorded)?);
            let from: Vec<String> = recorded.run.inputs_from.iter().map(Token::short).collect();
            if !from.is_empty() {
                let told = "what it took over is packed, and how that was made is not";
                output.warn(&format!(
                    "{told}: --with-inputs packs run {} too, and all from which they took something",
                    from.join(", ")
                ));
            }
        }
    }
    let packed = interruptible(&format!("packing run {short}"), |tell| store::export(&runs, &file, tell))?;
    let packed = packed.map_err(|error| refused(&short, &file, error))?;
    if would_be_frozen(&file, invocation) {
        output.warn(&format!(
            "{file} lies in the project, and would be frozen with every run: move it, or let git ignore it"
        ));
    }
    let tokens: Vec<Token> = packed.index.runs.iter().map(|run| run.token).collect();
    let files: usize = packed.index.runs.iter().map(|run| run.files.len()).sum();
    let document = json!({
        "file": packed.file,
        "bytes": packed.bytes,
        "sha256": packed.sha256,
        "run": packed.index.run,
        "runs": tokens,
        "files": files,
        "bytes_unpacked": packed.index.bytes,
    });
    output.either(&document, |look| {
        let files = format!("{}, {}", counted(files as u64, "file"), size(packed.index.bytes));
        let more = match tokens.len() - 1 {
            0 => String::new(),
            more => format!(" and {} that it refers to", counted(more as u64, "run")),
        };
        let take_in = look.paint(Ink::Accent, invocation.command(&["import-run", file.as_str()]));
        format!(
            "run {}{more}: {files}, packed to {} in {}\nsha256 {}\nA colleague takes it in: {take_in}\n",
            look.paint(Ink::Accent, &short),
            size(packed.bytes),
            look.paint(Ink::Strong, &file),
            packed.sha256,
        )
    })?;
    Ok(Exit::Done)
}

/// A run after all that it took something over from.
fn gather(
    recorded: &Recorded,
    asked: &ExportRun,
    invocation: &Invocation,
    output: &Output,
    seen: &mut HashSet<Token>,
    found: &mut Vec<RunLayout>,
) -> Result<(), UserError> {
    if !seen.insert(recorded.run.token) {
        return Ok(());
    }
    for token in &recorded.run.inputs_from {
        let runs = runs_of(&Workspace::open(invocation.project())?, &asked.env)?;
        match find(&runs, &token.to_string()) {
            Ok(source) => gather(&source, asked, invocation, output, seen, found)?,
            // What was taken over is there all the same.
            Err(_) => output.warn(&format!(
                "run {}, from which run {} took something over, is not here: it is not packed",
                token.short(),
                recorded.run.token.short()
            )),
        }
    }
    found.push(whole(recorded)?);
    Ok(())
}

/// Of a run that lies in a bucket all of it has to be here.
fn whole(recorded: &Recorded) -> Result<RunLayout, UserError> {
    fetch_source(recorded)?;
    let layout = RunLayout::at(&recorded.path);
    let kept = store::manifests(&layout, recorded.run.token).unwrap_or_default();
    let manifests: Vec<_> = kept.into_iter().filter_map(|(_, manifest)| manifest.ok()).collect();
    fetch_artifacts(&layout, manifests.iter())?;
    for manifest in &manifests {
        fetch_logs(&layout, &manifest.node)?;
    }
    Ok(layout)
}

fn refused(short: &str, file: &Utf8Path, error: ArchiveError) -> UserError {
    let what = format!("run {short} is not packed");
    match error {
        ArchiveError::Stopped => UserError::new(Exit::Cancelled, what),
        ArchiveError::Bad(_) | ArchiveError::Known { .. } => UserError::from_error(Exit::Wrong, what, &error),
        ArchiveError::Io { .. } => UserError::from_error(Exit::NotReady, what, &error)
            .to_do(format!("see to it that {file} can be written, and has room")),
    }
}

/// Files that git does not ignore are a part of every run's code.
fn would_be_frozen(file: &Utf8Path, invocation: &Invocation) -> bool {
    let Ok(place) = Place::find(invocation.project()) else { return false };
    let real = file.canonicalize_utf8().ok();
    let below = real.as_ref().and_then(|file| file.strip_prefix(&place.root).ok());
    below.is_some_and(|below| {
        crate::git::project_files(&place.root)
            .is_ok_and(|files| files.iter().any(|file| file == below.as_std_path()))
    })
}
