use jiff::Timestamp;

use crate::cli::args::Note as Asked;
use crate::cli::report::notes_list;
use crate::cli::stage::{author, find, runs_of};
use crate::cli::{Exit, Invocation, Output, UserError, Workspace};
use crate::domain::{Note, RunLayout};
use crate::store::{Recorded, Standing, add_note, address_of, read_notes};

/// Writes something down beside a run, pins it, or shows what was written.
pub fn run(asked: &Asked, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let workspace = Workspace::open(invocation.project())?;
    let text = asked.text.join(" ");
    let text = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    if text.is_none() && !asked.text.is_empty() {
        // Also where there is no such run.
        find(&runs_of(&workspace, &asked.env)?, &asked.run)?;
        return Err(
            UserError::wrong("there is nothing in this note").to_do("write some words behind the run")
        );
    }
    let pinned = match (asked.pin, asked.unpin) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    let Written { run: found, only_here } = write(&workspace, &asked.env, &asked.run, text, pinned)?;
    if let Some(told) = only_here {
        invocation.warn(&told);
    }
    let short = found.run.token.short();
    let notes = read_notes(&RunLayout::at(&found.path)).map_err(|error| {
        UserError::from_error(Exit::NotReady, format!("the notes of run {short}"), &error)
    })?;
    output.either(&notes.0, |look| notes_list(&short, &notes, Timestamp::now(), look))?;
    Ok(Exit::Done)
}

/// Of which run it was written.
pub struct Written {
    run: Recorded,
    /// Why nobody else will read it.
    pub only_here: Option<String>,
}

/// Writes it down, where there is something.
pub fn write(
    workspace: &Workspace,
    env: &str,
    reference: &str,
    text: Option<String>,
    pinned: Option<bool>,
) -> Result<Written, UserError> {
    let run = find(&runs_of(workspace, env)?, reference)?;
    if text.is_none() && pinned.is_none() {
        return Ok(Written { run, only_here: None });
    }
    let root = workspace.store_root(env)?;
    let _standing = Standing::together(&root);
    let note = Note { ts: Timestamp::now(), user: author(workspace), text, pinned };
    add_note(&RunLayout::at(&run.path), &note).map_err(|error| {
        UserError::from_error(
            Exit::NotReady,
            format!("run {} has no such note", run.run.token.short()),
            &error,
        )
        .to_do("see to it that what is named there can be written, and has room")
    })?;
    let only_here =
        address_of(&root).map(|address| format!("only on this machine: notes do not go to {address}"));
    Ok(Written { run, only_here })
}
